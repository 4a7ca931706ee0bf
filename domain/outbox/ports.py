"""Ports of the outbox: senders that deliver one row, the account's connections, the queues, and reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from domain.delivery.model import DeliveryResult
from domain.model.account import Account, Staff
from domain.model.connected_services import Service, UnsealedConnection
from domain.model.conversation import Conversation, Message, Visitor
from domain.model.email_confirmation import EmailConfirmation
from domain.model.handoff import Handoff, Ticket
from domain.model.outbox import Outgoing, OutgoingKind, OutgoingState
from domain.model.profile import Profile
from domain.profile.identity import combine
from domain.values.ids import AccountId, AttachmentId
from domain.values.paging import Page, Slice
from domain.values.record import Record, SecretRecord, field


class ConfirmationMail(SecretRecord):
    """The mail by which a shopper confirms an address."""

    hidden: ClassVar[tuple[str, ...]] = ("link",)

    confirmation: EmailConfirmation
    link: str  # to the page with the button; whoever has it can confirm


class OutgoingFile(Record):
    """A file of a message, for a sender: its bytes, or an address that works for a week at least."""

    id: AttachmentId
    name: str
    content_type: str
    size: int
    key: str  # in the store of files
    url: str


def within_size(files: Iterable[OutgoingFile], most: int) -> tuple[list[OutgoingFile], list[OutgoingFile]]:
    """Return the first files that have at most so many bytes together, and the others."""
    taken: list[OutgoingFile] = []
    left: list[OutgoingFile] = []
    for file in files:
        fits = sum(each.size for each in taken) + file.size <= most
        (taken if fits else left).append(file)
    return taken, left


class WaitingTicket(Record):
    conversation: Conversation
    link: str | None  # to the conversation


class WaitingTickets(Record):
    """The tickets that a mail tells a member of staff of."""

    staff: Staff
    tickets: tuple[WaitingTicket, ...]
    total: int  # with those that are not listed
    at: datetime  # when they waited


class DeliveryContext(Record):
    """Everything that a sender may write about. The wire format is the sender's own."""

    row_id: str
    kind: OutgoingKind
    account: Account
    conversation: Conversation
    # TICKET: all messages that the shopper saw, up to the handoff. COMMENT and MESSAGE: the message to send. A comment
    # may be a NOTE, which only the helpdesk's staff may see. REPLIES: the replies to send in one mail.
    # EMAIL_CONFIRMATION and TICKET_NOTICE: none.
    messages: tuple[Message, ...]
    profile: Profile | None = None
    handoff: Handoff | None = None
    ticket: Ticket | None = None
    link: str | None = None  # to the conversation
    confirmation: ConfirmationMail | None = None  # EMAIL_CONFIRMATION
    files: Mapping[AttachmentId, OutgoingFile] = field(default_factory=dict)  # of the messages, without refused ones
    waiting: WaitingTickets | None = None  # TICKET_NOTICE
    thread: tuple[str, ...] = ()  # MESSAGE, REPLIES: the other system's ids of the messages before it, oldest first

    @property
    def links(self) -> Mapping[AttachmentId, str]:
        """The addresses of the files."""
        return {file_id: file.url for file_id, file in self.files.items()}

    def files_of(self, message: Message) -> list[OutgoingFile]:
        """Return the files of a message that can be read, in its order."""
        return [self.files[file.id] for file in message.attachments if file.id in self.files]

    @property
    def contact(self) -> Visitor:
        """The shopper to write to. What the conversation does not say comes from the profile only if both are proved to
        be this shopper's: a ticket of somebody who claims an address must not name its owner's other addresses."""
        visitor, profile = self.conversation.visitor, self.profile
        if profile is None or not (profile.verified and visitor.is_proved):
            return visitor
        kept = Visitor(external_id=profile.external_id, name=profile.name, email=profile.email, phone=profile.phone)
        return combine(kept.vouched(), visitor)


class DeliveryRequest(Record):
    """One attempt."""

    row_id: str  # the same for every attempt
    kind: OutgoingKind
    payload: str  # as `compose` returned it
    key: str  # hash of row id and payload, the base of idempotency keys and Message-IDs
    connection: UnsealedConnection
    first_attempt_at: datetime
    now: datetime
    outcome_unknown: bool  # an earlier attempt may have succeeded: look for its effect before sending again
    ticket_external_id: str | None = None  # COMMENT: the ticket


