"""The agent that Baton runs itself, on a shop in memory: the real services, an index of a few texts, and orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from domain.agent.ports import AgentOutcome, AgentQuestion, AnsweringAgent
from domain.answering.preview import AgentPreviewService
from domain.answering.questions import QuestionReader
from domain.answering.service import AnsweringService
from domain.conversation.partial_replies import PartialReplyService
from domain.knowledge.passages import article_passages, product_passage
from domain.knowledge.ports import KnowledgeIndex
from domain.model.agent.knowledge import Article, ArticleKind, CatalogProduct
from domain.model.agent.settings import AgentKind, AgentSettings
from domain.model.commerce import Order
from domain.model.conversation import Conversation
from domain.signals import Typing
from domain.storage import TimerKind
from domain.values.ids import AccountId
from integrations.agents.built_in import BuiltInAgent
from integrations.ranking.tantivy_ranker import TantivyRanker
from tests.harness.memory_shop import NOON, MemoryShop

TEXTS = {
    "Returns": "You can send back any item within 30 days after delivery.",
    "Shipping costs": "Standard shipping costs 4.90 euros, and is free from 50 euros on.",
}
LAMP = CatalogProduct(id="lamp", product_id="1001", title="Brass desk lamp", updated_at=NOON, revision=1)

Ask = Callable[[AgentQuestion], AgentOutcome]


class ScriptedAgent:
    """An agent that does what a test says."""

    def __init__(self, ask: Ask) -> None:
        self.questions: list[AgentQuestion] = []
        self._ask = ask

    async def reply(self, question: AgentQuestion, *, on_text: Callable[[str], None]) -> AgentOutcome:
        self.questions.append(question)
        return self._ask(question)


class MemoryAgent:
    """The runner's part of a shop: `answer` replies to the turn of a conversation."""

    def __init__(self, shop: MemoryShop, *, agent: AnsweringAgent | None = None, orders: Sequence[Order] = ()) -> None:
        self.shop = shop
        self.agent = agent or BuiltInAgent()
        self.orders = list(orders)
        self.signals: list[Typing] = []
        self._index = index_of(TEXTS, [LAMP])
        self.partial_replies = PartialReplyService(storage=shop.storage, signals=self, clock=_Clock(shop))
        questions = QuestionReader(storage=shop.storage, knowledge=self, orders=self)
        self.service = AnsweringService(
            storage=shop.storage,
            agent=shop.agent,
            handoffs=shop.handoffs,
            partial_replies=self.partial_replies,
            agents=_Agents(self),
            questions=questions,
            clock=_Clock(shop),
        )
        self.previews = AgentPreviewService(
            storage=shop.storage, agents=_Agents(self), questions=questions, clock=_Clock(shop)
        )
        shop.storage.keep(LAMP, AgentSettings(id=shop.storage.account.id, updated_at=NOON))
        self.choose(AgentKind.BUILT_IN)

    def choose(self, answered_by: AgentKind) -> None:
        account_id = self.shop.storage.account.id
        self.shop.storage.keep(AgentSettings(id=account_id, updated_at=NOON, answered_by=answered_by))

    async def answer(self, talk: Conversation, *, fresh: bool = True) -> bool:
        return await self.service.answer(self.shop.storage.account.id, talk.id, fresh=fresh)

    async def pass_lease(self) -> None:
        """Let time pass until every lease has expired, and handle the timers."""
        self.shop.storage.wait(timedelta(seconds=11))
        for account_id, timer in await self.shop.storage.due_timers(self.shop.storage.now, 100, [TimerKind.AGENT_TURN]):
            await self.shop.turns.expire(account_id, timer)

    # The ports

    async def of(self, account_id: AccountId) -> KnowledgeIndex:
        return self._index

    async def placed_by(self, account_id: AccountId, keys: Sequence[str], *, limit: int) -> list[Order]:
        return [order for order in self.orders if order.purchase and not {*keys}.isdisjoint(order.purchase.keys)]

    async def publish(self, account_id: AccountId, signal: Typing) -> None:
        self.signals.append(signal)


class _Agents:
    def __init__(self, owner: MemoryAgent) -> None:
        self._owner = owner

    def of(self, settings: AgentSettings) -> AnsweringAgent | None:
        return self._owner.agent if settings.answered_by is AgentKind.BUILT_IN else None


class _Clock:
    def __init__(self, shop: MemoryShop) -> None:
        self._shop = shop

    def now(self) -> datetime:
        return self._shop.storage.now


def index_of(texts: Mapping[str, str], products: Sequence[CatalogProduct] = ()) -> KnowledgeIndex:
    """Return the index of some articles, whose ids are their titles, and products."""
    articles, catalog = TantivyRanker().empty(), TantivyRanker().empty()
    rows = [
        Article(
            id=title,
            kind=ArticleKind.ARTICLE,
            title=title,
            text=text,
            language="en",
            url=f"https://shop.example/{number}",
            created_at=NOON,
            updated_at=NOON,
            revision=1,
        )
        for number, (title, text) in enumerate(texts.items())
    ]
    articles.change((), [passage for row in rows for passage in article_passages(row)])
    catalog.change((), [product_passage(product) for product in products])
    return KnowledgeIndex(revision=1, articles=articles.index, products=catalog.index)
