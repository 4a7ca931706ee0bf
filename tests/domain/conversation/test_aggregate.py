"""The aggregate by itself, with reactions of the test's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from domain.conversation.aggregate import Change, close_if_due, load_conversation
from domain.conversation.events import MessageWritten, ShopperWrote
from domain.events import BusinessEvent, ConversationChanged, EventType, MessageAdded
from domain.model.conversation import Author, AuthorKind, Conversation, ConversationStatus, Message
from domain.model.handoff import Helpdesk, Ticket
from domain.storage import UnitOfWork
from domain.values.errors import Conflict, NotFound
from domain.values.ids import ConversationId, HandoffId, TicketId
from domain.values.record import replace
from tests.harness.memory_shop import NOON, MemoryShop

SHOPPER = Author(kind=AuthorKind.SHOPPER, name="Ann")
T = TypeVar("T")


@pytest.fixture
async def shop() -> MemoryShop:
    return MemoryShop(reactions={})


async def changed(shop: MemoryShop, talk: Conversation, act: Callable[[Change], Awaitable[T]]) -> T:
    async def change(uow: UnitOfWork) -> T:
        return await act(Change(uow, await load_conversation(uow, talk.id)))

    return await shop.storage.write(shop.storage.account.id, change)


async def test_a_change_that_changes_nothing_saves_and_emits_nothing(shop: MemoryShop) -> None:
    talk = await shop.start()
    before = list(shop.storage.events)
    assert await changed(shop, talk, Change.commit) == talk
    assert shop.storage.events == before


async def test_a_commit_makes_one_version_and_every_event_carries_it(shop: MemoryShop) -> None:
    talk = await shop.start()

    async def act(change: Change) -> Conversation:
        change.add_message(SHOPPER, "One")
        change.add_message(SHOPPER, "Two")
        return await change.commit()

    after = await changed(shop, talk, act)
    assert after.version == talk.version + 1
    events = shop.storage.events[-2:]
    assert [e.message.text for e in events if isinstance(e, MessageAdded)] == ["One", "Two"]
    assert all(isinstance(e, MessageAdded) and e.conversation == after for e in events)
    assert after.seq == len(shop.storage.events)


async def test_a_change_without_a_message_is_one_event(shop: MemoryShop) -> None:
    talk = await shop.start()

    async def act(change: Change) -> Conversation:
        change.conversation = replace(change.conversation, locale="it")
        return await change.commit()

    after = await changed(shop, talk, act)
    assert shop.storage.events[-1] == ConversationChanged(conversation=after)


async def test_business_events_follow_the_stream_and_are_saved(shop: MemoryShop) -> None:
    talk = await shop.start()

    async def act(change: Change) -> Conversation:
        change.record_business_event(EventType.PRODUCT_RECOMMENDED, at=NOON)
        return await change.commit()

    after = await changed(shop, talk, act)
    event = shop.storage.events[-1]
    assert isinstance(event, BusinessEvent)
    assert event in shop.storage.all(BusinessEvent)
    assert (event.conversation, event.seq, after.seq) == (after, len(shop.storage.events), event.seq - 1)


async def test_reactions_run_at_once_and_in_order(shop: MemoryShop) -> None:
    talk, seen = await shop.start(), list[str]()

    async def first(change: Change, event: ShopperWrote) -> None:
        seen.append(f"first {event.message.text}")

    async def second(change: Change, _: ShopperWrote) -> None:
        seen.append("second")

    shop.storage.reactions = {ShopperWrote: (first, second)}

    async def act(change: Change) -> None:
        await change.publish(ShopperWrote(message=change.add_message(SHOPPER, "Hi")))
        seen.append("after")

    await changed(shop, talk, act)
    assert seen == ["first Hi", "second", "after"]


async def test_what_a_reaction_adds_is_part_of_the_commit(shop: MemoryShop) -> None:
    talk = await shop.start()

    async def count(change: Change, event: MessageWritten) -> None:
        change.conversation = replace(change.conversation, tags=(*change.conversation.tags, event.message.text))

    shop.storage.reactions = {MessageWritten: (count,)}

    async def act(change: Change) -> Conversation:
        change.add_message(SHOPPER, "One")
        change.add_message(SHOPPER, "Two")
        return await change.commit()

    after = await changed(shop, talk, act)
    assert (after.tags, after.version) == (("One", "Two"), talk.version + 1)


async def test_a_reaction_that_fails_undoes_the_command(shop: MemoryShop) -> None:
    talk = await shop.start()
    entities, events = dict(shop.storage.entities), list(shop.storage.events)

    async def refuse(change: Change, _: MessageWritten) -> None:
        raise Conflict("No.")

    shop.storage.reactions = {MessageWritten: (refuse,)}
    with pytest.raises(Conflict):
        await shop.say(talk)
    assert (shop.storage.entities, shop.storage.events) == (entities, events)


async def test_a_new_ticket_takes_the_place_of_the_present_one(shop: MemoryShop) -> None:
    talk = await shop.start()
    tickets = [
        Ticket(id=TicketId(f"{talk.id}00{n}"), handoff_id=HandoffId("h"), helpdesk=Helpdesk.INBOX, created_at=NOON)
        for n in (1, 2)
    ]

    async def act(change: Change) -> Conversation:
        for ticket in (*tickets, tickets[0].close()):
            change.put_ticket(ticket)
        return await change.commit()

    after = await changed(shop, talk, act)
    assert (after.ticket, after.past_tickets) == (tickets[1], (tickets[0].close(),))


async def test_a_conversation_that_is_due_is_closed_when_it_is_loaded(shop: MemoryShop) -> None:
    talk = await shop.start()
    await shop.post(talk)
    shop.storage.wait(timedelta(hours=48))

    async def load(uow: UnitOfWork) -> Conversation | None:
        return await close_if_due(uow, await uow.get(Conversation, talk.id))

    closed = await shop.storage.write(shop.storage.account.id, load)
    assert closed is not None
    assert closed.status is ConversationStatus.RESOLVED_BY_AI
    assert closed.closed_at == NOON + timedelta(hours=48)
    assert shop.business()[-1] is EventType.CONVERSATION_RESOLVED


async def test_there_is_no_other_conversation(shop: MemoryShop) -> None:
    talk = await shop.start()
    with pytest.raises(NotFound) as refused:
        await changed(shop, replace(talk, id=ConversationId("X" * 26)), Change.commit)
    assert refused.value.field == ("conversation_id",)
    assert len(shop.storage.all(Message)) == 1
