"""Changes of an account's settings. Each given value is checked; values of `None` are left unchanged."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from domain.content_types import check_patterns
from domain.model.account import LONGEST_WINDOW, Account, Assignment, AttributionTouch, OpeningHours, TouchKind
from domain.model.attachments import LARGEST_FILE
from domain.values.calendar import WeekStart
from domain.values.channel import Channel
from domain.values.errors import Conflict, Field, Invalid, within
from domain.values.link_safety import check_linked_text
from domain.values.money import check_currency
from domain.values.record import Record, replace
from domain.values.text import check_label, check_text

_MOST_HOLIDAYS = 400
_SHORTEST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(days=7)

Span = TypeVar("Span", timedelta, timedelta | None)


class TouchChange(Record):
    channel: Channel
    touch: TouchKind
    enabled: bool
    window: timedelta | None = None  # None: unchanged


class HoursChange(Record):
    weekday: int
    opens_at: str
    closes_at: str


class AccountChange(Record):
    """A value of `None` is left unchanged. `clear_…` removes a value: Baton's own text applies, or no limit."""

    name: str | None = None
    time_zone: str | None = None
    currency: str | None = None
    week_starts_on: WeekStart | None = None
    agent_live: bool | None = None
    agent_name: str | None = None
    greeting: str | None = None
    channels: tuple[Channel, ...] | None = None
    business_week: tuple[HoursChange, ...] | None = None
    holidays: tuple[date, ...] | None = None
    away_message: str | None = None
    clear_away_message: bool = False
    attribution: tuple[TouchChange, ...] | None = None
    assignment: Assignment | None = None
    stranded_after: timedelta | None = None
    agent_silence: timedelta | None = None
    clear_agent_silence: bool = False
    largest_attachment: int | None = None
    attachment_types: tuple[str, ...] | None = None
    mail_replies_after: timedelta | None = None
    clear_mail_replies_after: bool = False
    expected_version: int | None = None


def apply_change(account: Account, change: AccountChange) -> Account:
    """Return the account with the change. Raises `Conflict`, or `Invalid` with the first field that is wrong."""
    _check_version(account, change)

    def label(text: str | None, kept: str, name: str) -> str:
        return kept if text is None else check_label(text, field=name)

    def text(text: str | None, kept: str, name: str) -> str:
        return kept if text is None else check_text(text, field=name, limit=2_000)

    return replace(
        account,
        name=label(change.name, account.name, "name"),
        time_zone=account.time_zone if change.time_zone is None else _time_zone(change.time_zone),
        currency=account.currency if change.currency is None else check_currency(change.currency, field="currency"),
        week_starts_on=change.week_starts_on or account.week_starts_on,
        agent_live=account.agent_live if change.agent_live is None else change.agent_live,
        agent_name=label(change.agent_name, account.agent_name, "agent_name"),
        greeting=text(change.greeting, account.greeting, "greeting"),
        channels=account.channels if change.channels is None else tuple(dict.fromkeys(change.channels)),
        business_week=account.business_week if change.business_week is None else _week(change.business_week),
        holidays=account.holidays if change.holidays is None else _holidays(change.holidays),
        away_message=_away_message(account, change),
        attribution=_attribution(account.attribution, change.attribution or ()),
        assignment=account.assignment if change.assignment is None else change.assignment,
        stranded_after=_span(change.stranded_after, account.stranded_after, "stranded_after"),
        agent_silence=None
        if change.clear_agent_silence
        else _span(change.agent_silence, account.agent_silence, "agent_silence"),
        largest_attachment=_file_size(change.largest_attachment, account.largest_attachment),
        attachment_types=account.attachment_types
        if change.attachment_types is None
        else check_patterns(change.attachment_types, field="attachment_types"),
        mail_replies_after=None
        if change.clear_mail_replies_after
        else _span(change.mail_replies_after, account.mail_replies_after, "mail_replies_after"),
        version=account.version + 1,
    )


