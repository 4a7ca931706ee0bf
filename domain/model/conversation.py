"""A conversation and its messages, and which state follows from which (docs/product-rules.md, section 1).

    startConversation ──▶ OPEN ──┬─ closed, agent had the last word ────▶ RESOLVED_BY_AI      (final)
                                 ├─ closed, shopper had the last word ──▶ CLOSED              (final)
                                 └─ handoff triggered ──────────────────▶ NOT_RESOLVED_BY_AI  (final)

A conversation is closed by the shopper, or after 48 hours without a message.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.model.attachments import AttachedFile
from domain.model.audit import AuditActor
from domain.model.commerce import AttributedSale
from domain.model.handoff import Handoff, Helpdesk, Ticket, TicketState
from domain.model.messaging import Route
from domain.values.channel import Channel
from domain.values.ids import (
    ConversationId,
    HandoffId,
    MessageId,
    ProfileId,
    StaffId,
    TicketId,
    is_test_id,
    named_id,
    part_id,
)
from domain.values.money import Money
from domain.values.record import Record, StoredEnum, replace

AUTO_CLOSE_AFTER = timedelta(hours=48)  # docs/product-rules.md, section 1
TEST_LIFE = timedelta(days=7)  # of a test conversation, from its start
WHATSAPP_WINDOW = timedelta(hours=24)  # after the shopper's last message: WhatsApp's rule for free text
SHOPPER_MESSAGES = 5_000  # in one conversation; then it is full, and the shopper starts another
SHOPPER_CHARACTERS = 2_000_000  # likewise, of all the shopper's messages together
_ERASED = "erased:"  # before the id of an import whose shopper was erased
QUESTION_PREVIEW = 200  # characters; every event of a conversation, and every former state, has them


class ConversationStatus(StoredEnum):
    OPEN = "OPEN"
    RESOLVED_BY_AI = "RESOLVED_BY_AI"
    NOT_RESOLVED_BY_AI = "NOT_RESOLVED_BY_AI"
    CLOSED = "CLOSED"


class AuthorKind(StoredEnum):
    SHOPPER = "SHOPPER"
    AI_AGENT = "AI_AGENT"
    HUMAN_AGENT = "HUMAN_AGENT"
    SYSTEM = "SYSTEM"


class MessageKind(StoredEnum):
    TEXT = "TEXT"
    PRODUCT_RECOMMENDATION = "PRODUCT_RECOMMENDATION"
    HANDOFF_OFFER = "HANDOFF_OFFER"
    IDENTITY_REQUEST = "IDENTITY_REQUEST"
    CUSTOM_MESSAGE = "CUSTOM_MESSAGE"
    NOTICE = "NOTICE"
    NOTE = "NOTE"


class ControllerKind(StoredEnum):
    AI_AGENT = "AI_AGENT"
    QUEUE = "QUEUE"
    HUMAN_AGENT = "HUMAN_AGENT"
    HELPDESK = "HELPDESK"
    NOBODY = "NOBODY"


class ProductCard(Record):
    """A product that a message shows."""

    product_id: str
    title: str
    url: str | None = None
    image_url: str | None = None
    price: Money | None = None
    sku: str | None = None


class MessageAction(Record):
    """A button below a message."""

    id: str
    label: str


class Author(Record):
    """The author of a message, with the name at that time."""

    kind: AuthorKind
    name: str
    staff_id: StaffId | None = None


class TemplateVariable(Record):
    name: str
    value: str


class MessageTemplate(Record):
    """The approved template of WhatsApp in which a message leaves, in place of its text."""

    sid: str
    variables: tuple[TemplateVariable, ...] = ()


class Message(Record):
    """A message of a conversation. It never changes, but for the removal of its words: then its place is left."""

    id: MessageId
    conversation_id: ConversationId
    sequence: int  # 1, 2, 3 … within the conversation, without a gap
    kind: MessageKind
    author: Author
    text: str
    sent_at: datetime
    products: tuple[ProductCard, ...] = ()
    actions: tuple[MessageAction, ...] = ()
    attachments: tuple[AttachedFile, ...] = ()
    via: Channel | None = None  # how the shopper wrote it, if not on the conversation's channel: a mail in a web chat
    template: MessageTemplate | None = None  # of a reply by WhatsApp
    redacted_at: datetime | None = None  # when its words and files were removed

    @property
    def seen_by_shopper(self) -> bool:
        """Whether shoppers see it: every kind but notes."""
        return self.kind is not MessageKind.NOTE

    @property
    def is_staff_reply(self) -> bool:
        """Whether a member of staff wrote it in Baton's inbox, for the shopper."""
        return self.author.kind is AuthorKind.HUMAN_AGENT and self.author.staff_id is not None and self.seen_by_shopper


