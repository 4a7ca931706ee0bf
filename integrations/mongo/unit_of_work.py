"""One command's view of the account, inside one transaction.

Nothing is written while a command runs: what it saves is staged, and read back from there. So a command that is refused
leaves no trace in the batch it shares with others (`writer.py`), and the batch is written in one go at its end.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from domain.account.model import Account, Staff
from domain.conversation.model import Conversation, Message
from domain.events import EventBody
from domain.handoff.model import HandoffSettings
from domain.ids import AccountId, ConversationId
from domain.profile.model import Profile
from domain.storage import E, Entity
from integrations.mongo.client import MongoDatabase, Session
from integrations.mongo.collections import COLLECTIONS, entity_of, scoped

Key = tuple[type[Entity], str]
Staged = dict[Key, Entity | None]  # None: deleted

# Kinds that are changed only together with an event: while the log's head stands still, what was read of them holds.
_CACHED = (Account, Conversation, HandoffSettings, Profile)
_CACHE_SIZE = 1_000  # entities an account: about 2 MB


class EntityCache:
    """What the last transactions of an account left behind, valid as long as nobody else moved the log's head."""

    def __init__(self) -> None:
        self._entities: OrderedDict[Key, Entity] = OrderedDict()

    def get(self, key: Key) -> Entity | None:
        entity = self._entities.get(key)
        if entity is not None:
            self._entities.move_to_end(key)
        return entity

    def keep(self, key: Key, entity: Entity | None) -> None:
        if entity is None:
            self._entities.pop(key, None)
        elif isinstance(entity, _CACHED):
            self._entities[key] = entity
            self._entities.move_to_end(key)
            if len(self._entities) > _CACHE_SIZE:
                self._entities.popitem(last=False)

    def clear(self) -> None:
        self._entities.clear()


class Batch:
    """What the commands of one transaction share: the session, what they read, what they staged, their events."""

    def __init__(
        self, *, database: MongoDatabase, session: Session, account_id: AccountId, head: int, cache: EntityCache
    ) -> None:
        self.database = database
        self.session = session
        self.account_id = account_id
        self.head = head  # seq of the last event in the log
        self.cache = cache
        self.staged: Staged = {}
        self.events: list[tuple[EventBody, datetime]] = []


class MongoUnitOfWork:
    def __init__(self, batch: Batch, now: datetime) -> None:
        self.account_id = batch.account_id
        self.now = now
        self._batch = batch
        self._staged: Staged = {}
        self._events: list[EventBody] = []

    @property
    def next_seq(self) -> int:
        return self._batch.head + len(self._batch.events) + len(self._events) + 1

    async def get(self, kind: type[E], entity_id: str) -> E | None:
        key: Key = (kind, entity_id)
        for staged in (self._staged, self._batch.staged):
            if key in staged:
                return cast("E | None", staged[key])
        cached = self._batch.cache.get(key)
        if cached is not None:
            return cast("E", cached)
        found = await self._find(kind, {"_id": entity_id}, limit=1)
        return found[0] if found else None

    def save(self, entity: Entity) -> None:
        self._staged[type(entity), entity.id] = entity

    def delete(self, kind: type[Entity], entity_id: str) -> None:
        self._staged[kind, entity_id] = None

    def emit(self, body: EventBody) -> None:
        self._events.append(body)

    async def open_conversation(self, open_keys: Sequence[str]) -> Conversation | None:
        wanted = set(open_keys)
        found = await self._search(
            Conversation, {"open_keys": {"$in": list(wanted)}}, lambda c: not wanted.isdisjoint(c.open_keys)
        )
        return min(found, key=lambda c: c.id, default=None)

    async def profiles_with(self, keys: Sequence[str]) -> list[Profile]:
        wanted = set(keys)
        return await self._search(Profile, {"keys": {"$in": list(wanted)}}, lambda p: not wanted.isdisjoint(p.keys))

    async def staff(self) -> list[Staff]:
        return sorted(await self._search(Staff, {}, lambda _: True), key=lambda s: s.id)

    async def messages_after(self, conversation_id: ConversationId, sequence: int) -> list[Message]:
        query = {"conversation_id": conversation_id, "sequence": {"$gt": sequence}}
        found = await self._search(
            Message, query, lambda m: m.conversation_id == conversation_id and m.sequence > sequence
        )
        return sorted(found, key=lambda m: m.sequence)

    async def imported(self, import_keys: Sequence[str]) -> set[str]:
        wanted = set(import_keys)
        found = await self._search(
            Conversation, {"import_key": {"$in": list(wanted)}}, lambda c: c.import_key in wanted
        )
        return {c.import_key for c in found if c.import_key is not None}

    def accept(self) -> None:
        """The command is done: what it staged becomes the batch's."""
        changes_cached = any(issubclass(kind, _CACHED) for kind, _ in self._staged)
        assert self._events or not changes_cached, "a change of an account, conversation or profile without an event"
        self._batch.staged.update(self._staged)
        self._batch.events.extend((body, self.now) for body in self._events)

    async def _search(self, kind: type[E], query: dict[str, Any], fits: Callable[[E], bool]) -> list[E]:
        """What is stored and fits, with what is staged in place of what it replaces."""
        staged = {**self._batch.staged, **self._staged}
        stored = [e for e in await self._find(kind, query, limit=0) if (kind, e.id) not in staged]
        waiting = [cast("E", e) for (k, _), e in staged.items() if k is kind and e is not None]
        return stored + [entity for entity in waiting if fits(entity)]

    async def _find(self, kind: type[E], query: dict[str, Any], *, limit: int) -> list[E]:
        cursor = self._batch.database.collection(COLLECTIONS[kind]).find(
            scoped(self.account_id, query), limit=limit, session=self._batch.session
        )
        entities = [entity_of(kind, document) for document in await cursor.to_list()]
        for entity in entities:
            self._batch.cache.keep((kind, entity.id), entity)
        return entities
