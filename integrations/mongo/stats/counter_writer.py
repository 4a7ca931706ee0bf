"""What a batch does to the counters: for every conversation that it saves, what it counted as before and counts as now.

It follows from the conversations alone, so whatever saves one moves the counters with it, imports of history too, and
they are committed together or not at all.

    counting  {_id: account, zone, generation, hours, days, reaches, repairs}

An account's counters can be trusted where `hours` says that they hold all conversations (they do from the beginning,
but for accounts older than the counters), and `days` that so do the days of `zone`. A change of the zone starts a new
`generation` of days: until they are made, answers come from the hours. `repairs` is raised by a recount that puts
documents right.
"""

from __future__ import annotations

from collections.abc import Iterator

from pymongo import UpdateOne

from domain.metrics.model import reporting_facts_of
from domain.model.account import Account
from domain.model.conversation import Conversation
from integrations.mongo.collections import COLLECTIONS, entity_of
from integrations.mongo.driver import Document
from integrations.mongo.stats.counters import CounterChanges
from integrations.mongo.stats.history import COUNTING, PAST, past_row, written
from integrations.mongo.stats.tag_dictionary import LABELS, TagCache, TagEncoder
from integrations.mongo.storage.unit_of_work import Batch

_ZONE = "UTC"  # of conversations without an account


class CounterWriter:
    """Of one batch. After the commit, `remember`."""

    def __init__(self, batch: Batch, known: TagCache) -> None:
        self._batch = batch
        self._labelling = TagEncoder(
            database=batch.database, session=batch.session, account_id=batch.account_id, known=known
        )

    async def write(self) -> None:
        batch, changed = self._batch, list(self._changed())
        await self._note_account()
        if not changed:
            return
        changes, past = await self._changes(changed)
        for name, writes in changes.writes(batch.head + len(batch.events)).items():
            await batch.database.collection(name).bulk_write(writes, session=batch.session, ordered=False)
        await batch.database.collection(PAST).insert_many(past, session=batch.session)
        if self._labelling.rows:
            await batch.database.collection(LABELS).bulk_write(self._labelling.writes, session=batch.session)

    def remember(self) -> None:
        self._labelling.remember()

    async def _changes(
        self, changed: list[tuple[Conversation | None, Conversation]]
    ) -> tuple[CounterChanges, list[Document]]:
        account_id = self._batch.account_id
        standings = [
            (None if was is None else reporting_facts_of(was), reporting_facts_of(now)) for was, now in changed
        ]
        moved = [pair for pair in standings if pair[0] != pair[1]]
        classes = await self._labelling.classes({(s.tags, s.skill) for pair in moved for s in pair if s is not None})
        changes, past = CounterChanges(account_id, await self._zone()), []
        for (was, now), (before, after) in zip(changed, standings, strict=True):
            left = entered = None
            if before != after:
                if before is not None:
                    kind = classes[before.tags, before.skill]
                    changes.add(before, kind, -1)
                    left = written(before, kind)
                kind = classes[after.tags, after.skill]
                changes.add(after, kind, 1)
                entered = written(after, kind)
            past.append(past_row(account_id, was, now, self._batch.at, left=left, entered=entered))
        return changes, past

    def _changed(self) -> Iterator[tuple[Conversation | None, Conversation]]:
        """(as it is stored, as it is saved now)"""
        for key, entity in self._batch.staged.items():
            if isinstance(entity, Conversation):
                before = self._batch.found.get(key)
                yield (before if isinstance(before, Conversation) else None), entity

    async def _zone(self) -> str:
        key = (Account, self._batch.account_id)
        account = self._batch.staged.get(key) or self._batch.remembered(key)
        if account is None:
            document = await self._batch.database.collection(COLLECTIONS[Account]).find_one(
                {"_id": self._batch.account_id}, session=self._batch.session
            )
            if document is None:
                return _ZONE
            account = self._batch.found[key] = entity_of(Account, document)
        assert isinstance(account, Account)
        return account.time_zone

    async def _note_account(self) -> None:
        """A new account has counted all it has; one that changes its zone has no days of it yet."""
        key = (Account, self._batch.account_id)
        now, was = self._batch.staged.get(key), self._batch.found.get(key)
        if not isinstance(now, Account):
            return
        update: Document = {}
        if was is None:
            born = {"zone": now.time_zone, "generation": 1, "hours": True, "days": True, "reaches": self._batch.at}
            update = {"$setOnInsert": born}
        elif isinstance(was, Account) and was.time_zone != now.time_zone:
            update = {"$set": {"zone": now.time_zone, "days": False}, "$inc": {"generation": 1}}
        if update:
            write = UpdateOne({"_id": self._batch.account_id}, update, upsert=was is None)
            await self._batch.database.collection(COUNTING).bulk_write([write], session=self._batch.session)
