"""The built-in agent's answer to a question, from the knowledge and the shopper's own orders, if it has one.

It quotes: an answer is a passage with its source, a list of products, or the recorded state of an order. Nothing in a
question or a passage is an instruction. Orders are those of the *verified* shopper, and the caller reads no others; of
a shopper who only claims to be somebody nothing is said about any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.i18n.localization import moment_text
from domain.knowledge.passages import Passage
from domain.knowledge.ports import KnowledgeIndex
from domain.knowledge.ranking import FoundPassage, find_passages
from domain.knowledge.topics import RETURNS, topics_of
from domain.model.agent.knowledge import CatalogProduct
from domain.model.commerce import Order, Purchase, PurchaseState
from domain.search.tokenizer import words_of
from domain.values.record import Record, replace

GENERAL_SKILL: Final = "General questions"
ORDER_SKILL: Final = "Order tracking"
PRODUCT_SKILL: Final = "Product recommendation"
RETURN_SKILL: Final = "Returns"

MOST_PRODUCTS = 3  # that are recommended at once
MOST_ORDERS = 3  # that are told of, the latest
_SHORTEST_NUMBER = 4  # characters of an order's: shorter ones are also sizes, days and amounts
_CLOSE = 0.9  # share of the best product's confidence from which others are recommended with it

_ORDER_WORDS = frozenset(
    (
        *(
            "order",
            "orders",
            "parcel",
            "package",
            "bestellung",
            "bestellungen",
            "paket",
            "pedido",
            "pedidos",
            "paquete",
        ),
        *("commande", "colis", "ordine", "pacco"),
    )
)
_WHERE_WORDS = frozenset(
    (
        *("where", "track", "tracking", "status", "wo", "wann", "donde", "estado", "ou", "dove", "stato", "verfolgen"),
        *("suivi", "suivre"),
    )
)


class Situation(Record):
    """A question, and what the agent may know of who asks it."""

    question: str
    is_verified: bool  # whether the shopper's identity is proved
    orders: tuple[Order, ...] = ()  # of the verified shopper, the latest first
    locale: str | None = None
    time_zone: str = "UTC"  # of the shop


class AgentAnswer(Record):
    text: str
    skill: str
    topics: tuple[str, ...] = ()
    product_ids: tuple[str, ...] = ()  # records of the catalogue whose cards are shown
    source: Passage | None = None
    confidence: float = 1.0


class AgentWords(Record):
    """The agent's own words in a language."""

    products: str
    order: str  # {order} {date} {total} {state}
    refunded: str  # {amount}
    states: tuple[str, str, str]  # of UNPAID, PAID, CANCELLED


_WORDS: Final = {
    "en": AgentWords(
        products="This may be what you are looking for:",
        order="Order {order} of {date}, {total}: {state}.",
        refunded="{amount} has been refunded.",
        states=("not paid yet", "paid", "cancelled"),
    ),
    "de": AgentWords(
        products="Das könnte das Richtige sein:",
        order="Bestellung {order} vom {date}, {total}: {state}.",
        refunded="{amount} wurden erstattet.",
        states=("noch nicht bezahlt", "bezahlt", "storniert"),
    ),
    "es": AgentWords(
        products="Quizás busca esto:",
        order="Pedido {order} del {date}, {total}: {state}.",
        refunded="Se han reembolsado {amount}.",
        states=("pendiente de pago", "pagado", "cancelado"),
    ),
    "fr": AgentWords(
        products="Voici ce que vous cherchez peut-être :",
        order="Commande {order} du {date}, {total} : {state}.",
        refunded="{amount} ont été remboursés.",
        states=("pas encore payée", "payée", "annulée"),
    ),
    "it": AgentWords(
        products="Forse cerca questo:",
        order="Ordine {order} del {date}, {total}: {state}.",
        refunded="{amount} sono stati rimborsati.",
        states=("non ancora pagato", "pagato", "annullato"),
    ),
}


