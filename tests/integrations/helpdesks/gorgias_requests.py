"""Delivery contexts and requests for the Gorgias sender."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.model.account import Account
from domain.model.connected_services import Service, UnsealedConnection
from domain.model.conversation import (
    Author,
    AuthorKind,
    Controller,
    ControllerKind,
    Conversation,
    ConversationStatus,
    Message,
    MessageKind,
    Visitor,
)
from domain.model.handoff import EscalationReason, Handoff, HandoffMethod, HandoffState, Helpdesk, Ticket
from domain.model.outbox import OutgoingKind
from domain.outbox.ports import DeliveryContext, DeliveryRequest
from domain.values.channel import Channel
from domain.values.ids import AccountId, ConversationId, HandoffId, MessageId, ProfileId, TicketId
from domain.values.record import replace

NOW = datetime(2026, 6, 7, 12, tzinfo=UTC)
CONVERSATION, TICKET = "01C".ljust(26, "0"), "01C".ljust(26, "0") + "001"
KEY = "gorgias-key"


def connection(**secrets: str) -> UnsealedConnection:
    settings = {"domain": "acme", "email": "ada@acme.example"}
    return UnsealedConnection(service=Service.GORGIAS, settings=settings, secrets={"api_key": KEY, **secrets})


def chat_message(sequence: int, text: str, by: AuthorKind = AuthorKind.SHOPPER, **more: Any) -> Message:
    names = {AuthorKind.SHOPPER: "Dana", AuthorKind.AI_AGENT: "Ava", AuthorKind.SYSTEM: "Baton"}
    return Message(
        id=MessageId(f"M{sequence:05d}"),
        conversation_id=ConversationId(CONVERSATION),
        sequence=sequence,
        text=text,
        author=Author(kind=by, name=names.get(by, "Sam")),
        sent_at=NOW + timedelta(seconds=sequence),
        **{"kind": MessageKind.TEXT, **more},
    )


TALK = (
    chat_message(1, "Where is my order?\n<b>Please</b> שלום 🙂"),
    chat_message(2, "I look it up.", AuthorKind.AI_AGENT),
    chat_message(3, "for colleagues", AuthorKind.HUMAN_AGENT, kind=MessageKind.NOTE),
    chat_message(4, "A human, please"),
)
BY_MAIL = Visitor(name="Dana Doe", email="dana@example.com", external_id="shop-77")
BY_PHONE = Visitor(phone="+393331234567")


def ticket_context(messages: Sequence[Message] = TALK, visitor: Visitor = BY_MAIL, **more: Any) -> DeliveryContext:
    handoff = Handoff(
        id=HandoffId(TICKET),
        state=HandoffState.QUEUED,
        method=HandoffMethod.HELPDESK,
        helpdesk=Helpdesk.GORGIAS,
        reason=EscalationReason.EXPLICIT_ASK,
        requested_at=NOW + timedelta(seconds=5),
        summary="Wants to know where the parcel is.",
    )
    ticket = Ticket(id=TicketId(TICKET), handoff_id=handoff.id, helpdesk=Helpdesk.GORGIAS, created_at=NOW)
    conversation = Conversation(
        id=ConversationId(CONVERSATION),
        channel=Channel.WEB_CHAT if visitor.email else Channel.SMS,
        status=ConversationStatus.NOT_RESOLVED_BY_AI,
        profile_id=ProfileId("P1"),
        visitor=visitor,
        first_question="Where is my order?\nPlease",
        started_at=NOW,
        last_message_at=NOW,
        last_speaker=AuthorKind.SHOPPER,
        controller=Controller(kind=ControllerKind.HELPDESK, epoch=2, since=NOW),
        tags=("order status", "parcel"),
        handoffs=(handoff,),
        ticket=ticket,
    )
    given = DeliveryContext(
        row_id="R1",
        kind=OutgoingKind.TICKET,
        account=Account(id=AccountId("A1"), name="Acme", created_at=NOW, time_zone="Europe/Rome"),
        conversation=conversation,
        messages=tuple(messages),
        handoff=handoff,
        ticket=ticket,
        link="https://baton.example/conversations/1",
    )
    return replace(given, **more)


def comment_context(message: Message, visitor: Visitor = BY_MAIL) -> DeliveryContext:
    return ticket_context([message], visitor, kind=OutgoingKind.COMMENT)


def delivery_request(payload: str, kind: OutgoingKind = OutgoingKind.TICKET, **more: Any) -> DeliveryRequest:
    given = DeliveryRequest(
        row_id="R1",
        kind=kind,
        payload=payload,
        key="K1",
        connection=connection(),
        first_attempt_at=NOW,
        now=NOW,
        outcome_unknown=False,
    )
    return replace(given, **more)
