"""The storage with both drivers, and from two processes at once."""

from __future__ import annotations

import asyncio

import pytest
from pymongo.errors import BulkWriteError

from domain.conversation.errors import ConversationClosed
from domain.events import AccountChanged, ConversationsImported
from domain.model.account import Account, Staff
from domain.model.conversation import Conversation
from domain.model.credentials import browser_id_of
from domain.principal import StaffRole
from domain.storage import Timer, TimerKind, UnitOfWork
from domain.values.errors import Invalid, Unavailable
from domain.values.ids import AccountId, StaffId
from domain.values.record import replace
from integrations.mongo.storage.storage import MongoStorage
from tests.harness.clock import START
from tests.integrations.mongo.shop import Shop, browser, open_shop


def staff(staff_id: str) -> Staff:
    return Staff(id=StaffId(staff_id), name="Sam", email="sam@shop.example", role=StaffRole.SUPPORT)


async def rename(uow: UnitOfWork, name: str) -> Account:
    account = await uow.get(Account, uow.account_id)
    assert account is not None
    renamed = replace(account, name=name)
    uow.save(renamed)
    uow.emit(AccountChanged(account=renamed))
    return renamed


async def test_many_at_once_are_numbered_without_a_hole(shop: Shop) -> None:
    conversation = await shop.start("Ann")
    sent = await asyncio.gather(*(shop.send(conversation, f"{n}") for n in range(200)))
    assert sorted(s.message.sequence for s in sent) == list(range(2, 202))
    assert await shop.sequences(conversation) == list(range(1, 202))
    assert await shop.check() == 203  # the account, the start as two events, 200 messages


async def test_a_refused_command_leaves_no_trace_among_those_it_was_committed_with(
    shop: Shop, storage: MongoStorage
) -> None:
    async def refused(uow: UnitOfWork) -> None:
        await rename(uow, "Nobody's")
        uow.save(staff("refused"))
        uow.emit(ConversationsImported(source="abcd", count=1))
        raise Invalid("No.")

    async def accepted(uow: UnitOfWork) -> str:
        account = await uow.get(Account, uow.account_id)
        assert account is not None
        return (await rename(uow, account.name + "!")).name

    results = await asyncio.gather(
        *(storage.write(shop.account_id, change) for change in (accepted, refused, accepted, refused, accepted)),
        return_exceptions=True,
    )
    assert [result for result in results if isinstance(result, str)] == ["Shop!", "Shop!!", "Shop!!!"]
    assert [type(result) for result in results if not isinstance(result, str)] == [Invalid, Invalid]
    assert await shop.database["staff"].count_documents({}) == 0
    assert await shop.check() == 4


async def test_a_command_that_the_database_refuses_harms_no_other(shop: Shop, storage: MongoStorage) -> None:
    stranger = await open_shop(storage, shop.database)

    async def hire(uow: UnitOfWork) -> None:
        uow.save(staff("sam"))

    await storage.write(stranger.account_id, hire)
    conversation = await shop.start("Ann")
    results = await asyncio.gather(
        shop.send(conversation), storage.write(shop.account_id, hire), shop.send(conversation), return_exceptions=True
    )
    assert isinstance(results[1], BulkWriteError)
    assert await shop.sequences(conversation) == [1, 2, 3]
    assert [row["account"] for row in await shop.database["staff"].find().to_list()] == [stranger.account_id]
    await shop.check()


async def test_processes_take_turns_and_see_what_the_other_did(shop: Shop, other: Shop) -> None:
    conversation = await shop.start("Ann")
    for turn in range(6):
        sent = await (shop, other)[turn % 2].send(conversation)
        assert (sent.message.sequence, sent.conversation.message_count) == (turn + 2, turn + 2)
    assert (await shop.send(conversation)).message.sequence == 8
    assert (await other.close(conversation)).is_closed
    with pytest.raises(ConversationClosed):
        await shop.send(conversation)
    assert await shop.sequences(conversation) == list(range(1, 9))
    await shop.check()


async def test_a_process_learns_of_all_missed_changes(shop: Shop, other: Shop) -> None:
    conversation, silent = await shop.start("Ann"), await shop.start("Ben")
    await other.send(conversation)
    await asyncio.gather(*(shop.send(conversation) for _ in range(250)), shop.send(silent))
    assert (await other.send(conversation)).message.sequence == 253
    assert (await other.send(silent)).message.sequence == 3
    await shop.check()


async def test_a_refusal_stands_on_what_is_stored_and_not_on_what_is_remembered(
    shop: Shop, other: Shop, storage: MongoStorage
) -> None:
    async def refuse_if_old(uow: UnitOfWork) -> None:
        account = await uow.get(Account, uow.account_id)
        if account is None or account.name == "Shop":
            raise Invalid("Still the old name.")

    with pytest.raises(Invalid):
        await storage.write(shop.account_id, refuse_if_old)
    await other.storage.write(shop.account_id, lambda uow: rename(uow, "New"))
    await storage.write(shop.account_id, refuse_if_old)
    assert await shop.check() == 2


