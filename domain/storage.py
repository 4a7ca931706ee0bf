"""How the domain keeps what is true: one door for changes (`Storage.write`), one for questions (`Storage.read`).

Both are opened for one account and see nothing else. A change is a function of a `UnitOfWork`; everything it saves, and
every event it emits, is committed together or not at all. It may be run again after a lost race, so it does nothing but
talk to its unit of work.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from domain.events import EventBody
from domain.model.account import Account, Staff
from domain.model.commerce import Order, Span, Touch
from domain.model.conversation import Conversation, ConversationStatus, Draft, Message
from domain.model.credentials import Credential
from domain.model.handoff import TicketState
from domain.model.outbox import Outgoing
from domain.model.profile import Profile
from domain.search.query import Search
from domain.values.channel import Channel
from domain.values.ids import AccountId, ConversationId, ProfileId, StaffId
from domain.values.paging import Page, Slice
from domain.values.record import Record

R = TypeVar("R")

Reactions = Mapping[type[Any], Sequence[Callable[..., Awaitable[None]]]]
"""The functions that follow from each event inside a command; `domain/reactions.py` has the one table, typed."""


class TimerKind(StrEnum):
    AUTO_CLOSE = "AUTO_CLOSE"  # 48 hours without a message
    SNOOZE = "SNOOZE"  # a snoozed ticket returns
    STRANDED = "STRANDED"  # a ticket waits, and nobody can take it
    AGENT_SILENCE = "AGENT_SILENCE"  # the agent has not answered the shopper
    HELPDESK_SYNC = "HELPDESK_SYNC"  # a helpdesk rang: look at a ticket there


class Timer(Record):
    """Something to look at when it is due. The row outlives every process; its handler moves or deletes it."""

    id: str
    kind: TimerKind
    subject: str  # id of what it is about
    due_at: datetime


class IdempotencyRecord(Record):
    """That a command was done under a caller's key, and what came of it."""

    id: str
    fingerprint: str  # of the input: the same key with another input is a conflict
    result: dict[str, str]
    at: datetime


class Entity(Protocol):
    """Anything that is kept under an id; which collection keeps which kind, the storage knows."""

    @property
    def id(self) -> str: ...


E = TypeVar("E", bound=Entity)


class UnitOfWork(Protocol):
    account_id: AccountId
    now: datetime
    reactions: Reactions

    @property
    def next_seq(self) -> int:
        """The number that the next emitted event will have in the account's log."""

    async def get(self, kind: type[E], entity_id: str) -> E | None: ...

    def save(self, entity: Entity) -> None:
        """Keep it: a new one, or the new state of one that `get` or a finder of this unit of work answered. A timer is
        set whether or not it was set before."""

    def delete(self, kind: type[Entity], entity_id: str) -> None: ...

    def emit(self, body: EventBody) -> None: ...

    def later(self, step: Callable[[], Awaitable[object]]) -> None:
        """Once the change has run, and before it is committed with it; in the order in which they are asked for."""

    async def open_conversation(self, open_keys: Sequence[str]) -> Conversation | None:
        """The oldest open conversation that holds any of these keys."""

    async def profiles_with(self, keys: Sequence[str]) -> list[Profile]: ...

    async def staff(self) -> list[Staff]:
        """All of the account's."""

    async def messages_after(self, conversation_id: ConversationId, sequence: int) -> list[Message]:
        """In order."""

    async def touches(self, keys: Sequence[str], spans: Sequence[Span] | None, *, limit: int) -> list[Touch]:
        """Those with any of the keys, within any of the spans, or all where None; the latest first."""

    async def orders_placed(self, keys: Sequence[str], since: datetime, until: datetime, *, limit: int) -> list[Order]:
        """Those whose buyer has any of the keys, both ends included; the latest first."""

    async def outgoing_in_order(self, ordering_key: str) -> list[Outgoing]:
        """Return the outbox rows of an ordering key that are pending, or a ticket that failed, in the order of ids."""

    async def imported(self, import_keys: Sequence[str]) -> set[str]:
        """Those of the keys under which a conversation was imported before."""


class ConversationSort(StrEnum):
    STARTED_AT = "STARTED_AT"
    LAST_MESSAGE_AT = "LAST_MESSAGE_AT"


class ConversationQuery(Record):
    ids: tuple[ConversationId, ...] = ()
    statuses: tuple[ConversationStatus, ...] = ()
    channels: tuple[Channel, ...] = ()
    tags: tuple[str, ...] = ()
    profile_ids: tuple[ProfileId, ...] = ()
    started_from: datetime | None = None  # inclusive
    started_before: datetime | None = None  # exclusive
    search: Search | None = None
    sort: ConversationSort = ConversationSort.STARTED_AT
    descending: bool = True


class ListedConversation(Record):
    """A conversation and where it stands in its list. What moves while a list is read stays, for that list, where it
    stood when the first page was read: up to event `pin` of the account's log. Starts do not move, and have no pin."""

    conversation: Conversation
    at: datetime
    pin: int | None = None

    @property
    def key(self) -> tuple[object, ...]:
        place = (self.at, self.conversation.id)
        return place if self.pin is None else (*place, self.pin)


class Total(Record):
    number: int
    exact: bool = True  # else there are more


class TicketQuery(Record):
    states: tuple[TicketState, ...]
    assignee_id: StaffId | None = None
    unassigned: bool = False
    stranded: bool = False  # waits, and was found to be stranded
    waiting_before: datetime | None = None  # with `stranded`: or waits since before then


class ConversationSource(Protocol):
    """Where a page and its count come from: both of one instant, or each of its own."""

    async def conversations(self, query: ConversationQuery, page: Slice) -> Page[ListedConversation]:
        """Keys are those of the rows. Raises Invalid for a search that takes too long, and for a page behind a cursor
        from which too much has moved since."""

    async def count_conversations(self, query: ConversationQuery) -> Total: ...


class Reader(ConversationSource, Protocol):
    """Questions about one account. Answers are committed state; nothing is locked."""

    async def get(self, kind: type[E], entity_id: str) -> E | None: ...

    async def get_many(self, kind: type[E], entity_ids: Iterable[str]) -> dict[str, E]: ...

    async def tickets(self, query: TicketQuery, page: Slice) -> Page[Conversation]:
        """Conversations by their latest ticket, the newest ticket first; keys are (when it was created, id)."""

    async def count_tickets(self, query: TicketQuery) -> int: ...

    async def drafts(self, conversation_id: ConversationId) -> list[Draft]:
        """In the order in which they were written."""

    async def messages(self, conversation_id: ConversationId, *, upto: int, notes: bool, page: Slice) -> Page[Message]:
        """In order of their numbers, up to `upto`; keys are (sequence,)."""

    async def staff(self) -> list[Staff]: ...

    async def credentials(self) -> list[Credential]:
        """All but visitor tokens, newest first."""


class Storage(Protocol):
    async def write(self, account_id: AccountId, change: Callable[[UnitOfWork], Awaitable[R]]) -> R:
        """Run a change, commit it, answer its result.

        Raises what the change raises (and then nothing of it is kept), or `Unavailable`.
        """

    def read(self, account_id: AccountId) -> Reader: ...

    async def find_credential(self, token_hash: str) -> tuple[AccountId, Credential, Staff | None] | None:
        """With the staff member that it acts as, if it is one's and there is such a member."""

    async def due_timers(
        self, now: datetime, limit: int, kinds: Collection[TimerKind] = tuple(TimerKind)
    ) -> list[tuple[AccountId, Timer]]:
        """The most overdue of these kinds first."""

    async def accounts(self) -> list[Account]: ...
