"""A preview: what the agent would do with a text, without a conversation. Nothing is written."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from domain.agent.ports import AgentHandoff, AgentOutcome, AgentQuestion, AgentReply, Agents
from domain.agent.settings import AgentSettingsService
from domain.answering.questions import QuestionReader
from domain.guidance.evaluation import MessageFacts, rule_set
from domain.knowledge.answering import cards_first
from domain.knowledge.commands import LONGEST_QUESTION
from domain.model.agent.knowledge import Article, CatalogProduct
from domain.model.agent.settings import AgentKind
from domain.model.handoff import EscalationReason
from domain.principal import Permission, Principal
from domain.storage import Storage
from domain.values.clock import Clock
from domain.values.ids import AccountId
from domain.values.record import Record, replace
from domain.values.text import check_text

LONGEST = 8.0  # seconds: within the 10 s of an operation (`api/graphql/limits.py`)

logger = logging.getLogger("baton.agent")


Source = Article | CatalogProduct


class AgentPreview(Record):
    outcome: AgentOutcome
    rule: str | None = None  # title of the escalation rule that hands over
    products: tuple[CatalogProduct, ...] = ()  # whose cards are shown
    sources: tuple[Source, ...] = ()


class AgentPreviewService:
    """Previews what the agent of the account does; the built-in one, if Baton runs none for the account."""

    def __init__(self, *, storage: Storage, agents: Agents, questions: QuestionReader, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._agents = agents
        self._settings = AgentSettingsService(storage=storage)
        self._questions = questions

    async def preview(self, principal: Principal, text: str, locale: str | None = None) -> AgentPreview:
        """Return what the agent would do, if a new shopper, whose identity is not proved, wrote the text.

        Raises `Invalid` for a blank or too long text, `Forbidden`, `Unavailable`.
        """
        principal.require(Permission.READ_KNOWLEDGE)
        check_text(text, field="text", limit=LONGEST_QUESTION)
        account_id = principal.account_id
        question = await self._questions.imagined(account_id, text, locale)
        rule = rule_set(question.guidance.escalation_rules).match(MessageFacts(text=text, at=self._clock.now()))
        if rule is not None:
            handoff = AgentHandoff(reason=EscalationReason.ESCALATION_RULE, detail=rule.title)
            return AgentPreview(outcome=handoff, rule=rule.title)
        outcome = await self._outcome(account_id, question)
        if isinstance(outcome, AgentHandoff):
            return AgentPreview(outcome=outcome)
        products = await self._products(account_id, outcome.product_ids)
        return AgentPreview(
            outcome=outcome,
            products=tuple(cards_first(products, outcome.product_ids)),
            sources=await self._sources(account_id, outcome),
        )

    async def _outcome(self, account_id: AccountId, question: AgentQuestion) -> AgentOutcome:
        settings = await self._settings.of(account_id)
        agent = self._agents.of(settings) or self._agents.of(replace(settings, answered_by=AgentKind.BUILT_IN))
        assert agent is not None, "Baton has a built-in agent"
        try:
            async with asyncio.timeout(LONGEST):
                return await agent.reply(question, on_text=lambda _: None)
        except TimeoutError:
            detail = f"The agent took longer than the {LONGEST:g} seconds of a preview."
        except Exception as error:
            logger.exception("The agent failed at a preview.")
            detail = f"The agent failed: {type(error).__name__}."
        return AgentHandoff(reason=EscalationReason.AGENT_FAILURE, detail=detail)

    async def _products(self, account_id: AccountId, product_ids: Sequence[str]) -> list[CatalogProduct]:
        if not product_ids:
            return []
        return [*(await self._storage.read(account_id).get_many(CatalogProduct, product_ids)).values()]

    async def _sources(self, account_id: AccountId, reply: AgentReply) -> tuple[Source, ...]:
        reader = self._storage.read(account_id)
        articles = await reader.get_many(Article, reply.source_ids)
        products = await self._products(account_id, [each for each in reply.source_ids if each not in articles])
        found: dict[str, Source] = {**articles, **{product.id: product for product in products}}
        return tuple(found[source_id] for source_id in reply.source_ids if source_id in found)
