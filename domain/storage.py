"""The port of the database: `Storage.write` for changes, `Storage.read` for queries.

Both are opened for one account and see nothing of others. A change is a function of a `UnitOfWork`; everything that it
saves, and every event that it emits, is committed together or not at all. It may run again after a write conflict, so
its only side effects are those on its unit of work.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from domain.events import EventBody
from domain.model.account import Account, Staff
from domain.model.agent.knowledge import Article, ArticleKind, CatalogProduct, KnowledgeGap
from domain.model.audit import AuditAction, AuditEntry, AuditRecord, AuditTargetKind
from domain.model.commerce import Order, Span, Touch
from domain.model.conversation import Conversation, ConversationStatus, Draft, Message
from domain.model.credentials import Credential, DocumentIndex
from domain.model.handoff import TicketState
from domain.model.outbox import Outgoing
from domain.model.passed_over import LargeSource, PassedOver
from domain.model.profile import Profile
from domain.model.sign_in import StaffSession
from domain.principal import Principal
from domain.search.listed import ListedConversation
from domain.search.query import Search
from domain.values.channel import Channel
from domain.values.ids import AccountId, ConversationId, CredentialId, ProfileId, StaffId
from domain.values.paging import Page, Slice
from domain.values.record import Record, StoredEnum

R = TypeVar("R")

Reactions = Mapping[type[Any], Sequence[Callable[..., Awaitable[None]]]]
"""The functions that follow from each event inside a command; `domain/reactions.py` has the one table, typed."""


class TimerKind(StoredEnum):
    AUTO_CLOSE = "AUTO_CLOSE"  # a conversation had no message for 48 hours
    SNOOZE = "SNOOZE"  # the snooze of a ticket ends
    STRANDED = "STRANDED"  # a ticket has waited for an assignee for too long
    AGENT_SILENCE = "AGENT_SILENCE"  # the agent owes the shopper a reply
    AGENT_TURN = "AGENT_TURN"  # the lease of an agent's turn may have expired
    MAIL_REPLIES = "MAIL_REPLIES"  # the shopper of a web chat has perhaps not seen replies of the team
    TELL_STAFF = "TELL_STAFF"  # a ticket has begun to wait
    TICKET_DIGEST = "TICKET_DIGEST"  # a member of staff is told of the tickets that wait
    HELPDESK_SYNC = "HELPDESK_SYNC"  # a helpdesk reported a change: read the ticket there
    RETURN_TICKETS = "RETURN_TICKETS"  # a member of staff cannot work on tickets any more
    ERASE_TEST = "ERASE_TEST"  # the life of a test conversation is over
    ERASE_PROFILE = "ERASE_PROFILE"  # the next step of a shopper's erasure
    REDACT_MESSAGE = "REDACT_MESSAGE"  # the next step after a message lost its words
    APPLY_RETENTION = "APPLY_RETENTION"  # the next step of an account's retention
    HAND_OUT = "HAND_OUT"  # waiting tickets can be assigned: the shop opens, or more waited than fit a transaction
    FILE_FETCH = "FILE_FETCH"  # a channel named a file: fetch it
    ATTACHMENT_EXPIRY = "ATTACHMENT_EXPIRY"  # no message has a file: delete it


class Timer(Record):
    """A persistent timer. When it is due, a worker calls its handler, which moves or deletes it."""

    id: str
    kind: TimerKind
    subject: str  # id of the conversation, ticket, staff member or account
    due_at: datetime


class IdempotencyRecord(Record):
    """The result of a command that was sent with an idempotency key."""

    id: str
    fingerprint: str  # of the input, since the same key with another input is a conflict
    result: dict[str, str]
    at: datetime
    conversation_id: ConversationId | None = None  # the conversation that it concerns, with which it is erased


class Entity(Protocol):
    """A stored record with an id. The storage chooses the collection by its class."""

    @property
    def id(self) -> str:
        """The id, unique among the account's records of the class."""


E = TypeVar("E", bound=Entity)


