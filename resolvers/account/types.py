"""The account, its staff, hours and attribution."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain.account import hours
from domain.model import account
from domain.principal import Principal
from resolvers.account.enums import Assignment, Availability, StaffRole, TouchKind, WeekStart
from resolvers.context import Info
from resolvers.enums import Channel
from resolvers.relay.global_ids import Node, to_global_id

if TYPE_CHECKING:
    from resolvers.connected_services.channels import ChannelAccount
    from resolvers.connected_services.shopify import ShopifyAccount
    from resolvers.handoff.settings import HandoffSettings


@strawberry.type(description="A member of the support team. A shopper sees the name and nothing else.")
class Staff(Node):
    name: str = strawberry.field(description="What shoppers and colleagues read.")
    email: str | None = strawberry.field(description="For staff; null for shoppers.")
    role: StaffRole | None = strawberry.field(description="For staff; null for shoppers.")
    availability: Availability | None = strawberry.field(description="For staff; null for shoppers.")

    @classmethod
    def of(cls, row: account.Staff, principal: Principal) -> Self:
        inside = principal.inside
        return cls(
            id=to_global_id("Staff", row.id),
            name=row.name,
            email=row.email if inside else None,
            role=row.role if inside else None,
            availability=row.availability if inside else None,
        )


@strawberry.type(description="Which touch earns a sale its credit on which channel, and for how long.")
class AttributionTouch:
    channel: Channel = strawberry.field(description="On which channel.")
    touch: TouchKind = strawberry.field(description="What the shopper did.")
    enabled: bool = strawberry.field(description="Whether it earns a credit.")
    window: timedelta = strawberry.field(
        description="For how long after it: an ISO 8601 duration, e.g. `PT24H` or `P5D`."
    )


@strawberry.type(description="One stretch of a weekday.")
class OpeningHours:
    weekday: int = strawberry.field(description="1 (Monday) to 7 (Sunday), as in ISO 8601.")
    opens_at: str = strawberry.field(description="HH:MM, in the account's time zone.")
    closes_at: str = strawberry.field(description="HH:MM, up to 24:00; not included.")


@strawberry.type(description="When the support team is there.")
class BusinessHours:
    time_zone: str = strawberry.field(description="IANA name of the account's time zone.")
    week: list[OpeningHours] = strawberry.field(description="Every week's stretches, in order.")
    holidays: list[date] = strawberry.field(description="Days on which nobody is there, in order.")
    open_now: bool = strawberry.field(description="Whether it is open as this is answered.")
    opens_at: datetime | None = strawberry.field(
        description="When it opens next, after now; null if it never does within 400 days."
    )


@strawberry.type(description="A shop that uses Baton. Nothing crosses from one account to another.")
class Account(Node):
    row: strawberry.Private[account.Account]
    name: str = strawberry.field(description="What the shop is called.")
    time_zone: str = strawberry.field(description="IANA name; every day in an answer is a day of this zone.")
    currency: str = strawberry.field(description="ISO 4217 code of the shop's main currency.")
    week_starts_on: WeekStart = strawberry.field(description="On which day THIS_WEEK and LAST_WEEK begin.")
    agent_live: bool = strawberry.field(description="Whether new conversations are taken.")
    agent_name: str = strawberry.field(description="What the AI agent is called.")
    greeting: str = strawberry.field(description="What the chat widget shows before the first message.")
    channels: list[Channel] = strawberry.field(description="Where the agent is active.")
    away_message: str | None = strawberry.field(
        description="Shown when a human is asked for and none is there; null: Baton's own wording."
    )
    attribution: list[AttributionTouch] = strawberry.field(description="Which touches earn sales their credit.")
    assignment: Assignment = strawberry.field(description="Who gets a new ticket.")
    stranded_after: timedelta = strawberry.field(
        description="How long a ticket may wait with nobody able to take it before the shopper is told: an ISO 8601 "
        "duration."
    )
    agent_silence: timedelta | None = strawberry.field(
        description="How long the agent may leave the shopper without an answer before a human is asked for: an ISO "
        "8601 duration; null: for ever."
    )

    @strawberry.field(description="When the support team is there.")
    def business_hours(self, info: Info) -> BusinessHours:
        now = info.context.services.clock.now()
        return BusinessHours(
            time_zone=self.row.time_zone,
            week=[
                OpeningHours(weekday=h.weekday, opens_at=_clock(h.opens_at), closes_at=_clock(h.closes_at))
                for h in self.row.business_week
            ],
            holidays=list(self.row.holidays),
            open_now=hours.open_at(self.row, now),
            opens_at=hours.next_opening(self.row, now),
        )

    @strawberry.field(description="What happens when the agent cannot finish a conversation.")
    async def handoff_settings(
        self, info: Info
    ) -> Annotated["HandoffSettings", strawberry.lazy("resolvers.handoff.settings")]:
        from resolvers.handoff.settings import load_settings

        return await load_settings(info.context)

    @strawberry.field(description="By what Baton itself reaches shoppers, and whether it is connected.")
    async def channel_connections(
        self, info: Info
    ) -> list[Annotated["ChannelAccount", strawberry.lazy("resolvers.connected_services.channels")]]:
        from resolvers.connected_services.channels import load_channel_connections

        return await load_channel_connections(info.context)

    @strawberry.field(description="The shop at Shopify whose orders come in; null where none is connected.")
    async def shopify(
        self, info: Info
    ) -> Annotated["ShopifyAccount", strawberry.lazy("resolvers.connected_services.shopify")] | None:
        from resolvers.connected_services.shopify import load_shopify

        return await load_shopify(info.context)

    @strawberry.field(description="The support team, in the order in which they came.")
    async def staff(self, info: Info) -> list[Staff]:
        return [Staff.of(row, info.context.principal) for row in await info.context.reader.staff()]

    @classmethod
    def of(cls, row: account.Account) -> Self:
        return cls(
            id=to_global_id("Account", row.id),
            row=row,
            name=row.name,
            time_zone=row.time_zone,
            currency=row.currency,
            week_starts_on=row.week_starts_on,
            agent_live=row.agent_live,
            agent_name=row.agent_name,
            greeting=row.greeting,
            channels=list(row.channels),
            away_message=row.away_message,
            attribution=[
                AttributionTouch(channel=t.channel, touch=t.touch, enabled=t.enabled, window=t.window)
                for t in row.attribution
            ],
            assignment=row.assignment,
            stranded_after=row.stranded_after,
            agent_silence=row.agent_silence,
        )


def _clock(at: time | None) -> str:
    return "24:00" if at is None else at.strftime("%H:%M")
