"""Rules of handoffs in memory, with the table of reactions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.conversation.errors import NotInControl
from domain.events import EventType
from domain.handoff.commands import RequestHandoff, WithdrawHandoff
from domain.model.account import Assignment
from domain.model.conversation import AuthorKind, ControllerKind, ConversationStatus, Message, MessageKind, Visitor
from domain.model.handoff import (
    ConsentDecision,
    DeliveryState,
    EscalationReason,
    HandoffMethod,
    HandoffState,
    Helpdesk,
    TicketState,
)
from domain.model.outbox import Outgoing, OutgoingKind, OutgoingState
from domain.storage import Timer, TimerKind
from domain.values.channel import Channel
from domain.values.errors import Conflict
from domain.values.record import replace
from tests.harness.memory_shop import ANN, MemoryShop

PHONE = Visitor(phone="+393331234567")
ADDRESS = replace(ANN, email="ann@a.example")


@pytest.fixture
async def shop() -> MemoryShop:
    return MemoryShop()


async def test_a_web_chat_is_asked_first(shop: MemoryShop) -> None:
    talk = await shop.start(visitor=ADDRESS)
    assert (await shop.request(talk)).state is HandoffState.OFFERED
    assert shop.now(talk).controller.kind is ControllerKind.AI_AGENT
    assert shop.now(talk).status is ConversationStatus.OPEN
    assert shop.business() == [EventType.CONVERSATION_STARTED]


async def test_a_phone_is_not_asked(shop: MemoryShop) -> None:
    talk = await shop.start(channel=Channel.SMS, visitor=PHONE)
    await shop.request(talk)
    assert shop.ticket(talk).helpdesk is Helpdesk.INBOX
    assert shop.now(talk).controller.kind is ControllerKind.QUEUE
    assert shop.business() == [EventType.CONVERSATION_STARTED, EventType.CONVERSATION_ESCALATED]


async def test_a_yes_without_an_address_waits_for_one(shop: MemoryShop) -> None:
    talk = await shop.start()
    await shop.request(talk)
    assert (await shop.decide(talk, accept=True)).state is HandoffState.AWAITING_IDENTITY
    assert shop.now(talk).ticket is None
    after = await shop.identify(talk, email="ann@a.example")
    assert after.handoff is not None
    assert (after.handoff.state, after.handoff.ticket_id) == (HandoffState.DELIVERED, shop.ticket(talk).id)


async def test_the_identity_comes_before_the_message_that_came_with_it(shop: MemoryShop) -> None:
    talk = await shop.start()
    await shop.request(talk)
    await shop.decide(talk, accept=True)
    await shop.start("Please hurry", visitor=ADDRESS)
    assert shop.texts(talk)[-1] == "Please hurry"
    assert shop.now(talk).controller.kind is ControllerKind.QUEUE


async def test_the_first_decision_counts(shop: MemoryShop) -> None:
    talk = await shop.start(visitor=ADDRESS)
    await shop.request(talk)
    declined = await shop.decide(talk, accept=False)
    assert await shop.decide(talk, accept=False) == declined
    assert declined.consent is not None
    assert declined.consent.decision is ConsentDecision.DECLINED
    with pytest.raises(Conflict):
        await shop.decide(talk, accept=True)
    assert shop.now(talk).status is ConversationStatus.OPEN


async def test_an_offer_that_waits_is_not_made_twice(shop: MemoryShop) -> None:
    talk = await shop.start(visitor=ADDRESS)
    assert await shop.request(talk) == await shop.request(talk)
    assert len(shop.texts(talk)) == 2


async def test_the_escalation_is_told_once(shop: MemoryShop) -> None:
    talk = await shop.start(channel=Channel.SMS, visitor=PHONE)
    for _ in range(2):
        handoff = await shop.request(talk)
        await shop.handoffs.withdraw(shop.shopper(talk), WithdrawHandoff(handoff_id=handoff.id))
    assert shop.business().count(EventType.CONVERSATION_ESCALATED) == 1
    assert shop.now(talk).controller.kind is ControllerKind.AI_AGENT
    assert [h.state for h in shop.now(talk).handoffs] == [HandoffState.WITHDRAWN] * 2


async def test_the_custom_message_makes_no_ticket(shop: MemoryShop) -> None:
    shop.configure(method=HandoffMethod.MESSAGE, custom_message="Call us.")
    talk = await shop.start()
    assert (await shop.request(talk)).state is HandoffState.MESSAGE_SHOWN
    assert (shop.texts(talk)[-1], shop.now(talk).ticket) == ("Call us.", None)


async def test_an_agent_that_has_lost_control_asks_for_nobody(shop: MemoryShop) -> None:
    talk = await shop.hand_over()
    command = RequestHandoff(conversation_id=talk.id, epoch=1, reason=EscalationReason.OTHER)
    with pytest.raises(NotInControl) as refused:
        await shop.handoffs.request(shop.assistant, command)
    assert refused.value.controller == shop.now(talk).controller


async def test_a_ticket_for_a_helpdesk_leaves_by_the_outbox(shop: MemoryShop) -> None:
    shop.configure(helpdesk=Helpdesk.ZENDESK)
    talk = await shop.hand_over()
    assert talk.controller.kind is ControllerKind.HELPDESK
    assert shop.ticket(talk).delivery is DeliveryState.PENDING
    row = shop.storage.one(Outgoing)
    assert (row.kind, row.ticket_id, row.last_sequence) == (OutgoingKind.TICKET, shop.ticket(talk).id, talk.sequence)


async def test_the_shoppers_messages_follow_as_comments_in_order(shop: MemoryShop) -> None:
    shop.configure(helpdesk=Helpdesk.ZENDESK)
    talk = await shop.hand_over()
    one, two = await shop.say(talk, "One"), await shop.say(talk, "Two")
    ticket, *comments = sorted(shop.storage.all(Outgoing), key=lambda row: row.id)
    assert [row.message_id for row in comments] == [one.id, two.id]
    assert [row.queue is not None for row in (ticket, *comments)] == [True, False, False]
    assert ticket.next_id == comments[0].id


async def test_a_ticket_that_has_not_left_is_cancelled_by_the_shopper(shop: MemoryShop) -> None:
    shop.configure(helpdesk=Helpdesk.ZENDESK)
    talk = await shop.hand_over()
    await shop.say(talk)
    assert talk.handoff is not None
    await shop.handoffs.withdraw(shop.shopper(talk), WithdrawHandoff(handoff_id=talk.handoff.id))
    assert {row.state for row in shop.storage.all(Outgoing)} == {OutgoingState.CANCELLED}
    assert (shop.ticket(talk).state, shop.ticket(talk).delivery) == (TicketState.CLOSED, DeliveryState.NOT_NEEDED)


async def test_an_agent_that_keeps_silent_is_relieved() -> None:
    shop = MemoryShop(agent_silence=timedelta(minutes=5))
    talk = await shop.start(channel=Channel.SMS, visitor=PHONE)
    shop.storage.wait(timedelta(minutes=2))
    await shop.say(talk)  # another question does not extend the time
    [timer] = [t for t in shop.storage.all(Timer) if t.kind is TimerKind.AGENT_SILENCE]
    shop.storage.wait(timedelta(minutes=3))
    await shop.handoffs.escalate_silence(shop.storage.account.id, timer)
    handoff = shop.now(talk).handoff
    assert handoff is not None
    assert handoff.reason is EscalationReason.AGENT_FAILURE


async def test_an_agent_that_has_replied_is_left_alone() -> None:
    shop = MemoryShop(agent_silence=timedelta(minutes=5))
    talk = await shop.start()
    await shop.post(talk)
    [timer] = [t for t in shop.storage.all(Timer) if t.kind is TimerKind.AGENT_SILENCE]
    shop.storage.wait(timedelta(minutes=5))
    await shop.handoffs.escalate_silence(shop.storage.account.id, timer)
    assert shop.now(talk).handoff is None
    assert shop.now(talk).last_speaker is AuthorKind.AI_AGENT


async def test_tickets_go_round_among_those_who_are_there() -> None:
    shop = MemoryShop(assignment=Assignment.ROUND_ROBIN)
    team = [shop.staff("Ada"), shop.staff("Bob")]
    shop.staff("Away", online=False)
    given = [shop.ticket(await shop.hand_over()).assignee_id for _ in range(4)]
    assert given == [team[0].staff_id, team[1].staff_id] * 2 or given == [team[1].staff_id, team[0].staff_id] * 2


async def test_the_notices_are_baton_s_own(shop: MemoryShop) -> None:
    talk = await shop.hand_over()
    messages = sorted(shop.storage.all(Message), key=lambda m: m.sequence)
    assert [m.kind for m in messages if m.conversation_id == talk.id] == [
        MessageKind.TEXT,
        MessageKind.HANDOFF_OFFER,
        MessageKind.NOTICE,
    ]
