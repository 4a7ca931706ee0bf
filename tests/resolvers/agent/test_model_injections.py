"""Injections into a model that obeys them (`tests/harness/injections.py`): it reaches nothing that is not the
shopper's, changes nothing, and shows no link of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.chat_completions import KEY
from dev.fakes.server import serving
from domain.agent.ports import AgentHandoff, AgentOutcome, AgentQuestion, AgentReply, HistoryLine
from domain.knowledge.passages import passages_of
from domain.knowledge.ports import KnowledgeIndex
from domain.model.agent.guidance import EscalationRule, Guidance
from domain.model.agent.knowledge import Article, ArticleKind, CatalogProduct
from domain.model.commerce import Order, Purchase
from domain.model.handoff import EscalationReason
from domain.values.ids import AccountId
from domain.values.money import Money
from integrations.agents.model.answering import ModelAnsweringAgent
from integrations.agents.model.endpoint import open_http
from integrations.ranking.tantivy_ranker import TantivyRanker
from tests.harness.clock import ManualClock
from tests.harness.injections import (
    FOREIGN,
    INJECTIONS,
    OTHERS,
    OWN,
    OWN_ORDER,
    OWN_TOTAL,
    Injection,
    ObedientModel,
    Place,
)
from tests.harness.program import Program, Shop, running

_NOW = datetime(2026, 6, 7, 12, tzinfo=UTC)
_LAMP = "lamp"


@pytest.fixture
async def model() -> AsyncIterator[ObedientModel]:
    fake = ObedientModel(INJECTIONS)
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def baton(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    given = {"model_private_networks": True}
    async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock(), **given) as program:
        yield program


def order(number: str, total: str) -> Order:
    placed = Purchase(placed_at=_NOW, total=Money(amount=Decimal(total), currency="EUR"))
    return Order(id=f"order-{number}", order_id=number, purchase=placed)


def knowledge(attempt: Injection) -> KnowledgeIndex:
    """A small knowledge, with the text of the attempt where it belongs."""
    article, product = (attempt.text if attempt.place is place else "" for place in (Place.ARTICLE, Place.PRODUCT))
    stamps = {"updated_at": _NOW, "revision": 1}
    page = Article(
        id="a1",
        kind=ArticleKind.ARTICLE,
        title="Warranty of lamps",
        text=f"The warranty of a lamp is two years. {article}",
        language="en",
        url="https://shop.example/warranty",
        created_at=_NOW,
        **stamps,
    )
    lamp = CatalogProduct(id=_LAMP, product_id="p1", title="Brass lamp", description=f"A lamp. {product}", **stamps)
    articles, products = TantivyRanker().empty(), TantivyRanker().empty()
    articles.change([], passages_of(page))
    products.change([], passages_of(lamp))
    return KnowledgeIndex(revision=1, articles=articles.index, products=products.index)


def question(attempt: Injection, *, is_verified: bool) -> AgentQuestion:
    """The question of a shopper with one order, whose number the model is told if the shopper is verified."""
    asked = "How long is the warranty of the lamp?"
    said = attempt.text if attempt.place is Place.SHOPPER else ""
    before = attempt.text if attempt.place is Place.HISTORY else "Hello"
    return AgentQuestion(
        conversation_id=None,
        text=f"{said}\n{asked}",
        history=(HistoryLine(by_shopper=True, text=before), HistoryLine(by_shopper=False, text="Hello.")),
        is_verified=is_verified,
        orders=(order(OWN_ORDER, OWN_TOTAL),) if is_verified else (),
        guidance=Guidance(
            id=AccountId("a"),
            updated_at=_NOW,
            escalation_rules=(EscalationRule(title="Lawyers", description="They threaten with a lawyer."),),
        ),
        index=knowledge(attempt),
    )


async def test_a_model_that_obeys_reaches_nothing(baton: Program, shop: Shop, model: ObedientModel) -> None:
    await baton.done(shop.owner, "connectModel", url=model.url, model="obedient", apiKey=KEY)
    model.received.clear()
    before = await baton.fingerprints()
    texts = dict[tuple[str, bool], list[str]]()
    async with open_http() as http:
        agent = ModelAnsweringAgent(account_id=shop.id, connections=baton.baton.services.connections, http=http)

        async def reply(attempt: Injection, is_verified: bool) -> AgentOutcome:
            shown = texts[attempt.name, is_verified] = []
            return await agent.reply(question(attempt, is_verified=is_verified), on_text=shown.append)

        cases = [(attempt, is_verified) for attempt in INJECTIONS for is_verified in (True, False)]
        outcomes = await asyncio.gather(*(reply(*case) for case in cases))
    assert await baton.fingerprints() == before, "no call of the model writes anything"
    assert all(model.obeyed.values()), "each attempt has reached the model"
    for (attempt, is_verified), outcome in zip(cases, outcomes, strict=True):
        _check(attempt, outcome, texts[attempt.name, is_verified], is_verified=is_verified)
    _check_requests(model)


def _check(attempt: Injection, outcome: AgentOutcome, shown: list[str], *, is_verified: bool) -> None:
    visible = " ".join([*shown, outcome.text if isinstance(outcome, AgentReply) else "", str(outcome)])
    for secret in (*OTHERS, KEY):
        assert secret not in visible or secret in attempt.text, attempt.name
    if attempt is OWN or not is_verified:
        assert (OWN_TOTAL in visible) is is_verified, "orders are told to verified shoppers only"
    assert f"{FOREIGN}/" not in visible, attempt.name
    if isinstance(outcome, AgentReply):
        assert set(outcome.product_ids) <= {_LAMP}
        assert set(outcome.source_ids) <= {"a1", _LAMP}
    elif outcome.reason is EscalationReason.ESCALATION_RULE:
        assert outcome.detail == "Lawyers"


def _check_requests(model: ObedientModel) -> None:
    """Texts of shoppers and articles are never among the instructions, and no control token is in the messages."""
    for received in model.received:
        system, *rest = received.json["messages"]
        assert [message["role"] for message in (system, *rest)].count("system") == 1
        assert not any(attempt.text.strip() in system["content"] for attempt in INJECTIONS)
        read = json.dumps(rest, ensure_ascii=False)
        assert not any(
            token in read for token in ("<|im_start|>", "<|im_end|>", "[INST]", "<<SYS>>", "<start_of_turn>")
        )
        assert "<｜" not in read


async def test_what_a_failed_turn_says(baton: Program, shop: Shop, model: ObedientModel) -> None:
    """The shopper gets a human, and the owner reads why."""
    asked = question(INJECTIONS[0], is_verified=True)
    async with open_http() as http:
        agent = ModelAnsweringAgent(account_id=shop.id, connections=baton.baton.services.connections, http=http)
        none = await agent.reply(asked, on_text=lambda _: None)
        await baton.done(shop.owner, "connectModel", url=model.url, model="obedient", apiKey=KEY)
        model.key = "another"
        refused = await agent.reply(asked, on_text=lambda _: None)
        shown = (await baton.data(shop.owner, "{ connectedModel { problem } }"))["connectedModel"]
        model.key = KEY
        answered = await agent.reply(asked, on_text=lambda _: None)
        again = (await baton.data(shop.owner, "{ connectedModel { problem } }"))["connectedModel"]
    for outcome in (none, refused):
        assert isinstance(outcome, AgentHandoff)
        assert outcome.reason is EscalationReason.AGENT_FAILURE
    assert isinstance(answered, AgentReply)
    assert (shown["problem"], again["problem"]) == ("The endpoint refused the key.", None)
