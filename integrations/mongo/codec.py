"""Domain values to MongoDB documents and back.

Keys are the field names. An optional field without a value, and an empty tuple, are left out: documents stay small, and
a unique index over a list does not see an empty one. Keys the class does not know are passed over and missing ones take
the field's default, so that documents written by an older or newer version load. Enums are kept as their values,
decimals as text (exact, and read ten times faster than Decimal128), dates and times of day as ISO 8601 text, spans of
time in seconds, tuples as arrays, sets as sorted arrays, instants as they are (the client reads them as UTC).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

from msgspec import ValidationError, convert
from msgspec.structs import fields

from domain.events import (
    AccountChanged,
    BusinessEvent,
    ConnectionChanged,
    ConversationChanged,
    ConversationsImported,
    CredentialRevoked,
    EventBody,
    HandoffChanged,
    HandoffSettingsChanged,
    MessageAdded,
    MessageDeliveryChanged,
    OrderChanged,
    StaffChanged,
    TicketChanged,
    TouchRecorded,
)
from domain.values.record import Record
from integrations.mongo.driver import Document

T = TypeVar("T")

BODY_CLASSES: Final[Mapping[str, type[EventBody]]] = {
    "message_added": MessageAdded,
    "connection_changed": ConnectionChanged,
    "conversation_changed": ConversationChanged,
    "message_delivery_changed": MessageDeliveryChanged,
    "conversations_imported": ConversationsImported,
    "credential_revoked": CredentialRevoked,
    "business_event": BusinessEvent,
    "touch_recorded": TouchRecorded,
    "order_changed": OrderChanged,
    "account_changed": AccountChanged,
    "handoff_changed": HandoffChanged,
    "handoff_settings_changed": HandoffSettingsChanged,
    "staff_changed": StaffChanged,
    "ticket_changed": TicketChanged,
}
_BODY_TYPES: Final[Mapping[type[EventBody], str]] = {cls: tag for tag, cls in BODY_CLASSES.items()}


def to_document(value: object) -> Document:
    """The document of a record. It has no `_id` of its own: which field that is, the collection says."""
    cls: Any = type(value)
    document: Document = _writer(cls)(value)
    return document


def from_document(cls: type[T], document: Mapping[str, Any]) -> T:
    """Raises ValueError, with the place, where a value is missing or is not of its type."""
    try:
        return convert(document, cls, strict=False)  # who is strict takes no number for a span of time
    except ValidationError as error:
        raise ValueError(f"{cls.__name__}: {error}") from error


def to_body(body: EventBody) -> tuple[str, Document]:
    """An event's body with the tag that says which kind it is."""
    return _BODY_TYPES[type(body)], to_document(body)


def from_body(tag: str, document: Mapping[str, Any]) -> EventBody:
    return from_document(BODY_CLASSES[tag], document)


_WRITTEN: Final[Mapping[type, Callable[[Any], Any]]] = {
    Decimal: str,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: timedelta.total_seconds,
}
_LEFT_OUT: Final = (None, ())


@cache
def _writer(cls: Any) -> Callable[[Any], Any]:
    """What makes of a value of the type what the driver keeps."""
    of = get_args(cls)
    if get_origin(cls) in (Union, UnionType):
        (some,) = (option for option in of if option is not NoneType)
        write = _writer(some)
        return lambda value: None if value is None else write(value)
    if get_origin(cls) is tuple:
        item = None if _is_kept(of[0]) else _writer(of[0])
        return list if item is None else lambda values: [item(value) for value in values]
    if get_origin(cls) is frozenset:
        return lambda values: sorted(str(value) for value in values)
    if get_origin(cls) is dict:
        return dict
    if issubclass(cls, StrEnum):
        return attrgetter("_value_")
    return _WRITTEN.get(cls) or _record_writer(cls)


def _record_writer(cls: type[Record]) -> Callable[[Any], Document]:
    parts = [(part, None if _is_kept(part.type) else _writer(part.type)) for part in fields(cls)]
    always = [(part.name, write) for part, write in parts if part.default not in _LEFT_OUT]
    perhaps = [(part.name, part.default, write) for part, write in parts if part.default in _LEFT_OUT]

    def write_record(record: Any) -> Document:
        document: Document = {}
        for name, write in always:
            value = getattr(record, name)
            document[name] = value if write is None else write(value)
        for name, absent, write in perhaps:
            value = getattr(record, name)
            if value is not absent and value != absent:
                document[name] = value if write is None else write(value)
        return document

    return write_record


def _is_kept(cls: Any) -> bool:
    """Types that BSON knows, also where they may be None: nothing to convert."""
    if get_origin(cls) in (Union, UnionType):
        return all(_is_kept(option) for option in get_args(cls))
    return getattr(cls, "__supertype__", cls) in (str, int, float, bool, datetime, NoneType)
