"""A conversation closes 48 hours after its last message: once, as of that time, however late the timer runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.program import Program, Shop, Started, browser

HOUR = timedelta(hours=1)
DUE = 48 * HOUR
A_LITTLE = timedelta(milliseconds=1)
READ = "query($id: ID!) { conversation(id: $id) { status closedAt controller { kind epoch } } }"
OPEN = {"status": "OPEN", "closedAt": None, "controller": {"kind": "AI_AGENT", "epoch": 1}}


def closed(status: str, at: str) -> dict[str, object]:
    return {"status": status, "closedAt": at, "controller": {"kind": "NOBODY", "epoch": 2}}


async def state(baton: Program, started: Started) -> dict[str, object]:
    found: dict[str, object] = (await baton.data(started.shop.owner, READ, id=started.id))["conversation"]
    return found


@asynccontextmanager
async def watched(baton: Program, started: Started) -> AsyncIterator[None]:
    """Check the changes of timers in the block, which no command checks."""
    async with ConsistencyChecker(baton).watching(started.shop.owner, started.id):
        yield


async def resolved_events(baton: Program) -> int:
    events = (await baton.everything())["events"]
    return sum(e["type"] == "business_event" and e["body"]["type"] == "CONVERSATION_RESOLVED" for e in events)


async def test_closes_when_it_is_due_and_not_before(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    baton.clock.move(HOUR)
    await baton.reply(started)
    baton.clock.move(DUE - A_LITTLE)
    async with watched(baton, started):
        assert await baton.baton.workers.timers.fire_due() == 1
    assert await state(baton, started) == OPEN
    baton.clock.move(A_LITTLE)
    async with watched(baton, started):
        assert await baton.baton.workers.timers.fire_due() == 1
    assert await state(baton, started) == closed("RESOLVED_BY_AI", "2026-06-09T13:00:00.000Z")
    assert await baton.baton.workers.timers.fire_due() == 0
    assert (await baton.everything())["timers"] == []


async def test_timer_that_looked_too_early_costs_one_look_only(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    for _ in range(3):
        baton.clock.move(40 * HOUR)
        await baton.say(started)
    assert await baton.baton.workers.timers.fire_due() == 1
    assert await baton.baton.workers.timers.fire_due() == 0
    [timer] = (await baton.everything())["timers"]
    assert timer["due_at"] == baton.clock.now() + DUE


@pytest.mark.parametrize(
    ("last_word", "handed_over", "status"),
    [
        ("agent", False, "RESOLVED_BY_AI"),
        ("shopper", False, "CLOSED"),
        ("agent", True, "NOT_RESOLVED_BY_AI"),
        ("shopper", True, "NOT_RESOLVED_BY_AI"),
    ],
)
async def test_server_that_was_down_closes_late_as_of_the_due_time(
    baton: Program, shop: Shop, last_word: str, handed_over: bool, status: str
) -> None:
    started = await baton.start(shop)
    baton.clock.move(HOUR)
    await (baton.reply(started) if last_word == "agent" else baton.say(started))
    if handed_over:
        await hand_over(baton, started)
    baton.clock.move(30 * 24 * HOUR)
    async with watched(baton, started):
        await baton.baton.workers.timers.fire_due()
    assert await state(baton, started) == closed(status, "2026-06-09T13:00:00.000Z")
    assert await resolved_events(baton) == (status == "RESOLVED_BY_AI")


async def hand_over(baton: Program, started: Started) -> None:
    """Hand over without a ticket, which would keep the conversation open."""
    await baton.done(started.shop.owner, "updateHandoffSettings", method="MESSAGE", customMessage="Call us.")
    given = {"conversationId": started.id, "epoch": 1, "reason": "EXPLICIT_ASK"}
    await baton.done(started.shop.agent, "requestHandoff", **given)


async def test_conversation_that_is_closed_already_stays_as_it_is(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    await baton.reply(started)
    await baton.done(started.token, "closeConversation", conversationId=started.id)
    before = await state(baton, started)
    baton.clock.move(2 * DUE)
    async with watched(baton, started):
        assert await baton.baton.workers.timers.fire_due() == 1
    assert await state(baton, started) == before == closed("RESOLVED_BY_AI", "2026-06-07T12:00:00.000Z")
    assert await resolved_events(baton) == 1
    assert (await baton.everything())["timers"] == []


async def test_two_workers_at_once_close_each_once(baton: Program, second: Program, shop: Shop) -> None:
    all_started = [await baton.start(shop) for _ in range(10)]
    await asyncio.gather(
        *(
            baton.mutate(shop.agent, "postAgentMessage", conversationId=started.id, epoch=1, text="Bye")
            for started in all_started
        )
    )
    baton.clock.move(DUE + HOUR)
    await asyncio.gather(*(program.baton.workers.timers.fire_due() for program in (baton, second) * 3))
    for started in all_started:
        assert await state(baton, started) == closed("RESOLVED_BY_AI", "2026-06-09T12:00:00.000Z")
    stored = await baton.everything()
    assert await resolved_events(baton) == len(all_started)
    assert sum(e["type"] == "conversation_changed" for e in stored["events"]) == len(all_started)
    assert stored["timers"] == []
    assert (baton.baton.workers.timers.failures, second.baton.workers.timers.failures) == (0, 0)


async def test_clock_that_jumps_closes_nothing_too_early(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    baton.clock.move(-5 * 24 * HOUR)
    assert await baton.baton.workers.timers.fire_due() == 0
    await baton.say(started, "Back in time")
    baton.clock.move(5 * 24 * HOUR + DUE - A_LITTLE)
    await baton.baton.workers.timers.fire_due()
    assert await state(baton, started) == OPEN
    baton.clock.move(365 * 24 * HOUR)
    async with watched(baton, started):
        await baton.baton.workers.timers.fire_due()
    assert await state(baton, started) == closed("CLOSED", "2026-06-09T12:00:00.000Z")
    baton.clock.move(-365 * 24 * HOUR)
    await baton.baton.workers.timers.fire_due()
    assert await state(baton, started) == closed("CLOSED", "2026-06-09T12:00:00.000Z")


async def test_clock_that_went_back_after_the_timer_was_read(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    baton.clock.move(DUE)
    [(account_id, timer)] = await baton.baton.ports.storage.due_timers(baton.clock.now(), 10)
    baton.clock.move(-HOUR)
    await baton.baton.services.conversations.auto_close(account_id, timer)
    assert await state(baton, started) == OPEN
    baton.clock.move(HOUR)
    await baton.baton.workers.timers.fire_due()
    assert await state(baton, started) == closed("CLOSED", "2026-06-09T12:00:00.000Z")


async def test_shopper_who_writes_after_the_due_time_and_before_the_timer(baton: Program, shop: Shop) -> None:
    """The conversation is due to be closed, so the shopper's message starts a new one."""
    started = await baton.start(shop, anonymousId=browser("one"))
    await baton.reply(started)
    baton.clock.move(DUE + HOUR)
    refused = await baton.command(started.token, "sendMessage", conversationId=started.id, text="Still there?")
    assert [e["code"] for e in refused["errors"]] == ["CONVERSATION_CLOSED"]
    async with watched(baton, started):
        again = await baton.start(shop, "Still there?", anonymousId=browser("one"))
    assert again.id != started.id
    assert await state(baton, started) == closed("RESOLVED_BY_AI", "2026-06-09T12:00:00.000Z")
    await baton.baton.workers.timers.fire_due()
    assert await state(baton, again) == OPEN
    assert await resolved_events(baton) == 1


