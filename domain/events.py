"""The event log of an account: append-only, numbered 1, 2, 3 … without a gap, in the order of the commits.

Everything live is derived from it. An event carries the state that it leaves behind, so that delivering it costs no
read. Its topics select the subscribers: `conversation:<id>`, `business`, `inbox`, `credential:<id>`,
`staff:<id>`, `agent-turns`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from domain.model.account import Account, Staff
from domain.model.agent.guidance import Guidance
from domain.model.agent.settings import AgentKind
from domain.model.commerce import Credit, Touch
from domain.model.connected_services import Service
from domain.model.conversation import Conversation, Message, ProductCard, TurnLease
from domain.model.handoff import EscalationReason, Handoff, HandoffSettings, Ticket
from domain.model.messaging import MessageDelivery
from domain.values.ids import AccountId, ConversationId, CredentialId, StaffId
from domain.values.record import Record, StoredEnum


class EventType(StoredEnum):
    """The four business events (docs/product-rules.md, section 5)."""

    CONVERSATION_STARTED = "CONVERSATION_STARTED"
    CONVERSATION_RESOLVED = "CONVERSATION_RESOLVED"
    CONVERSATION_ESCALATED = "CONVERSATION_ESCALATED"
    PRODUCT_RECOMMENDED = "PRODUCT_RECOMMENDED"


EVENT_NAMES = {  # for people, in the API and in Klaviyo
    EventType.CONVERSATION_STARTED: "Started Conversation with Customer Agent",
    EventType.CONVERSATION_RESOLVED: "Conversation with Customer Agent Resolved",
    EventType.CONVERSATION_ESCALATED: "Conversation with Customer Agent Escalated",
    EventType.PRODUCT_RECOMMENDED: "Received Product Recommendation from Customer Agent",
}


class MessageAdded(Record):
    """A message was added to a conversation."""

    message: Message
    conversation: Conversation


class MessageRedacted(Record):
    """The words or files of a message were removed. Its place stays."""

    message: Message  # what is left of it
    conversation: Conversation


class ConversationChanged(Record):
    """A conversation changed, and no other event of the same commit says how: it was closed, or its shopper
    identified."""

    conversation: Conversation


class MessageDeliveryChanged(Record):
    """The delivery of a message to the shopper's own channel made progress, or failed."""

    delivery: MessageDelivery
    conversation: Conversation


class HandoffChanged(Record):
    """A handoff was requested, or changed its state."""

    handoff: Handoff
    conversation: Conversation


class TicketChanged(Record):
    """A ticket before the change, and the conversation with it after the change: the two tell which views of the inbox
    it entered or left."""

    before: Ticket | None  # None for a new ticket
    conversation: Conversation


class TurnLeaseChanged(Record):
    """An agent claimed the turn of a conversation, or the claim ended without a reply: it was released, or its lease
    expired. The conversation did not change."""

    lease: TurnLease
    is_held: bool
    conversation: Conversation


class StaffChanged(Record):
    """A staff member was added, or changed. If the role changed or the member was suspended, every process closes the
    member's connections."""

    staff: Staff


class HandoffSettingsChanged(Record):
    """The handoff settings changed."""

    settings: HandoffSettings


class GuidanceChanged(Record):
    """The guidance of the agent changed."""

    guidance: Guidance


class AgentSettingsChanged(Record):
    """The agent settings changed. It contains no secret."""

    answered_by: AgentKind
    version: int


class ConnectionChanged(Record):
    """A connected service was connected or disconnected, stopped working, or works again. It contains no secret."""

    service: Service
    connected: bool
    display_name: str | None = None
    problem: str | None = None


class ConversationsImported(Record):
    """Conversations were imported from a file. Nobody followed them live, so one event stands for all of them."""

    source: str
    count: int


class RevocationReason(StoredEnum):
    REVOKED = "REVOKED"
    ROTATED = "ROTATED"  # a new key replaces it; it is valid until it expires
    CHANGED = "CHANGED"  # it stays valid, and may run other documents


