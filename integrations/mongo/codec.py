"""Encodes domain records as MongoDB documents, and decodes them.

Keys are the names of the record's fields. The values:

    enum             its value
    Decimal          text: exact, and decoded ten times faster than Decimal128
    date, time       ISO 8601 text
    timedelta        seconds, as a double
    datetime         BSON date, in milliseconds; the client reads it as UTC
    tuple            array
    frozenset        sorted array
    record           document

A field that is None or an empty tuple by default is left out when it has that value: documents stay small, and a unique
index over a list does not see an empty one. Unknown keys are ignored and missing ones take the field's default, so that
documents of an older or newer version can be decoded. A value that an enum does not have is decoded too
(`domain/values/record.py`).
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
    AgentSettingsChanged,
    BusinessEvent,
    ConnectionChanged,
    ConversationChanged,
    ConversationsImported,
    CredentialRevoked,
    EventBody,
    EventErased,
    GuidanceChanged,
    HandoffChanged,
    HandoffSettingsChanged,
    KnowledgeChanged,
    MessageAdded,
    MessageDeliveryChanged,
    MessageRedacted,
    OrderChanged,
    ShopperErased,
    StaffChanged,
    TicketChanged,
    TouchRecorded,
    TrustedDocumentsChanged,
    TurnLeaseChanged,
)
from domain.values.record import Record, unknown_values_allowed
from integrations.mongo.driver import Document

T = TypeVar("T")

BODY_CLASSES: Final[Mapping[str, type[EventBody]]] = {
    "message_added": MessageAdded,
    "message_redacted": MessageRedacted,
    "connection_changed": ConnectionChanged,
    "conversation_changed": ConversationChanged,
    "message_delivery_changed": MessageDeliveryChanged,
    "conversations_imported": ConversationsImported,
    "credential_revoked": CredentialRevoked,
    "trusted_documents_changed": TrustedDocumentsChanged,
    "knowledge_changed": KnowledgeChanged,
    "business_event": BusinessEvent,
    "touch_recorded": TouchRecorded,
    "order_changed": OrderChanged,
    "account_changed": AccountChanged,
    "handoff_changed": HandoffChanged,
    "handoff_settings_changed": HandoffSettingsChanged,
    "guidance_changed": GuidanceChanged,
    "agent_settings_changed": AgentSettingsChanged,
    "staff_changed": StaffChanged,
    "ticket_changed": TicketChanged,
    "turn_lease_changed": TurnLeaseChanged,
    "event_erased": EventErased,
    "shopper_erased": ShopperErased,
}
_BODY_TYPES: Final[Mapping[type[EventBody], str]] = {cls: tag for tag, cls in BODY_CLASSES.items()}


def to_document(value: object) -> Document:
    """Return the document of a record. It has no `_id`: `collections.py` chooses that."""
    cls: Any = type(value)
    document: Document = encoder(cls)(value)
    return document


def from_document(cls: type[T], document: Mapping[str, Any]) -> T:
    """Return the record of a document.

    Raises ValueError, with the path, if a value is missing or has the wrong type.
    """
    try:
        return convert(document, cls, strict=False)  # in strict mode, a number is no timedelta
    except ValidationError:
        return _of_another_build(cls, document)


def _of_another_build(cls: type[T], document: Mapping[str, Any]) -> T:
    """Return the record of a document that may have values of enums that this build does not know."""
    try:
        with unknown_values_allowed():
            return convert(document, cls, strict=False)
    except ValidationError as error:
        raise ValueError(f"{cls.__name__}: {error}") from error


def to_body(body: EventBody) -> tuple[str, Document]:
    """Return the tag and the document of an event's body."""
    return _BODY_TYPES[type(body)], to_document(body)


def from_body(tag: str, document: Mapping[str, Any]) -> EventBody:
    """Return the event's body. Raises KeyError for an unknown tag, ValueError for a damaged document."""
    return from_document(BODY_CLASSES[tag], document)


_ENCODERS: Final[Mapping[type, Callable[[Any], Any]]] = {
    Decimal: str,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: timedelta.total_seconds,
}
OMITTED: Final = (None, ())
"""Defaults of fields that are left out where they have them."""


@cache
def encoder(cls: Any) -> Callable[[Any], Any]:
    """Return the function that encodes values of the type."""
    if _is_bson(cls):
        return _itself
    arguments = get_args(cls)
    if get_origin(cls) in (Union, UnionType):
        (some,) = (option for option in arguments if option is not NoneType)
        encode = encoder(some)
        return lambda value: None if value is None else encode(value)
    if get_origin(cls) is tuple:
        item = None if _is_bson(arguments[0]) else encoder(arguments[0])
        return list if item is None else lambda values: [item(value) for value in values]
    if get_origin(cls) is frozenset:
        return lambda values: sorted(str(value) for value in values)
    if get_origin(cls) is dict:
        return dict
    if issubclass(cls, StrEnum):
        return attrgetter("_value_")
    return _ENCODERS.get(cls) or _record_encoder(cls)


def _record_encoder(cls: type[Record]) -> Callable[[Any], Document]:
    parts = [(part, None if _is_bson(part.type) else encoder(part.type)) for part in fields(cls)]
    required = [(part.name, encode) for part, encode in parts if part.default not in OMITTED]
    optional = [(part.name, part.default, encode) for part, encode in parts if part.default in OMITTED]

    def encode_record(record: Any) -> Document:
        document: Document = {}
        for name, encode in required:
            value = getattr(record, name)
            document[name] = value if encode is None else encode(value)
        for name, absent, encode in optional:
            value = getattr(record, name)
            if value is not absent and value != absent:
                document[name] = value if encode is None else encode(value)
        return document

    return encode_record


def _itself(value: Any) -> Any:
    return value


def _is_bson(cls: Any) -> bool:
    """Return whether BSON has the type, optional or not, so that its values need no encoding."""
    if get_origin(cls) in (Union, UnionType):
        return all(_is_bson(option) for option in get_args(cls))
    return getattr(cls, "__supertype__", cls) in (str, bytes, int, float, bool, datetime, NoneType)