async def test_two_processes_in_contention_both_get_their_turn(shop: Shop, other: Shop) -> None:
    conversations = await asyncio.gather(*(shop.start(f"visitor {n}") for n in range(4)))
    order: list[str] = []

    async def talk(name: str, through: Shop) -> None:
        for _ in range(10):
            await asyncio.gather(*(through.send(conversation) for conversation in conversations))
            order.append(name)

    await asyncio.gather(talk("one", shop), talk("other", other))
    for conversation in conversations:
        assert await shop.sequences(conversation) == list(range(1, 22))
    assert {"one", "other"} == set(order[:15]), "one of them waited until the other was done"
    await shop.check()


async def test_two_processes_begin_one_log(shop: Shop, other: Shop) -> None:
    account_id = AccountId("fresh")

    async def begin(uow: UnitOfWork) -> int:
        uow.emit(ConversationsImported(source="abcd", count=1))
        return uow.next_seq

    begun = await asyncio.gather(
        *(s.storage.write(account_id, begin) for s in (shop, other, shop, other)), return_exceptions=False
    )
    assert sorted(begun) == [2, 3, 4, 5]
    events = await shop.database["events"].find({"account": account_id}, sort=[("seq", 1)]).to_list()
    assert [event["seq"] for event in events] == [1, 2, 3, 4]


async def test_the_same_key_in_two_processes_at_once_is_done_once(shop: Shop, other: Shop) -> None:
    conversation = await shop.start("Ann")
    sent = await asyncio.gather(*((shop, other)[n % 2].send(conversation, key="once") for n in range(10)))
    assert {s.message.id for s in sent} == {sent[0].message.id}
    assert await shop.sequences(conversation) == [1, 2]


async def test_a_timer_is_kept_changed_and_deleted(shop: Shop, storage: MongoStorage) -> None:
    timer = Timer(id="t", kind=TimerKind.AUTO_CLOSE, subject="c", due_at=START)

    async def keep(uow: UnitOfWork) -> None:
        uow.save(timer)

    async def delay(uow: UnitOfWork) -> None:
        held = await uow.get(Timer, timer.id)
        assert held == timer
        uow.save(replace(held, due_at=START.replace(year=2027)))

    async def drop(uow: UnitOfWork) -> None:
        uow.delete(Timer, timer.id)

    await storage.write(shop.account_id, keep)
    assert await storage.due_timers(START, 10) == [(shop.account_id, timer)]
    await storage.write(shop.account_id, delay)
    assert await storage.due_timers(START, 10) == []
    await storage.write(shop.account_id, drop)
    assert await shop.database["timers"].count_documents({}) == 0


async def test_within_a_batch_what_was_saved_is_read_back_and_deleted_is_gone(
    shop: Shop, storage: MongoStorage
) -> None:
    conversation = await shop.start("Ann")

    async def hire(uow: UnitOfWork) -> None:
        assert await uow.get(Staff, "sam") is None
        uow.save(staff("sam"))
        assert await uow.get(Staff, "sam") == staff("sam")

    async def dismiss(uow: UnitOfWork) -> None:
        assert await uow.get(Staff, "sam") == staff("sam")
        uow.delete(Staff, "sam")

    async def look(uow: UnitOfWork) -> Conversation | None:
        return next(iter(await uow.open_conversations([f"WEB_CHAT|b:{browser_id_of(browser('Ann'))}"])), None)

    write = storage.write
    *_, found = await asyncio.gather(
        *(write(shop.account_id, change) for change in (hire, dismiss, hire, dismiss, hire, look))
    )
    assert found is not None
    assert found.id == conversation
    assert [row["_id"] for row in await shop.database["staff"].find().to_list()] == ["sam"]


async def test_an_account_or_conversation_cannot_change_in_silence(shop: Shop, storage: MongoStorage) -> None:
    async def silent(uow: UnitOfWork) -> None:
        account = await uow.get(Account, uow.account_id)
        assert account is not None
        uow.save(replace(account, name="Silent"))
        uow.emit(ConversationsImported(source="abcd", count=1))

    with pytest.raises(AssertionError, match="no event carries it"):
        await storage.write(shop.account_id, silent)
    assert await shop.check() == 1


async def test_closing_finishes_what_is_under_way_and_refuses_what_comes(shop: Shop, storage: MongoStorage) -> None:
    conversation = await shop.start("Ann")
    sending = [asyncio.create_task(shop.send(conversation)) for _ in range(20)]
    await asyncio.sleep(0)  # all are queued by then
    await storage.close()
    assert sorted(s.message.sequence for s in await asyncio.gather(*sending)) == list(range(2, 22))
    with pytest.raises(Unavailable, match="shutting down"):
        await shop.send(conversation)
    await shop.check()
