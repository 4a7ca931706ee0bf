"""The account's event log: what happened, numbered 1, 2, 3 … per account without a hole, in the order of the commits.

It is the truth for everything live. An event carries the state it leaves behind, so that a live frame costs no read.
`topics` say who may be interested: `conversation:<id>`, `business`, `credential:<id>`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.model.account import Account, Staff
from domain.model.commerce import Credit, Touch
from domain.model.connected_services import Service
from domain.model.conversation import Conversation, Message, ProductCard
from domain.model.handoff import EscalationReason, Handoff, HandoffSettings, Ticket
from domain.model.messaging import MessageDelivery
from domain.values.ids import AccountId, ConversationId, CredentialId
from domain.values.record import Record


class EventType(StrEnum):
    """The four business events (docs/product-rules.md, section 5)."""

    CONVERSATION_STARTED = "CONVERSATION_STARTED"
    CONVERSATION_RESOLVED = "CONVERSATION_RESOLVED"
    CONVERSATION_ESCALATED = "CONVERSATION_ESCALATED"
    PRODUCT_RECOMMENDED = "PRODUCT_RECOMMENDED"


EVENT_NAMES = {  # as people read them, here and in Klaviyo
    EventType.CONVERSATION_STARTED: "Started Conversation with Customer Agent",
    EventType.CONVERSATION_RESOLVED: "Conversation with Customer Agent Resolved",
    EventType.CONVERSATION_ESCALATED: "Conversation with Customer Agent Escalated",
    EventType.PRODUCT_RECOMMENDED: "Received Product Recommendation from Customer Agent",
}


class MessageAdded(Record):
    message: Message
    conversation: Conversation


class ConversationChanged(Record):
    """Anything about a conversation but a new message: closed, identified."""

    conversation: Conversation


class MessageDeliveryChanged(Record):
    """A message went a step on to the shopper's own channel."""

    delivery: MessageDelivery
    conversation: Conversation


class HandoffChanged(Record):
    handoff: Handoff
    conversation: Conversation


class TicketChanged(Record):
    """The ticket as it was, and as the conversation has it: from the two follows which views it came into or left."""

    before: Ticket | None  # None: it is new
    conversation: Conversation


class StaffChanged(Record):
    staff: Staff


class HandoffSettingsChanged(Record):
    settings: HandoffSettings


class ConnectionChanged(Record):
    """A service of the account's was connected or disconnected, stopped working, or works again. No secret is in it."""

    service: Service
    connected: bool
    display_name: str | None = None
    problem: str | None = None


class ConversationsImported(Record):
    """History came in from a file. Nobody was there to see it live, so one event speaks for many conversations."""

    source: str
    count: int


class CredentialRevoked(Record):
    """Ends what is open under the credential, in every process."""

    credential_id: CredentialId


class BusinessEvent(Record):
    id: str
    type: EventType
    at: datetime  # when it came true, which a late timer may log long after
    seq: int  # its number in the log, which outlives its place there
    conversation: Conversation
    first_message: str | None = None  # CONVERSATION_STARTED
    products: tuple[ProductCard, ...] = ()  # PRODUCT_RECOMMENDED
    reason: EscalationReason | None = None  # CONVERSATION_ESCALATED
    reason_detail: str | None = None
    imported: bool = False  # of the past, from a file: nobody was there to see it live

    @property
    def name(self) -> str:
        return EVENT_NAMES[self.type]

    @property
    def resolution_seconds(self) -> int:
        """From the start to the last message, as of then."""
        return int((self.conversation.last_message_at - self.conversation.started_at).total_seconds())


class TouchRecorded(Record):
    """A shopper's touch that may earn a sale its credit."""

    touch: Touch


class OrderChanged(Record):
    """An order, or a refund of one, came in, or it is credited otherwise than before. Who bought it is not told: the
    log would keep it beyond the day on which that is to be forgotten."""

    order_id: str  # the account's own
    credit: Credit | None = None


class AccountChanged(Record):
    account: Account


EventBody = (
    MessageAdded
    | ConversationChanged
    | MessageDeliveryChanged
    | HandoffChanged
    | TicketChanged
    | StaffChanged
    | HandoffSettingsChanged
    | ConnectionChanged
    | ConversationsImported
    | CredentialRevoked
    | BusinessEvent
    | TouchRecorded
    | OrderChanged
    | AccountChanged
)

BUSINESS_TOPIC = "business"
INBOX_TOPIC = "inbox"


def conversation_topic(conversation_id: ConversationId) -> str:
    return f"conversation:{conversation_id}"


def credential_topic(credential_id: CredentialId) -> str:
    return f"credential:{credential_id}"


def topics_of(body: EventBody) -> tuple[str, ...]:
    match body:
        case MessageAdded():
            topic = conversation_topic(body.conversation.id)
            return (topic, INBOX_TOPIC) if body.conversation.ticket else (topic,)
        case ConversationChanged() | HandoffChanged() | MessageDeliveryChanged():
            return (conversation_topic(body.conversation.id),)
        case TicketChanged():
            return (INBOX_TOPIC,)
        case BusinessEvent():
            return (BUSINESS_TOPIC,)
        case CredentialRevoked():
            return (credential_topic(body.credential_id),)
        case ConversationsImported() | TouchRecorded() | OrderChanged() | AccountChanged() | StaffChanged():
            return ()
        case HandoffSettingsChanged() | ConnectionChanged():
            return ()


class LoggedEvent(Record):
    account_id: AccountId
    seq: int
    at: datetime
    topics: tuple[str, ...]
    body: EventBody


class Head(Record):
    """Where an account's log stands. A cursor of another `epoch` is void; below `floor` nothing can be replayed."""

    seq: int
    epoch: str
    floor: int  # events with seq > floor are there


class EventLog(Protocol):
    async def head(self, account_id: AccountId) -> Head: ...

    async def heads(self, account_ids: Iterable[AccountId]) -> dict[AccountId, Head]: ...

    async def read(
        self, account_id: AccountId, *, after: int, upto: int, topics: frozenset[str] | None, limit: int
    ) -> list[LoggedEvent]:
        """Events with after < seq <= upto, in order; of these topics, or all where None; at most `limit`."""


class Retention(Protocol):
    """Letting go of what is too old to be replayed."""

    async def accounts_with_events_before(self, instant: datetime) -> list[AccountId]: ...

    async def trim(self, account_id: AccountId, older_than: datetime) -> int:
        """Moves `floor`, then deletes; answers how many events went."""
