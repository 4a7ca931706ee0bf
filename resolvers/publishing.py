"""How a domain enum becomes one of the graph's."""

from collections.abc import Mapping
from enum import Enum

import strawberry


def register_enum(cls: type[Enum], description: str, values: Mapping[str, str], *, name: str | None = None) -> None:
    strawberry.enum(cls, name=name or cls.__name__, description=description)
    for value in cls.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]