class CredentialRevoked(Record):
    """A credential was revoked, rotated or changed: every process closes the connections that are open under it."""

    credential_id: CredentialId
    reason: RevocationReason = RevocationReason.REVOKED


class BusinessEvent(Record):
    """One of the four business events. It is saved on its own as well, since the log is trimmed."""

    id: str
    type: EventType
    at: datetime  # when it happened; a late timer may log it long after
    seq: int  # its number in the log
    conversation: Conversation
    first_message: str | None = None  # CONVERSATION_STARTED
    products: tuple[ProductCard, ...] = ()  # PRODUCT_RECOMMENDED
    reason: EscalationReason | None = None  # CONVERSATION_ESCALATED
    reason_detail: str | None = None
    imported: bool = False  # from a file of past conversations: it was never in the log
    words_removed_at: datetime | None = None  # when the account's retention took the shopper and the words from it

    @property
    def name(self) -> str:
        """The name for people."""
        return EVENT_NAMES.get(self.type, self.type.value)

    @property
    def resolution_seconds(self) -> int:
        """Seconds from the start of the conversation to its last message at that time."""
        return int((self.conversation.last_message_at - self.conversation.started_at).total_seconds())


class TouchRecorded(Record):
    """A touch of a shopper was recorded. A sale may be credited to it."""

    touch: Touch


class OrderChanged(Record):
    """An order or a refund came in, or the credit of an order changed. The buyer is left out, because the log would
    keep it after it has to be erased."""

    order_id: str  # the account's own
    credit: Credit | None = None


class AccountChanged(Record):
    """The settings of the account changed."""

    account: Account


class TrustedDocumentsChanged(Record):
    """Trusted documents were registered or removed: every process reads the account's documents anew."""

    registered: int = 0
    removed: int = 0


class KnowledgeChanged(Record):
    """Articles, snippets or products were changed or removed: every process brings its index of them up to date."""

    revision: int  # of the account's knowledge, after the change
    changed: int = 0
    removed: int = 0


class EventErased(Record):
    """An event of a test conversation or of a shopper, which was erased. It keeps its number, since the log has no
    gap."""


class ShopperErased(Record):
    """A shopper was erased, or words were removed: every process forgets the events and words of the account that it
    keeps in memory."""


class UnknownEvent(Record):
    """An event that this build cannot read: a newer build has written it, or it is damaged. Streams pass over it, and
    caches are read anew. It is never written."""

    type: str


EventBody = (
    MessageAdded
    | MessageRedacted
    | ConversationChanged
    | MessageDeliveryChanged
    | HandoffChanged
    | TicketChanged
    | TurnLeaseChanged
    | StaffChanged
    | HandoffSettingsChanged
    | GuidanceChanged
    | AgentSettingsChanged
    | ConnectionChanged
    | ConversationsImported
    | CredentialRevoked
    | BusinessEvent
    | TouchRecorded
    | OrderChanged
    | AccountChanged
    | TrustedDocumentsChanged
    | KnowledgeChanged
    | EventErased
    | ShopperErased
    | UnknownEvent
)

BUSINESS_TOPIC = "business"
INBOX_TOPIC = "inbox"
AGENT_TURNS_TOPIC = "agent-turns"


def conversation_topic(conversation_id: ConversationId) -> str:
    return f"conversation:{conversation_id}"


def credential_topic(credential_id: CredentialId) -> str:
    return f"credential:{credential_id}"


def staff_topic(staff_id: StaffId) -> str:
    return f"staff:{staff_id}"