class UnitOfWork(Protocol):
    """One command's transaction. Every method may raise `Unavailable`."""

    account_id: AccountId
    now: datetime
    reactions: Reactions
    callers: dict[CredentialId, Principal]
    """The callers whose rights this unit of work has read (`domain/rights.py`)."""
    fresh_keys: set[str]
    """Identity keys that the command itself has made, at random: nothing is stored for them, so nothing is searched."""

    @property
    def next_seq(self) -> int:
        """The number of the next emitted event in the account's log."""

    async def get(self, kind: type[E], entity_id: str) -> E | None:
        """Return the entity with this id, as saved by this unit of work or before; `None` if there is none."""

    def save(self, entity: Entity) -> None:
        """Insert a new entity, or replace one that `get` or a finder of this unit of work returned. A timer may be
        saved in either case."""

    def delete(self, kind: type[Entity], entity_id: str) -> None:
        """Delete the entity with this id."""

    def emit(self, body: EventBody) -> None:
        """Append an event to the account's log."""

    def audit(self, entry: AuditRecord) -> None:
        """Append an entry to the account's audit log. Commands call `domain.audit.recording.record`, which makes it."""

    def defer(self, step: Callable[[], Awaitable[object]]) -> None:
        """Run `step` after the change, in the same transaction. Steps run in the order of the calls."""

    async def of_conversation(self, kind: type[E], conversation_id: ConversationId, *, limit: int) -> list[E]:
        """Return records of a kind that name a conversation in `conversation_id`, at most `limit`. It may be a test
        conversation, which the other finders of conversations do not find."""

    async def unerased_conversations(self, profile_ids: Sequence[ProfileId], *, limit: int) -> list[Conversation]:
        """Return conversations of these profiles that still have their shopper and are under no legal hold, at most
        `limit`."""

    async def outgoing_of(self, conversation_id: ConversationId) -> list[Outgoing]:
        """Return the outbox rows of a conversation that were not delivered, and the mails to staff that list it, in the
        order of ids."""

    async def profiles_claiming(self, keys: Sequence[str], *, until: datetime | None = None) -> list[Profile]:
        """Return unverified profiles (of `until` or before) that claim any of these identity keys, at most 100."""

    async def open_conversations(self, open_keys: Sequence[str]) -> list[Conversation]:
        """Return the open conversations with any of these keys, the oldest first: at most one for each key."""

    async def profiles_with(self, keys: Sequence[str]) -> list[Profile]:
        """Return the profiles with any of these identity keys."""

    async def conversations_with(self, staff_id: StaffId, *, limit: int) -> list[Conversation]:
        """Return conversations that a staff member has control of, at most `limit`."""

    async def count_open_tickets(self, staff_id: StaffId, *, limit: int) -> int:
        """Return how many open tickets in the inbox are assigned to a staff member, at most `limit`."""

    async def waiting_conversations(self, *, limit: int) -> list[Conversation]:
        """Return the conversations whose ticket in the inbox is open and has no assignee, the longest-waiting first, at
        most `limit`."""

    async def staff(self) -> list[Staff]:
        """Return all staff of the account."""

    async def sessions(self, staff_id: StaffId | None = None) -> list[StaffSession]:
        """Return the live sessions of a staff member, or of all, the oldest first."""

    async def scoped_keys_by(self, staff_id: StaffId) -> list[Credential]:
        """Return the scoped keys that a staff member created and that were not revoked, the oldest first."""

    async def visitor_tokens(self, conversation_id: ConversationId) -> list[Credential]:
        """Return the visitor tokens of a conversation that were not revoked, the oldest first."""

    async def messages_after(self, conversation_id: ConversationId, sequence: int) -> list[Message]:
        """Return the messages with a higher number than `sequence`, in order."""

    async def touches(self, keys: Sequence[str], spans: Sequence[Span] | None, *, limit: int) -> list[Touch]:
        """Return touches with any of the keys, the latest first, at most `limit`. `spans` limits them to those within
        any of the spans."""

    async def orders_placed(self, keys: Sequence[str], since: datetime, until: datetime, *, limit: int) -> list[Order]:
        """Return orders whose buyer has any of the keys, placed from `since` to `until` (both included), the latest
        first, at most `limit`."""

    async def outgoing_in_order(self, ordering_key: str) -> list[Outgoing]:
        """Return the outbox rows of an ordering key that are pending, or a ticket that failed, in the order of ids."""

    async def oldest_passed_over(self, keep: int) -> list[str]:
        """Return the ids of the messages that were passed over before the newest `keep` of them; at most 100."""
        ...

    async def large_mail_sources(self) -> list[LargeSource]:
        """Return the sources of mails that were passed over which are in the file store, the newest first."""
        ...

    async def knowledge_gaps_with(self, words: Sequence[str], *, limit: int) -> list[KnowledgeGap]:
        """Return knowledge gaps with any of the words, the latest first, at most `limit`."""
        ...

    async def is_erased(self, key_hashes: Sequence[str], *, since: datetime) -> bool:
        """Whether the list of erasures has any of these hashes of identity keys, in an erasure that was requested at
        `since` or later (`domain/erased.py`)."""
        ...

    async def imported(self, import_keys: Sequence[str]) -> set[str]:
        """Return the keys under which a conversation was imported before."""


