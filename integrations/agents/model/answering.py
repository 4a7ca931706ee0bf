"""Implements `AnsweringAgent` with a language model: what the model may know of a question, and what may be shown of
what it writes.

Lookups are bound to the question: products to the account's catalogue, orders to those of the verified shopper that the
question brings along. Whatever the model is made to believe, there is no call by which it could reach more.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Sequence

import httpx

from domain.agent.ports import AgentHandoff, AgentOutcome, AgentQuestion, AgentReply
from domain.connected_services.models import model_settings
from domain.connected_services.ports import CannotOpen
from domain.connected_services.service import ConnectionService
from domain.i18n.localization import moment_text
from domain.knowledge.answering import GENERAL_SKILL, ORDER_SKILL, PRODUCT_SKILL, RETURN_SKILL
from domain.knowledge.passages import Passage, SourceKind
from domain.knowledge.ranking import find_passages
from domain.knowledge.topics import RETURNS, topics_of
from domain.model.commerce import Order
from domain.model.connected_services import Service, UnsealedConnection
from domain.model.handoff import EscalationReason
from domain.values.ids import AccountId
from domain.values.record import replace
from domain.values.text import is_blank
from integrations.agents.model.agent import (
    Answer,
    FoundProduct,
    HandoffDecision,
    ModelAgent,
    ModelTurn,
    Outcome,
    Said,
    Source,
    TurnBudget,
)
from integrations.agents.model.endpoint import ModelEndpoint
from integrations.agents.model.errors import ModelProblem
from integrations.agents.model.instructions import as_data, instructions_for, rules_of_the_model
from integrations.agents.model.links import KnownLinks, settled

_PASSAGES = 6  # of articles, and as many of products
_PRODUCTS = 5  # that a lookup returns
_ORDERS = 10  # whose numbers the model is told
_HISTORY, _LINE, _HISTORY_ROOM = 20, 2_000, 12_000  # messages, characters of one, characters of all
_QUESTION = 8_000  # characters of the question that are read
_SURE, _QUITE_SURE = 0.9, 0.6  # confidence of an answer
_GROWTH = 1.05  # by which a text grows before it is checked and shown again: the check reads all of it
_REFUSED = frozenset({ModelProblem.CREDENTIALS, ModelProblem.REJECTED})  # until somebody connects the model again

logger = logging.getLogger("baton.model")


class ModelAnsweringAgent:
    """The agent of one account."""

    def __init__(self, *, account_id: AccountId, connections: ConnectionService, http: httpx.AsyncClient) -> None:
        self._account_id = account_id
        self._connections = connections
        self._http = http

    async def reply(self, question: AgentQuestion, *, on_text: Callable[[str], None]) -> AgentOutcome:
        """Return the model's reply, or the handoff, within the time of a turn. Raises `Unavailable` if the database
        does not respond."""
        question = replace(question, text=question.text[:_QUESTION])
        topics = topics_of(question.text)
        if is_blank(question.text):  # such as a file without a word
            return AgentHandoff(reason=EscalationReason.UNINTELLIGIBLE_INPUT, detail="The message has no text.")
        try:
            connection = await self._connections.open(self._account_id, Service.MODEL)
        except CannotOpen:
            return _failure("The key of the language model cannot be decrypted: connect it again.", topics)
        if connection is None:
            return _failure("No language model is connected.", topics)
        facts = _Facts(question)
        outcome = await self._turn(connection, question, facts, _TextSoFar(on_text, facts.links))
        await self._note(connection, outcome)
        if isinstance(outcome, HandoffDecision):
            return _handoff(outcome, question, facts)
        if facts.links.has_foreign(outcome.text):
            logger.warning("The language model of account %s wrote a link that is in no source.", self._account_id)
            return _failure("The language model wrote a link that is in no source.", topics)
        return facts.reply(outcome, topics)

    async def _turn(
        self, connection: UnsealedConnection, question: AgentQuestion, facts: _Facts, on_text: Callable[[str], None]
    ) -> Outcome:
        settings = model_settings(connection)
        agent = ModelAgent(
            endpoint=ModelEndpoint(settings, http=self._http), budget=TurnBudget(seconds=settings.turn_seconds)
        )
        try:
            return await agent.turn(_turn_of(question, facts), facts, on_text=on_text)
        except Exception:  # every error ends at a human
            logger.exception("A turn of the language model of account %s failed.", self._account_id)
            return HandoffDecision(reason=EscalationReason.AGENT_FAILURE, detail="The turn failed.")

    async def _note(self, connection: UnsealedConnection, outcome: Outcome) -> None:
        """Show a problem of the endpoint that only people can solve with the connection, until it is solved."""
        problem = outcome.problem if isinstance(outcome, HandoffDecision) else None
        version = connection.version
        if problem in _REFUSED and isinstance(outcome, HandoffDecision):
            await self._connections.mark_failed(self._account_id, Service.MODEL, outcome.detail, version=version)
        elif problem is None:
            await self._connections.mark_ok(self._account_id, Service.MODEL, version=version)
        else:
            logger.warning("A turn of the language model of account %s ended: %s.", self._account_id, problem)


class _Facts:
    """What the model may know in a turn (port: `Lookups`), and what it has looked up."""

    def __init__(self, question: AgentQuestion) -> None:
        self._question = question
        self._orders = {_number(order): order for order in question.orders if order.purchase and not order.erased}
        self._passages = {f"s{place}": each for place, each in enumerate(_passages(question), start=1)}
        self._tracked = False
        self.links = KnownLinks()  # of texts to the shopper
        self.staff_links = KnownLinks()  # of texts to staff, who may also read what the shopper wrote
        guidance = question.guidance
        for text in (guidance.brand_summary or "", *guidance.communication_rules):
            self._add_source(text)
        for passage in self._passages.values():
            self._give(passage)
        for said in (question.text, *(line.text[:_LINE] for line in question.history if line.by_shopper)):
            self.links.add_shopper(said)
            self.staff_links.add_source(said)

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(
            Source(
                id=name,
                title=as_data(each.title),
                text=as_data(_with_address(each)),
                product_id=each.source_id if each.kind is SourceKind.PRODUCT else None,
            )
            for name, each in self._passages.items()
        )

    @property
    def orders(self) -> tuple[str, ...]:
        return tuple(as_data(order.order_id) for order in self._orders.values())[:_ORDERS]

    async def products(self, query: str) -> Sequence[FoundProduct]:
        found = [each.passage for each in find_passages(self._question.index.products, query, _PRODUCTS)]
        for passage in found:
            self._give(passage)
        return [
            FoundProduct(id=each.source_id, title=as_data(each.title), description=as_data(each.text)) for each in found
        ]

    async def order(self, order_id: str) -> str | None:
        order = self._orders.get(_folded(order_id))
        if order is None or order.purchase is None:
            return None
        self._tracked = True
        purchase, question = order.purchase, self._question
        refunded = [f"{each.amount.amount} {each.amount.currency}" for each in order.refunds]
        state = {
            "number": order.order_id,
            "placed": moment_text(purchase.placed_at, question.time_zone, question.locale),
            "total": f"{purchase.total.amount} {purchase.total.currency}",
            "state": purchase.state.value,
            "refunded": refunded,
        }
        return as_data(json.dumps(state, ensure_ascii=False))

    def reply(self, answer: Answer, topics: tuple[str, ...]) -> AgentReply:
        """Return the reply of an answer."""
        skill = RETURN_SKILL if RETURNS in topics else GENERAL_SKILL
        if answer.product_ids:
            skill = PRODUCT_SKILL
        elif self._tracked:
            skill = ORDER_SKILL
        used = dict.fromkeys(self._passages[name].source_id for name in answer.source_ids)
        return AgentReply(
            text=answer.text,
            skill=skill,
            topics=topics,
            product_ids=tuple(dict.fromkeys(answer.product_ids)),
            source_ids=tuple(used),
            confidence=_SURE if answer.is_sure else _QUITE_SURE,
        )

    def _give(self, passage: Passage) -> None:
        self._add_source(f"{passage.title}\n{_with_address(passage)}")

    def _add_source(self, text: str) -> None:
        self.links.add_source(text)
        self.staff_links.add_source(text)


class _TextSoFar:
    """Passes on as much of a growing text as may be shown before it is whole."""

    def __init__(self, on_text: Callable[[str], None], links: KnownLinks) -> None:
        self._on_text = on_text
        self._links = links
        self._shown = ""
        self._ended = False

    def __call__(self, text: str) -> None:
        part = settled(text).rstrip()
        if self._ended or len(part) <= len(self._shown) * _GROWTH:
            return
        if self._links.has_foreign(part):
            self._ended = True
            return
        self._shown = part
        self._on_text(part)


def _passages(question: AgentQuestion) -> list[Passage]:
    """Return passages for the question, and for the previous question together with it, since it may continue that."""
    before = next((line.text for line in reversed(question.history) if line.by_shopper), "")
    texts = [question.text, *([f"{before}\n{question.text}"] if before else [])]
    found: dict[tuple[str, int], Passage] = {}
    for text in texts:
        for index in (question.index.articles, question.index.products):
            for each in find_passages(index, text, _PASSAGES):
                found.setdefault((each.passage.source_id, each.passage.place), each.passage)
    return list(found.values())


def _turn_of(question: AgentQuestion, facts: _Facts) -> ModelTurn:
    mark = f"SOURCES-{secrets.token_hex(8)}"
    return ModelTurn(
        instructions=instructions_for(question.guidance, mark=mark, locale=question.locale),
        history=(*_recent(question), Said(by_shopper=True, text=as_data(question.text))),
        sources=facts.sources,
        is_verified=question.is_verified,
        orders=facts.orders,
        mark=mark,
    )


def _recent(question: AgentQuestion) -> list[Said]:
    """Return the last messages before the question, as many as a small context has room for."""
    recent, room = list[Said](), _HISTORY_ROOM
    for line in reversed(question.history[-_HISTORY:]):
        text = as_data(line.text[:_LINE])
        room -= len(text)
        if room < 0:
            break
        recent.append(Said(by_shopper=line.by_shopper, text=text))
    return recent[::-1]


def _handoff(decision: HandoffDecision, question: AgentQuestion, facts: _Facts) -> AgentHandoff:
    """Return the handoff. Staff read its texts, so they have no link of the model's own either; and a rule that it
    names is one of the account's."""
    reason, detail = decision.reason, decision.detail
    if reason is EscalationReason.ESCALATION_RULE:
        titles = {rule.title.casefold(): rule.title for rule in rules_of_the_model(question.guidance)}
        title = titles.get(detail.strip().casefold())
        reason, detail = (EscalationReason.OTHER, detail) if title is None else (reason, title)
    summary = decision.summary
    return AgentHandoff(
        reason=reason,
        detail=None if facts.staff_links.has_foreign(detail) else detail,
        summary=None if summary is None or facts.staff_links.has_foreign(summary) else summary,
        topics=topics_of(question.text),
    )


def _failure(detail: str, topics: tuple[str, ...]) -> AgentHandoff:
    return AgentHandoff(reason=EscalationReason.AGENT_FAILURE, detail=detail, topics=topics)


def _with_address(passage: Passage) -> str:
    return passage.text if passage.url is None else f"{passage.text}\n{passage.url}"


def _number(order: Order) -> str:
    return _folded(order.order_id)


def _folded(order_id: str) -> str:
    return order_id.strip().removeprefix("#").casefold()
