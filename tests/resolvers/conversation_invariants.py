"""Invariants of a conversation after every step, checked in its row, messages, timers, and the log. They come from the
rules of handoffs and the inbox.
"""

from __future__ import annotations

from collections import Counter

from domain.conversation.excerpt import excerpt
from domain.events import (
    BusinessEvent,
    ConversationChanged,
    EventType,
    HandoffChanged,
    LoggedEvent,
    MessageAdded,
    TicketChanged,
)
from domain.model.conversation import AuthorKind, ControllerKind, Conversation, ConversationStatus, Message, MessageKind
from domain.model.handoff import DeliveryState, HandoffState, Helpdesk, Ticket, TicketState
from domain.values.paging import Slice
from tests.harness.chat import Chat

_ALL = 1_000_000
_HANDOFFS = {
    DeliveryState.PENDING: HandoffState.QUEUED,
    DeliveryState.RETRYING: HandoffState.QUEUED,
    DeliveryState.DELIVERED: HandoffState.DELIVERED,
    DeliveryState.FAILED: HandoffState.FAILED,
}
_UNDECIDED = (HandoffState.OFFERED, HandoffState.AWAITING_IDENTITY)


_OF_CONVERSATIONS = (MessageAdded, ConversationChanged, HandoffChanged, TicketChanged, BusinessEvent)


