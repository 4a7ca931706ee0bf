"""Commands on the knowledge of an account, and the checks of their values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from domain.model.agent.knowledge import ArticleKind, CatalogProduct, KnowledgeTotals, ProductVariant
from domain.values.errors import Conflict, Field, Invalid, within
from domain.values.money import Money, check_money
from domain.values.record import Record, replace
from domain.values.text import LABEL_LIMIT, check_label, check_text
from domain.values.urls import check_url

MOST_ARTICLES = 2_000
MOST_SNIPPETS = 5_000
MOST_PRODUCTS = 10_000
MOST_CHARACTERS = 10_000_000  # of all titles and texts together: they are in the memory of each process that answers
LONGEST_ARTICLE = 50_000  # characters
LONGEST_SNIPPET = 2_000
LONGEST_DESCRIPTION = 5_000
MOST_VARIANTS = 100  # of a product
MOST_OPTIONS = 20  # of a variant
MOST_SAVED = 100  # products of one command
LONGEST_QUESTION = 2_000  # characters
MOST_FOUND = 20  # passages of a search

_LONGEST_URL = 2_048
_LONGEST_TAG = 35  # characters: RFC 5646, 4.4.1
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class CreateArticle(Record):
    kind: ArticleKind
    title: str
    text: str
    language: str
    url: str | None = None


class UpdateArticle(Record):
    """A field of None is left unchanged; an empty `url` removes the address."""

    article_id: str
    title: str | None = None
    text: str | None = None
    language: str | None = None
    url: str | None = None
    expected_version: int | None = None


class ProductDraft(Record):
    """A product as the shop gives it. It replaces the product with the same id."""

    product_id: str
    title: str
    description: str | None = None
    category: str | None = None
    url: str | None = None
    image_url: str | None = None
    price: Money | None = None
    available: bool = True
    variants: tuple[ProductVariant, ...] = ()


class ChangedProducts(Record):
    """The result of a command."""

    changed: int
    total: int  # products of the account


def checked_text(kind: ArticleKind, text: str) -> str:
    """Return the text. Raises `Invalid` if it is blank or too long for its kind."""
    return check_text(text, field="text", limit=LONGEST_SNIPPET if kind is ArticleKind.SNIPPET else LONGEST_ARTICLE)


def checked_language(tag: str) -> str:
    """Return the tag. Raises `Invalid` if it does not have the form of a BCP 47 tag."""
    if len(tag) > _LONGEST_TAG or _LANGUAGE.fullmatch(tag) is None:
        raise Invalid("This is not a language tag. Write it as in BCP 47, like en or pt-BR.", field="language")
    return tag


def checked_page(url: str | None, *, field: Field = "url") -> str | None:
    """Return the address; `None` for none. Raises `Invalid`."""
    if not url:
        return None
    if len(url) > _LONGEST_URL:
        raise Invalid(f"A web address has at most {_LONGEST_URL:,} characters.", field=field)
    return check_url(url, field=field)


def checked_products(drafts: Sequence[ProductDraft]) -> list[ProductDraft]:
    """Return the products, checked. Raises `Invalid` with the place of the wrong value, or if one id is twice there."""
    if len(drafts) > MOST_SAVED:
        raise Invalid(f"Save at most {MOST_SAVED} products at once.", field="products")
    checked = [_product(draft, ("products", str(place))) for place, draft in enumerate(drafts)]
    if len({draft.product_id for draft in checked}) < len(checked):
        raise Invalid("Two of the products have the same ID.", field="products")
    return checked


def check_room(totals: KnowledgeTotals) -> None:
    """Raises `Conflict` if the account has more than its limits."""
    for name, number, most in (
        ("articles", totals.articles, MOST_ARTICLES),
        ("snippets", totals.snippets, MOST_SNIPPETS),
        ("products", totals.products, MOST_PRODUCTS),
        ("characters of knowledge", totals.characters, MOST_CHARACTERS),
    ):
        if number > most:
            raise Conflict(f"An account has at most {most:,} {name}: delete some that are not used.")


def with_product(
    totals: KnowledgeTotals, before: CatalogProduct | None, after: CatalogProduct | None
) -> KnowledgeTotals:
    """Return the totals after a product was added, replaced or removed."""
    added = (after is not None) - (before is not None)
    grown = (after.characters if after else 0) - (before.characters if before else 0)
    return replace(totals, products=totals.products + added, characters=totals.characters + grown)


def _product(draft: ProductDraft, field: tuple[str, ...]) -> ProductDraft:
    if len(draft.variants) > MOST_VARIANTS:
        raise Invalid(f"A product has at most {MOST_VARIANTS} variants.", field=within(field, "variants"))
    if draft.description is not None:
        check_text(draft.description, field=within(field, "description"), limit=LONGEST_DESCRIPTION)
    return replace(
        draft,
        product_id=check_label(draft.product_id, field=within(field, "product_id")),
        title=check_label(draft.title, field=within(field, "title"), limit=LABEL_LIMIT),
        category=None if draft.category is None else check_label(draft.category, field=within(field, "category")),
        url=checked_page(draft.url, field=within(field, "url")),
        image_url=checked_page(draft.image_url, field=within(field, "image_url")),
        price=_price(draft.price, within(field, "price")),
        variants=tuple(_variant(each, (*field, "variants", str(n))) for n, each in enumerate(draft.variants)),
    )


def _variant(variant: ProductVariant, field: tuple[str, ...]) -> ProductVariant:
    if len(variant.options) > MOST_OPTIONS:
        raise Invalid(f"A variant has at most {MOST_OPTIONS} options.", field=within(field, "options"))
    return replace(
        variant,
        id=check_label(variant.id, field=within(field, "id")),
        options=tuple(check_label(option, field=within(field, "options")) for option in variant.options),
        price=_price(variant.price, within(field, "price")),
    )


def _price(price: Money | None, field: Field) -> Money | None:
    return None if price is None else check_money(price, field=field, least=Decimal(0))
