"""Enums that several features share, and `register_enum`, which gives a domain enum its GraphQL descriptions."""

from collections.abc import Mapping
from enum import Enum

import strawberry

from domain.values.channel import Channel


def register_enum(cls: type[Enum], description: str, values: Mapping[str, str], *, name: str | None = None) -> None:
    strawberry.enum(cls, name=name or cls.__name__, description=description)
    for value in cls.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]


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