class ConversationInvariants:
    """Checks one conversation from its start."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._seen = 0
        self._last: Conversation | None = None
        self._told: Counter[EventType] = Counter()
        self._messages: list[str] = []  # as in the log

    async def check(self) -> Conversation:
        services = self._chat.program.baton.services
        row = await self._chat.row()
        events = await services.log.read(self._chat.shop.id, after=self._seen, upto=_ALL, topics=None, limit=_ALL)
        for event in events:
            self._seen = event.seq
            if isinstance(event.body, _OF_CONVERSATIONS) and event.body.conversation.id == row.id:
                self._follow(event)
        assert self._last == excerpt(row), "the last event differs from the stored conversation"
        await self._hold_messages(row)
        self._hold_custody(row)
        self._hold_status(row)
        await self._hold_timers(row)
        return row

    def _follow(self, event: LoggedEvent) -> None:
        body = event.body
        assert isinstance(body, _OF_CONVERSATIONS)
        now = body.conversation
        before = self._last
        if before is not None and now.version != before.version:
            assert now.version == before.version + 1
            moved = (before.controller.kind, before.controller.staff_id) != (
                now.controller.kind,
                now.controller.staff_id,
            )
            assert now.controller.epoch == before.controller.epoch + moved
            assert before.closed_at is None or now.closed_at == before.closed_at
            if before.status is not ConversationStatus.OPEN:
                assert now.status is before.status, "a final status changed"
            self._holder = before
        if before is None:
            self._holder = now
        if isinstance(body, MessageAdded):
            self._messages.append(body.message.id)
            self._hold_speaker(body.message)
        if isinstance(body, BusinessEvent):
            self._told[body.type] += 1
        self._last = now

    def _hold_speaker(self, message: Message) -> None:
        """Check the author against the controller at the time of the message."""
        holder = self._holder
        assert message.kind is MessageKind.NOTE or not holder.is_closed
        if message.author.kind is AuthorKind.AI_AGENT:
            assert holder.controller.kind is ControllerKind.AI_AGENT, "the agent spoke though it had handed over"
        if message.author.kind is AuthorKind.HUMAN_AGENT and message.kind is MessageKind.TEXT:
            assert holder.controller.is_with_staff
            bystander = holder.controller.staff_id != message.author.staff_id
            assert not bystander or message.author.staff_id in self._managers

    @property
    def _managers(self) -> set[str]:
        return {
            staff_id for role, staff_id in self._chat.shop.staff.items() if role.value in ("OWNER", "ADMIN", "MANAGER")
        }

    async def _hold_messages(self, row: Conversation) -> None:
        reader = self._chat.program.baton.services.storage.read(self._chat.shop.id)
        page = await reader.messages(row.id, upto=_ALL, notes=True, page=Slice(limit=_ALL))
        assert [message.sequence for message in page.items] == list(range(1, row.sequence + 1))
        assert [message.id for message in page.items] == self._messages, "the log lost or doubled a message"
        assert sum(message.seen_by_shopper for message in page.items) == row.message_count

    def _hold_custody(self, row: Conversation) -> None:
        ticket, controller = row.ticket, row.controller
        assert all(past.state is TicketState.CLOSED for past in row.past_tickets)
        assert (controller.kind is ControllerKind.NOBODY) == row.is_closed
        if controller.is_with_staff:
            assert ticket is not None
            assert ticket.assignee_id == controller.staff_id, "two owners"
            assert row.handoff is not None
            assert (row.handoff.state, row.handoff.ticket_id) == (HandoffState.DELIVERED, ticket.id)
        elif controller.kind is ControllerKind.HELPDESK:
            assert ticket is not None
            assert row.handoff is not None
            assert (ticket.helpdesk, row.handoff.ticket_id) == (row.handoff.helpdesk, ticket.id)
            assert row.handoff.state is _HANDOFFS[ticket.delivery]
        else:
            assert controller.staff_id is None
            # A shopper that leaves does not take the ticket out of the helpdesk.
            outside = ticket is not None and ticket.helpdesk is not Helpdesk.INBOX and row.is_closed
            assert ticket is None or ticket.state is TicketState.CLOSED or outside
        if ticket is not None:
            self._hold_ticket(ticket)
        undecided = [handoff for handoff in row.handoffs if handoff.state in _UNDECIDED]
        assert undecided == ([row.handoff] if row.handoff in undecided else [])
        assert not undecided or controller.kind is ControllerKind.AI_AGENT

    def _hold_ticket(self, ticket: Ticket) -> None:
        ours = ticket.helpdesk is Helpdesk.INBOX
        assert ours or ticket.assignee_id is None
        waits = ours and ticket.assignee_id is None and ticket.state is not TicketState.CLOSED
        assert (ticket.waiting_since is not None) == waits
        assert ticket.stranded_at is None or waits
        assert (ticket.snoozed_until is not None) == (ticket.state is TicketState.SNOOZED)

    def _hold_status(self, row: Conversation) -> None:
        accepted = [handoff for handoff in row.handoffs if handoff.consent and handoff.consent.decision != "DECLINED"]
        delivered = [handoff for handoff in row.handoffs if handoff.ticket_id is not None]
        triggered = bool(accepted or delivered)
        assert (row.status is ConversationStatus.NOT_RESOLVED_BY_AI) == triggered
        assert (row.status is ConversationStatus.OPEN) == (not row.is_closed and not triggered)
        assert self._told == +Counter(
            {
                EventType.CONVERSATION_STARTED: 1,
                EventType.CONVERSATION_ESCALATED: int(triggered),
                EventType.CONVERSATION_RESOLVED: int(row.status is ConversationStatus.RESOLVED_BY_AI),
            }
        )
        if row.status in (ConversationStatus.RESOLVED_BY_AI, ConversationStatus.CLOSED):
            resolved = row.last_speaker is AuthorKind.AI_AGENT
            assert (row.status is ConversationStatus.RESOLVED_BY_AI) == resolved

    async def _hold_timers(self, row: Conversation) -> None:
        """Check that every scheduled change has a timer."""
        rows = await self._chat.program.database["timers"].find({"subject": row.id}).to_list()
        timers = {timer["kind"]: timer["due_at"] for timer in rows}
        ticket = row.ticket
        if ticket is not None and ticket.waiting_since is not None:
            assert "STRANDED" in timers, "a ticket waits that nobody looks after"
        if ticket is not None and ticket.snoozed_until is not None:
            assert timers["SNOOZE"] <= ticket.snoozed_until
        if not row.is_closed and not row.has_open_ticket:
            assert timers["AUTO_CLOSE"] <= row.auto_close_at


def _hands(conversation: Conversation) -> tuple[ControllerKind, str | None]:
    return conversation.controller.kind, conversation.controller.staff_id
