"""The storage port in memory: rules of the domain are tested with it in microseconds, without a database.

It keeps what a real one promises: a change that raises leaves nothing, deferred steps run before the commit, events are
numbered without a gap. Concurrency, indexes and queries of lists are tested on MongoDB.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from domain.erasure.model import Erasure
from domain.events import EventBody
from domain.model.account import Account, Staff
from domain.model.agent.knowledge import KnowledgeGap
from domain.model.audit import AuditRecord
from domain.model.commerce import Order, Span, Touch
from domain.model.conversation import Conversation, Draft, Message
from domain.model.credentials import Credential
from domain.model.outbox import Outgoing, OutgoingState
from domain.model.passed_over import LargeSource, PassedOver
from domain.model.profile import Profile
from domain.model.sign_in import StaffSession
from domain.principal import SCOPED_KINDS, Principal
from domain.storage import E, Entity, R, Reactions, Timer, TimerKind, UnitOfWork
from domain.values.ids import AccountId, ConversationId, CredentialId, ProfileId, StaffId, is_test_id
from domain.values.paging import Page, Slice

Entities = dict[tuple[type[Entity], str], Entity]


class MemoryUnitOfWork:
    def __init__(
        self, account_id: AccountId, now: datetime, *, stored: Entities, head: int, reactions: Reactions
    ) -> None:
        self.account_id = account_id
        self.now = now
        self.reactions = reactions
        self.callers: dict[CredentialId, Principal] = {}
        self.fresh_keys: set[str] = set()
        self.entities = dict(stored)
        self.events: list[EventBody] = []
        self.audited: list[AuditRecord] = []
        self._head = head
        self._deferred: list[Callable[[], Awaitable[object]]] = []

    @property
    def next_seq(self) -> int:
        return self._head + len(self.events) + 1

    async def get(self, kind: type[E], entity_id: str) -> E | None:
        return cast("E | None", self.entities.get((kind, entity_id)))

    def save(self, entity: Entity) -> None:
        self.entities[type(entity), entity.id] = entity

    def delete(self, kind: type[Entity], entity_id: str) -> None:
        self.entities.pop((kind, entity_id), None)

    def emit(self, body: EventBody) -> None:
        self.events.append(body)

    def audit(self, entry: AuditRecord) -> None:
        self.audited.append(entry)

    def defer(self, step: Callable[[], Awaitable[object]]) -> None:
        self._deferred.append(step)

    async def conclude(self) -> None:
        while self._deferred:
            await self._deferred.pop(0)()

    async def of_conversation(self, kind: type[E], conversation_id: ConversationId, *, limit: int) -> list[E]:
        found: Iterator[Any] = self._all(kind)
        return [each for each in found if each.conversation_id == conversation_id][:limit]

    async def is_erased(self, key_hashes: Sequence[str], *, since: datetime) -> bool:
        found = (e for e in self._all(Erasure) if e.requested_at >= since)
        return any(not set(key_hashes).isdisjoint(each.key_hashes) for each in found)

    async def unerased_conversations(self, profile_ids: Sequence[ProfileId], *, limit: int) -> list[Conversation]:
        found = (c for c in self._all(Conversation) if c.profile_id in profile_ids and not (c.erased_at or c.hold))
        return sorted(found, key=lambda c: c.started_at)[:limit]

    async def outgoing_of(self, conversation_id: ConversationId) -> list[Outgoing]:
        rows = (row for row in self._all(Outgoing) if row.conversation_id == conversation_id)
        return sorted((row for row in rows if row.state is not OutgoingState.DELIVERED), key=lambda row: row.id)

    async def profiles_claiming(self, keys: Sequence[str], *, until: datetime | None = None) -> list[Profile]:
        found = (p for p in self._all(Profile) if not set(keys).isdisjoint(p.claims))
        return [p for p in found if until is None or p.created_at <= until]

    async def open_conversations(self, open_keys: Sequence[str]) -> list[Conversation]:
        found = (c for c in self._all(Conversation) if not set(open_keys).isdisjoint(c.open_keys))
        return sorted(found, key=lambda c: c.id)

    async def profiles_with(self, keys: Sequence[str]) -> list[Profile]:
        return [p for p in self._all(Profile) if not set(keys).isdisjoint(p.keys)]

    async def conversations_with(self, staff_id: StaffId, *, limit: int) -> list[Conversation]:
        found = (c for c in self._all(Conversation) if c.controller.staff_id == staff_id)
        return sorted(found, key=lambda c: c.id)[:limit]

    async def count_open_tickets(self, staff_id: StaffId, *, limit: int) -> int:
        return min(limit, sum(c.is_worked_on_by(staff_id) for c in self._all(Conversation)))

    async def waiting_conversations(self, *, limit: int) -> list[Conversation]:
        found = (c for c in self._all(Conversation) if c.waiting_since is not None)
        return sorted(found, key=lambda c: (c.waiting_since, c.id))[:limit]

    async def staff(self) -> list[Staff]:
        return sorted(self._all(Staff), key=lambda s: s.id)

    async def sessions(self, staff_id: StaffId | None = None) -> list[StaffSession]:
        found = (s for s in self._all(StaffSession) if staff_id in (None, s.staff_id) and s.live(self.now))
        return sorted(found, key=lambda s: s.id)

    async def scoped_keys_by(self, staff_id: StaffId) -> list[Credential]:
        mine = [c for c in self._all(Credential) if c.kind in SCOPED_KINDS and c.created_by == staff_id]
        return sorted((c for c in mine if c.revoked_at is None), key=lambda c: c.id)

    async def visitor_tokens(self, conversation_id: ConversationId) -> list[Credential]:
        found = (c for c in self._all(Credential) if c.conversation_id == conversation_id and c.revoked_at is None)
        return sorted(found, key=lambda c: c.id)

    async def messages_after(self, conversation_id: ConversationId, sequence: int) -> list[Message]:
        found = (m for m in self._all(Message) if m.conversation_id == conversation_id and m.sequence > sequence)
        return sorted(found, key=lambda m: m.sequence)

    async def touches(self, keys: Sequence[str], spans: Sequence[Span] | None, *, limit: int) -> list[Touch]:
        def matches(touch: Touch) -> bool:
            in_span = spans is None or any(span.has(touch) for span in spans)
            return in_span and not set(keys).isdisjoint(touch.keys)

        return sorted(filter(matches, self._all(Touch)), key=lambda t: t.touched_at, reverse=True)[:limit]

    async def orders_placed(self, keys: Sequence[str], since: datetime, until: datetime, *, limit: int) -> list[Order]:
        def matches(order: Order) -> bool:
            bought = order.purchase
            return bought is not None and since <= bought.placed_at <= until and not set(keys).isdisjoint(bought.keys)

        found = filter(matches, self._all(Order))
        return sorted(found, key=lambda o: o.purchase.placed_at if o.purchase else since, reverse=True)[:limit]

    async def outgoing_in_order(self, ordering_key: str) -> list[Outgoing]:
        rows = (row for row in self._all(Outgoing) if row.ordering_key == ordering_key and row.blocks_its_key)
        return sorted(rows, key=lambda row: row.id)

    async def oldest_passed_over(self, keep: int) -> list[str]:
        rows = sorted(self._all(PassedOver), key=lambda row: (row.at, row.id), reverse=True)
        return [row.id for row in rows[keep:]]

    async def large_mail_sources(self) -> list[LargeSource]:
        rows = sorted(self._all(PassedOver), key=lambda row: (row.at, row.id), reverse=True)
        return [LargeSource(id=row.id, size=row.source_size or 0) for row in rows if row.source_file is not None]

    async def knowledge_gaps_with(self, words: Sequence[str], *, limit: int) -> list[KnowledgeGap]:
        found = (gap for gap in self._all(KnowledgeGap) if not {*words}.isdisjoint(gap.words))
        return sorted(found, key=lambda gap: gap.last_at, reverse=True)[:limit]

    async def imported(self, import_keys: Sequence[str]) -> set[str]:
        return {c.import_key for c in self._all(Conversation) if c.import_key in import_keys and c.import_key}

    def _all(self, kind: type[E]) -> Iterator[E]:
        """All records of a kind that lists may have: no test conversations, and no profiles of them."""
        return (
            cast("E", entity)
            for (k, key), entity in self.entities.items()
            if k is kind and not (is_test_id(key) and kind in (Conversation, Profile))
        )


class MemoryReader:
    """The queries that services make by id; lists are the database's affair."""

    def __init__(self, entities: Entities) -> None:
        self._entities = entities

    async def get(self, kind: type[E], entity_id: str) -> E | None:
        return cast("E | None", self._entities.get((kind, entity_id)))

    async def get_many(self, kind: type[E], entity_ids: Iterable[str]) -> dict[str, E]:
        found = {entity_id: await self.get(kind, entity_id) for entity_id in entity_ids}
        return {entity_id: entity for entity_id, entity in found.items() if entity is not None}

    async def staff(self) -> list[Staff]:
        return sorted((e for e in self._entities.values() if isinstance(e, Staff)), key=lambda s: s.id)

    async def drafts(self, conversation_id: ConversationId) -> list[Draft]:
        drafts = (e for e in self._entities.values() if isinstance(e, Draft) and e.conversation_id == conversation_id)
        return sorted(drafts, key=lambda d: d.id)

    async def messages(self, conversation_id: ConversationId, *, upto: int, notes: bool, page: Slice) -> Page[Message]:
        """The last messages; other pages are the database's affair."""
        assert page.from_end, "only the end is read in memory"
        found = [
            entity
            for entity in self._entities.values()
            if isinstance(entity, Message) and entity.conversation_id == conversation_id and entity.sequence <= upto
        ]
        seen = sorted((m for m in found if notes or m.seen_by_shopper), key=lambda m: m.sequence)
        return Page(items=seen[-page.limit :], has_next=False, has_previous=len(seen) > page.limit)

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(f"{name} is tested on MongoDB")


