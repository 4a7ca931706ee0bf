"""The mutation `updateAccount`."""

from datetime import date, timedelta
from typing import Annotated

import strawberry

from domain.account.settings import AccountChange, HoursChange, TouchChange
from resolvers.account.enums import Assignment, TouchKind, WeekStart
from resolvers.account.types import Account
from resolvers.context import Info
from resolvers.enums import Channel
from resolvers.errors import Payload, refusals_in


@strawberry.input(description="A period on a weekday in which the support team is available.")
class OpeningHoursInput:
    weekday: int = strawberry.field(description="The ISO 8601 number of the weekday, from 1 (Monday) to 7 (Sunday).")
    opens_at: str = strawberry.field(description="The local time at which the period begins, as `HH:MM`.")
    closes_at: str = strawberry.field(
        description="The local time at which the period ends, as `HH:MM`, after `opensAt` and at most `24:00`. Split "
        "a period that passes midnight into two."
    )


@strawberry.input(description="A change of the attribution settings for one kind of touch on one channel.")
class AttributionTouchInput:
    channel: Channel = strawberry.field(description="The channel on which the touch happens.")
    touch: TouchKind = strawberry.field(description="The kind of touch. It must exist on the channel.")
    enabled: bool = strawberry.field(description="Whether a touch of this kind credits a sale.")
    window: timedelta | None = strawberry.field(
        default=None,
        description="The time after the touch within which an order is credited: more than zero, at most 90 days, "
        "for example `PT24H`. Omit it to keep the present value.",
    )


@strawberry.input(
    description="The settings to change. A field that is omitted or `null` stays as it is, unless its "
    "description says otherwise."
)
class UpdateAccountInput:
    name: str | None = strawberry.field(default=None, description="The name of the shop, from 1 to 200 characters.")
    time_zone: str | None = strawberry.field(
        default=None, description="The IANA name of a time zone, for example `Europe/Rome`."
    )
    currency: str | None = strawberry.field(
        default=None, description="The ISO 4217 code of the shop's main currency, for example `EUR`."
    )
    week_starts_on: WeekStart | None = strawberry.field(
        default=None, description="The day on which the presets THIS_WEEK and LAST_WEEK begin."
    )
    agent_live: bool | None = strawberry.field(
        default=None,
        description="Whether the agent accepts new conversations. If `false`, `startConversation` is refused with "
        "AGENT_NOT_LIVE; open conversations continue.",
    )
    agent_name: str | None = strawberry.field(
        default=None, description="The name of the AI agent, from 1 to 200 characters."
    )
    greeting: str | None = strawberry.field(
        default=None, description="The text that the chat widget shows before the first message."
    )
    channels: list[Channel] | None = strawberry.field(
        default=None, description="The channels on which the agent is active. The list replaces the present one."
    )
    business_week: list[OpeningHoursInput] | None = strawberry.field(
        default=None,
        description="All periods of the week. The list replaces the present one; `[]` means that the team is never "
        "available.",
    )
    holidays: list[date] | None = strawberry.field(
        default=None,
        description="All days on which the team is closed, at most 400. The list replaces the present one.",
    )
    away_message: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The text for a shopper who asks for a human when nobody is available, at most 2,000 characters. "
        "`null` restores Baton's own text.",
    )
    attribution: list[AttributionTouchInput] | None = strawberry.field(
        default=None, description="The attribution touches to change. Touches that are not listed stay as they are."
    )
    assignment: Assignment | None = strawberry.field(
        default=None, description="The way in which new tickets are assigned to staff."
    )
    stranded_after: timedelta | None = strawberry.field(
        default=None,
        description="The time for which a ticket may wait while nobody can take it, from 5 seconds to 7 days, for "
        "example `PT15M`.",
    )
    agent_silence: timedelta | None = strawberry.field(
        default=strawberry.UNSET,
        description="The time within which the agent must respond before a handoff is requested, from 5 seconds to 7 "
        "days, for example `PT30S`. `null` disables the time-out.",
    )
    largest_attachment: int | None = strawberry.field(
        default=None, description="The largest size of a file in a message, from 1 to 26,214,400 bytes."
    )
    attachment_types: list[str] | None = strawberry.field(
        default=None,
        description="The content types that files in messages may have, such as `image/*` and `application/pdf`, at "
        "most 100. The list replaces the present one; `[]` allows every type.",
    )
    mail_replies_after: timedelta | None = strawberry.field(
        default=strawberry.UNSET,
        description="The time after which replies of the team are mailed to a shopper who left the chat without seeing "
        "them, from 5 seconds to 7 days, for example `PT5M`. All such replies go in one mail, to the e-mail address of "
        "the conversation, if e-mail is connected. `null` or `PT0S`: they are never mailed.",
    )
    expected_version: int | None = strawberry.field(
        default=None,
        description="The version that the caller read. Refused with CONFLICT if the settings have changed since.",
    )


@strawberry.type(description="The result of `updateAccount`.")
class AccountPayload(Payload):
    account: Account | None = strawberry.field(
        default=None, description="The account after the change. `null` if refused."
    )


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
        largest_attachment=given.largest_attachment,
        attachment_types=None if given.attachment_types is None else tuple(given.attachment_types),
        mail_replies_after=given.mail_replies_after or None,
        clear_mail_replies_after=given.mail_replies_after in (None, timedelta(0)),
        expected_version=given.expected_version,
    )


def _touch(given: AttributionTouchInput) -> TouchChange:
    return TouchChange(channel=given.channel, touch=given.touch, enabled=given.enabled, window=given.window)