class ConversationSort(StrEnum):
    STARTED_AT = "STARTED_AT"
    LAST_MESSAGE_AT = "LAST_MESSAGE_AT"


class ConversationQuery(Record):
    """Filter and order of a list of conversations. An empty tuple filters nothing."""

    ids: tuple[ConversationId, ...] = ()
    statuses: tuple[ConversationStatus, ...] = ()
    channels: tuple[Channel, ...] = ()
    tags: tuple[str, ...] = ()
    untagged: bool = False  # only conversations without a tag
    profile_ids: tuple[ProfileId, ...] = ()
    started_from: datetime | None = None  # inclusive
    started_before: datetime | None = None  # exclusive
    search: Search | None = None
    sort: ConversationSort = ConversationSort.STARTED_AT
    descending: bool = True

    @property
    def is_by_start_alone(self) -> bool:
        """Whether the list has all conversations that started in its range, in the order of their start."""
        conditions = (self.ids, self.statuses, self.channels, self.tags, self.untagged, self.profile_ids, self.search)
        return self.sort is ConversationSort.STARTED_AT and not any(conditions)


class Total(Record):
    """The number of rows in a list. If it is not exact, there are more."""

    number: int
    exact: bool = True


class TicketQuery(Record):
    """Filter of a list of tickets."""

    states: tuple[TicketState, ...]
    assignee_id: StaffId | None = None
    unassigned: bool = False
    stranded: bool = False  # without an assignee, and marked as stranded
    waiting_before: datetime | None = None  # with `stranded`: also tickets that have waited since before this instant
    channels: tuple[Channel, ...] = ()  # empty: every channel
    tags: tuple[str, ...] = ()  # at least one of them; empty: whatever the tags
    held_by: StaffId | None = None  # beside the conditions of the view, such as `assignee_id`
    unread: bool | None = None


class GapOrder(StrEnum):
    RECENT = "RECENT"
    FREQUENT = "FREQUENT"


class AuditQuery(Record):
    """Filter of the audit log. An empty tuple filters nothing."""

    actions: tuple[AuditAction, ...] = ()
    staff_id: StaffId | None = None  # who did it
    credential_id: CredentialId | None = None  # with which it was done
    target_id: str | None = None
    target_kind: AuditTargetKind | None = None
    since: datetime | None = None  # inclusive
    until: datetime | None = None  # exclusive
    descending: bool = True


class ConversationSource(Protocol):
    """Lists of conversations, at one instant (`Snapshot`) or as committed at each call (`Reader`)."""

    async def conversations(
        self, query: ConversationQuery, page: Slice, *, profiles: bool = False
    ) -> Page[ListedConversation]:
        """Return a page of the list; the keys of the page are `ListedConversation.key`. `profiles`: those of the rows
        are wanted, and are read with them where that costs no command. Raises `Invalid` if a search takes too long, or
        if too many rows have moved since the page's cursor was made; `Unavailable`."""

    async def count_conversations(self, query: ConversationQuery) -> Total:
        """Return the length of the whole list. Raises `Invalid` if a search takes too long; `Unavailable`."""