class Controller(Record):
    """The party that may write next. `epoch` is incremented with every change of control."""

    kind: ControllerKind
    epoch: int
    since: datetime
    staff_id: StaffId | None = None

    @property
    def is_with_staff(self) -> bool:
        """Whether the inbox has the conversation, assigned or not."""
        return self.kind in (ControllerKind.QUEUE, ControllerKind.HUMAN_AGENT)


class Visitor(Record):
    """The shopper of a conversation, as far as it is known there. The profile combines conversations.

    An attribute that `proved` names is proved. Any other is a claim, which counts in this conversation alone
    (docs/product-rules.md, section 7).
    """

    anonymous_id: str | None = None  # the caller's label of a browser; it opens nothing
    browser_id: str | None = None  # of the browser that has a secret: `credentials.browser_id_of`
    external_id: str | None = None  # the shop's own id
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    proved: tuple[str, ...] = ()  # names of attributes, in the order of `ATTRIBUTES`

    @property
    def proved_part(self) -> Visitor:
        """The visitor with what is proved alone, and its browser."""
        kept = {name: getattr(self, name) for name in self.proved}
        return Visitor(anonymous_id=self.anonymous_id, browser_id=self.browser_id, proved=self.proved, **kept)

    @property
    def is_proved(self) -> bool:
        """Whether any identity is proved; a name alone identifies nobody."""
        return any(name in self.proved for name in IDENTITIES)

    def vouched(self, *names: str) -> Visitor:
        """Return the visitor with every given attribute proved, or only those named, as by a channel."""
        proved = (name for name in names or ATTRIBUTES if getattr(self, name) is not None)
        return replace(self, proved=tuple(proved))


IDENTITIES = ("external_id", "email", "phone")  # attributes that identify, strongest first
ATTRIBUTES = (*IDENTITIES, "name")  # attributes of a visitor that can be proved


class Transfer(Record):
    """A transfer to a human, in a conversation that was imported before handoffs existed."""

    after_sequence: int
    summary: str | None = None


class AgentTurn(Record):
    """The shopper's messages that the agent has to reply to, or answered last. A conversation has one at a time."""

    number: int  # 1, 2, 3 … within the conversation
    waits: bool  # whether the reply is missing
    since: datetime  # when the first of the messages was sent, or when the turn came back to the agent
    first_sequence: int  # of the shopper's messages; other messages may lie between them
    last_sequence: int
    version: int  # of the conversation, as of the turn's last change


class TurnLease(Record):
    """The latest claim of a conversation's turn by an agent: a lease, whose number fences the holders before."""

    id: ConversationId  # a conversation has one row, so that the number never repeats
    number: int  # grows with each claim
    turn: int  # number of the `AgentTurn`
    last_sequence: int  # the shopper's last message that the reply will take into account
    claimed_at: datetime
    until: datetime  # then any other agent may claim the turn
    claims: int = 1  # of the same turn so far, this one included, without those that were released

    def is_of(self, turn: AgentTurn | None) -> bool:
        """Whether it is a claim of this turn, and the turn still waits."""
        return turn is not None and turn.waits and turn.number == self.turn


class LegalHold(Record):
    """Why nothing of a conversation may be removed, since when, and who says so."""

    reason: str
    since: datetime
    by: AuditActor


