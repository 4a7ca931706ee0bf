"""What a batch does to the rows by which conversations are found (`search_index.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from pymongo import InsertOne, UpdateMany, UpdateOne

from domain.model.conversation import Conversation, Message
from domain.model.profile import Profile
from domain.search.terms import identity, said
from domain.storage import Entity
from integrations.mongo.collections import COLLECTIONS, entity_of, scoped
from integrations.mongo.driver import Document
from integrations.mongo.search.search_index import (
    TERMS,
    VOCABULARY,
    TermCache,
    TermWrite,
    change_of,
    coined,
    identity_moved,
    profile_change,
    row_of,
    words_in,
)
from integrations.mongo.storage.unit_of_work import Batch

T = TypeVar("T", bound=Entity)

_ORDER = (InsertOne, UpdateOne, UpdateMany)  # a profile's change is of all its rows, the new ones among them


class SearchIndexWriter:
    """Of one batch. `coined` are the words that it brought in, to be known once it is committed."""

    def __init__(self, batch: Batch, known: TermCache) -> None:
        self._batch = batch
        self._known = known
        self._words: set[str] = set()
        self.coined: list[str] = []

    async def write(self) -> None:
        writes = await self._rows()
        if not writes:
            return
        batch = self._batch
        await batch.database.collection(TERMS).bulk_write(writes, session=batch.session)
        self.coined = self._known.unknown(batch.account_id, self._words)
        if self.coined:
            new = coined(batch.account_id, self.coined)
            await batch.database.collection(VOCABULARY).bulk_write(new, session=batch.session, ordered=False)

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
                renamed = identity_moved(before, after)
                self._words |= said(texts) | (identity(after.visitor) | identity(profile) if renamed else set())
                writes.append(change_of(before, after, texts, profile))
        writes += self._renamed()
        return sorted(writes, key=lambda write: _ORDER.index(type(write)))

    def _renamed(self) -> Iterator[UpdateMany]:
        for before, after in self._staged(Profile):
            if before is not None and after.merged_into is None and _shown(before) != _shown(after):
                self._words |= identity(after)
                yield profile_change(self._batch.account_id, after)

    def _staged(self, kind: type[T]) -> Iterator[tuple[T | None, T]]:
        """(as it is stored, as it is saved now)"""
        for key, entity in self._batch.staged.items():
            if isinstance(entity, kind):
                before = self._batch.found.get(key)
                yield (before if isinstance(before, kind) else None), entity

    async def _profiles(self, conversations: list[Conversation]) -> dict[str, Profile]:
        """Their shoppers. The commands that made or moved them looked at them, so that there is seldom one to read."""
        wanted = {conversation.profile_id for conversation in conversations}
        found: dict[str, Profile] = {}
        for place in (self._batch.found, self._batch.staged):
            found |= {p.id: p for i in wanted if isinstance(p := place.get((Profile, i)), Profile)}
        missing = sorted(wanted - found.keys())
        if missing:
            cursor = self._batch.database.collection(COLLECTIONS[Profile]).find(
                scoped(self._batch.account_id, {"_id": {"$in": missing}}), session=self._batch.session
            )
            documents: list[Document] = await cursor.to_list(None)
            found |= {profile.id: profile for profile in (entity_of(Profile, each) for each in documents)}
        return found


def _shown(profile: Profile) -> tuple[object, ...]:
    return profile.name, profile.email, profile.phone, profile.merged_ids
