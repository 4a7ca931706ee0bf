"""The projection of a batch onto the counters and the history.

For every conversation that a batch saves, the facts that it counted with are taken away and those that it counts with
now are added, and the replaced state goes into the history. The changes follow from the conversations alone, so
whatever saves a conversation (imports too) moves the counters with it, in the same transaction.

The counters of an account can be trusted where `counter_state` says that they are complete (see `history.py`): they are
from the account's first conversation on, except for accounts older than the counters. A change of the time zone makes
the day counters incomplete; reports read the hours until `maintenance.py` has made the days of the new zone.
"""

from __future__ import annotations

from collections.abc import Iterator

from pymongo import UpdateOne

from domain.metrics.model import reporting_facts_of
from domain.model.account import Account
from domain.model.conversation import Conversation
from integrations.mongo.bulk_writes import BulkWrites
from integrations.mongo.collections import COLLECTIONS, entity_of
from integrations.mongo.driver import Document
from integrations.mongo.stats.counters import COUNTERS, CounterChanges
from integrations.mongo.stats.history import (
    COUNTER_STATE,
    counter_state_document,
    facts_document,
    history_row,
)
from integrations.mongo.stats.tag_dictionary import TAG_DICTIONARY, TagCache, TagEncoder
from integrations.mongo.storage.unit_of_work import Batch

_DEFAULT_ZONE = "UTC"  # of conversations without an account


class CounterWriter:
    """Makes the writes of one batch to the counters and the history. Call `after_commit` once it is committed."""

    def __init__(self, batch: Batch, cache: TagCache) -> None:
        self.history: dict[int, Document] = {}  # by the event that it is stored in
        self._batch = batch
        self._encoder = TagEncoder(
            database=batch.database, session=batch.session, account_id=batch.account_id, cache=cache
        )

    async def collect(self, writes: BulkWrites) -> None:
        """Add the writes. Raises PyMongoError."""
        batch, changed = self._batch, list(self._changed())
        writes.add(COUNTER_STATE, self._account_state())
        if not changed:
            return
        changes = await self._changes(changed)
        writes.add(COUNTERS, changes.writes(batch.head + len(batch.events)))
        writes.add(TAG_DICTIONARY, self._encoder.writes)

    def after_commit(self) -> None:
        self._encoder.after_commit()

    async def _changes(self, changed: list[tuple[Conversation | None, Conversation]]) -> CounterChanges:
        """Return the changes of the counters, and make the rows of the history."""
        pairs = [
            (None if before is None else reporting_facts_of(before), reporting_facts_of(after))
            for before, after in changed
        ]
        moved = [pair for pair in pairs if pair[0] != pair[1]]
        tag_sets = await self._encoder.encode({(f.tags, f.skill) for pair in moved for f in pair if f is not None})
        changes = CounterChanges(self._batch.account_id, await self._time_zone())
        for (before, after), (old, new) in zip(changed, pairs, strict=True):
            facts_before = facts_after = None
            if old != new:
                if old is not None:
                    tag_set = tag_sets[old.tags, old.skill]
                    changes.add(old, tag_set, -1)
                    facts_before = facts_document(old, tag_set)
                tag_set = tag_sets[new.tags, new.skill]
                changes.add(new, tag_set, 1)
                facts_after = facts_document(new, tag_set)
            of_event = self.history.setdefault(after.seq, {"replaced_at": self._batch.at, "rows": []})
            row = history_row(before, after, facts_before=facts_before, facts_after=facts_after)
            of_event["rows"].append(row)
        return changes

    def _changed(self) -> Iterator[tuple[Conversation | None, Conversation]]:
        """Yield (stored state, new state) of every conversation that the batch saves."""
        for key, entity in self._batch.projected.items():
            if isinstance(entity, Conversation):
                before = self._batch.found.get(key)
                yield (before if isinstance(before, Conversation) else None), entity

    async def _time_zone(self) -> str:
        key = (Account, self._batch.account_id)
        account = self._batch.staged.get(key) or self._batch.remembered(key)
        if account is None:
            document = await self._batch.database.collection(COLLECTIONS[Account]).find_one(
                {"_id": self._batch.account_id}, session=self._batch.session
            )
            if document is None:
                return _DEFAULT_ZONE
            account = self._batch.found[key] = entity_of(Account, document)
        assert isinstance(account, Account)
        return account.time_zone

    def _account_state(self) -> list[UpdateOne]:
        """Begin the counter state of a new account; void the day counters of one that changes its time zone."""
        key = (Account, self._batch.account_id)
        after, before = self._batch.staged.get(key), self._batch.found.get(key)
        if not isinstance(after, Account):
            return []
        update: Document = {}
        if before is None:
            state = counter_state_document(after.time_zone, complete=True, history_since=self._batch.at)
            update = {"$setOnInsert": state}
        elif isinstance(before, Account) and before.time_zone != after.time_zone:
            update = {
                "$set": {"time_zone": after.time_zone, "days_complete": False},
                "$inc": {"days_generation": 1},
            }
        return [UpdateOne({"_id": self._batch.account_id}, update, upsert=before is None)] if update else []