class Conversation(Record):
    id: ConversationId
    channel: Channel
    status: ConversationStatus
    profile_id: ProfileId
    visitor: Visitor
    first_question: str  # at most QUESTION_PREVIEW characters of it
    started_at: datetime
    last_message_at: datetime
    last_speaker: AuthorKind  # shopper, agent or human; notices and notes do not count
    controller: Controller
    first_question_id: MessageId | None = None  # the message with the whole first question, if it is longer
    locale: str | None = None
    tags: tuple[str, ...] = ()
    initial_skill: str | None = None
    final_skill: str | None = None
    closed_at: datetime | None = None
    shopper_writes_until: datetime | None = None  # with a visitor token, after the close (`visitor_access.py`)
    shopper_reads_until: datetime | None = None  # likewise
    sequence: int = 0  # of the last message, including notes
    message_count: int = 0  # without notes
    shopper_messages: int = 0  # number of the shopper's messages
    shopper_characters: int = 0  # of their texts
    version: int = 1
    seq: int = 0  # of its last event in the account's log, after which its stream continues
    open_keys: tuple[
        str, ...
    ] = ()  # unique among open conversations (`lifecycle.proved_open_keys`, `browser_open_key`); empty once closed
    import_key: str | None = None  # "source:key" of an imported conversation
    transfer: Transfer | None = None
    handoffs: tuple[Handoff, ...] = ()  # oldest first
    ticket: Ticket | None = None  # the latest
    past_tickets: tuple[Ticket, ...] = ()
    route: Route | None = None  # how messages reach the shopper outside of Baton
    sales: tuple[AttributedSale, ...] = ()  # orders credited to it, oldest first
    carried: bool = False  # by the shop's server: a secret key started it, and Baton has no route to the shopper
    outbox_count: int = 0  # number of outbox rows written for it
    turn: AgentTurn | None = None  # the agent's latest turn (`domain/conversation/turns.py`)
    erased_at: datetime | None = None  # since when it has nothing of its shopper; it stays, since reports count it
    transcript_removed_at: datetime | None = None  # when the account's retention removed all of its words and files
    first_question_removed_at: datetime | None = None  # when its words were; `None` if it never had any
    hold: LegalHold | None = None  # under which it is neither redacted, erased nor cleared by retention
    left_out: tuple[str, ...] = ()  # in an event: the long fields that it does not carry (`excerpt.py`)

    @property
    def is_test(self) -> bool:
        """Whether staff or an agent try out something in it: nothing counts, lists or reports it, nothing of it leaves
        Baton, and it is erased after `TEST_LIFE`."""
        return is_test_id(self.id)

    @property
    def handoff(self) -> Handoff | None:
        """The latest handoff."""
        return self.handoffs[-1] if self.handoffs else None

    @property
    def has_open_ticket(self) -> bool:
        return self.ticket is not None and self.ticket.state is not TicketState.CLOSED

    @property
    def awaits_team(self) -> bool:
        """Whether its shopper waits for a human: it has an open ticket of the inbox that nobody has taken."""
        return self.controller.kind is ControllerKind.QUEUE and self.has_open_ticket

    @property
    def window_ends_at(self) -> datetime | None:
        """Until when WhatsApp accepts free text; `None` on other channels, and where the shopper has not written by
        WhatsApp."""
        written_at = self.route.written_at if self.route is not None else None
        return None if written_at is None else written_at + WHATSAPP_WINDOW

    @property
    def waiting_since(self) -> datetime | None:
        """Since when it has waited in the inbox's queue, to be assigned; `None` if it does not."""
        ticket = self.ticket
        if ticket is None or ticket.state is not TicketState.OPEN or ticket.helpdesk is not Helpdesk.INBOX:
            return None
        return ticket.waiting_since if self.controller.kind is ControllerKind.QUEUE else None

    def is_worked_on_by(self, staff_id: StaffId) -> bool:
        """Whether its ticket in the inbox is open and assigned to the staff member."""
        ticket = self.ticket
        is_open = ticket is not None and ticket.state is TicketState.OPEN and ticket.helpdesk is Helpdesk.INBOX
        return is_open and self.controller.staff_id == staff_id

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
    def question_preview(self) -> str:
        """The first question; if it is long, its beginning and an ellipsis."""
        return self.first_question if self.first_question_id is None else f"{self.first_question}…"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def newer_state(self) -> StoredEnum | None:
        """A value that a newer build has stored, and without which this one cannot tell what follows: whether the
        conversation is to be closed, and how; `None` if it knows them all."""
        ticket = self.ticket
        told = [self.status, self.last_speaker, self.controller.kind, *(handoff.state for handoff in self.handoffs)]
        told += [] if ticket is None else [ticket.state, ticket.helpdesk]
        return next((value for value in told if value.is_unknown), None)

    @property
    def is_full(self) -> bool:
        """Whether the shopper has written so much that the next message belongs to a new conversation."""
        return self.shopper_messages >= SHOPPER_MESSAGES or self.shopper_characters >= SHOPPER_CHARACTERS

    @property
    def auto_close_at(self) -> datetime:
        return self.last_message_at + AUTO_CLOSE_AFTER

    def is_due(self, now: datetime) -> bool:
        """Whether the 48 silent hours are over, so that it counts as closed although the timer may be late."""
        is_over = not self.is_closed and not self.has_open_ticket and now >= self.auto_close_at
        return is_over and self.newer_state is None


def erased_import_key(import_key: str) -> str:
    """Return the key that an imported conversation has once its shopper was erased: it tells that the conversation must
    not be imported again, and not by which id the source knows it."""
    return import_key if import_key.startswith(_ERASED) else f"{_ERASED}{named_id(import_key)}"


class Draft(Record):
    """A message that the agent wrote when it no longer had control. Only staff see it."""

    id: str
    conversation_id: ConversationId
    text: str
    epoch: int  # that the agent wrote under
    written_at: datetime
    products: tuple[ProductCard, ...] = ()
