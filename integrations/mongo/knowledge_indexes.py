"""The indexes of the accounts' knowledge in the memory of a process, an LRU cache that follows the event log.

An index is made when it is first asked for. `KnowledgeChanged` says which revision is the present one: at once for own
commits, and when the change stream delivers the event for those of others. The records that have changed since the
index's own revision are then read and added to it, in a thread. While the stream is late or silent, the revision is
read at each search.

A search waits for a change to be added for `_WAIT` seconds at most, and then takes the former index.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from cachetools import LRUCache

from domain.events import EventBody, KnowledgeChanged, LoggedEvent
from domain.knowledge.passages import passages_of
from domain.knowledge.ports import GrowingIndex, KnowledgeIndex, Ranker
from domain.model.agent.knowledge import Article, CatalogProduct, KnowledgeTotals
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.storage.pages import PageReader

_logger = logging.getLogger("baton.mongo")

_BYTES = 256 << 20  # of all indexes of the process
_FRESH = 0.5  # seconds that the change stream may be late before the revision is read
_WAIT = 0.5  # seconds
_ROWS = 500  # records that are read at once: others take their turns in between

SourceT = TypeVar("SourceT", Article, CatalogProduct)


class _AccountEntry:
    """The index of an account."""

    def __init__(self, ranker: Ranker) -> None:
        self._ranker = ranker
        self.index: KnowledgeIndex | None = None  # None: nothing has been read yet
        self.wanted = 0  # the latest revision that is known of
        self.is_checked = True  # whether events can have been missed since the revision was read
        self.refresh: asyncio.Task[None] | None = None
        self.begin_anew()

    def begin_anew(self) -> None:
        """Begin to collect the records from the first on. Searches have the former index until that is done."""
        self.articles: GrowingIndex = self._ranker.empty()
        self.products: GrowingIndex = self._ranker.empty()
        self.ids: dict[type, set[str]] = {Article: set(), CatalogProduct: set()}
        self.collected = 0  # the revision that the records are of

    @property
    def revision(self) -> int:
        return 0 if self.index is None else self.index.revision

    @property
    def bytes(self) -> int:
        return self.articles.bytes + self.products.bytes


class MongoKnowledgeIndexes:
    """Implements `KnowledgeIndexes`. `lag` returns the seconds by which events may be late."""

    def __init__(self, *, database: MongoDatabase, ranker: Ranker, lag: Callable[[], float]) -> None:
        self._database = database
        self._ranker = ranker
        self._lag = lag
        self._entries: LRUCache[AccountId, _AccountEntry] = LRUCache(_BYTES, getsizeof=lambda entry: entry.bytes)
        self._closed = False

    async def of(self, account_id: AccountId) -> KnowledgeIndex:
        entry = self._entries.get(account_id)
        if entry is None:
            entry = self._entries[account_id] = _AccountEntry(self._ranker)
        if entry.index is None or not entry.is_checked or self._lag() > _FRESH:
            await self._check(account_id, entry)
        if entry.index is None or entry.revision != entry.wanted:
            refresh = self._start(account_id, entry)
            if entry.index is None:
                await asyncio.shield(refresh)
            else:
                await asyncio.wait([refresh], timeout=_WAIT)
        if entry.index is None:
            raise Unavailable("The knowledge cannot be read at present; try again in a moment.")
        return entry.index

    async def _check(self, account_id: AccountId, entry: _AccountEntry) -> None:
        """Read the present revision. Raises `Unavailable` if there is no former index to search in."""
        try:
            stored = (await self._totals(account_id)).revision
        except Unavailable:
            if entry.index is None:
                raise
            return
        entry.is_checked = True
        entry.wanted = stored if stored < entry.revision else max(entry.wanted, stored)

    def on_event(self, event: LoggedEvent) -> None:
        self.on_committed(event.account_id, [event.body])

    def on_committed(self, account_id: AccountId, bodies: Iterable[EventBody]) -> None:
        """Begin to add the changes that these events tell of, if the account's index is in memory."""
        for body in bodies:
            if not isinstance(body, KnowledgeChanged):
                continue
            entry = self._entries.get(account_id)
            if entry is not None and body.revision > entry.wanted:
                entry.wanted = body.revision
                self._start(account_id, entry)

    def on_gap(self) -> None:
        """Read the revision of every index at its next use: events may have been missed."""
        for entry in self._entries.values():
            entry.is_checked = False

    async def close(self) -> None:
        """Stop adding changes."""
        self._closed = True
        running = [entry.refresh for entry in self._entries.values() if entry.refresh is not None]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    def _start(self, account_id: AccountId, entry: _AccountEntry) -> asyncio.Task[None]:
        if entry.refresh is None:
            entry.refresh = asyncio.create_task(self._refresh(account_id, entry), name="knowledge index")
        return entry.refresh

    async def _refresh(self, account_id: AccountId, entry: _AccountEntry) -> None:
        """Add changes until the index has the latest revision that is known of."""
        try:
            while not self._closed and (entry.index is None or entry.revision != entry.wanted):
                known_of, totals = entry.wanted, await self._totals(account_id)
                if totals.revision < entry.revision:  # the database was restored
                    entry.begin_anew()
                await self._catch_up(account_id, entry, Article, entry.articles, totals.articles + totals.snippets)
                await self._catch_up(account_id, entry, CatalogProduct, entry.products, totals.products)
                entry.index = KnowledgeIndex(
                    revision=totals.revision, articles=entry.articles.index, products=entry.products.index
                )
                entry.collected = totals.revision
                if entry.wanted == known_of:
                    entry.wanted = totals.revision
                if account_id in self._entries:
                    self._entries[account_id] = entry  # it has another size now
        except Unavailable as error:
            _logger.warning("The knowledge of an account could not be read: %s", error)
        finally:
            entry.refresh = None

    async def _catch_up(
        self, account_id: AccountId, entry: _AccountEntry, kind: type[SourceT], index: GrowingIndex, total: int
    ) -> None:
        """Add the records that have changed since the index's revision, and remove those that were deleted."""
        known = entry.ids[kind]
        changed = await self._changed(account_id, kind, entry.collected)
        known |= {each.id for each in changed}
        gone: set[str] = set()
        if len(known) != total:
            gone = known - await self._ids(account_id, kind)
            known -= gone
        if changed or gone:
            await asyncio.to_thread(_add, index, changed, gone)

    async def _changed(self, account_id: AccountId, kind: type[SourceT], revision: int) -> list[SourceT]:
        pages, found, last = PageReader(database=self._database, account_id=account_id), list[SourceT](), ""
        while True:
            query = {"revision": {"$gt": revision}, "_id": {"$gt": last}}
            rows = await pages.find(kind, query, sort=[("_id", 1)], limit=_ROWS)
            found += rows
            if len(rows) < _ROWS:
                return found
            last = rows[-1].id

    async def _ids(self, account_id: AccountId, kind: type[SourceT]) -> set[str]:
        with driver_errors():
            cursor = self._database.collection(COLLECTIONS[kind]).find(scoped(account_id, {}), {"_id": 1})
            return {document["_id"] for document in await cursor.to_list()}

    async def _totals(self, account_id: AccountId) -> KnowledgeTotals:
        pages = PageReader(database=self._database, account_id=account_id)
        found = await pages.find(KnowledgeTotals, {"_id": account_id}, limit=1)
        return found[0] if found else KnowledgeTotals(id=account_id)


def _add(index: GrowingIndex, changed: list[SourceT], gone: set[str]) -> None:
    passages = [passage for each in changed for passage in passages_of(each)]
    index.change({*gone, *(each.id for each in changed)}, passages)
