"""Domain values to MongoDB documents and back.

Keys are the field names. An optional field without a value, and an empty tuple, are left out: documents stay small, and
a unique index over a list does not see an empty one. Keys the class does not know are passed over and missing ones take
the field's default, so that documents written by an older or newer version load. Enums are kept as their values,
decimals as text (exact, and read ten times faster than Decimal128), dates and times of day as ISO 8601 text, spans of
time in seconds, tuples as arrays, sets as sorted arrays, instants as they are (the client reads them as UTC).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

from cattrs import Converter, override
from cattrs.fns import identity
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

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

T = TypeVar("T")
Document = dict[str, Any]

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
    """The document of a domain dataclass. It has no `_id` of its own: which field that is, the collection says."""
    document: Document = _CONVERTER.unstructure(value)
    return document


def from_document(cls: type[T], document: Mapping[str, Any]) -> T:
    return _CONVERTER.structure(document, cls)


def to_body(body: EventBody) -> tuple[str, Document]:
    """An event's body with the tag that says which kind it is."""
    return _BODY_TYPES[type(body)], to_document(body)


def from_body(tag: str, document: Mapping[str, Any]) -> EventBody:
    return from_document(BODY_CLASSES[tag], document)


_CONVERSIONS: Final[Sequence[tuple[type, Callable[[Any], Any], Callable[[Any, Any], Any]]]] = (
    (Decimal, str, lambda value, _: Decimal(value)),
    (date, date.isoformat, lambda value, _: date.fromisoformat(value)),
    (datetime, identity, lambda value, _: value),  # named because it is a date as well
    (time, time.isoformat, lambda value, _: time.fromisoformat(value)),
    (timedelta, timedelta.total_seconds, lambda value, _: timedelta(seconds=value)),
)


def _converter() -> Converter:
    converter = Converter(detailed_validation=False)
    converter.register_structure_hook_factory(_is_kept, lambda _: lambda value, _: value)
    converter.register_unstructure_hook_factory(_is_kept, lambda _: identity)
    converter.register_structure_hook_factory(_is_tuple_of_kept, lambda _: lambda values, _: tuple(values))
    for cls, write, read in _CONVERSIONS:
        converter.register_unstructure_hook(cls, write)
        converter.register_structure_hook(cls, read)
    converter.register_structure_hook(StrEnum, lambda value, cls: cls._value2member_map_[value])
    converter.register_unstructure_hook(StrEnum, attrgetter("_value_"))
    converter.register_unstructure_hook_factory(_is_set, lambda _: lambda values: sorted(str(v) for v in values))
    converter.register_structure_hook_factory(
        is_dataclass, lambda cls: make_dict_structure_fn(cls, converter, _cattrs_detailed_validation=False)
    )
    converter.register_unstructure_hook_factory(is_dataclass, lambda cls: _writer(cls, converter))
    return converter


def _writer(cls: type[Any], converter: Converter) -> Callable[[Any], Document]:
    empty = (None, ())
    left_out: Any = {field.name: override(omit_if_default=True) for field in fields(cls) if field.default in empty}
    return make_dict_unstructure_fn(cls, converter, **left_out)


def _is_kept(cls: Any) -> bool:
    """Types that BSON knows, also where they may be None: nothing to convert."""
    if get_origin(cls) in (Union, UnionType):
        return all(_is_kept(option) for option in get_args(cls))
    return getattr(cls, "__supertype__", cls) in (str, int, float, bool, datetime, NoneType)


def _is_tuple_of_kept(cls: Any) -> bool:
    return get_origin(cls) is tuple and _is_kept(get_args(cls)[0])


def _is_set(cls: Any) -> bool:
    return get_origin(cls) is frozenset


_CONVERTER: Final = _converter()
