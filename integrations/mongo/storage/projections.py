"""The projections that lists and reports read, which a batch writes besides its entities and events.

    search        conversation_terms, vocabulary            `search/index_writer.py`
    activity      account_state                             `activity/activity_index.py`
    counters      account_state,                            `stats/counter_writer.py`
                  tag_dictionary, counter_state,
                  `history` in events

They follow from what the batch saves and from what was stored before, and are committed with it. So a report is exact
at the instant of its snapshot, which a projector that followed the log could not promise. The price is some round trips
in every transaction (`benchmarks/RESULTS.md` has the figures). `baton doctor` recomputes each of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from integrations.mongo.activity.activity_index import ActivityIndex
from integrations.mongo.bulk_writes import BulkWrites
from integrations.mongo.driver import Document
from integrations.mongo.search.index_writer import SearchIndexWriter
from integrations.mongo.search.search_index import VocabularyCache
from integrations.mongo.stats.counter_writer import CounterWriter
from integrations.mongo.stats.tag_dictionary import TagCache
from integrations.mongo.storage.unit_of_work import Batch


class Projections:
    """Makes the writes of one batch to the projections. Call `after_commit` once the batch is committed."""

    def __init__(self, batch: Batch, *, tags: TagCache, vocabulary: VocabularyCache) -> None:
        self._search = SearchIndexWriter(batch, vocabulary)
        self._activity = ActivityIndex(batch)
        self._counters = CounterWriter(batch, tags)

    @property
    def reads_saved(self) -> bool:
        """Whether `collect` needs what the batch saves to be in the database already."""
        return self._activity.reads_saved

    async def collect(self, writes: BulkWrites) -> None:
        """Add the writes. Raises PyMongoError."""
        await self._search.collect(writes)
        await self._activity.collect(writes)
        await self._counters.collect(writes)

    @property
    def history(self) -> Mapping[int, Document]:
        """The history of conversations, by the event that it is stored in."""
        return self._counters.history

    def after_commit(self) -> None:
        """Put what is now known to be committed into the caches."""
        self._search.after_commit()
        self._counters.after_commit()
