"""Rules of the inbox in memory."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.conversation.errors import NotInControl, StaleView
from domain.inbox.alarms import TicketAlarms
from domain.inbox.commands import AddNote, AssignTicket, CloseTicket, Reply, ReturnToAgent, SnoozeTicket, TakeTicket
from domain.model.conversation import AuthorKind, ControllerKind, Message
from domain.model.handoff import TicketState
from domain.principal import StaffRole
from domain.storage import Timer, TimerKind
from domain.values.errors import Conflict, Invalid
from tests.harness.memory_shop import NOON, MemoryShop


@pytest.fixture
async def shop() -> MemoryShop:
    return MemoryShop()


async def test_one_takes_a_ticket_and_the_others_are_told_who(shop: MemoryShop) -> None:
    ada, bob = shop.staff("Ada"), shop.staff("Bob")
    talk = await shop.hand_over()
    take = TakeTicket(ticket_id=shop.ticket(talk).id)
    await shop.inbox.take(ada, take)
    with pytest.raises(NotInControl, match="Ada has taken this ticket") as refused:
        await shop.inbox.take(bob, take)
    assert refused.value.controller.staff_id == ada.staff_id
    assert shop.now(talk).controller.kind is ControllerKind.HUMAN_AGENT


async def test_only_the_assignee_and_managers_reply(shop: MemoryShop) -> None:
    ada, bob, boss = shop.staff("Ada"), shop.staff("Bob"), shop.staff("Boss", StaffRole.MANAGER)
    talk = await shop.hand_over()
    await shop.inbox.take(ada, TakeTicket(ticket_id=shop.ticket(talk).id))
    reply = Reply(conversation_id=talk.id, text="Hello")
    for allowed in (ada, boss):
        assert (await shop.replies.reply(allowed, reply)).message.author.kind is AuthorKind.HUMAN_AGENT
    with pytest.raises(NotInControl):
        await shop.replies.reply(bob, reply)


async def test_a_reply_answers_what_was_read(shop: MemoryShop) -> None:
    ada = shop.staff("Ada")
    talk = await shop.hand_over()
    await shop.inbox.take(ada, TakeTicket(ticket_id=shop.ticket(talk).id))
    seen = shop.now(talk).sequence
    missed = await shop.say(talk, "Wait")
    with pytest.raises(StaleView) as refused:
        await shop.replies.reply(ada, Reply(conversation_id=talk.id, text="Hi", last_seen_sequence=seen))
    assert refused.value.unseen == (missed,)
    await shop.replies.reply(ada, Reply(conversation_id=talk.id, text="Hi", last_seen_sequence=missed.sequence))


async def test_a_note_changes_nothing_for_the_shopper(shop: MemoryShop) -> None:
    ada, talk = shop.staff("Ada"), await shop.hand_over()
    await shop.replies.add_note(ada, AddNote(conversation_id=talk.id, text="Be kind"))
    after = shop.now(talk)
    assert (after.message_count, after.last_speaker) == (talk.message_count, talk.last_speaker)
    assert after.sequence == talk.sequence + 1


async def test_a_message_reopens_a_snoozed_ticket(shop: MemoryShop) -> None:
    ada, talk = shop.staff("Ada"), await shop.hand_over()
    ticket = shop.ticket(talk)
    await shop.inbox.take(ada, TakeTicket(ticket_id=ticket.id))
    await shop.inbox.snooze(ada, SnoozeTicket(ticket_id=ticket.id, until=NOON + timedelta(days=1)))
    assert shop.ticket(talk).state is TicketState.SNOOZED
    await shop.say(talk)
    assert (shop.ticket(talk).state, shop.ticket(talk).unread) == (TicketState.OPEN, True)


@pytest.mark.parametrize("until", [NOON, NOON + timedelta(days=400)])
async def test_a_snooze_ends_within_a_year(shop: MemoryShop, until: object) -> None:
    ada, talk = shop.staff("Ada"), await shop.hand_over()
    with pytest.raises(Invalid) as refused:
        await shop.inbox.snooze(ada, SnoozeTicket(ticket_id=shop.ticket(talk).id, until=until))  # type: ignore[arg-type]
    assert refused.value.field == ("until",)


async def test_the_snooze_ends_by_itself(shop: MemoryShop) -> None:
    ada, talk = shop.staff("Ada"), await shop.hand_over()
    ticket = shop.ticket(talk)
    await shop.inbox.snooze(ada, SnoozeTicket(ticket_id=ticket.id, until=NOON + timedelta(hours=1)))
    shop.storage.wait(timedelta(hours=1))
    [timer] = [t for t in shop.storage.all(Timer) if t.kind is TimerKind.SNOOZE]
    await TicketAlarms(storage=shop.storage).end_snooze(shop.storage.account.id, timer)
    assert shop.ticket(talk).state is TicketState.OPEN


async def test_a_closed_ticket_leaves_the_chat_open(shop: MemoryShop) -> None:
    ada, talk = shop.staff("Ada"), await shop.hand_over()
    await shop.inbox.close(ada, CloseTicket(ticket_id=shop.ticket(talk).id))
    assert not shop.now(talk).is_closed
    await shop.say(talk)
    assert shop.ticket(talk).state is TicketState.OPEN


async def test_the_agent_gets_the_conversation_back_under_a_new_epoch(shop: MemoryShop) -> None:
    ada, talk = shop.staff("Ada"), await shop.hand_over()
    ticket = shop.ticket(talk)
    await shop.inbox.take(ada, TakeTicket(ticket_id=ticket.id))
    epoch = shop.now(talk).controller.epoch
    await shop.inbox.return_to_agent(ada, ReturnToAgent(ticket_id=ticket.id))
    assert (shop.now(talk).controller.kind, shop.now(talk).controller.epoch) == (ControllerKind.AI_AGENT, epoch + 1)
    with pytest.raises(Conflict):
        await shop.inbox.take(ada, TakeTicket(ticket_id=ticket.id))
    await shop.post(talk)


async def test_a_ticket_is_assigned_to_somebody_who_can_work_on_it(shop: MemoryShop) -> None:
    ada, analyst = shop.staff("Ada"), shop.staff("Ann", StaffRole.ANALYST)
    talk = await shop.hand_over()
    with pytest.raises(Invalid) as refused:
        await shop.inbox.assign(ada, AssignTicket(ticket_id=shop.ticket(talk).id, staff_id=analyst.staff_id))
    assert refused.value.field == ("staff_id",)


async def test_a_ticket_that_nobody_can_take_is_stranded_and_the_shopper_told_once(shop: MemoryShop) -> None:
    talk = await shop.hand_over()
    alarms = TicketAlarms(storage=shop.storage)
    before = len(shop.storage.all(Message))
    for _ in range(2):
        shop.storage.wait(timedelta(minutes=15))
        [timer] = [t for t in shop.storage.all(Timer) if t.kind is TimerKind.STRANDED]
        await alarms.check_stranded(shop.storage.account.id, timer)
    assert shop.ticket(talk).stranded_at == NOON + timedelta(minutes=15)
    assert len(shop.storage.all(Message)) == before + 1
