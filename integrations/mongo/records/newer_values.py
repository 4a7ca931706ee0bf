"""No command overwrites a value of an enum that this build does not know.

A newer build has stored it, and knows what it means: whoever puts another in its place has decided without knowing. So
such a command is refused, whoever gives it; a worker leaves the record to a process of the newer build.

A value may move with its record, such as a ticket that becomes a past one. What belongs to a shopper who is erased goes
in any case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from domain.storage import Entity
from domain.values.errors import NewerValue
from domain.values.record import StoredEnum, has_met_unknown_values, unknown_values_in
from integrations.mongo.records.entity_writes import is_erased


def check_newer_values_stay(changes: Iterable[tuple[Entity | None, Entity | None]]) -> None:
    """Check changes, each from a stored record to what replaces it. Raises `NewerValue`."""
    if not has_met_unknown_values():
        return
    for found, entity in changes:
        if found is None or entity is None or is_erased(found, entity):
            continue
        for value in Counter(unknown_values_in(found)) - Counter(unknown_values_in(entity)):
            raise NewerValue(type(value).__name__)


def newer_value_of(error: Exception) -> NewerValue | None:
    """Return the refusal of a command that has looked up a value in a table of those that this build knows."""
    missing = error.args[0] if isinstance(error, KeyError) and error.args else None
    is_newer = isinstance(missing, StoredEnum) and missing.is_unknown
    return NewerValue(type(missing).__name__) if is_newer else None