async def test_agent_that_answers_after_the_due_time_and_before_the_timer(baton: Program, shop: Shop) -> None:
    """The result must not depend on the delay of the timer."""
    started = await baton.start(shop)
    baton.clock.move(DUE)
    late = await baton.mutate(shop.agent, "postAgentMessage", conversationId=started.id, epoch=1, text="Sorry, here")
    assert [(e["code"], e["controller"]["kind"]) for e in late["errors"]] == [("NOT_IN_CONTROL", "NOBODY")]
    await baton.baton.workers.timers.fire_due()
    assert await state(baton, started) == closed("CLOSED", "2026-06-09T12:00:00.000Z")
    assert [row["text"] for row in (await baton.everything())["drafts"]] == ["Sorry, here"]


async def test_close_after_the_due_time_and_before_the_timer(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    baton.clock.move(DUE + HOUR)
    payload = await baton.done(started.token, "closeConversation", conversationId=started.id)
    assert (payload["conversation"]["status"], payload["conversation"]["closedAt"]) == (
        "CLOSED",
        "2026-06-09T12:00:00.000Z",
    )


async def test_notice_of_who_one_is_does_not_put_the_close_off(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    baton.clock.move(DUE - HOUR)
    await baton.done(started.token, "identifyVisitor", conversationId=started.id, name="Ann")
    baton.clock.move(HOUR)
    await baton.baton.workers.timers.fire_due()
    assert await state(baton, started) == closed("CLOSED", "2026-06-09T12:00:00.000Z")


async def test_a_failing_timer_delays_no_other(baton: Program, shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    broken, sound = await baton.start(shop), await baton.start(shop)
    conversations = baton.database["conversations"]
    stored = await conversations.find_one({"_id": broken.key})
    assert stored is not None
    await conversations.update_one({"_id": broken.key}, {"$set": {"last_message_at": "NONSENSE"}})
    baton.clock.move(DUE)
    async with baton.twin(baton.baton.settings.data) as fresh:  # a process without a cached conversation
        await fresh.baton.workers.timers.fire_due()
        assert fresh.baton.workers.timers.failures == 1
        assert await state(baton, sound) == closed("CLOSED", "2026-06-09T12:00:00.000Z")
        await conversations.replace_one({"_id": broken.key}, stored)
        assert await fresh.baton.workers.timers.fire_due() == 0
        baton.clock.move(timedelta(minutes=1))
        await fresh.baton.workers.timers.fire_due()
    assert await state(baton, broken) == closed("CLOSED", "2026-06-09T12:00:00.000Z")
    assert [record.name for record in caplog.records if record.levelname == "ERROR"] == ["baton.worker"]
