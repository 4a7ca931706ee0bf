"""The knowledge of the demo's made-up shop, from which the built-in agent replies: articles in five languages, and
products. The files beside this one have them, with addresses below the shop's own page, which `/` and `/help` serve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from api.bootstrap.importers import read_products
from domain.agent.settings import AgentSettingsChange, change_settings
from domain.knowledge.articles import moved, save_totals, totals_of, write_article
from domain.knowledge.commands import CreateArticle, ProductDraft
from domain.knowledge.service import KnowledgeService
from domain.model.account import Account
from domain.model.agent.knowledge import Article, ArticleKind, CatalogProduct
from domain.model.agent.settings import AgentKind, AgentSettings
from domain.storage import Reader, Storage, UnitOfWork
from domain.values.ids import AccountId
from domain.values.paging import Slice
from domain.values.record import Record, replace

_ARTICLES = Path(__file__).with_name("articles.json")
_PRODUCTS = Path(__file__).with_name("products.json")
_MOST = 100  # articles and products whose addresses are moved: the demo's own are fewer


class DemoArticle(Record):
    """An article as the file has it."""

    language: str
    title: str
    text: str
    url: str  # below the shop's own page


def demo_articles() -> list[DemoArticle]:
    """Return the articles of the shop's help."""
    return msgspec.json.decode(_ARTICLES.read_bytes(), type=list[DemoArticle])


def demo_products(*, currency: str, shop: str) -> list[ProductDraft]:
    """Return the products. `shop`: the address of the shop's page, with a slash at its end."""
    read = read_products(_PRODUCTS, currency=currency)
    drafts = [draft for draft in read if isinstance(draft, ProductDraft)]
    return [replace(draft, url=f"{shop}{draft.url}") for draft in drafts]


async def open_demo_shop(*, storage: Storage, knowledge: KnowledgeService, account: Account, shop: str) -> None:
    """Give the demo account its knowledge and the built-in agent, once: what is changed later stays as it is. `shop`:
    the address of the shop's page, with a slash at its end.

    Raises `Unavailable`.
    """
    if await storage.read(account.id).get(AgentSettings, account.id) is not None:
        return
    # Saving the same products again changes nothing.
    await knowledge.save_products(None, account.id, demo_products(currency=account.currency, shop=shop))
    articles = [
        CreateArticle(
            kind=ArticleKind.ARTICLE,
            title=article.title,
            text=article.text,
            language=article.language,
            url=f"{shop}{article.url}",
        )
        for article in demo_articles()
    ]

    async def change(uow: UnitOfWork) -> None:
        if await uow.get(AgentSettings, account.id) is None:
            for article in articles:
                await write_article(uow, None, article)
            await change_settings(uow, None, AgentSettingsChange(answered_by=AgentKind.BUILT_IN))

    await storage.write(account.id, change)


async def move_demo_shop(*, storage: Storage, account_id: AccountId, old: str, new: str) -> None:
    """Change the addresses of articles and products below the shop's page, which is served elsewhere now. Raises
    `Unavailable`."""
    found = await _below(storage.read(account_id), old)

    async def change(uow: UnitOfWork) -> None:
        totals = moved(await totals_of(uow))
        for kind, entity_id in found:
            entity = await uow.get(kind, entity_id)
            if entity is not None and entity.url is not None and entity.url.startswith(old):
                url = new + entity.url.removeprefix(old)
                uow.save(replace(entity, url=url, revision=totals.revision, updated_at=uow.now))
        save_totals(uow, totals, changed=len(found))

    if found:
        await storage.write(account_id, change)


async def _below(reader: Reader, shop: str) -> Sequence[tuple[type[Article] | type[CatalogProduct], str]]:
    articles = (await reader.articles(None, Slice(limit=_MOST))).items
    products = (await reader.products(Slice(limit=_MOST))).items
    return [
        *((Article, each.id) for each in articles if (each.url or "").startswith(shop)),
        *((CatalogProduct, each.id) for each in products if (each.url or "").startswith(shop)),
    ]
