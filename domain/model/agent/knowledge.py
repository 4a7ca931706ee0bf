"""The knowledge of an account, from which the agent's answers come: articles, snippets, and products of its catalogue.

Each record carries the revision at which it last changed. `KnowledgeTotals` has the account's revision and its numbers
of records, so that an index in memory reads what has changed since its own revision, and nothing else.
"""

from __future__ import annotations

from datetime import datetime

from domain.model.conversation import ProductCard
from domain.values.ids import AccountId, ConversationId, named_id
from domain.values.money import Money
from domain.values.record import Record, StoredEnum


class ArticleKind(StoredEnum):
    ARTICLE = "ARTICLE"  # a page of the shop's help: a title, and a text of several paragraphs
    SNIPPET = "SNIPPET"  # a question, and the short text that is its answer


class Article(Record):
    id: str
    kind: ArticleKind
    title: str  # of a snippet: the question
    text: str
    language: str  # BCP 47 tag
    created_at: datetime
    updated_at: datetime
    revision: int  # of the account's knowledge, at which it last changed
    url: str | None = None  # the page of the shop that it stands on
    version: int = 1

    @property
    def characters(self) -> int:
        """The characters of title and text, which an account's knowledge is limited by."""
        return len(self.title) + len(self.text)


class ProductVariant(Record):
    id: str  # the shop's own
    options: tuple[str, ...] = ()  # such as "color: blue"
    price: Money | None = None
    available: bool = True


class CatalogProduct(Record):
    id: str  # see `product_key`
    product_id: str  # the shop's own
    title: str
    updated_at: datetime
    revision: int  # of the account's knowledge, at which it last changed
    description: str | None = None
    category: str | None = None
    url: str | None = None
    image_url: str | None = None
    price: Money | None = None  # where no variant has one
    available: bool = True  # where it has no variants
    variants: tuple[ProductVariant, ...] = ()

    @property
    def characters(self) -> int:
        """The characters of its texts, which an account's knowledge is limited by."""
        own = len(self.title) + len(self.description or "") + len(self.category or "")
        return own + sum(len(option) for variant in self.variants for option in variant.options)

    @property
    def is_available(self) -> bool:
        """Whether it, or any of its variants, can be bought."""
        return any(variant.available for variant in self.variants) if self.variants else self.available

    @property
    def lowest_price(self) -> Money | None:
        """The lowest price of the variants that can be bought, else of all variants, else its own."""
        for variants in ([each for each in self.variants if each.available], self.variants):
            prices = [each.price for each in variants if each.price is not None]
            if prices:
                return min(prices, key=lambda price: price.amount)
        return self.price

    @property
    def card(self) -> ProductCard:
        """The card that recommends it in a message."""
        return ProductCard(
            product_id=self.product_id,
            title=self.title,
            url=self.url,
            image_url=self.image_url,
            price=self.lowest_price,
        )


class KnowledgeTotals(Record):
    id: AccountId
    revision: int = 0  # number of changes
    articles: int = 0
    snippets: int = 0
    products: int = 0
    characters: int = 0


class KnowledgeGap(Record):
    """Questions of shoppers with similar words that nothing in the knowledge answered."""

    id: str
    question: str  # as it was asked last
    words: tuple[
        str, ...
    ]  # of the first question, by which the group is found; of a later one, if that one was removed
    count: int  # conversations in which it was asked
    first_at: datetime
    last_at: datetime
    locale: str | None = None  # of the last shopper
    conversation_ids: tuple[ConversationId, ...] = ()  # the newest first, at most 50


def product_key(account_id: AccountId, product_id: str) -> str:
    """Return the id of the record of a product."""
    return named_id("product", account_id, product_id)
