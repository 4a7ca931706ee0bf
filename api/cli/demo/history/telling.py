"""Tells one past conversation, step by step: its state, its messages and its events are as Baton's commands would have
left them. The steps advance a clock of its own, which stops at the present."""

from __future__ import annotations

from datetime import datetime, timedelta

from api.cli.demo.history.chance import Chance
from domain.account import hours
from domain.commerce.crediting import new_touch
from domain.conversation import lifecycle
from domain.conversation.aggregate import BATON
from domain.events import EventType
from domain.handoff.flow import ACCEPT, DECLINE
from domain.i18n.localization import catalog_for, opening_text
from domain.imports.past import PastEvent, WholeConversation
from domain.model.account import Account, Staff, TouchKind
from domain.model.commerce import Touch
from domain.model.conversation import (
    Author,
    AuthorKind,
    ControllerKind,
    Conversation,
    ConversationStatus,
    Message,
    MessageAction,
    MessageKind,
    ProductCard,
)
from domain.model.handoff import (
    ConsentDecision,
    ConsentRecord,
    EscalationReason,
    Handoff,
    HandoffMethod,
    HandoffState,
    Helpdesk,
    Offer,
    Ticket,
    TicketState,
)
from domain.model.profile import Profile, described
from domain.storage import Timer, TimerKind
from domain.timers import timer_of
from domain.values.ids import MessageId
from domain.values.record import replace


