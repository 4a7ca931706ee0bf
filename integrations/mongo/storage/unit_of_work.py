"""Implements `UnitOfWork`: one command's view of the account, inside the transaction of its batch.

Nothing is written while a command runs. Its changes are staged, and its reads see them. So a refused command
leaves no trace in the batch that it shares with others (`batch.py`), and the batch is written in one go at its end.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, cast

from domain.erasure.model import Erasure
from domain.events import EventBody
from domain.model.account import Staff
from domain.model.agent.knowledge import KnowledgeGap
from domain.model.audit import AuditEntry, AuditRecord
from domain.model.commerce import Order, Span, Touch
from domain.model.conversation import ControllerKind, Conversation, Message
from domain.model.credentials import Credential
from domain.model.handoff import Helpdesk, TicketState
from domain.model.outbox import Outgoing, OutgoingState, concerns
from domain.model.passed_over import LargeSource, PassedOver
from domain.model.profile import Profile
from domain.model.sign_in import StaffSession
from domain.principal import SCOPED_KINDS, Principal
from domain.storage import E, Entity, Reactions
from domain.values.ids import AccountId, ConversationId, CredentialId, ProfileId, StaffId
from integrations.mongo.bulk_writes import Write
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS, collection_of, entity_of, is_apart, scoped
from integrations.mongo.driver import Session
from integrations.mongo.records.entity_writes import write_of
from integrations.mongo.records.newer_values import check_newer_values_stay
from integrations.mongo.records.readable import entities
from integrations.mongo.storage.credentials import check_carried
from integrations.mongo.storage.entity_cache import AccountCache, Key, carried_entity, is_cached, key_of

Staged = dict[Key, Entity | None]  # None: to be deleted
Sort = list[tuple[str, int]] | None

_STAGED = 100  # conversations that the unit of work has changed at most, as far as they matter to a count
_OLDEST = 100  # rows that a command deletes of a list that is too long
_CLAIMING = 100  # unverified profiles with a claim


class Batch:
    """The state that the commands of one transaction share: session, entities read and staged, events."""

    def __init__(
        self, *, database: MongoDatabase, session: Session, account_id: AccountId, head: int, cache: AccountCache | None
    ) -> None:
        self.database = database
        self.session = session
        self.account_id = account_id
        self.head = head  # `seq` of the last event in the log
        self.cache = cache  # None: it is of another log position
        self.found: dict[Key, Entity] = {}  # as stored; a staged entity that is not here is new
        self.searches: dict[object, list[Entity]] = {}  # what was read, and would be read again: it is one snapshot
        self.staged: Staged = {}
        self.events: list[tuple[EventBody, datetime]] = []
        self.audit_records: list[AuditRecord] = []
        self.fresh_keys: set[str] = set()  # identity keys that its commands have made: nothing was stored for them
        self.has_claimed = False  # whether the transaction holds the log head already
        self.has_read_head = False  # whether `head` is as the transaction sees it; else as the cache has it
        self.at = datetime.min.replace(tzinfo=UTC)  # when the last of its commands ran

    @cached_property
    def projected(self) -> Staged:
        """The staged entities of which there are projections: all but test conversations and their profiles. For use
        once all commands have run."""
        return {key: entity for key, entity in self.staged.items() if not is_apart(*key)}

    def remembered(self, key: Key) -> Entity | None:
        """Return the stored entity, if this batch has read it or the cache holds it."""
        entity = self.found.get(key)
        if entity is None and self.cache is not None:
            entity = self.cache.get(key)
            if entity is not None:
                self.found[key] = entity
        return entity

    @property
    def saved(self) -> list[Entity]:
        """The entities that the batch inserts or replaces."""
        return [entity for entity in self.staged.values() if entity is not None]

    def found_of(self, kind: type[E]) -> dict[str, E]:
        """Return the stored entities of a kind that the batch has read, by id."""
        return {key[1]: cast("E", entity) for key, entity in self.found.items() if key[0] is kind}

    def writes(self) -> dict[str, list[Write]]:
        """Return the writes of what is staged, by collection."""
        by_collection: dict[str, list[Write]] = {}
        for key, entity in self.staged.items():
            write = write_of(self.account_id, key, self.found.get(key), entity)
            if write is not None:
                by_collection.setdefault(collection_of(*key), []).append(write)
        return by_collection


class MongoUnitOfWork:
    def __init__(self, batch: Batch, now: datetime, *, reactions: Reactions) -> None:
        self.account_id = batch.account_id
        self.now = now
        self.reactions = reactions
        self.callers: dict[CredentialId, Principal] = {}
        self.fresh_keys: set[str] = set()
        self._batch = batch
        self._staged: Staged = {}
        self._events: list[EventBody] = []
        self._audit_records: list[AuditRecord] = []
        self._later: list[Callable[[], Awaitable[object]]] = []

    @property
    def next_seq(self) -> int:
        return self._batch.head + len(self._batch.events) + len(self._events) + 1

    async def get(self, kind: type[E], entity_id: str) -> E | None:
        key: Key = (kind, entity_id)
        for staged in (self._staged, self._batch.staged):
            if key in staged:
                return cast("E | None", staged[key])
        remembered = self._batch.remembered(key)
        if remembered is not None:
            return cast("E", remembered)
        found = await self._find(kind, {"_id": entity_id}, limit=1, collection=collection_of(kind, entity_id))
        return found[0] if found else None

    def save(self, entity: Entity) -> None:
        self._stage(key_of(entity), entity)

    def delete(self, kind: type[Entity], entity_id: str) -> None:
        self._stage((kind, entity_id), None)

    def emit(self, body: EventBody) -> None:
        self._events.append(body)

    def audit(self, entry: AuditRecord) -> None:
        self._audit_records.append(entry)

    def defer(self, step: Callable[[], Awaitable[object]]) -> None:
        self._later.append(step)

    async def conclude(self) -> None:
        """Run the deferred steps; a step may defer more."""
        while self._later:
            await self._later.pop(0)()

    async def of_conversation(self, kind: type[E], conversation_id: ConversationId, *, limit: int) -> list[E]:
        query, named = {"conversation_id": conversation_id}, conversation_id
        found = await self._search(kind, query, lambda e: bool(cast("Any", e).conversation_id == named), limit=limit)
        return found[:limit]

    async def unerased_conversations(self, profile_ids: Sequence[ProfileId], *, limit: int) -> list[Conversation]:
        own, query = set(profile_ids), {"profile_id": {"$in": list(profile_ids)}, "erased_at": None, "hold": None}
        fits = lambda c: c.profile_id in own and not c.erased_at and not c.hold  # noqa: E731
        found = await self._search(Conversation, query, fits, limit=limit)
        return found[:limit]

    async def outgoing_of(self, conversation_id: ConversationId) -> list[Outgoing]:
        ids = {"$gte": f"{conversation_id}X", "$lt": f"{conversation_id}Y"}  # see `outgoing_id`
        own = {"_id": ids, "state": {"$ne": OutgoingState.DELIVERED.value}}
        query = {"$or": [own, {"notice.conversation_ids": conversation_id}]}
        found = await self._search(Outgoing, query, lambda row: concerns(row, conversation_id))
        return sorted(found, key=lambda row: row.id)

    async def profiles_claiming(self, keys: Sequence[str], *, until: datetime | None = None) -> list[Profile]:
        wanted: dict[str, Any] = {"claims": {"$in": sorted(keys)}}
        wanted |= {} if until is None else {"created_at": {"$lte": until}}
        fits = lambda p: not set(keys).isdisjoint(p.claims) and (until is None or p.created_at <= until)  # noqa: E731
        return await self._search(Profile, wanted, fits, limit=_CLAIMING)

    async def open_conversations(self, open_keys: Sequence[str]) -> list[Conversation]:
        wanted = set(open_keys)
        found = await self._search(
            Conversation, {"open_keys": {"$in": sorted(wanted)}}, lambda c: not wanted.isdisjoint(c.open_keys)
        )
        return sorted(found, key=lambda c: c.id)

    async def profiles_with(self, keys: Sequence[str]) -> list[Profile]:
        wanted = set(keys)
        return await self._search(Profile, {"keys": {"$in": sorted(wanted)}}, lambda p: not wanted.isdisjoint(p.keys))

    async def conversations_with(self, staff_id: StaffId, *, limit: int) -> list[Conversation]:
        found = await self._search(
            Conversation,
            {"controller.staff_id": staff_id},
            lambda c: c.controller.staff_id == staff_id,
            sort=[("_id", 1)],
            limit=limit,
        )
        return sorted(found, key=lambda c: c.id)[:limit]

    async def count_open_tickets(self, staff_id: StaffId, *, limit: int) -> int:
        found = await self._search(
            Conversation,
            {
                "controller.staff_id": staff_id,
                "ticket.state": TicketState.OPEN.value,
                "ticket.helpdesk": Helpdesk.INBOX.value,
            },
            lambda c: c.is_worked_on_by(staff_id),
            limit=limit + _STAGED,
        )
        return min(limit, len(found))

    async def waiting_conversations(self, *, limit: int) -> list[Conversation]:
        found = await self._search(
            Conversation,
            {
                "ticket.waiting_since": {"$exists": True},
                "ticket.state": TicketState.OPEN.value,
                "ticket.helpdesk": Helpdesk.INBOX.value,
                "controller.kind": ControllerKind.QUEUE.value,
            },
            lambda c: c.waiting_since is not None,
            sort=[("ticket.waiting_since", 1), ("_id", 1)],
            limit=limit,
        )
        return sorted(found, key=lambda c: (c.waiting_since, c.id))[:limit]

    async def staff(self) -> list[Staff]:
        return sorted(await self._search(Staff, {}, lambda _: True), key=lambda s: s.id)

    async def sessions(self, staff_id: StaffId | None = None) -> list[StaffSession]:
        query = {"ended_at": None, **({} if staff_id is None else {"staff_id": staff_id})}
        found = await self._search(StaffSession, query, lambda s: staff_id in (None, s.staff_id))
        return sorted((s for s in found if s.live(self.now)), key=lambda s: s.id)

    async def scoped_keys_by(self, staff_id: StaffId) -> list[Credential]:
        def fits(credential: Credential) -> bool:
            is_scoped = credential.kind in SCOPED_KINDS
            return is_scoped and credential.created_by == staff_id and credential.revoked_at is None

        kinds = {"$in": [kind.value for kind in SCOPED_KINDS]}
        found = await self._search(Credential, {"kind": kinds, "created_by": staff_id, "revoked_at": None}, fits)
        return sorted(found, key=lambda c: c.id)

    async def visitor_tokens(self, conversation_id: ConversationId) -> list[Credential]:
        def fits(credential: Credential) -> bool:
            return credential.conversation_id == conversation_id and credential.revoked_at is None

        found = await self._search(Credential, {"conversation_id": conversation_id, "revoked_at": None}, fits)
        return sorted(found, key=lambda c: c.id)

    async def messages_after(self, conversation_id: ConversationId, sequence: int) -> list[Message]:
        query = {"conversation_id": conversation_id, "sequence": {"$gt": sequence}}
        found = await self._search(
            Message, query, lambda m: m.conversation_id == conversation_id and m.sequence > sequence
        )
        return sorted(found, key=lambda m: m.sequence)

    async def touches(self, keys: Sequence[str], spans: Sequence[Span] | None, *, limit: int) -> list[Touch]:
        wanted = set(keys)
        query: dict[str, Any] = {"keys": {"$in": sorted(wanted)}}
        if spans is not None:
            query["touched_at"] = {"$gte": min(s.since for s in spans), "$lte": max(s.until for s in spans)}
            query["$or"] = [
                {"channel": s.channel, "kind": s.kind, "touched_at": {"$gte": s.since, "$lte": s.until}} for s in spans
            ]
        found = await self._search(
            Touch,
            query,
            lambda t: not wanted.isdisjoint(t.keys) and (spans is None or any(s.has(t) for s in spans)),
            sort=[("touched_at", -1)],
            limit=limit,
        )
        return sorted(found, key=lambda t: t.touched_at, reverse=True)[:limit]

    async def orders_placed(self, keys: Sequence[str], since: datetime, until: datetime, *, limit: int) -> list[Order]:
        wanted = set(keys)

        def fits(order: Order) -> bool:
            purchase = order.purchase
            if purchase is None or wanted.isdisjoint(purchase.keys):
                return False
            return since <= purchase.placed_at <= until

        query = {"purchase.keys": {"$in": sorted(wanted)}, "purchase.placed_at": {"$gte": since, "$lte": until}}
        found = await self._search(Order, query, fits, sort=[("purchase.placed_at", -1)], limit=limit)
        return sorted(found, key=lambda o: o.purchase.placed_at if o.purchase else since, reverse=True)[:limit]

    async def outgoing_in_order(self, ordering_key: str) -> list[Outgoing]:
        query = {
            "ordering_key": ordering_key,
            "state": {"$in": [OutgoingState.PENDING.value, OutgoingState.FAILED.value]},
        }
        found = await self._search(Outgoing, query, lambda row: row.ordering_key == ordering_key)
        return sorted((row for row in found if row.blocks_its_key), key=lambda row: row.id)

    async def oldest_passed_over(self, keep: int) -> list[str]:
        cursor = self._batch.database.collection(COLLECTIONS[PassedOver]).find(
            scoped(self.account_id, {}),
            {"_id": 1},
            sort=[("at", -1), ("_id", -1)],
            skip=keep,
            limit=_OLDEST,
            session=self._batch.session,
        )
        return [document["_id"] for document in await cursor.to_list()]

    async def large_mail_sources(self) -> list[LargeSource]:
        cursor = self._batch.database.collection(COLLECTIONS[PassedOver]).find(
            scoped(self.account_id, {"source_file": {"$exists": True}}),
            {"source_size": 1},
            sort=[("at", -1), ("_id", -1)],
            session=self._batch.session,
        )
        return [LargeSource(id=found["_id"], size=found["source_size"]) for found in await cursor.to_list()]

    async def knowledge_gaps_with(self, words: Sequence[str], *, limit: int) -> list[KnowledgeGap]:
        wanted = set(words)
        query, sort = {"words": {"$in": sorted(wanted)}}, [("last_at", -1)]
        found = await self._search(
            KnowledgeGap, query, lambda gap: not wanted.isdisjoint(gap.words), sort=sort, limit=limit
        )
        return sorted(found, key=lambda gap: gap.last_at, reverse=True)[:limit]

    async def is_erased(self, key_hashes: Sequence[str], *, since: datetime) -> bool:
        wanted = set(key_hashes)
        query = {"key_hashes": {"$in": sorted(wanted)}, "requested_at": {"$gte": since}}
        found = await self._search(Erasure, query, lambda e: not wanted.isdisjoint(e.key_hashes), limit=1)
        return any(erasure.requested_at >= since for erasure in found)

    async def imported(self, import_keys: Sequence[str]) -> set[str]:
        wanted = set(import_keys)
        found = await self._search(
            Conversation, {"import_key": {"$in": sorted(wanted)}}, lambda c: c.import_key in wanted
        )
        return {c.import_key for c in found if c.import_key is not None}

    def accept(self) -> None:
        """Hand what the command staged and emitted over to the batch.

        Asserts that every change of a cached kind is carried by an event: `entity_cache.py` and `credentials.py` rely
        on it. Raises `NewerValue`.
        """
        check_newer_values_stay((self._batch.found.get(key), entity) for key, entity in self._staged.items())
        carried_keys = {key_of(entity) for body in self._events if (entity := carried_entity(body)) is not None}
        changed_keys = [key for key in self._staged if key in self._batch.found and is_cached(key)]
        assert carried_keys.issuperset(changed_keys), "a logged entity changed, and no event carries it"
        found = self._batch.found
        before = (self._batch.staged.get(key, found[key]) for key in self._staged if key in found)
        check_carried([entity for entity in before if entity is not None], self._events, self.now)
        for key, entity in self._staged.items():
            self._batch.staged.pop(key, None)
            self._batch.staged[key] = entity
        self._batch.audit_records.extend(self._audit_records)
        self._batch.fresh_keys |= self.fresh_keys
        self._batch.events.extend((body, self.now) for body in self._events)
        self._batch.at = self.now

    def _stage(self, key: Key, entity: Entity | None) -> None:
        """Stage in the order of the last save: a command saves what frees a unique key before what takes it."""
        assert key[0] is not AuditEntry, "the audit log is append-only"
        self._staged.pop(key, None)
        self._staged[key] = entity

    async def _search(
        self, kind: type[E], query: dict[str, Any], fits: Callable[[E], bool], *, sort: Sort = None, limit: int = 0
    ) -> list[E]:
        """Return stored entities that match, with the staged ones in place of those they replace.

        There may be more than the limit, by as many as are staged.
        """
        staged = {**self._batch.staged, **self._staged}
        stored = [e for e in await self._find(kind, query, sort=sort, limit=limit) if (kind, e.id) not in staged]
        pending = [cast("E", e) for key, e in staged.items() if key[0] is kind and e is not None and not is_apart(*key)]
        return stored + [entity for entity in pending if fits(entity)]

    async def _find(
        self, kind: type[E], query: dict[str, Any], *, limit: int, sort: Sort = None, collection: str | None = None
    ) -> list[E]:
        search = kind, repr(query), limit, repr(sort)
        known = self._batch.searches.get(search)
        if known is not None:
            return cast("list[E]", known)
        cursor = self._batch.database.collection(collection or COLLECTIONS[kind]).find(
            scoped(self.account_id, query), sort=sort, limit=limit, session=self._batch.session
        )
        documents = await cursor.to_list()
        is_named = collection is not None  # by its id: a command that needs it cannot do without
        found = [entity_of(kind, each) for each in documents] if is_named else entities(kind, documents)
        for entity in found:
            self._batch.found[key_of(entity)] = entity
        self._batch.searches[search] = list(found)
        return found
