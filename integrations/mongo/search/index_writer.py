"""The projection of a batch onto the search index (`search_index.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from pymongo import InsertOne, UpdateMany

from domain.model.conversation import Conversation, Message
from domain.model.profile import Profile
from domain.search.terms import identity, message_terms
from domain.storage import Entity
from integrations.mongo.bulk_writes import BulkWrites
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document
from integrations.mongo.records.readable import entities
from integrations.mongo.search.search_index import (
    TERMS,
    VOCABULARY,
    TermWrite,
    VocabularyCache,
    identity_moved,
    profile_update_of,
    row_of,
    update_of,
    vocabulary_writes,
    words_in,
)
from integrations.mongo.storage.unit_of_work import Batch

T = TypeVar("T", bound=Entity)


class SearchIndexWriter:
    """Makes the writes of one batch to the search index. Call `after_commit` once the batch is committed."""

    def __init__(self, batch: Batch, cache: VocabularyCache) -> None:
        self._batch = batch
        self._cache = cache
        self._words: set[str] = set()
        self._new_words: list[str] = []  # vocabulary ids

    async def collect(self, writes: BulkWrites) -> None:
        """Add the writes. Raises PyMongoError."""
        account_id = self._batch.account_id
        writes.add(TERMS, await self._rows())
        self._new_words = self._cache.unknown(account_id, self._words)
        writes.add(VOCABULARY, vocabulary_writes(account_id, self._new_words))

    def after_commit(self) -> None:
        self._cache.put(self._new_words)

    async def _rows(self) -> list[TermWrite]:
        changed = list(self._staged(Conversation))
        messages: dict[str, list[Message]] = {}
        for _, message in self._staged(Message):
            messages.setdefault(message.conversation_id, []).append(message)
        profiles = await self._profiles([now for was, now in changed if was is None or identity_moved(was, now)])
        writes: list[TermWrite] = []
        for before, after in changed:
            texts, profile = messages.get(after.id, []), profiles.get(after.profile_id)
            if before is None:
                row = row_of(self._batch.account_id, after, texts, profile)
                self._words |= words_in(row["terms"])
                writes.append(InsertOne(row))
            else:
                self._words |= message_terms(texts)
                if identity_moved(before, after):
                    self._words |= identity(after.visitor) | identity(profile)
                writes.append(update_of(before, after, texts, profile))
        return [*writes, *self._renamed()]

    def _renamed(self) -> Iterator[UpdateMany]:
        for before, after in self._staged(Profile):
            if before is not None and after.merged_into is None and _identity_of(before) != _identity_of(after):
                self._words |= identity(after)
                yield profile_update_of(self._batch.account_id, after)

    def _staged(self, kind: type[T]) -> Iterator[tuple[T | None, T]]:
        """Yield (stored state, new state) of every entity of a kind that the batch saves."""
        for key, entity in self._batch.projected.items():
            if isinstance(entity, kind):
                before = self._batch.found.get(key)
                yield (before if isinstance(before, kind) else None), entity

    async def _profiles(self, conversations: list[Conversation]) -> dict[str, Profile]:
        """Return profiles by the ids that the conversations have: each, or the one that it was merged into."""
        wanted: set[str] = {conversation.profile_id for conversation in conversations}
        found: dict[str, Profile] = {}
        asked = wanted
        while asked:
            read = await self._read_profiles(asked)
            found |= read
            asked = {str(profile.merged_into) for profile in read.values() if profile.merged_into} - found.keys()
        heads = {profile_id: found[profile_id] for profile_id in wanted & found.keys()}
        for profile_id, head in heads.items():
            while head.merged_into is not None and head.merged_into in found:
                head = found[head.merged_into]
            heads[profile_id] = head
        return heads

    async def _read_profiles(self, wanted: set[str]) -> dict[str, Profile]:
        """Return the profiles that exist, by id. The commands have mostly read them already."""
        found: dict[str, Profile] = {}
        for place in (self._batch.found, self._batch.staged):
            found |= {p.id: p for i in wanted if isinstance(p := place.get((Profile, i)), Profile)}
        missing = sorted(wanted - found.keys())
        if missing:
            cursor = self._batch.database.collection(COLLECTIONS[Profile]).find(
                scoped(self._batch.account_id, {"_id": {"$in": missing}}), session=self._batch.session
            )
            documents: list[Document] = await cursor.to_list(None)
            found |= {profile.id: profile for profile in entities(Profile, documents)}
        return found


def _identity_of(profile: Profile) -> tuple[object, ...]:
    return profile.name, profile.email, profile.phone, profile.merged_ids, profile.merged_into
