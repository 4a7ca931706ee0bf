"""The knowledge of the demo's made-up shop, from which the built-in agent answers: articles in five languages, and
products. The files beside this one have them."""

from __future__ import annotations

from pathlib import Path

import orjson

from api.bootstrap.importers import read_products
from domain.agent.settings import AgentSettingsChange, change_settings
from domain.knowledge.articles import write_article
from domain.knowledge.commands import CreateArticle, ProductDraft
from domain.knowledge.service import KnowledgeService
from domain.model.account import Account
from domain.model.agent.knowledge import ArticleKind
from domain.model.agent.settings import AgentKind, AgentSettings
from domain.storage import Storage, UnitOfWork

_ARTICLES = Path(__file__).with_name("articles.json")
_PRODUCTS = Path(__file__).with_name("products.json")


async def open_demo_shop(*, storage: Storage, knowledge: KnowledgeService, account: Account) -> None:
    """Give the demo account its knowledge and the built-in agent, once: what is changed later stays as it is.

    Raises `Unavailable`.
    """
    if await storage.read(account.id).get(AgentSettings, account.id) is not None:
        return
    drafts = [draft for draft in read_products(_PRODUCTS, currency=account.currency) if isinstance(draft, ProductDraft)]
    await knowledge.save_products(None, account.id, drafts)  # saving the same products again changes nothing
    articles = [CreateArticle(kind=ArticleKind.ARTICLE, **given) for given in orjson.loads(_ARTICLES.read_bytes())]

    async def change(uow: UnitOfWork) -> None:
        if await uow.get(AgentSettings, account.id) is None:
            for article in articles:
                await write_article(uow, None, article)
            await change_settings(uow, None, AgentSettingsChange(answered_by=AgentKind.BUILT_IN))

    await storage.write(account.id, change)
