"""GraphQL types of the account, its staff, opening hours and attribution."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain.account import hours
from domain.model import account
from domain.principal import Principal
from resolvers.account.enums import Assignment, Availability, StaffRole, TicketMails, TouchKind, WeekStart
from resolvers.arguments import After, First
from resolvers.context import Info
from resolvers.enums import Channel
from resolvers.relay.global_ids import Node, to_global_id
from resolvers.viewer import FOR_VIEWER

if TYPE_CHECKING:
    from resolvers.account.keys import ApiKeyConnection
    from resolvers.connected_services.channels import ChannelAccount
    from resolvers.connected_services.shopify import ShopifyAccount
    from resolvers.handoff.settings import HandoffSettings
    from resolvers.identity.types import IdentityKeys
    from resolvers.sign_in.types import SignIn


@strawberry.type(description="A member of the support team. Shoppers see only the name.")
class Staff(Node):
    name: str = strawberry.field(description="The name that shoppers and colleagues see.")
    email: str | None = strawberry.field(description="The e-mail address of the member. `null` for shoppers.")
    role: StaffRole | None = strawberry.field(
        description="The role, which determines the permissions. `null` for shoppers."
    )
    availability: Availability | None = strawberry.field(
        description="Whether the member accepts new conversations at present. `null` for shoppers."
    )
    capacity: int | None = strawberry.field(
        description="The number of open tickets up to which tickets are assigned to the member automatically. `null`: "
        "no limit, and for shoppers."
    )
    ticket_mails: TicketMails | None = strawberry.field(
        description="How the member is told by e-mail of tickets that wait. `null` for shoppers."
    )
    digest_every: timedelta | None = strawberry.field(
        description="DIGEST: the time between the first ticket that waits and the mail. `null` for shoppers."
    )
    suspended_at: datetime | None = strawberry.field(
        description="The time since which the member is suspended: keys are refused, and tickets cannot be assigned. "
        "`null` if the member is not suspended, and for shoppers."
    )

    @classmethod
    def of(cls, row: account.Staff, principal: Principal) -> Self:
        inside = principal.inside
        return cls(
            id=to_global_id("Staff", row.id),
            name=row.name,
            email=row.email if inside else None,
            role=row.role if inside else None,
            availability=row.availability if inside else None,
            capacity=row.capacity if inside else None,
            ticket_mails=row.ticket_mails if inside else None,
            digest_every=row.digest_every if inside else None,
            suspended_at=row.suspended_at if inside else None,
        )


@strawberry.type(description="A kind of touch on a channel, and whether it credits a conversation with a sale.")
class AttributionTouch:
    channel: Channel = strawberry.field(description="The channel on which the touch happens.")
    touch: TouchKind = strawberry.field(description="The kind of touch, for example a click.")
    enabled: bool = strawberry.field(description="Whether a touch of this kind credits a sale.")
    window: timedelta = strawberry.field(
        description="The time after the touch within which an order is credited, for example `PT24H` or `P5D`."
    )


@strawberry.type(description="A period on a weekday in which the support team is available.")
class OpeningHours:
    weekday: int = strawberry.field(description="The ISO 8601 number of the weekday, from 1 (Monday) to 7 (Sunday).")
    opens_at: str = strawberry.field(description="The local time at which the period begins, as `HH:MM`.")
    closes_at: str = strawberry.field(
        description="The local time at which the period ends, as `HH:MM`, at most `24:00`. The end is excluded."
    )


@strawberry.type(description="The opening hours of the support team, in the account's time zone.")
class BusinessHours:
    time_zone: str = strawberry.field(
        description="The IANA name of the account's time zone, for example `Europe/Rome`."
    )
    week: list[OpeningHours] = strawberry.field(
        description="The periods of every week, in order. Empty if the team is never available."
    )
    holidays: list[date] = strawberry.field(description="The days on which the team is closed, in order.")
    open_now: bool = strawberry.field(description="Whether the team is open at the time of the request.")
    opens_at: datetime | None = strawberry.field(
        description="The next opening after the time of the request. `null` if there is none within 400 days."
    )


@strawberry.type(
    description="A shop that uses Baton. Accounts are isolated: no object of one account is visible in another."
)
class Account(Node):
    row: strawberry.Private[account.Account]
    name: str = strawberry.field(description="The name of the shop, for example `Acme Outdoor`.")
    time_zone: str = strawberry.field(
        description="The IANA name of the account's time zone, for example `Europe/Rome`. All days in the API are "
        "days of this zone."
    )
    currency: str = strawberry.field(description="The ISO 4217 code of the shop's main currency, for example `EUR`.")
    week_starts_on: WeekStart = strawberry.field(
        description="The day on which the presets THIS_WEEK and LAST_WEEK begin."
    )
    agent_live: bool = strawberry.field(description="Whether the AI agent accepts new conversations.")
    agent_name: str = strawberry.field(description="The name of the AI agent, as shown to shoppers.")
    greeting: str = strawberry.field(description="The text that the chat widget shows before the first message.")
    channels: list[Channel] = strawberry.field(description="The channels on which the agent is active.")
    away_message: str | None = strawberry.field(
        description="The text for a shopper who asks for a human when nobody is available. `null` if Baton's own "
        "text is used, in the shopper's language."
    )
    attribution: list[AttributionTouch] = strawberry.field(
        description="The touches that credit a conversation with a sale, and for how long."
    )
    assignment: Assignment = strawberry.field(description="The way in which new tickets are assigned to staff.")
    stranded_after: timedelta = strawberry.field(
        description="The time for which a ticket may wait while nobody can take it. After it, the shopper is told "
        "and the ticket is in `strandedTickets`. Default: `PT15M`."
    )
    agent_silence: timedelta | None = strawberry.field(
        description="The time within which the agent must respond to a shopper before a handoff is requested. `null` "
        "disables this time-out."
    )
    largest_attachment: int = strawberry.field(
        description="The largest size of a file in a message, in bytes. Default: 26,214,400."
    )
    attachment_types: list[str] = strawberry.field(
        description="The content types that files in messages may have, such as `image/*` and `application/pdf`. "
        "Empty: every type, which is the default."
    )
    mail_replies_after: timedelta | None = strawberry.field(
        description="The time after which replies of the team are mailed to a shopper who left the chat without seeing "
        "them. `null`: they are never mailed. Default: `PT5M`."
    )
    version: int = strawberry.field(
        description="Increases with each change of the settings; `expectedVersion` of `updateAccount` takes it."
    )

    @strawberry.field(description="The opening hours of the support team.")
    def business_hours(self, info: Info) -> BusinessHours:
        now = info.context.services.clock.now()
        return BusinessHours(
            time_zone=self.row.time_zone,
            week=[
                OpeningHours(weekday=h.weekday, opens_at=_clock(h.opens_at), closes_at=_clock(h.closes_at))
                for h in self.row.business_week
            ],
            holidays=list(self.row.holidays),
            open_now=hours.is_open(self.row, now),
            opens_at=hours.next_opening(self.row, now),
        )

    @strawberry.field(
        description="The settings for conversations that the agent cannot finish. Requires permission to read "
        "settings: staff, agents and partners with scope `handoff:write`."
    )
    async def handoff_settings(
        self, info: Info
    ) -> Annotated["HandoffSettings", strawberry.lazy("resolvers.handoff.settings")]:
        from resolvers.handoff.settings import load_settings

        return await load_settings(info.context)

    @strawberry.field(description="The services by which Baton itself reaches shoppers, connected or not.")
    async def channel_connections(
        self, info: Info
    ) -> list[Annotated["ChannelAccount", strawberry.lazy("resolvers.connected_services.channels")]]:
        from resolvers.connected_services.channels import load_channel_connections

        return await load_channel_connections(info.context)

    @strawberry.field(description="The Shopify shop whose orders are received. `null` if none is connected.")
    async def shopify(
        self, info: Info
    ) -> Annotated["ShopifyAccount", strawberry.lazy("resolvers.connected_services.shopify")] | None:
        from resolvers.connected_services.shopify import load_shopify

        return await load_shopify(info.context)

    @strawberry.field(
        description="The keys that verify identity tokens. For OWNER, ADMIN and MANAGER; `null` for everybody else."
    )
    async def identity_keys(
        self, info: Info
    ) -> Annotated["IdentityKeys", strawberry.lazy("resolvers.identity.types")] | None:
        from resolvers.identity.types import load_identity_keys

        return await load_identity_keys(info.context)

    @strawberry.field(
        description="The keys of the account, the newest first. Expired and revoked keys are included. The tokens "
        "are not stored. Requires permission to manage staff and keys: OWNER, ADMIN, MANAGER, and scope `staff:admin`."
    )
    async def keys(
        self, info: Info, first: First = None, after: After = None
    ) -> Annotated["ApiKeyConnection", strawberry.lazy("resolvers.account.keys")]:
        from resolvers.account.keys import load_keys

        return await load_keys(info.context, first, after)

    @strawberry.field(
        description="The OpenID provider by which staff sign in. `null` if none is connected, and for everybody but "
        "staff.",
        metadata=FOR_VIEWER,
    )
    async def sign_in(self, info: Info) -> Annotated["SignIn", strawberry.lazy("resolvers.sign_in.types")] | None:
        from resolvers.sign_in.types import load_sign_in

        return await load_sign_in(info.context)

    @strawberry.field(description="The members of the support team, the earliest first, with suspended ones.")
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
            largest_attachment=row.largest_attachment,
            attachment_types=list(row.attachment_types),
            mail_replies_after=row.mail_replies_after,
            version=row.version,
        )


def _clock(at: time | None) -> str:
    return "24:00" if at is None else at.strftime("%H:%M")
