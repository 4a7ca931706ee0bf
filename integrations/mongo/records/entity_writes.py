"""The write of one entity that a command has staged."""

from __future__ import annotations

from typing import Any, Final

from pymongo import DeleteOne, InsertOne, ReplaceOne

from domain.storage import Entity, Timer
from domain.values.ids import AccountId
from integrations.mongo.bulk_writes import ChangeOne, Write
from integrations.mongo.collections import entity_document
from integrations.mongo.records.changed_fields import update_of, whole_update_of

_ERASED: Final = ("erased_at", "redacted_at")
"""Fields of records that have lost what was personal in them."""


def write_of(
    account_id: AccountId, key: tuple[type[Entity], str], found: Entity | None, entity: Entity | None
) -> Write | None:
    """Return the write that makes `found`, which is stored, into `entity`; None if they are equal.

    Only an entity that was found in this account is changed, by its id alone. An insert fails if the id is taken, by
    whichever account.
    """
    kind, entity_id = key
    if entity is None:
        return DeleteOne({"_id": entity_id, "account": account_id})
    if found is not None and is_erased(found, entity):  # fields of a newer build may be personal too
        return ReplaceOne({"_id": entity_id}, entity_document(account_id, entity))
    if found is not None:
        update = update_of(found, entity)
        return None if update is None else ChangeOne({"_id": entity_id}, update)
    document = entity_document(account_id, entity)
    if issubclass(kind, Timer):  # the command need not have read it
        del document["_id"]
        return ChangeOne({"_id": entity_id}, whole_update_of(document, kind), upsert=True)
    return InsertOne(document)


def is_erased(found: Any, entity: Any) -> bool:
    """Return whether a record loses what is personal in it."""
    return any(getattr(entity, name, None) is not None and getattr(found, name) is None for name in _ERASED)
