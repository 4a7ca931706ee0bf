"""updateAccount"""

from datetime import date, timedelta
from typing import Annotated

import strawberry

from domain.account.settings import AccountChange, HoursChange, TouchChange
from resolvers.account.enums import Assignment, TouchKind, WeekStart
from resolvers.account.types import Account
from resolvers.context import Info
from resolvers.enums import Channel
from resolvers.errors import Payload, refusals_in


@strawberry.input(description="One stretch of a weekday.")
class OpeningHoursInput:
    weekday: int = strawberry.field(description="1 (Monday) to 7 (Sunday), as in ISO 8601.")
    opens_at: str = strawberry.field(description="HH:MM.")
    closes_at: str = strawberry.field(description="HH:MM, up to 24:00. What passes midnight is two stretches.")


@strawberry.input(description="A change of one attribution touch.")
class AttributionTouchInput:
    channel: Channel = strawberry.field(description="On which channel.")
    touch: TouchKind = strawberry.field(description="What the shopper did.")
    enabled: bool = strawberry.field(description="Whether it earns a credit.")
    window: timedelta | None = strawberry.field(
        default=None, description="ISO 8601 duration, at most 90 days, e.g. `PT24H`. Left out: as it is."
    )


@strawberry.input(description="The settings to change. What is left out, or null, stays as it is.")
class UpdateAccountInput:
    name: str | None = strawberry.field(default=None, description="What the shop is called.")
    time_zone: str | None = strawberry.field(default=None, description="IANA name, e.g. `Europe/Rome`.")
    currency: str | None = strawberry.field(default=None, description="ISO 4217 code, e.g. `EUR`.")
    week_starts_on: WeekStart | None = strawberry.field(
        default=None, description="On which day THIS_WEEK and LAST_WEEK begin."
    )
    agent_live: bool | None = strawberry.field(
        default=None, description="False: `startConversation` is refused with AGENT_NOT_LIVE; what is there stays."
    )
    agent_name: str | None = strawberry.field(default=None, description="What the AI agent is called.")
    greeting: str | None = strawberry.field(default=None, description="Shown before the first message.")
    channels: list[Channel] | None = strawberry.field(default=None, description="Where the agent is active.")
    business_week: list[OpeningHoursInput] | None = strawberry.field(
        default=None, description="All stretches of the week; [] is a team that is never there."
    )
    holidays: list[date] | None = strawberry.field(default=None, description="All days on which nobody is there.")
    away_message: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Shown when a human is asked for and none is there. Null puts Baton's own wording back.",
    )
    attribution: list[AttributionTouchInput] | None = strawberry.field(
        default=None, description="The touches to change; the others stay."
    )
    assignment: Assignment | None = strawberry.field(default=None, description="Who gets a new ticket.")
    stranded_after: timedelta | None = strawberry.field(
        default=None,
        description="How long a ticket may wait with nobody able to take it before the shopper is told: an ISO 8601 "
        "duration from 5 seconds to 7 days.",
    )
    agent_silence: timedelta | None = strawberry.field(
        default=strawberry.UNSET,
        description="How long the agent may leave the shopper without an answer before a human is asked for: an ISO "
        "8601 duration from 5 seconds to 7 days. Null: for ever.",
    )


@strawberry.type(description="What came of `updateAccount`.")
class AccountPayload(Payload):
    account: Account | None = strawberry.field(default=None, description="The account as it is now; null when refused.")


@refusals_in(AccountPayload)
async def update_account(
    info: Info, input: Annotated[UpdateAccountInput, strawberry.argument(description="The settings to change.")]
) -> AccountPayload:
    account = await info.context.services.accounts.update(info.context.principal, _change(input))
    return AccountPayload(account=Account.of(account))


def _change(given: UpdateAccountInput) -> AccountChange:
    away = None if given.away_message is strawberry.UNSET else given.away_message
    return AccountChange(
        name=given.name,
        time_zone=given.time_zone,
        currency=given.currency,
        week_starts_on=given.week_starts_on,
        agent_live=given.agent_live,
        agent_name=given.agent_name,
        greeting=given.greeting,
        channels=None if given.channels is None else tuple(given.channels),
        business_week=None
        if given.business_week is None
        else tuple(
            HoursChange(weekday=h.weekday, opens_at=h.opens_at, closes_at=h.closes_at) for h in given.business_week
        ),
        holidays=None if given.holidays is None else tuple(given.holidays),
        away_message=away,
        clear_away_message=given.away_message is None,
        attribution=None if given.attribution is None else tuple(_touch(touch) for touch in given.attribution),
        assignment=given.assignment,
        stranded_after=given.stranded_after,
        agent_silence=None if given.agent_silence is strawberry.UNSET else given.agent_silence,
        clear_agent_silence=given.agent_silence is None,
    )


def _touch(given: AttributionTouchInput) -> TouchChange:
    return TouchChange(channel=given.channel, touch=given.touch, enabled=given.enabled, window=given.window)
