"""A handoff: the request, the shopper's decision, and the ticket (docs/product-rules.md, section 2).

Method HELPDESK, on WEB_CHAT. On SMS, WHATSAPP and EMAIL there is no offer: it begins at the arrow marked *.

    requestHandoff ─▶ OFFERED ─┬─ no ─────────────▶ DECLINED
                               ├─ withdrawn ──────▶ WITHDRAWN
                               ├─ closed ─────────▶ EXPIRED
                               └─ yes ─┬─ no identity ─▶ AWAITING_IDENTITY ─┬─ identified ─┐
                                       │                                    ├─ withdrawn ──│─▶ WITHDRAWN
                                       │                                    └─ closed ─────│─▶ EXPIRED
                                       └──────────────────────────────────────────────────▶┴─*▶ ticket

    ticket in INBOX ─────────────▶ DELIVERED ── withdrawn, nobody took it ─▶ WITHDRAWN
    ticket in ZENDESK, GORGIAS ──▶ QUEUED ─┬─▶ DELIVERED ─┐
                                     ▲ │   └─▶ FAILED ────┼─ withdrawn, nobody answered ─▶ WITHDRAWN
                                     │ └─────────────│────┘
                                     └─ retryDelivery ┘

Method MESSAGE: requestHandoff ─▶ MESSAGE_SHOWN.

A handoff is *triggered* by the shopper's yes, by the request on a channel without offers, and by the custom message.
Then the status becomes NOT_RESOLVED_BY_AI and, once per conversation, the event CONVERSATION_ESCALATED is written.
"""

from __future__ import annotations

from datetime import datetime

from domain.values.channel import Channel
from domain.values.ids import HandoffId, StaffId, TicketId
from domain.values.record import Record, StoredEnum, replace


class HandoffMethod(StoredEnum):
    HELPDESK = "HELPDESK"
    MESSAGE = "MESSAGE"


class Helpdesk(StoredEnum):
    INBOX = "INBOX"
    ZENDESK = "ZENDESK"
    GORGIAS = "GORGIAS"


class ChatAfterHandoff(StoredEnum):
    CONTINUES = "CONTINUES"
    MOVES_TO_EMAIL = "MOVES_TO_EMAIL"


class IdentityPolicy(StoredEnum):
    EMAIL = "EMAIL"
    SIGNED_IN = "SIGNED_IN"


class HandoffState(StoredEnum):
    OFFERED = "OFFERED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    AWAITING_IDENTITY = "AWAITING_IDENTITY"
    QUEUED = "QUEUED"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    MESSAGE_SHOWN = "MESSAGE_SHOWN"


class EscalationReason(StoredEnum):
    KNOWLEDGE_GAP = "KNOWLEDGE_GAP"
    EXPLICIT_ASK = "EXPLICIT_ASK"
    ESCALATION_RULE = "ESCALATION_RULE"
    UNINTELLIGIBLE_INPUT = "UNINTELLIGIBLE_INPUT"
    AGENT_FAILURE = "AGENT_FAILURE"
    AGENT_OFF = "AGENT_OFF"  # a message came in while the agent was off
    OTHER = "OTHER"


class ConsentDecision(StoredEnum):
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"


class TicketState(StoredEnum):
    OPEN = "OPEN"
    SNOOZED = "SNOOZED"
    CLOSED = "CLOSED"


class DeliveryState(StoredEnum):
    NOT_NEEDED = "NOT_NEEDED"
    PENDING = "PENDING"
    RETRYING = "RETRYING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class Offer(Record):
    """The offer as the shopper saw it, word for word, for the consent record."""

    text: str
    accept_label: str
    decline_label: str
    locale: str
    offered_at: datetime
    settings_version: int


class ConsentRecord(Record):
    """The shopper's decision on an offer."""

    decision: ConsentDecision
    wording: str  # exactly what the shopper was shown
    action_label: str  # exactly what the shopper clicked
    locale: str
    channel: Channel
    offered_at: datetime
    decided_at: datetime
    settings_version: int


class Handoff(Record):
    """One request for a human in a conversation."""

    id: HandoffId
    state: HandoffState
    method: HandoffMethod
    reason: EscalationReason
    requested_at: datetime
    helpdesk: Helpdesk | None = None  # method HELPDESK only
    reason_detail: str | None = None
    summary: str | None = None
    offer: Offer | None = None
    consent: ConsentRecord | None = None
    ticket_id: TicketId | None = None

    @property
    def is_undecided(self) -> bool:
        """Whether it waits for the shopper."""
        return self.state in (HandoffState.OFFERED, HandoffState.AWAITING_IDENTITY)


class Ticket(Record):
    """The unit of work of the support team. It is stored in its conversation: one document, version and transaction."""

    id: TicketId
    handoff_id: HandoffId
    helpdesk: Helpdesk
    created_at: datetime
    state: TicketState = TicketState.OPEN
    assignee_id: StaffId | None = None
    unread: bool = True
    snoozed_until: datetime | None = None
    waiting_since: datetime | None = None  # start of the time without an assignee; None if assigned or closed
    stranded_at: datetime | None = None  # when it had waited too long with nobody able to take it
    delay_notice_at: datetime | None = None  # when the shopper was told that it takes longer, which happens once
    delivery: DeliveryState = DeliveryState.NOT_NEEDED
    external_id: str | None = None
    external_url: str | None = None
    helpdesk_state_at: datetime | None = None  # time of the helpdesk's report that its state comes from
    attempt_count: int = 0  # delivery attempts that are over and included in this state
    by_email: bool = False  # the chat moved to e-mail with it
    email_notice_sent: bool = False  # the shopper wrote in the chat after that, and was told where replies arrive
    failure_notice_sent: bool = False  # the shopper was told that it could not be delivered

    @property
    def concerns_inbox(self) -> bool:
        """Whether the inbox lists it: its own tickets, and those that an external helpdesk did not accept."""
        return self.helpdesk is Helpdesk.INBOX or self.delivery is DeliveryState.FAILED

    @property
    def is_snoozed(self) -> bool:
        return self.state is TicketState.SNOOZED

    def open(self, now: datetime) -> Ticket:
        """The ticket, open. Without an assignee it begins to wait."""
        waiting = (self.waiting_since or now) if self.assignee_id is None else None
        return replace(self, state=TicketState.OPEN, snoozed_until=None, waiting_since=waiting)

    def close(self) -> Ticket:
        """The ticket, closed and read."""
        return replace(
            self, state=TicketState.CLOSED, snoozed_until=None, waiting_since=None, stranded_at=None, unread=False
        )

    def assign_to(self, staff_id: StaffId | None, now: datetime) -> Ticket:
        """The ticket with another assignee, unread. With `None` it waits from now on."""
        if staff_id == self.assignee_id:
            return self
        waits = staff_id is None and self.state is not TicketState.CLOSED
        return replace(self, assignee_id=staff_id, unread=True, stranded_at=None, waiting_since=now if waits else None)


class HandoffSettings(Record):
    """The handoff settings of an account. A text of `None` stands for Baton's own in the shopper's language
    (`i18n`)."""

    id: str  # the account's
    updated_at: datetime
    method: HandoffMethod = HandoffMethod.HELPDESK
    helpdesk: Helpdesk = Helpdesk.INBOX
    custom_message: str | None = None
    chat_after_handoff: ChatAfterHandoff = ChatAfterHandoff.MOVES_TO_EMAIL
    identity_policy: IdentityPolicy = IdentityPolicy.EMAIL
    offer_text: str | None = None
    accept_label: str | None = None
    decline_label: str | None = None
    version: int = 1