class MemoryStorage:
    """One account. `now` moves only when a test says so."""

    def __init__(self, account: Account, *, now: datetime, reactions: Reactions) -> None:
        self.account = account
        self.now = now
        self.reactions = reactions
        self.entities: Entities = {(Account, account.id): account}
        self.events: list[EventBody] = []
        self.audited: list[AuditRecord] = []  # the audit log

    async def write(self, account_id: AccountId, change: Callable[[UnitOfWork], Awaitable[R]]) -> R:
        assert account_id == self.account.id, "there is one account"
        uow = MemoryUnitOfWork(
            account_id, self.now, stored=self.entities, head=len(self.events), reactions=self.reactions
        )
        result = await change(uow)
        await uow.conclude()
        self.entities, self.events = uow.entities, [*self.events, *uow.events]
        self.audited = [*self.audited, *uow.audited]
        return result

    def read(self, account_id: AccountId) -> Any:
        assert account_id == self.account.id, "there is one account"
        return MemoryReader(self.entities)

    async def find_credential(self, token_hash: str) -> tuple[AccountId, Credential, Staff | None] | None:
        found = next((c for c in self.all(Credential) if c.token_hash == token_hash), None)
        if found is None:
            return None
        staff = self.entities.get((Staff, found.staff_id)) if found.staff_id else None
        return self.account.id, found, cast("Staff | None", staff)

    async def due_timers(
        self, now: datetime, limit: int, kinds: Collection[TimerKind] = tuple(TimerKind)
    ) -> list[tuple[AccountId, Timer]]:
        due = sorted((t for t in self.all(Timer) if t.due_at <= now and t.kind in kinds), key=lambda t: t.due_at)
        return [(self.account.id, timer) for timer in due[:limit]]

    async def accounts(self) -> list[Account]:
        return [self.account]

    # For tests

    def keep(self, *entities: Entity) -> None:
        """Store entities that a test starts with."""
        self.entities |= {(type(entity), entity.id): entity for entity in entities}

    def all(self, kind: type[E]) -> list[E]:
        return [cast("E", entity) for (k, _), entity in self.entities.items() if k is kind]

    def one(self, kind: type[E]) -> E:
        [entity] = self.all(kind)
        return entity

    def wait(self, span: timedelta) -> None:
        self.now += span
