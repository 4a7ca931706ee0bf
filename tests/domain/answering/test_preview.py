"""Previews of the agent: what it would do with a text, and nothing is written."""

from __future__ import annotations

import pytest

from api.graphql.limits import Limits
from domain.agent.ports import AgentHandoff, AgentReply
from domain.answering import preview
from domain.model.agent.guidance import EscalationRule, Guidance, RuleConditions
from domain.model.agent.settings import AgentKind
from domain.model.handoff import EscalationReason
from domain.values.errors import Forbidden, Invalid
from integrations.agents.model import verifier
from tests.harness.memory_agent import LAMP, MemoryAgent, ScriptedAgent
from tests.harness.memory_shop import NOON, MemoryShop


@pytest.fixture
async def agent() -> MemoryAgent:
    return MemoryAgent(MemoryShop())


async def test_a_reply_a_recommendation_and_a_gap(agent: MemoryAgent) -> None:
    before = dict(agent.shop.storage.entities)
    reply = await agent.previews.preview(agent.shop.owner, "How much are the shipping costs?")
    assert isinstance(reply.outcome, AgentReply)
    assert reply.outcome.text.startswith("Standard shipping costs 4.90 euros")
    lamp = await agent.previews.preview(agent.shop.assistant, "I need a brass desk lamp", "de")
    assert isinstance(lamp.outcome, AgentReply)
    assert (lamp.products, lamp.sources) == ((LAMP,), (LAMP,))
    gap = await agent.previews.preview(agent.shop.owner, "Do you engrave watches?")
    assert isinstance(gap.outcome, AgentHandoff)
    assert gap.outcome.reason is EscalationReason.KNOWLEDGE_GAP
    assert agent.shop.storage.entities == before
    assert agent.shop.storage.events == []


async def test_a_rule_is_checked_first(agent: MemoryAgent) -> None:
    rule = EscalationRule(title="Legal", conditions=RuleConditions(phrases=("lawyer",)))
    agent.shop.storage.keep(Guidance(id=agent.shop.storage.account.id, updated_at=NOON, escalation_rules=(rule,)))
    found = await agent.previews.preview(agent.shop.owner, "My lawyer asks about shipping costs")
    assert (found.rule, found.outcome) == (
        "Legal",
        AgentHandoff(reason=EscalationReason.ESCALATION_RULE, detail="Legal"),
    )


async def test_without_an_agent_it_is_the_built_in_one_and_a_bug_is_a_failure(agent: MemoryAgent) -> None:
    agent.choose(AgentKind.OFF)
    found = await agent.previews.preview(agent.shop.owner, "How much are the shipping costs?")
    assert isinstance(found.outcome, AgentReply)

    def fails(_: object) -> AgentReply:
        raise RuntimeError("a bug")

    agent.agent = ScriptedAgent(fails)
    failed = await agent.previews.preview(agent.shop.owner, "Hello")
    assert isinstance(failed.outcome, AgentHandoff)
    assert failed.outcome.reason is EscalationReason.AGENT_FAILURE


async def test_who_may_preview_what(agent: MemoryAgent) -> None:
    with pytest.raises(Forbidden):
        await agent.previews.preview(agent.shop.widget, "Hello")
    for text in (" ", "x" * 2_001):
        with pytest.raises(Invalid):
            await agent.previews.preview(agent.shop.owner, text)


def test_a_preview_and_a_check_of_a_model_end_before_the_operation_that_waits_for_them() -> None:
    assert max(preview.LONGEST, verifier.SECONDS) < Limits().seconds