class Telling:
    def __init__(self, chance: Chance, account: Account, conversation: Conversation, *, now: datetime) -> None:
        self._chance = chance
        self._account = account
        self._now = now
        self._words = catalog_for(conversation.locale)
        self.conversation = conversation
        self.at = conversation.started_at
        self.messages: list[Message] = []
        self._events: list[PastEvent] = []
        self._timers: list[Timer] = []
        self.touches: list[Touch] = []

    def goes_on(self, least: float, most: float) -> bool:
        """Let between `least` and `most` seconds pass. Returns false if that were in the future: then none pass."""
        at = self.at + timedelta(milliseconds=self._chance.randint(int(least * 1000), int(most * 1000)))
        if at > self._now:
            return False
        self.at = at
        return True

    # ------------------------------------------------------------------ shopper and agent

    def begin(self, question: str) -> None:
        self.shopper(question)
        self._record(EventType.CONVERSATION_STARTED, first_message=question)

    def shopper(self, text: str) -> None:
        self._say(Author(kind=AuthorKind.SHOPPER, name=self.conversation.display_name), text)
        if self.conversation.has_open_ticket:
            self._ticket(replace(self.ticket, unread=True))

    def agent(self, text: str, products: tuple[ProductCard, ...] = ()) -> Message:
        author = Author(kind=AuthorKind.AI_AGENT, name=self._account.agent_name)
        kind = MessageKind.PRODUCT_RECOMMENDATION if products else MessageKind.TEXT
        message = self._say(author, text, kind, products=products)
        if products:
            self._record(EventType.PRODUCT_RECOMMENDED, products=products)
        return message

    def label(self, skill: str, tags: tuple[str, ...]) -> None:
        self.conversation = lifecycle.label(self.conversation, skill=skill, tags=tags)

    def click(self, kind: TouchKind, message: Message, product_id: str) -> Touch:
        touch = new_touch(self.conversation, kind, self.at, reference=self._chance.id(self.at))
        touch = replace(touch, message_id=message.id, product_id=product_id)
        self.touches.append(touch)
        return touch

    # ------------------------------------------------------------------ handoff

    def request_human(self, reason: EscalationReason, summary: str | None) -> None:
        """Begin a handoff: offer it where the channel asks first, else open a ticket."""
        handoff = Handoff(
            id=self.conversation.next_handoff_id,
            state=HandoffState.OFFERED,
            method=HandoffMethod.HELPDESK,
            helpdesk=Helpdesk.INBOX,
            reason=reason,
            summary=summary,
            requested_at=self.at,
        )
        if not self.conversation.channel.asks_first:
            self._handoff(handoff)
            self._escalate()
            self._open_ticket()
            return
        words = self._words
        offer = Offer(
            text=words.offer_text,
            accept_label=words.accept_label,
            decline_label=words.decline_label,
            locale=words.locale,
            offered_at=self.at,
            settings_version=1,
        )
        self._handoff(replace(handoff, offer=offer))
        buttons = (
            MessageAction(id=ACCEPT, label=offer.accept_label),
            MessageAction(id=DECLINE, label=offer.decline_label),
        )
        self._say(BATON, offer.text, MessageKind.HANDOFF_OFFER, actions=buttons)

    def decline(self) -> None:
        handoff = self._decided(ConsentDecision.DECLINED)
        self._handoff(replace(handoff, state=HandoffState.DECLINED))

    def accept(self) -> bool:
        """Accept the offer. Returns whether the ticket is open; else the shopper is asked for an e-mail address."""
        handoff = self._decided(ConsentDecision.ACCEPTED)
        self._handoff(handoff)
        self._escalate()
        if self.conversation.visitor.email is not None:
            self._open_ticket()
            return True
        self._handoff(replace(handoff, state=HandoffState.AWAITING_IDENTITY))
        self._say(BATON, self._words.identity_email, MessageKind.IDENTITY_REQUEST)
        return False

    def identify(self, profile: Profile, email: str) -> Profile:
        """Let the shopper claim an address, and go on. Returns the profile with the claim."""
        visitor = replace(self.conversation.visitor, email=email)
        self.conversation = replace(self.conversation, visitor=visitor)
        self._open_ticket()
        return described(profile, visitor)

    # ------------------------------------------------------------------ team

    @property
    def ticket(self) -> Ticket:
        assert self.conversation.ticket is not None, "the handoff has opened one"
        return self.conversation.ticket

    def take(self, member: Staff) -> None:
        self._ticket(self.ticket.assign_to(member.id, self.at))
        self.conversation = lifecycle.give_control(self.conversation, ControllerKind.HUMAN_AGENT, self.at, member.id)

    def reply(self, member: Staff, text: str) -> None:
        self._say(_author(member), text)
        self._ticket(replace(self.ticket, unread=False))

    def note(self, member: Staff, text: str) -> None:
        self._say(_author(member), text, MessageKind.NOTE)

    def snooze(self, until: datetime) -> None:
        self._ticket(replace(self.ticket, state=TicketState.SNOOZED, snoozed_until=until, unread=False))
        self._timers.append(timer_of(self.conversation.id, TimerKind.SNOOZE, until))

    def close_ticket(self) -> None:
        self._ticket(self.ticket.close())

    # ------------------------------------------------------------------ end

    def close(self) -> None:
        """Let the shopper close the conversation now."""
        self._close(self.at)

    def close_if_due(self) -> bool:
        """Close the conversation if the 48 silent hours are over. Returns whether they are."""
        if not self.conversation.is_due(self._now):
            return False
        self._close(self.conversation.auto_close_at)
        return True

    def stays_open(self, open_keys: tuple[str, ...]) -> None:
        """Leave the conversation open, to be continued by its shopper."""
        self.conversation = replace(self.conversation, open_keys=open_keys)
        if not self.conversation.has_open_ticket:
            due_at = self.conversation.auto_close_at
            self._timers.append(timer_of(self.conversation.id, TimerKind.AUTO_CLOSE, due_at))

    def told(self, profile: Profile | None) -> WholeConversation:
        """Return the conversation. `profile`: that of its shopper, if no earlier conversation has it."""
        return WholeConversation(
            conversation=self.conversation,
            messages=tuple(self.messages),
            events=tuple(self._events),
            profile=profile,
            timers=tuple(self._timers),
            touches=tuple(self.touches),
        )

    # ------------------------------------------------------------------ parts

    def _say(
        self,
        author: Author,
        text: str,
        kind: MessageKind = MessageKind.TEXT,
        *,
        products: tuple[ProductCard, ...] = (),
        actions: tuple[MessageAction, ...] = (),
    ) -> Message:
        self.conversation, message = lifecycle.add_message(
            self.conversation, author=author, text=text, now=self.at, kind=kind, products=products, actions=actions
        )
        message = replace(message, id=MessageId(self._chance.id(self.at)))
        self.messages.append(message)
        return message

    def _handoff(self, handoff: Handoff) -> None:
        self.conversation = replace(self.conversation, handoffs=(handoff,))

    def _ticket(self, ticket: Ticket) -> None:
        self.conversation = replace(self.conversation, ticket=ticket)

    def _decided(self, decision: ConsentDecision) -> Handoff:
        handoff = self.conversation.handoff
        assert handoff is not None, "it was offered"
        offer = handoff.offer
        assert offer is not None, "it was offered"
        consent = ConsentRecord(
            decision=decision,
            wording=offer.text,
            action_label=offer.accept_label if decision is ConsentDecision.ACCEPTED else offer.decline_label,
            locale=offer.locale,
            channel=self.conversation.channel,
            offered_at=offer.offered_at,
            decided_at=self.at,
            settings_version=offer.settings_version,
        )
        return replace(handoff, consent=consent)

    def _escalate(self) -> None:
        handoff = self.conversation.handoff
        assert handoff is not None, "it was requested"
        self.conversation = replace(self.conversation, status=ConversationStatus.NOT_RESOLVED_BY_AI)
        self._record(EventType.CONVERSATION_ESCALATED, reason=handoff.reason)

    def _open_ticket(self) -> None:
        handoff = self.conversation.handoff
        assert handoff is not None, "it was requested"
        ticket_id = self.conversation.next_ticket_id
        self._handoff(replace(handoff, state=HandoffState.DELIVERED, ticket_id=ticket_id))
        ticket = Ticket(
            id=ticket_id, handoff_id=handoff.id, helpdesk=Helpdesk.INBOX, created_at=self.at, waiting_since=self.at
        )
        self._ticket(ticket)
        self.conversation = lifecycle.give_control(self.conversation, ControllerKind.QUEUE, self.at)
        self._say(BATON, self._arrival(), MessageKind.NOTICE)

    def _arrival(self) -> str:
        account, words = self._account, self._words
        if hours.is_open(account, self.at):
            return words.sent_to_team
        opens_at = hours.next_opening(account, self.at)
        if opens_at is None:
            return words.away
        return words.away_until(opening_text(opens_at, account.time_zone, self.conversation.locale, self.at))

    def _close(self, at: datetime) -> None:
        self.conversation = lifecycle.close(self.conversation, at)
        if self.conversation.status is ConversationStatus.RESOLVED_BY_AI:
            self._record(EventType.CONVERSATION_RESOLVED, at=at)

    def _record(
        self,
        kind: EventType,
        *,
        at: datetime | None = None,
        first_message: str | None = None,
        products: tuple[ProductCard, ...] = (),
        reason: EscalationReason | None = None,
    ) -> None:
        happened_at = at or self.at
        event = PastEvent(
            id=self._chance.id(happened_at),
            type=kind,
            at=happened_at,
            conversation=self.conversation,
            first_message=first_message,
            products=products,
            reason=reason,
        )
        self._events.append(event)


def _author(member: Staff) -> Author:
    return Author(kind=AuthorKind.HUMAN_AGENT, name=member.name, staff_id=member.id)
