"""What the outbox needs of the outside: couriers that hand one row over, open connections, and the queues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from domain.model.account import Account
from domain.model.connected_services import Service, UnsealedConnection
from domain.model.conversation import Conversation, Message
from domain.model.handoff import Handoff, Ticket
from domain.model.outbox import Outgoing, OutgoingKind, OutgoingState
from domain.model.profile import Profile
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from domain.values.record import Record


class DeliveryContext(Record):
    """All that a courier may write of: what it puts on the wire is its own affair."""

    row_id: str
    kind: OutgoingKind
    account: Account
    conversation: Conversation
    # TICKET: all that the shopper saw, up to when it was handed over. Else the one that is sent: of the shopper, or a
    # NOTE, which is for the helpdesk's people only and never for the shopper.
    messages: tuple[Message, ...]
    profile: Profile | None = None
    handoff: Handoff | None = None
    ticket: Ticket | None = None
    link: str | None = None  # back to the conversation
    thread: tuple[str, ...] = ()  # MESSAGE: what the other side calls those before it, oldest first


class DeliveryRequest(Record):
    """One attempt."""

    row_id: str  # the same for every attempt, and for every courier its own
    kind: OutgoingKind
    payload: str  # as `compose` froze it
    key: str  # follows from row and payload: what idempotency keys and Message-IDs are made of
    connection: UnsealedConnection
    first_attempt_at: datetime
    now: datetime
    maybe_done: bool  # an earlier attempt may have been carried out: look first where the other side cannot tell
    ticket_external_id: str | None = None  # COMMENT: on which ticket


class DeliveryResult(Record):
    external_id: str | None = None
    external_url: str | None = None
    http_status: int | None = None


class DeliveryError(Exception):
    """Not delivered. Its text is the other side's own words, without secrets."""

    def __init__(self, message: str, *, http_status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.http_status = http_status


class TransientError(DeliveryError):
    """Try again. `maybe_done`: it may have been carried out all the same (a time-out, a cut connection).

    `retry_after`: the other side said when; nothing of this account's goes to it before.
    """

    def __init__(
        self,
        message: str,
        *,
        http_status: int | None = None,
        retry_after: timedelta | None = None,
        maybe_done: bool = False,
    ) -> None:
        super().__init__(message, http_status=http_status)
        self.retry_after = retry_after
        self.maybe_done = maybe_done


class PermanentError(DeliveryError):
    """Trying again would change nothing. `credentials`: it is the connection that does not work."""

    def __init__(self, message: str, *, http_status: int | None = None, credentials: bool = False) -> None:
        super().__init__(message, http_status=http_status)
        self.credentials = credentials


class OutboxSender(Protocol):
    def compose(self, dossier: DeliveryContext, connection: UnsealedConnection) -> str:
        """What will go over the wire; kept, and given back unchanged at every attempt. Raises PermanentFault."""

    async def deliver(self, parcel: DeliveryRequest) -> DeliveryResult:
        """One attempt; it is cut off after `Patience.call`. Raises PassingFault, PermanentFault."""


class UnsealedConnections(Protocol):
    async def opened(self, account_id: AccountId, service: Service) -> UnsealedConnection | None:
        """None where it is not connected. Raises a DomainError where it cannot be opened now."""

    async def found_bad(self, account_id: AccountId, service: Service, problem: str, *, version: int) -> None:
        """The credentials of this version do not work any more."""

    async def found_good(self, account_id: AccountId, service: Service, *, version: int) -> None: ...


class Timeouts(Record):
    """How long things may take. The rows of a process that died go on after a lease and a call."""

    call: timedelta = timedelta(seconds=30)  # a courier's whole attempt: two calls on a bad day

    @property
    def lease(self) -> timedelta:
        """The call, and what is written before and behind it."""
        return self.call * 5 / 3


class RateLimit(Record):
    """How fast one account's calls to one service may follow each other."""

    interval: timedelta  # from one to the next, in the long run
    burst: int  # that many at once, after a pause


class RateLimitDecision(Record):
    """Whether a call may leave now."""

    opens_at: datetime | None = None  # None: it may
    troubled: bool = False  # calls before it failed: what comes of this one is to be told


class OutboxQueues(Protocol):
    """What waits, of all accounts; and leases, which all who work compare with one clock, the database's."""

    async def waiting(self, now: datetime) -> Sequence[str]:
        """The queues in which something is due, whoever may work on it."""

    async def claim(self, queue: str, token: str, patience: Timeouts, now: datetime) -> Outgoing | None:
        """The row that is due longest and that nobody works on, with the lease."""

    async def begin(self, row: Outgoing, *, payload: str, now: datetime) -> Outgoing | None:
        """Before the call: freeze what is to go over the wire, and write down that it may have left from now on. None
        where the lease was lost, or what was to be done need not be done any more."""

    async def let_go(self, row: Outgoing) -> None:
        """The claim is given back; nothing was done."""

    async def admit(self, queue: str, pace: RateLimit, now: datetime) -> RateLimitDecision:
        """Take a place in the queue's pace; where calls failed one after another, only one at a time finds out."""

    async def failed(self, queue: str, now: datetime, until: datetime | None) -> None:
        """A call did not get through. `until`: the other side said when to come again."""

    async def worked(self, queue: str, now: datetime) -> None:
        """A call got through: what had been closed is open, at its pace."""


class OutboxReader(Protocol):
    """Questions about an account's rows."""

    async def page(self, account_id: AccountId, states: Iterable[OutgoingState], page: Slice) -> Page[Outgoing]:
        """The newest first; keys are (created_at, id)."""

    async def count(self, account_id: AccountId, states: Iterable[OutgoingState]) -> int: ...

    async def of_tickets(self, account_id: AccountId, ticket_ids: Iterable[str]) -> dict[str, Outgoing]:
        """The row that brings each ticket to its helpdesk."""

    async def thread(self, account_id: AccountId, lane: str, before: str) -> tuple[str, ...]:
        """What the other side calls what was delivered of a lane before this row, the oldest first."""
