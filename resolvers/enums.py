"""Enums that several features share, and `register_enum`, which gives a domain enum its GraphQL descriptions."""

from collections.abc import Mapping
from enum import Enum

import strawberry
from strawberry.types.enum import EnumValue

from domain.values.channel import Channel
from domain.values.record import UNKNOWN, StoredEnum

_UNKNOWN = "In responses only: a value that a newer version of the server has stored, and this one does not know."


class _AnyUnknown:
    """The value of UNKNOWN in a GraphQL enum: it equals all stored values that this build does not know, and no
    input can have it."""

    def __init__(self, cls: type[StoredEnum]) -> None:
        self._known = {member.value for member in cls}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and other not in self._known

    def __hash__(self) -> int:
        return hash(_AnyUnknown)

    def __repr__(self) -> str:
        return UNKNOWN


def register_enum(cls: type[Enum], description: str, values: Mapping[str, str], *, name: str | None = None) -> None:
    strawberry.enum(cls, name=name or cls.__name__, description=description)
    made: list[EnumValue] = cls.__strawberry_definition__.values  # type: ignore[attr-defined]
    for value in made:
        value.description = values[value.name]
    if issubclass(cls, StoredEnum):
        made.append(EnumValue(name=UNKNOWN, value=_AnyUnknown(cls), description=_UNKNOWN))


register_enum(
    Channel,
    "The channel on which a shopper writes.",
    {
        "WEB_CHAT": "The chat widget on the shop's pages.",
        "SMS": "Text messages. The phone number identifies the shopper.",
        "EMAIL": "E-mail. The address identifies the shopper.",
        "WHATSAPP": "WhatsApp. The phone number identifies the shopper.",
    },
)


@strawberry.enum(description="The direction in which a list is sorted.")
class OrderDirection(Enum):
    ASC = strawberry.enum_value("ASC", description="Ascending, with the oldest item first.")
    DESC = strawberry.enum_value("DESC", description="Descending, with the newest item first.")


__all__ = ["Channel", "OrderDirection", "register_enum"]