def topics_of(body: EventBody) -> tuple[str, ...]:
    """The topics of an event. An event without topics is delivered to nobody, and kept for readers of the whole log."""
    match body:
        case MessageAdded() | MessageRedacted():
            conversation = body.conversation
            inbox = (INBOX_TOPIC,) if conversation.ticket and not conversation.is_test else ()
            return (conversation_topic(conversation.id), *inbox, *_turn_topics(conversation))
        case ConversationChanged() | HandoffChanged() | MessageDeliveryChanged():
            return (conversation_topic(body.conversation.id), *_turn_topics(body.conversation))
        case TicketChanged():
            return (*(_own_topic(body.conversation) or (INBOX_TOPIC,)), *_turn_topics(body.conversation))
        case TurnLeaseChanged():
            return (AGENT_TURNS_TOPIC, *_own_topic(body.conversation))
        case BusinessEvent():
            return (BUSINESS_TOPIC,)
        case CredentialRevoked():
            return (credential_topic(body.credential_id),)
        case StaffChanged():
            return (staff_topic(body.staff.id),)
        case (
            ConversationsImported()
            | TouchRecorded()
            | OrderChanged()
            | AccountChanged()
            | KnowledgeChanged()
            | HandoffSettingsChanged()
            | GuidanceChanged()
            | AgentSettingsChanged()
            | ConnectionChanged()
            | TrustedDocumentsChanged()
            | EventErased()
            | ShopperErased()
            | UnknownEvent()
        ):
            return ()


def _own_topic(conversation: Conversation) -> tuple[str, ...]:
    """The topic of a test conversation, which every event of it has: by it they are found when they are erased."""
    return (conversation_topic(conversation.id),) if conversation.is_test else ()


def _turn_topics(conversation: Conversation) -> tuple[str, ...]:
    """The topic of the agent's turns, if this commit changed the turn."""
    turn = conversation.turn
    return (AGENT_TURNS_TOPIC,) if turn is not None and turn.version == conversation.version else ()


class LoggedEvent(Record):
    """An event with its place in the log."""

    account_id: AccountId
    seq: int
    at: datetime
    topics: tuple[str, ...]
    body: EventBody


class LogObserver(Protocol):
    """A cache that is kept current by the log. It is told before those who follow the log."""

    def on_event(self, event: LoggedEvent) -> None:
        """Take an event of any account. It may come more than once, and out of order."""

    def on_gap(self) -> None:
        """Take note that events may have been missed."""


class Revision(Record):
    """The number of an account's latest commit: every commit that writes anything moves it, and nothing moves it back.
    Revisions of two epochs cannot be compared."""

    epoch: str
    seq: int
    silent_writes: int


class Head(Record):
    """The extent of an account's log. A cursor of another `epoch` is invalid; events up to `floor` cannot be
    replayed."""

    seq: int
    epoch: str
    floor: int  # events with seq > floor exist
    silent_writes: int = 0  # commits that wrote something and emitted no event

    @property
    def revision(self) -> Revision:
        """The state of the account's records."""
        return Revision(epoch=self.epoch, seq=self.seq, silent_writes=self.silent_writes)


class EventLog(Protocol):
    async def head(self, account_id: AccountId) -> Head:
        """Return the head of an account's log. Raises `Unavailable`."""

    async def heads(self, account_ids: Iterable[AccountId]) -> dict[AccountId, Head]:
        """Return the heads of several accounts' logs. Raises `Unavailable`."""

    async def read(
        self, account_id: AccountId, *, after: int, upto: int, topics: frozenset[str] | None, limit: int
    ) -> list[LoggedEvent]:
        """Return the events with after < seq <= upto, in order, at most `limit`. `topics` selects events; `None`
        selects all. Raises `Unavailable`."""


class Retention(Protocol):
    """Removal of events that are too old to be replayed, and of the content of events that must not be kept."""

    async def accounts_with_events_before(self, instant: datetime) -> list[AccountId]:
        """Return the accounts with events older than `instant`. Raises `Unavailable`."""

    async def trim(self, account_id: AccountId, older_than: datetime) -> int:
        """Move `floor`, then delete the older events. Returns how many were deleted. Raises `Unavailable`."""

    async def erase(self, account_id: AccountId, topic: str, *, limit: int) -> int:
        """Replace events of a topic by `EventErased`, the oldest first, at most `limit`. Returns how many were
        replaced. Raises `Unavailable`."""
