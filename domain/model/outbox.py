"""A row of the transactional outbox: one outgoing call, written in the transaction of its cause.

    PENDING ──▶ attempt ──┬─ success ────────────────────▶ DELIVERED
       ▲                  ├─ transient error ─▶ back-off ─┐
       ├──────────────────┼───────────────────────────────┘
       │                  └─ permanent error ────────────▶ FAILED   (a dead letter, until somebody retries it)
       └──────────────────────── retry ──────────────────────┘
    PENDING ── its cause was withdrawn ──────────────────▶ CANCELLED

Rows with the same ordering key are delivered in sequence, the oldest first: each row points to the next one, and only
the first is in a queue. A ticket that failed blocks its key, because the rows after it are comments on that ticket;
any other row that failed lets the next one go. The payload is frozen before the first attempt, so every retry sends
the same bytes.
"""

from __future__ import annotations

from datetime import datetime

from domain.delivery.model import Attempt, Lease
from domain.values.ids import AccountId, ConversationId, MessageId, StaffId, TicketId
from domain.values.record import Record, StoredEnum


class Destination(StoredEnum):
    """The receiving service. It selects the sender, and the account's connection of the same name."""

    ZENDESK = "ZENDESK"
    GORGIAS = "GORGIAS"
    TWILIO = "TWILIO"
    EMAIL = "EMAIL"
    KLAVIYO = "KLAVIYO"  # erasures alone; events go by forwarding


class OutgoingKind(StoredEnum):
    TICKET = "TICKET"  # a new ticket in a helpdesk, with the transcript
    COMMENT = "COMMENT"  # a later message, on an existing ticket
    MESSAGE = "MESSAGE"  # to the shopper, on the shopper's channel
    REPLIES = "REPLIES"  # to a shopper who left the chat: the replies of the team that were not seen, in one mail
    TICKET_NOTICE = "TICKET_NOTICE"  # to a member of staff: tickets that wait
    EMAIL_CONFIRMATION = "EMAIL_CONFIRMATION"  # a link, to the address that a shopper claims
    ERASURE = "ERASURE"  # the deletion of what a vendor has of a shopper who is erased
    REDACTION = "REDACTION"  # the removal of the words of one message from a ticket in a helpdesk


class OutgoingState(StoredEnum):
    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Call(Record):
    """A call whose outcome is not recorded yet. It is written before the first byte is sent."""

    token: str  # of the lease under which it began
    at: datetime


class TicketNotice(Record):
    """The tickets that a mail tells a member of staff of."""

    staff_id: StaffId
    conversation_ids: tuple[ConversationId, ...]  # those that it lists, the longest-waiting first
    total: int  # of those that waited


class Outgoing(Record):
    id: str  # see `outgoing_id`: ordered within a conversation; of others, made of the erasure, or of member and cause
    destination: Destination
    kind: OutgoingKind
    ordering_key: str  # rows with the same key are delivered in sequence
    conversation_id: ConversationId
    created_at: datetime
    due_at: datetime  # no attempt before this instant
    last_sequence: int  # number of the conversation's last message at `created_at`: where a transcript ends
    ticket_id: TicketId | None = None
    message_id: MessageId | None = None
    confirmation_id: str | None = None
    first_sequence: int | None = None  # REPLIES: number of the first message; `last_sequence` is the last
    notice: TicketNotice | None = None  # TICKET_NOTICE
    erasure_id: str | None = None  # ERASURE: the erasure, which outlives the row's payload
    state: OutgoingState = OutgoingState.PENDING
    queue: str | None = None  # see `queue_name`; None unless the row is pending and the first of its ordering key
    next_id: str | None = None  # the next row with the same ordering key
    payload: str | None = None  # frozen before the first attempt, deleted after delivery
    frozen_at: datetime | None = None
    trying_since: datetime | None = None  # the first attempt, or the first one since somebody asked to retry
    attempts: tuple[Attempt, ...] = ()
    attempt_count: int = 0  # attempts since `trying_since`
    lease: Lease | None = None
    call: Call | None = None
    external_id: str | None = None  # the other system's id of what it created
    external_url: str | None = None
    done_at: datetime | None = None  # when it left PENDING

    @property
    def blocks_its_key(self) -> bool:
        """Whether the rows after it must wait."""
        failed_ticket = self.state is OutgoingState.FAILED and self.kind is OutgoingKind.TICKET
        return self.state is OutgoingState.PENDING or failed_ticket

    @property
    def outcome_unknown(self) -> bool:
        """Whether the other system may have carried out an earlier attempt."""
        return any(attempt.outcome_unknown for attempt in self.attempts)

    @property
    def error(self) -> str | None:
        """The latest error of a row that is not delivered."""
        errors = [attempt.error for attempt in self.attempts if attempt.error is not None]
        return errors[-1] if errors and self.state is not OutgoingState.DELIVERED else None


def concerns(row: Outgoing, conversation_id: ConversationId) -> bool:
    """Whether the row is of a conversation and was not delivered, or is a mail to staff that lists the conversation."""
    if row.notice is not None:
        return conversation_id in row.notice.conversation_ids
    is_own = row.conversation_id == conversation_id and row.kind is not OutgoingKind.ERASURE
    return is_own and row.state is not OutgoingState.DELIVERED


def outgoing_id(conversation_id: ConversationId, number: int) -> str:
    """The id of a conversation's nth row: a row cannot be written twice, and ids sort in the order of creation."""
    return f"{conversation_id}X{number:06d}"


def queue_name(account_id: AccountId, destination: Destination) -> str:
    """The queue of one account for one service, so that a slow service delays no other account."""
    return f"{account_id}:{destination}"


def parse_queue_name(queue: str) -> tuple[AccountId, Destination]:
    account_id, _, destination = queue.partition(":")
    return AccountId(account_id), Destination(destination)
