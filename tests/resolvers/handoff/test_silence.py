"""An agent that does not respond: the account sets the time after which the shopper is handed over."""

from __future__ import annotations

from datetime import timedelta

from tests.harness.chat import Chat
from tests.harness.program import Program, Shop


async def test_agent_that_is_silent(baton: Program, shop: Shop) -> None:
    """Off unless the account sets a time. Another question does not extend it, and the shopper is told once."""
    chat = await Chat.of(baton, shop, watched=False)
    baton.clock.move(timedelta(hours=40))
    await baton.baton.workers.timers.fire_due()
    assert await chat.standing() == "- AI_AGENT - OPEN"
    await baton.done(shop.owner, "updateAccount", agentSilence="PT30S")
    chat = await Chat.of(baton, shop, watched=False)
    baton.clock.move(timedelta(seconds=20))
    await chat.say()
    baton.clock.move(timedelta(seconds=9))
    await baton.baton.workers.timers.fire_due()
    assert await chat.standing() == "- AI_AGENT - OPEN"
    baton.clock.move(timedelta(seconds=1))
    await baton.baton.workers.timers.fire_due()
    assert await chat.standing() == "OFFERED AI_AGENT - OPEN"
    handoff = (await chat.row()).handoff
    assert handoff is not None
    assert handoff.reason == "AGENT_FAILURE"
    await chat.say()
    baton.clock.move(timedelta(minutes=5))
    await baton.baton.workers.timers.fire_due()
    assert len((await chat.row()).handoffs) == 1


async def test_agent_that_answers_in_time_is_not_silent(baton: Program, shop: Shop) -> None:
    await baton.done(shop.owner, "updateAccount", agentSilence="PT30S")
    chat = await Chat.of(baton, shop, channel="SMS", watched=False)
    baton.clock.move(timedelta(seconds=29))
    await chat.post()
    baton.clock.move(timedelta(minutes=5))
    await baton.baton.workers.timers.fire_due()
    assert await chat.standing() == "- AI_AGENT - OPEN"
    await chat.say()
    baton.clock.move(timedelta(seconds=30))
    await baton.baton.workers.timers.fire_due()
    assert await chat.standing() == "DELIVERED QUEUE OPEN NOT_RESOLVED_BY_AI"


async def test_agent_that_gets_it_back_is_to_answer(baton: Program, shop: Shop) -> None:
    await baton.done(shop.owner, "updateAccount", agentSilence="PT30S")
    chat = await Chat.of(baton, shop, channel="SMS", watched=False)
    await chat.request()
    await chat.say("Anybody?")
    baton.clock.move(timedelta(minutes=5))
    await chat.withdraw()
    baton.clock.move(timedelta(seconds=30))
    await baton.baton.workers.timers.fire_due()
    assert len((await chat.row()).handoffs) == 2