def answer_to(situation: Situation, index: KnowledgeIndex) -> AgentAnswer | None:
    """Return the answer; `None` if the agent does not know, and a human has to be asked."""
    articles = find_passages(index.articles, situation.question, 1)
    if is_about_own_order(situation):
        return _order_answer(situation) or _general_order_answer(situation, articles)
    products = find_passages(index.products, situation.question, MOST_PRODUCTS)
    best = max((*articles[:1], *products[:1]), key=lambda found: found.confidence, default=None)
    if best is None or not best.is_sufficient:
        return None
    return _product_answer(situation, products) if best in products else _article_answer(situation, best)


def cards_first(products: Sequence[CatalogProduct], product_ids: Sequence[str]) -> list[CatalogProduct]:
    """Return the products with these ids in their order, the available before the others."""
    by_id = {product.id: product for product in products}
    found = [by_id[product_id] for product_id in product_ids if product_id in by_id]
    return sorted(found, key=lambda product: not product.is_available)


def _article_answer(situation: Situation, found: FoundPassage) -> AgentAnswer:
    topics = topics_of(situation.question)
    passage = found.passage
    source = f"\n\n{passage.title}: {passage.url}" if passage.url else ""
    return AgentAnswer(
        text=f"{passage.text}{source}",
        skill=RETURN_SKILL if RETURNS in topics else GENERAL_SKILL,
        topics=topics,
        source=passage,
        confidence=found.confidence,
    )


def _product_answer(situation: Situation, found: Sequence[FoundPassage]) -> AgentAnswer:
    best = found[0].confidence
    close = [each for each in found if each.is_sufficient and each.confidence >= best * _CLOSE]
    return AgentAnswer(
        text=_words(situation.locale).products,
        skill=PRODUCT_SKILL,
        topics=topics_of(situation.question),
        product_ids=tuple(each.passage.source_id for each in close),
        source=found[0].passage,
        confidence=best,
    )


def is_about_own_order(situation: Situation) -> bool:
    """Whether the question is about where an order is, or names one of the shopper's own."""
    words = set(words_of(situation.question))
    asks_where = not words.isdisjoint(_WHERE_WORDS) and not words.isdisjoint(_ORDER_WORDS)
    return asks_where or any(_names(words, order) for order in situation.orders)


def _names(words: set[str], order: Order) -> bool:
    parts = words_of(order.order_id)
    return len("".join(parts)) >= _SHORTEST_NUMBER and words.issuperset(parts)


def _is_like_a_number(word: str) -> bool:
    """Whether a word may be the number of an order."""
    return len(word) >= _SHORTEST_NUMBER and any(character.isdigit() for character in word)


def _order_answer(situation: Situation) -> AgentAnswer | None:
    """Tell of the order that the question names, or of the latest ones. `None` if no order may be told of."""
    if not situation.is_verified:
        return None
    words = set(words_of(situation.question))
    named = [order for order in situation.orders if _names(words, order)]
    if not named and any(_is_like_a_number(word) for word in words):
        return None  # another order is meant, which is not the shopper's as far as is known
    told = [order for order in named or situation.orders if order.purchase is not None and not order.erased]
    if not told:
        return None
    lines = [_order_line(situation, order, order.purchase) for order in told[:MOST_ORDERS] if order.purchase]
    return AgentAnswer(text="\n".join(lines), skill=ORDER_SKILL, topics=topics_of(situation.question))


def _general_order_answer(situation: Situation, articles: Sequence[FoundPassage]) -> AgentAnswer | None:
    """Answer with what the shop says of all orders, where nothing can be told of this one, and none is named."""
    names_one = any(character.isdigit() for character in situation.question)
    if names_one or not articles or not articles[0].is_sufficient:
        return None
    return replace(_article_answer(situation, articles[0]), skill=ORDER_SKILL)


def _order_line(situation: Situation, order: Order, purchase: Purchase) -> str:
    words = _words(situation.locale)
    line = words.order.format(
        order=order.order_id,
        date=moment_text(purchase.placed_at, situation.time_zone, situation.locale),
        total=f"{purchase.total.amount} {purchase.total.currency}",
        state=words.states[[*PurchaseState].index(purchase.state)],
    )
    back = [f"{refund.amount.amount} {refund.amount.currency}" for refund in order.refunds]
    return " ".join([line, *(words.refunded.format(amount=amount) for amount in back)])


def _words(locale: str | None) -> AgentWords:
    return _WORDS.get((locale or "en").replace("_", "-").partition("-")[0].lower(), _WORDS["en"])