def _check_version(account: Account, change: AccountChange) -> None:
    if change.expected_version not in (None, account.version):
        raise Conflict(
            f"Somebody else has changed the settings. They have version {account.version} now: read them again.",
            field="expected_version",
        )


def _away_message(account: Account, change: AccountChange) -> str | None:
    if change.away_message is not None:
        return check_linked_text(change.away_message, field="away_message", limit=2_000)
    return None if change.clear_away_message else account.away_message


def _span(given: timedelta | None, kept: Span, name: str) -> timedelta | Span:
    if given is None:
        return kept
    if not _SHORTEST_WAIT <= given <= _LONGEST_WAIT:
        raise Invalid("Give at least 5 seconds and at most 7 days.", field=name)
    return given


def _file_size(given: int | None, kept: int) -> int:
    if given is None:
        return kept
    if not 1 <= given <= LARGEST_FILE:
        raise Invalid(f"Give at least 1 and at most {LARGEST_FILE:,} bytes.", field="largest_attachment")
    return given


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise Invalid("Unknown time zone. Write its IANA name, like Europe/Rome.", field="time_zone")
    ZoneInfo(name)
    return name


def _holidays(days: tuple[date, ...]) -> tuple[date, ...]:
    if len(days) > _MOST_HOLIDAYS:
        raise Invalid(f"Give at most {_MOST_HOLIDAYS} holidays.", field="holidays")
    return tuple(sorted(set(days)))


def _clock_time(text: str, *, field: Field) -> time | None:
    """Parse HH:MM. Returns `None` for 24:00, midnight at the end of the day. Raises `Invalid`."""
    if text == "24:00":
        return None
    hours, colon, minutes = text.partition(":")
    if not (colon and len(hours) == len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit()):
        raise Invalid("Write the time as HH:MM, like 09:30.", field=field)
    try:
        return time(int(hours), int(minutes))
    except ValueError:
        raise Invalid("There is no such time. Write it as HH:MM, from 00:00 to 24:00.", field=field) from None


def _week(week: tuple[HoursChange, ...]) -> tuple[OpeningHours, ...]:
    checked: list[OpeningHours] = []
    for index, hours in enumerate(week):
        field = ("business_week", str(index))
        if not 1 <= hours.weekday <= 7:
            raise Invalid("Weekdays are 1 (Monday) to 7 (Sunday).", field=within(field, "weekday"))
        opens_at = _clock_time(hours.opens_at, field=within(field, "opens_at"))
        closes_at = _clock_time(hours.closes_at, field=within(field, "closes_at"))
        if opens_at is None or (closes_at is not None and closes_at <= opens_at):
            raise Invalid("These hours end before they start. Split hours that pass midnight in two.", field=field)
        stretch = OpeningHours(weekday=hours.weekday, opens_at=opens_at, closes_at=closes_at)
        if any(_overlap(stretch, other) for other in checked):
            raise Invalid("These hours overlap others of the same day.", field=field)
        checked.append(stretch)
    return tuple(sorted(checked, key=lambda h: (h.weekday, h.opens_at)))


def _overlap(one: OpeningHours, other: OpeningHours) -> bool:
    if one.weekday != other.weekday:
        return False
    first, second = sorted((one, other), key=lambda h: h.opens_at)
    return first.closes_at is None or first.closes_at > second.opens_at


def _attribution(kept: tuple[AttributionTouch, ...], changes: tuple[TouchChange, ...]) -> tuple[AttributionTouch, ...]:
    touches = {(touch.channel, touch.touch): touch for touch in kept}
    for index, change in enumerate(changes):
        field = ("attribution", str(index))
        known = touches.get((change.channel, change.touch))
        if known is None:
            raise Invalid("This kind of touch does not exist on this channel.", field=within(field, "touch"))
        if change.window is not None and not timedelta(0) < change.window <= LONGEST_WINDOW:
            raise Invalid(
                f"A window is longer than zero and at most {LONGEST_WINDOW.days} days.", field=within(field, "window")
            )
        touches[change.channel, change.touch] = replace(
            known, enabled=change.enabled, window=known.window if change.window is None else change.window
        )
    return tuple(touches.values())
