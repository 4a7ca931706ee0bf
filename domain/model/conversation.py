"""A conversation and its messages, and which state follows from which (docs/product-rules.md, section 1).

    startConversation ──▶ OPEN ──┬─ closed, agent had the last word ────▶ RESOLVED_BY_AI      (final)
                                 ├─ closed, shopper had the last word ──▶ CLOSED              (final)
                                 └─ handoff triggered ──────────────────▶ NOT_RESOLVED_BY_AI  (final)

"Closed" is the shopper's doing, or 48 hours without a message. Values here are immutable; a change answers a new one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from domain.model.commerce import AttributedSale
from domain.model.handoff import Handoff, Ticket, TicketState
from domain.model.messaging import Route
from domain.values.channel import Channel
from domain.values.ids import ConversationId, HandoffId, MessageId, ProfileId, StaffId, TicketId, part_id
from domain.values.money import Money
from domain.values.record import Record

AUTO_CLOSE_AFTER = timedelta(hours=48)  # docs/product-rules.md, section 1


class ConversationStatus(StrEnum):
    OPEN = "OPEN"
    RESOLVED_BY_AI = "RESOLVED_BY_AI"
    NOT_RESOLVED_BY_AI = "NOT_RESOLVED_BY_AI"
    CLOSED = "CLOSED"


class AuthorKind(StrEnum):
    SHOPPER = "SHOPPER"
    AI_AGENT = "AI_AGENT"
    HUMAN_AGENT = "HUMAN_AGENT"
    SYSTEM = "SYSTEM"


class MessageKind(StrEnum):
    TEXT = "TEXT"
    PRODUCT_RECOMMENDATION = "PRODUCT_RECOMMENDATION"
    HANDOFF_OFFER = "HANDOFF_OFFER"
    IDENTITY_REQUEST = "IDENTITY_REQUEST"
    CUSTOM_MESSAGE = "CUSTOM_MESSAGE"
    NOTICE = "NOTICE"
    NOTE = "NOTE"


class ControllerKind(StrEnum):
    AI_AGENT = "AI_AGENT"
    QUEUE = "QUEUE"
    HUMAN_AGENT = "HUMAN_AGENT"
    HELPDESK = "HELPDESK"
    NOBODY = "NOBODY"


class ProductCard(Record):
    product_id: str
    title: str
    url: str | None = None
    image_url: str | None = None
    price: Money | None = None
    sku: str | None = None


class MessageAction(Record):
    id: str
    label: str


class Author(Record):
    kind: AuthorKind
    name: str
    staff_id: StaffId | None = None


class Message(Record):
    id: MessageId
    conversation_id: ConversationId
    sequence: int  # 1, 2, 3 … within the conversation, without a hole
    kind: MessageKind
    author: Author
    text: str
    sent_at: datetime
    products: tuple[ProductCard, ...] = ()
    actions: tuple[MessageAction, ...] = ()

    @property
    def seen_by_shopper(self) -> bool:
        return self.kind is not MessageKind.NOTE


class Controller(Record):
    """Who may speak next. `epoch` grows by one with every change of hands."""

    kind: ControllerKind
    epoch: int
    since: datetime
    staff_id: StaffId | None = None

    @property
    def is_with_staff(self) -> bool:
        """Handed over to the inbox, whether somebody has it or everybody."""
        return self.kind in (ControllerKind.QUEUE, ControllerKind.HUMAN_AGENT)


class Visitor(Record):
    """What the shopper said of itself in this conversation; what other conversations know of it is the profile's."""

    anonymous_id: str | None = None
    external_id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None


class Transfer(Record):
    """In a conversation that was imported before there were handoffs: the agent passed it to a human here."""

    after_sequence: int
    summary: str | None = None


class Conversation(Record):
    id: ConversationId
    channel: Channel
    status: ConversationStatus
    profile_id: ProfileId
    visitor: Visitor
    first_question: str
    started_at: datetime
    last_message_at: datetime
    last_speaker: AuthorKind  # shopper, agent or human: notices and notes are nobody's word
    controller: Controller
    locale: str | None = None
    tags: tuple[str, ...] = ()
    initial_skill: str | None = None
    final_skill: str | None = None
    closed_at: datetime | None = None
    sequence: int = 0  # of the last message, notes included
    message_count: int = 0  # notes left out
    version: int = 1
    seq: int = 0  # of the last event about it in the account's log: where its stream goes on
    open_keys: tuple[str, ...] = ()  # what keeps a second one from opening beside it; empty once closed
    import_key: str | None = None  # "source:key" of a conversation that came from a file
    transfer: Transfer | None = None
    handoffs: tuple[Handoff, ...] = ()  # oldest first
    ticket: Ticket | None = None  # the latest
    past_tickets: tuple[Ticket, ...] = ()
    route: Route | None = None  # how it reaches the shopper outside of Baton
    sales: tuple[AttributedSale, ...] = ()  # orders credited to it, the oldest first
    dispatched: int = 0  # rows of the outbox that were written for it

    @property
    def handoff(self) -> Handoff | None:
        return self.handoffs[-1] if self.handoffs else None

    @property
    def has_open_ticket(self) -> bool:
        return self.ticket is not None and self.ticket.state is not TicketState.CLOSED

    @property
    def next_handoff_id(self) -> HandoffId:
        return HandoffId(part_id(self.id, len(self.handoffs) + 1))

    @property
    def next_ticket_id(self) -> TicketId:
        return TicketId(part_id(self.id, len(self.past_tickets) + (self.ticket is not None) + 1))

    def find_handoff(self, handoff_id: str) -> Handoff | None:
        return next((h for h in self.handoffs if h.id == handoff_id), None)

    def find_ticket(self, ticket_id: str) -> Ticket | None:
        tickets = (*self.past_tickets, *([self.ticket] if self.ticket else []))
        return next((t for t in tickets if t.id == ticket_id), None)

    def find_sale(self, sale_id: str) -> AttributedSale | None:
        return next((s for s in self.sales if s.id == sale_id), None)

    @property
    def display_name(self) -> str:
        return self.visitor.name or self.visitor.email or self.visitor.phone or "Anonymous"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def auto_close_at(self) -> datetime:
        return self.last_message_at + AUTO_CLOSE_AFTER

    def is_due(self, now: datetime) -> bool:
        """Silent for 48 hours: closed by the rules, though the timer may come late to say so."""
        return not self.is_closed and not self.has_open_ticket and now >= self.auto_close_at


class Draft(Record):
    """What the agent wrote when it no longer had the conversation: shown to nobody but staff."""

    id: str
    conversation_id: ConversationId
    text: str
    epoch: int  # under which it was written
    written_at: datetime
    products: tuple[ProductCard, ...] = ()