class Reader(ConversationSource, Protocol):
    """Queries about one account. They return committed state and lock nothing. Every method may raise `Unavailable`."""

    async def get(self, kind: type[E], entity_id: str) -> E | None:
        """Return the entity with this id, or `None`."""

    async def get_many(self, kind: type[E], entity_ids: Iterable[str]) -> dict[str, E]:
        """Return the entities that exist, by id."""

    async def tickets(self, query: TicketQuery, page: Slice) -> Page[Conversation]:
        """Return conversations by their latest ticket, the newest ticket first; keys are (created_at, id)."""

    async def count_tickets(self, query: TicketQuery) -> int:
        """Return the number of tickets in the whole list."""

    @property
    def test_conversations(self) -> ConversationSource:
        """The test conversations, without filters, in the order of their start. They are in no other list but that of
        the agent's turns."""

    async def agent_turns(self, page: Slice) -> Page[Conversation]:
        """Return the conversations in which the shopper waits for the agent, test conversations included, the
        longest-waiting first; keys are (turn.since, id)."""

    async def drafts(self, conversation_id: ConversationId) -> list[Draft]:
        """Return the drafts of a conversation, the oldest first."""

    async def messages(self, conversation_id: ConversationId, *, upto: int, notes: bool, page: Slice) -> Page[Message]:
        """Return messages with a number up to `upto`, in order, with or without notes; keys are (sequence,)."""

    async def last_spoken(self, conversation_id: ConversationId, *, upto: int, notes: bool) -> Message | None:
        """Return the last message with a number up to `upto` that is not Baton's own to the shopper, with or without
        notes. Raises `Unavailable`."""
        ...

    async def passed_over(self, page: Slice) -> Page[PassedOver]:
        """Return the messages that were passed over, the newest first; keys are (at, id). Raises `Unavailable`."""
        ...

    async def count_passed_over(self) -> int:
        """Return their number. Raises `Unavailable`."""
        ...

    async def articles(self, kind: ArticleKind | None, page: Slice) -> Page[Article]:
        """Return articles, snippets, or both, the newest first; keys are (id,)."""
        ...

    async def products(self, page: Slice) -> Page[CatalogProduct]:
        """Return products in the order of the shop's own ids; keys are (product_id,)."""
        ...

    async def knowledge_gaps(self, order: GapOrder, page: Slice) -> Page[KnowledgeGap]:
        """Return knowledge gaps, the highest in the order first; keys are (last_at, id) or (count, id)."""
        ...

    async def count_knowledge_gaps(self) -> int:
        """Return their number."""
        ...

    async def audit_log(self, query: AuditQuery, page: Slice) -> Page[AuditEntry]:
        """Return entries of the audit log in the order of their numbers, which is also that of their times; keys are
        (number,)."""

    async def staff(self) -> list[Staff]:
        """Return all staff of the account."""

    async def keys(self, page: Slice) -> Page[Credential]:
        """Return a page of the keys, the newest first; keys of the page are (id,). Visitor tokens and the access tokens
        of sessions are no keys."""

    async def credentials(self) -> list[Credential]:
        """Return all keys, the newest first: neither visitor tokens nor the access tokens of sessions."""

    async def sessions(self, staff_id: StaffId | None, now: datetime, page: Slice) -> Page[StaffSession]:
        """Return the live sessions of a staff member, or of all, the newest first; keys are (id,)."""


class EventProfiles(Protocol):
    """Profiles for what is made of an event. They may be remembered, and are never older than the event."""

    def known(self, account_id: AccountId, profile_id: str, *, seq: int) -> Profile | None:
        """Return a profile that is remembered, as it was after the account's event `seq` or later; `None` if it has to
        be read."""

    async def find(self, account_id: AccountId, profile_ids: Iterable[str], *, seq: int) -> dict[str, Profile]:
        """Return the profiles that exist, as they were after the account's event `seq` or later. Raises
        `Unavailable`."""


class Storage(Protocol):
    @property
    def event_profiles(self) -> EventProfiles:
        """Return the profiles of all accounts for what is made of events."""

    async def write(self, account_id: AccountId, change: Callable[[UnitOfWork], Awaitable[R]]) -> R:
        """Run a change and commit it. Returns the change's result.

        Raises what the change raises, and then nothing of it is committed; or `Unavailable`.
        """

    def read(self, account_id: AccountId) -> Reader:
        """Return a reader of the account."""

    async def find_credential(self, token_hash: str) -> tuple[AccountId, Credential, Staff | None] | None:
        """Return the credential with this hash, its account, and the staff member that it acts for, if it exists.
        Raises `Unavailable`."""

    async def trusted_documents(self, account_id: AccountId) -> DocumentIndex:
        """Return the trusted documents of the account, which may be remembered: a change holds in this process at once,
        and in the others within the bound of a revocation. Raises `Unavailable`."""

    async def due_timers(
        self, now: datetime, limit: int, kinds: Collection[TimerKind] = tuple(TimerKind)
    ) -> list[tuple[AccountId, Timer]]:
        """Return at most `limit` timers of these kinds that are due, the most overdue first. Raises `Unavailable`."""

    async def accounts(self) -> list[Account]:
        """Return all accounts, the oldest first. Raises `Unavailable`."""