class OutboxSender(Protocol):
    def compose(self, context: DeliveryContext, connection: UnsealedConnection) -> str:
        """Return the payload, which is stored and given back unchanged at every attempt.

        Raises `PermanentError` if it cannot be delivered to this destination.
        """

    async def deliver(self, request: DeliveryRequest) -> DeliveryResult:
        """Make one attempt, which the caller cancels after `Timeouts.call`.

        Raises `TransientError` if another attempt may succeed, `PermanentError` if not.
        """


class UnsealedConnections(Protocol):
    """The account's connections, with their secrets decrypted."""

    async def open(self, account_id: AccountId, service: Service) -> UnsealedConnection | None:
        """Return the connection, or None if the service is not connected.

        Raises a `DomainError` if its secrets cannot be decrypted.
        """

    async def mark_failed(self, account_id: AccountId, service: Service, problem: str, *, version: int) -> None:
        """Record that the credentials of this version no longer work. Does nothing if they were replaced."""

    async def mark_ok(self, account_id: AccountId, service: Service, *, version: int) -> None:
        """Record that the credentials of this version work. Does nothing if they were replaced."""


class Timeouts(Record):
    """How long a call may take. The row of a process that died is retried after one lease and one call."""

    call: timedelta = timedelta(seconds=30)  # a sender's whole attempt: two slow requests

    @property
    def lease(self) -> timedelta:
        """The call, and the database writes before and after it."""
        return self.call * 5 / 3


class RateLimit(Record):
    """The rate of one account's calls to one service."""

    interval: timedelta  # between two calls, on average
    burst: int  # number of calls that may follow at once after a pause


class RateLimitDecision(Record):
    """Whether a call may start now."""

    opens_at: datetime | None = None  # when it may start; None: now
    failing: bool = False  # earlier calls of the queue failed, so the outcome of this one must be reported


class OutboxQueues(Protocol):
    """Due rows of all accounts. Leases end by the database's clock, so that clock skew cannot give a row two holders.

    Every method raises `Unavailable` if the database does not respond.
    """

    async def waiting(self, now: datetime) -> Sequence[str]:
        """Return the queues that have due rows, leased or not, the most overdue first."""

    async def claim(self, queue: str, token: str, timeouts: Timeouts, now: datetime) -> Outgoing | None:
        """Lease the most overdue row that nobody holds. Returns the row, or None if there is none."""

    async def begin(self, row: Outgoing, *, payload: str, now: datetime) -> Outgoing | None:
        """Freeze the payload and record that a call begins. Must be called before the first byte is sent.

        Returns the row, or None if the lease was lost or the row was cancelled.
        """

    async def release(self, row: Outgoing) -> None:
        """Give the lease back, with the row unchanged."""

    async def admit(self, queue: str, rate_limit: RateLimit, now: datetime) -> RateLimitDecision:
        """Take a slot of the queue's rate limit. A queue whose calls keep failing admits one call at a time."""

    async def mark_failed(self, queue: str, now: datetime, until: datetime | None) -> None:
        """Count a failed call; several in a row close the queue for a while. `until`: the `Retry-After` instant."""

    async def mark_succeeded(self, queue: str, now: datetime) -> None:
        """Record a call that succeeded: the queue opens at its normal rate."""


class OutboxReader(Protocol):
    """Reads of an account's rows. Every method raises `Unavailable` if the database does not respond."""

    async def page(self, account_id: AccountId, states: Iterable[OutgoingState], page: Slice) -> Page[Outgoing]:
        """Return a page of rows in these states, the newest first. Keyset: (created_at, id)."""

    async def count(self, account_id: AccountId, states: Iterable[OutgoingState]) -> int:
        """Return the number of rows in these states."""

    async def of_tickets(self, account_id: AccountId, ticket_ids: Iterable[str]) -> dict[str, Outgoing]:
        """Return, by ticket id, the rows that create these tickets in their helpdesk."""

    async def thread(self, account_id: AccountId, ordering_key: str, before: str) -> tuple[str, ...]:
        """Return the external ids of the rows delivered under this key before the row `before`, oldest first."""
