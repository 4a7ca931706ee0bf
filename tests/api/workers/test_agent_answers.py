"""The built-in agent on the whole program: questions are answered or handed over, once, whoever dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from domain.answering.service import LEASE
from domain.model.agent.settings import AgentKind
from domain.storage import TimerKind
from domain.values.errors import Unavailable
from domain.values.ids import ConversationId
from tests.harness.dying import MortalDatabase
from tests.harness.program import Json, Program, Shop, Started

_RETURNS = "You can send back any item within 30 days after delivery."
_TALK = """query($id: ID!) { conversation(id: $id) { status tags initialSkill messageCount
  messages(first: 50) { nodes { kind text author { kind } products { productId } } }
  handoff { reason reasonDetail state summary } } }"""
_GAPS = "{ knowledgeGaps { nodes { question count conversations { id } } } }"
MOST_MOMENTS = 300


async def teach(program: Program, shop: Shop) -> None:
    """Give the account an article, a product and the built-in agent."""
    await program.mutate(shop.owner, "createArticle", title="Returns", text=_RETURNS, language="en")
    lamp = {"productId": "1001", "title": "Brass desk lamp", "price": {"amount": "49.90", "currency": "EUR"}}
    await program.mutate(shop.owner, "saveProducts", products=[lamp])
    changed = await program.mutate(shop.owner, "updateAgentSettings", answeredBy="BUILT_IN")
    assert changed["agentSettings"]["answeredBy"] == "BUILT_IN"


@asynccontextmanager
async def agent_at_work(program: Program) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        hub = tasks.create_task(program.baton.hub.run())
        work = tasks.create_task(program.baton.workers.agents.run(stop))
        try:
            yield
        finally:
            stop.set()
            await work
            hub.cancel()


async def ask(program: Program, shop: Shop, text: str, *, key: str | None = None, **visitor: str) -> Started:
    """Start a conversation, without the check of its events: the agent replies meanwhile."""
    given = {"channel": "WEB_CHAT", "text": text, **({"visitor": visitor} if visitor else {})}
    payload = await program.mutate(key or shop.widget, "startConversation", **given)
    assert payload["errors"] == []
    return started_by(shop, payload)


def started_by(shop: Shop, payload: Json) -> Started:
    conversation = payload["conversation"]
    return Started(shop=shop, id=conversation["id"], token="", conversation=conversation, message={})


async def read(program: Program, started: Started) -> Json:
    found: Json = (await program.data(started.shop.owner, _TALK, id=started.id))["conversation"]
    return found


async def replied(program: Program, started: Started, messages: int = 2) -> Json:
    """Wait until the conversation has so many messages."""
    async with asyncio.timeout(60):
        while (found := await read(program, started))["messageCount"] < messages:  # noqa: ASYNC110 - it is in the database
            await asyncio.sleep(0.02)
    return found


def by_agent(talk: Json) -> list[str]:
    return [message["text"] for message in talk["messages"]["nodes"] if message["author"]["kind"] == "AI_AGENT"]


async def test_a_question_a_product_and_a_gap(baton: Program, shop: Shop) -> None:
    await teach(baton, shop)
    async with agent_at_work(baton):
        asked = await ask(baton, shop, "Can I return an item within 30 days?")
        wanted = await ask(baton, shop, "I need a brass desk lamp")
        unknown = await ask(baton, shop, "Do you engrave watches?")
        reply, cards, gap = [await replied(baton, started) for started in (asked, wanted, unknown)]
    assert by_agent(reply) == [_RETURNS]
    assert (reply["tags"], reply["initialSkill"]) == (["returns"], "Returns")
    assert cards["messages"]["nodes"][1]["products"] == [{"productId": "1001"}]
    assert (gap["handoff"]["reason"], gap["handoff"]["state"]) == ("KNOWLEDGE_GAP", "OFFERED")
    [listed] = (await baton.data(shop.owner, _GAPS))["knowledgeGaps"]["nodes"]
    assert (listed["question"], listed["conversations"]) == ("Do you engrave watches?", [{"id": unknown.id}])


async def test_who_waited_before_the_agent_was_switched_on_is_answered(baton: Program, shop: Shop, rival: Shop) -> None:
    waiting = await baton.start(shop, "Can I return an item within 30 days?")
    given = {"channel": "WEB_CHAT", "text": "Can I return an item within 30 days?", "test": True}
    tried = started_by(shop, await baton.mutate(shop.owner, "startConversation", **given))
    other = await baton.start(rival, "Can I return an item within 30 days?")
    async with agent_at_work(baton):
        await teach(baton, shop)
        assert by_agent(await replied(baton, waiting)) == [_RETURNS]
        assert by_agent(await replied(baton, tried)) == [_RETURNS]
        again = started_by(shop, await baton.mutate(shop.owner, "startConversation", **given))
        assert by_agent(await replied(baton, again)) == [_RETURNS]
        switched_off = await baton.mutate(shop.owner, "updateAgentSettings", answeredBy="OFF", expectedVersion=2)
        assert switched_off["agentSettings"]["version"] == 3
        late = await ask(baton, shop, "Can I return an item within 30 days?")
        await asyncio.sleep(0.3)
        assert (await read(baton, late))["messageCount"] == 1
    assert (await read(baton, other))["messageCount"] == 1, "each account chooses for itself"
    [stale] = await baton.errors_of(shop.owner, "updateAgentSettings", answeredBy="OFF", expectedVersion=2)
    assert (stale["code"], stale["path"]) == ("CONFLICT", ["input", "expectedVersion"])


async def test_two_processes_answer_each_question_once(baton: Program, second: Program, shop: Shop) -> None:
    await teach(baton, shop)
    async with agent_at_work(baton), agent_at_work(second):
        started = [await ask(baton, shop, "Can I return an item within 30 days?") for _ in range(10)]
        talks = [await replied(second, each) for each in started]
    assert [by_agent(talk) for talk in talks] == [[_RETURNS]] * 10
    assert await baton.database["drafts"].count_documents({}) == 0


@pytest.mark.timeout(300)
async def test_a_death_at_every_call_leaves_one_answer(
    baton: Program, second: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teach(second, shop)
    mortal = MortalDatabase(baton, monkeypatch)
    dying, heir = (program.baton.workers.agents._answering for program in (baton, second))
    moments, died_after_claim = 0, 0
    while True:
        started = await second.mutate_brief(
            shop.widget, "startConversation", channel="WEB_CHAT", text="Can I return an item within 30 days?"
        )
        conversation_id = ConversationId(started_by(shop, started).key)
        mortal.live(until=moments)
        with suppress(Unavailable):
            await dying.answer(shop.id, conversation_id, fresh=True)
        is_over = not mortal.dead
        mortal.live(until=None)
        before = await second.database["messages"].count_documents({"conversation_id": conversation_id})
        baton.clock.move(timedelta(seconds=LEASE + 1))
        await _expire(second)
        took_over = await heir.answer(shop.id, conversation_id)
        died_after_claim += took_over
        assert took_over == (before == 1)
        assert await second.database["messages"].count_documents({"conversation_id": conversation_id}) == 2
        if is_over:
            break
        moments += 1
        assert moments < MOST_MOMENTS
    assert died_after_claim > 10, "an answer has many calls to die in"
    assert await second.database["drafts"].count_documents({}) == 0


async def _expire(program: Program) -> None:
    services, now = program.baton.services, program.clock.now()
    for account_id, timer in await services.storage.due_timers(now, 100, (TimerKind.AGENT_TURN,)):
        await services.agent.turns.expire(account_id, timer)


async def test_verified_orders_alone_are_told(baton: Program, shop: Shop) -> None:
    await teach(baton, shop)
    order = {
        "orderId": "W2611340",
        "placedAt": baton.clock.now().isoformat(),
        "total": {"amount": "50.00", "currency": "EUR"},
        "email": "ann@a.example",
    }
    await baton.done(shop.owner, "recordOrder", **order)
    async with agent_at_work(baton):
        proved = await ask(baton, shop, "Where is my order?", key=shop.owner, email="ann@a.example")
        claimed = await ask(baton, shop, "Where is order W2611340?", email="ann@a.example")
        told, refused = await replied(baton, proved), await replied(baton, claimed)
    assert "W2611340" in by_agent(told)[0]
    assert told["initialSkill"] == "Order tracking"
    assert by_agent(refused) == []
    assert (refused["handoff"]["reason"], refused["handoff"]["state"]) == ("OTHER", "OFFERED")
    assert "50.00" not in str(refused)


async def test_the_settings_and_the_preview_over_the_api(baton: Program, shop: Shop) -> None:
    settings = "{ agentSettings { answeredBy version } }"
    assert (await baton.data(shop.agent, settings))["agentSettings"] == {"answeredBy": "OFF", "version": 1}
    await teach(baton, shop)
    preview = """query($text: String!, $locale: String) { agentPreview(text: $text, locale: $locale) {
      decision text confidence reason reasonDetail rule skill topics
      products { productId } sources { source title url } } }"""
    before = await baton.fingerprints()
    reply = (await baton.data(shop.agent, preview, text="Can I send it back?"))["agentPreview"]
    assert (reply["decision"], reply["text"], reply["reason"]) == ("REPLY", _RETURNS, None)
    assert reply["sources"] == [{"source": "ARTICLE", "title": "Returns", "url": None}]
    assert reply["confidence"] > 0.27
    lamp = (await baton.data(shop.support, preview, text="brass desk lamp", locale="de"))["agentPreview"]
    assert (lamp["products"], lamp["skill"]) == ([{"productId": "1001"}], "Product recommendation")
    gap = (await baton.data(shop.owner, preview, text="Do you engrave watches?"))["agentPreview"]
    assert (gap["decision"], gap["reason"], gap["text"]) == ("HANDOFF", "KNOWLEDGE_GAP", None)
    assert await baton.fingerprints() == before
    await baton.done(
        shop.owner, "updateGuidance", escalationRules=[{"title": "Legal", "conditions": {"phrases": ["lawyer"]}}]
    )
    ruled = (await baton.data(shop.owner, preview, text="my lawyer"))["agentPreview"]
    assert (ruled["reason"], ruled["rule"]) == ("ESCALATION_RULE", "Legal")
    assert AgentKind.BUILT_IN in (await baton.data(shop.owner, settings))["agentSettings"].values()
