"""Custom scalars, each with its wire format and specification. Error texts show a valid value, not a parser's text."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from pydantic import TypeAdapter
from strawberry.types.scalar import ScalarDefinition

Cursor = NewType("Cursor", str)
_INSTANTS = 8_192  # cached texts of instants, 2 MB: to write one takes as long as ten other leaves of a page

_IN_UTC = "+00:00"
_DURATION = re.compile(r"P(?=.)(\d+W|(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?)", re.ASCII)
_DURATIONS = TypeAdapter(timedelta)
_DATE_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


@lru_cache(_INSTANTS)
def write_instant(value: datetime) -> str:
    """Return the instant in UTC with milliseconds and `Z`."""
    text = value.isoformat(timespec="milliseconds")
    if text[-6:] != _IN_UTC:  # nearly all are; asking for the text costs a third of a conversion
        text = value.astimezone(UTC).isoformat(timespec="milliseconds")
    return text[:-6] + "Z"


def _text(value: object, hint: str) -> str:
    if not isinstance(value, str):
        raise GraphQLError(hint)
    return value


def _read_instant(value: object) -> datetime:
    hint = "A DateTime is an RFC 3339 instant with its offset, like 2026-06-07T09:30:00.000Z."
    text = _text(value, hint)
    if not _DATE_TIME.fullmatch(text):
        raise GraphQLError(hint)
    fraction = re.search(r"\.(\d+)", text)
    if fraction:  # the database stores whole milliseconds
        text = text.replace(fraction.group(0), f".{fraction.group(1)[:3]:0<3}")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise GraphQLError(hint) from None


def _read_date(value: object) -> date:
    hint = "A Date is a calendar day, like 2026-06-07."
    text = _text(value, hint)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise GraphQLError(hint)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise GraphQLError(hint) from None


def _read_decimal(value: object) -> Decimal:
    hint = 'A Decimal is a string with a plain number, like "19.90".'
    text = _text(value, hint)
    if not re.fullmatch(r"-?\d{1,40}(\.\d{1,40})?", text, re.ASCII):
        raise GraphQLError(hint)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise GraphQLError(hint) from None


def _read_cursor(value: object) -> Cursor:
    return Cursor(_text(value, "A Cursor is a string that this server returned."))


def write_duration(value: timedelta) -> str:
    """Return the ISO 8601 duration, like P5D or PT12H."""
    if value < timedelta(0) or value.microseconds:
        raise ValueError(f"A Duration has whole seconds and is not negative: {value!r}")
    # Not pydantic's form: it writes 365 days as a year, which a Duration does not have.
    hours, seconds = divmod(value.seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    days = f"{value.days}D" if value.days else ""
    time = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if number)
    return f"P{days}T{time}" if time else f"P{days or 'T0S'}"


def _read_duration(value: object) -> timedelta:
    hint = "A Duration is an ISO 8601 duration without months and years, like PT15M, PT24H or P5D."
    text = _text(value, hint)
    if not _DURATION.fullmatch(text):
        raise GraphQLError(hint)
    try:
        return _DURATIONS.validate_python(text)
    except ValueError:  # pydantic's ValidationError is a ValueError
        raise GraphQLError(hint) from None


def _scalar(
    name: str, description: str, url: str, write: Callable[[Any], Any], read: Callable[[Any], Any]
) -> ScalarDefinition:
    return strawberry.scalar(
        name=name, description=description, specified_by_url=url, serialize=write, parse_value=read
    )


SCALARS: dict[object, ScalarDefinition] = {
    datetime: _scalar(
        "DateTime",
        "An instant as an RFC 3339 timestamp. Output is in UTC with milliseconds, for example "
        "`2026-06-07T09:30:00.000Z`. Input may have any UTC offset; digits beyond milliseconds are cut "
        "off.",
        "https://www.rfc-editor.org/rfc/rfc3339",
        write_instant,
        _read_instant,
    ),
    date: _scalar(
        "Date",
        "A calendar day in the account's time zone, for example `2026-06-07`.",
        "https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        date.isoformat,
        _read_date,
    ),
    Decimal: _scalar(
        "Decimal",
        'An exact decimal number as a string without an exponent, for example `"19.90"`. At most 40 '
        "digits before and after the point.",
        "https://www.w3.org/TR/xmlschema-2/#decimal",
        lambda value: format(value, "f"),
        _read_decimal,
    ),
    timedelta: _scalar(
        "Duration",
        "A length of time as an ISO 8601 duration without years and months, for example `PT15M`, `PT24H` or `P5D`.",
        "https://www.rfc-editor.org/rfc/rfc3339#appendix-A",
        write_duration,
        _read_duration,
    ),
    Cursor: _scalar(
        "Cursor",
        "An opaque position in the account's event log. Take it from a response and pass it to `after:`. "
        "The cursors of pages (`PageInfo.endCursor`) are a different kind.",
        "https://relay.dev/graphql/connections.htm#sec-Cursor",
        str,
        _read_cursor,
    ),
}
