"""Reads entities for lists, checks and workers, and leaves out those that this build cannot read.

A newer build may have stored them in another form, or they are damaged. Each is logged once by a process. A list goes
on without them; a command that needs one fails.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from cachetools import LRUCache

from domain.values.ids import AccountId
from integrations.mongo.collections import entity_of
from integrations.mongo.driver import Collection, Document, Session

T = TypeVar("T")
W = TypeVar("W")

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)
"""What is raised where a document is read that does not have the form of its record."""

_MAX_ROUNDS = 20  # of a read whose rows cannot be read; each leaves out as many as it has met
_logged: LRUCache[tuple[str, str], bool] = LRUCache(10_000)

_logger = logging.getLogger("baton.mongo")


def readable(kind: type[T], documents: Iterable[Mapping[str, Any]]) -> list[tuple[AccountId, T]]:
    """Return the entities of documents that can be read, with their accounts."""
    found = []
    for document in documents:
        entity = _read(kind, document)
        if entity is not None:
            found.append((AccountId(document["account"]), entity))
    return found


def entities(kind: type[T], documents: Iterable[Mapping[str, Any]]) -> list[T]:
    """Return the entities of documents that can be read. States of the history name no account, and need none."""
    return [entity for entity in (_read(kind, document) for document in documents) if entity is not None]


def writes_of(
    kind: type[Any], documents: Iterable[Mapping[str, Any]], write: Callable[[Mapping[str, Any]], W | None]
) -> tuple[list[W], tuple[str, ...]]:
    """Return the writes of documents, `None` left out, and the names of those that cannot be read."""
    writes, unreadable = [], []
    for document in documents:
        try:
            made = write(document)
        except UNREADABLE as error:
            _log(kind, document, error)
            unreadable.append(f"{kind.__name__} {document.get('_id')}")
            continue
        if made is not None:
            writes.append(made)
    return writes, tuple(unreadable)


async def find_readable(
    collection: Collection,
    kind: type[T],
    query: Mapping[str, Any],
    *,
    sort: Sequence[tuple[str, int]] | None = None,
    limit: int = 0,
    projection: Mapping[str, Any] | None = None,
    session: Session | None = None,
) -> list[tuple[AccountId, T]]:
    """Return the first entities that match and can be read, with their accounts: as many as `limit` wants, if there are
    so many. Raises PyMongoError."""

    async def read(wanted: Mapping[str, Any]) -> list[Document]:
        cursor = collection.find(wanted, projection, sort=sort, limit=limit, session=session)
        return await cursor.to_list(None)

    return await first_readable(read, kind, query, limit=limit)


async def first_readable(
    read: Callable[[Mapping[str, Any]], Awaitable[list[Document]]],
    kind: type[T],
    query: Mapping[str, Any],
    *,
    limit: int,
) -> list[tuple[AccountId, T]]:
    """Like `find_readable`; `read` returns the first documents that match."""
    left_out: list[Any] = []
    for _ in range(_MAX_ROUNDS):
        wanted = {"$and": [query, {"_id": {"$nin": left_out}}]} if left_out else query
        documents = await read(wanted)
        found = readable(kind, documents)
        if len(found) == len(documents) or len(documents) < limit or limit == 0:
            break
        known = {entity.id for _, entity in found}  # type: ignore[attr-defined]
        left_out += [document["_id"] for document in documents if document["_id"] not in known]
    return found


def _read(kind: type[T], document: Mapping[str, Any]) -> T | None:
    try:
        return entity_of(kind, document)
    except (KeyError, ValueError) as error:
        _log(kind, document, error)
        return None


def _log(kind: type[Any], document: Mapping[str, Any], error: Exception) -> None:
    place = kind.__name__, str(document.get("_id"))
    if place not in _logged:
        _logged[place] = True
        _logger.error("%s %s cannot be read, and is left out: %s", *place, error)
