"""Commands and lists of the knowledge of an account.

Every change moves the revision of `KnowledgeTotals` and emits `KnowledgeChanged`, by which the indexes in the memory of
all processes learn of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from domain.audit.changes import changes_between, values
from domain.audit.recording import record
from domain.idempotency import Result, run_once
from domain.knowledge.articles import (
    AUDITED,
    article_target,
    moved,
    save_totals,
    totals_of,
    with_article,
    write_article,
)
from domain.knowledge.commands import (
    LONGEST_QUESTION,
    MOST_FOUND,
    MOST_SAVED,
    ChangedProducts,
    CreateArticle,
    ProductDraft,
    UpdateArticle,
    checked_language,
    checked_page,
    checked_products,
    checked_text,
    with_product,
)
from domain.knowledge.gaps import KnowledgeGapService
from domain.knowledge.passages import SourceKind
from domain.knowledge.ports import KnowledgeIndexes
from domain.knowledge.ranking import FoundPassage, find_in
from domain.model.agent.knowledge import Article, ArticleKind, CatalogProduct, KnowledgeTotals, product_key
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.principal import Actor, Permission, Principal
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, Invalid, NotFound
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from domain.values.record import replace
from domain.values.text import check_label, check_text

_LARGE = 1_000  # passages from which on a search takes long enough to leave the event loop


class KnowledgeService:
    """Every command raises `Forbidden` for a caller that may not change knowledge, and `Unavailable`."""

    def __init__(self, *, storage: Storage, indexes: KnowledgeIndexes) -> None:
        self._storage = storage
        self._indexes = indexes
        self.gaps = KnowledgeGapService(storage=storage)

    async def search(self, principal: Principal, text: str, kind: SourceKind | None, limit: int) -> list[FoundPassage]:
        """Return the passages that fit a question best, the best first, one of each article or product.

        Raises `Invalid` for a blank or too long question, `Forbidden`, `Unavailable`.
        """
        principal.require(Permission.READ_KNOWLEDGE)
        check_text(text, field="text", limit=LONGEST_QUESTION)
        if not 1 <= limit <= MOST_FOUND:
            raise Invalid(f"`first` must be between 1 and {MOST_FOUND}.", field="first")
        index = await self._indexes.of(principal.account_id)
        if index.articles.size + index.products.size < _LARGE:
            return find_in(index, text, kind, limit)
        return await asyncio.to_thread(find_in, index, text, kind, limit)

    async def articles(self, principal: Principal, kind: ArticleKind | None, page: Slice) -> Page[Article]:
        """Return a page of the articles, of the snippets, or of both, the newest first. Keyset: (id,). Raises
        `Forbidden`."""
        principal.require(Permission.READ_KNOWLEDGE)
        return await self._storage.read(principal.account_id).articles(kind, page)

    async def products(self, principal: Principal, page: Slice) -> Page[CatalogProduct]:
        """Return a page of the catalogue, in the order of the shop's own ids. Keyset: (product_id,). Raises
        `Forbidden`."""
        principal.require(Permission.READ_KNOWLEDGE)
        return await self._storage.read(principal.account_id).products(page)

    async def totals(self, principal: Principal) -> KnowledgeTotals:
        """Return the numbers of articles, snippets and products. Raises `Forbidden`."""
        principal.require(Permission.READ_KNOWLEDGE)
        account_id = principal.account_id
        found = await self._storage.read(account_id).get(KnowledgeTotals, account_id)
        return found or KnowledgeTotals(id=account_id)

    async def create_article(self, principal: Principal, command: CreateArticle, key: str | None = None) -> Article:
        """Create an article or a snippet, and return it. Idempotent under `key`.

        Raises `Invalid`, `Forbidden`; `Conflict` if the account has too many, or the key was used with another input.
        """
        principal.require(Permission.CHANGE_KNOWLEDGE)

        async def change(uow: UnitOfWork) -> Article:
            async def make() -> Result:
                return {"article": (await write_article(uow, principal, command)).id}

            return await _article(uow, (await run_once(uow, principal, key, command, make))["article"])

        return await self._storage.write(principal.account_id, change)

    async def update_article(self, principal: Principal, command: UpdateArticle) -> Article:
        """Change an article, and return it. Raises `Invalid`, `NotFound`, `Forbidden`; `Conflict` if its version is not
        the expected one, or if the account has too much text."""
        principal.require(Permission.CHANGE_KNOWLEDGE)

        async def change(uow: UnitOfWork) -> Article:
            before = await _article(uow, command.article_id)
            if command.expected_version not in (None, before.version):
                raise Conflict(f"It was changed meanwhile: its version is {before.version}.", field="expected_version")
            after = _updated(before, command)
            if after == before:
                return before
            totals = await totals_of(uow)
            grown = after.characters - before.characters
            totals = moved(totals, characters=totals.characters + grown)
            after = replace(after, version=before.version + 1, revision=totals.revision, updated_at=uow.now)
            uow.save(after)
            save_totals(uow, totals, changed=1)
            changes = changes_between(before, after, AUDITED)
            await record(uow, principal, AuditAction.ARTICLE_UPDATED, article_target(after), changes)
            return after

        return await self._storage.write(principal.account_id, change)

    async def delete_article(self, principal: Principal, article_id: str) -> None:
        """Delete an article or a snippet. Raises `NotFound`, `Forbidden`."""
        principal.require(Permission.CHANGE_KNOWLEDGE)

        async def change(uow: UnitOfWork) -> None:
            article = await _article(uow, article_id)
            uow.delete(Article, article_id)
            save_totals(uow, with_article(await totals_of(uow), article, -1), removed=1)
            changes = changes_between(article, None, AUDITED)
            await record(uow, principal, AuditAction.ARTICLE_DELETED, article_target(article), changes)

        await self._storage.write(principal.account_id, change)

    async def save_products(self, by: Actor, account_id: AccountId, drafts: Sequence[ProductDraft]) -> ChangedProducts:
        """Add products, or replace those with the same ids. Returns how many are new or have changed.

        Raises `Invalid`, `Forbidden`; `Conflict` if the account has too many.
        """
        _require_change(by)
        checked = checked_products(drafts)

        async def change(uow: UnitOfWork) -> ChangedProducts:
            totals, changed = moved(await totals_of(uow)), list[str]()
            for draft in checked:
                before = await uow.get(CatalogProduct, product_key(account_id, draft.product_id))
                after = _product(uow, draft, totals.revision)
                if before is not None and after == replace(before, revision=after.revision, updated_at=uow.now):
                    continue
                uow.save(after)
                totals = with_product(totals, before, after)
                changed.append(after.product_id)
            if changed:
                save_totals(uow, totals, changed=len(changed))
                await _record_products(uow, by, AuditAction.PRODUCTS_SAVED, changed)
            return ChangedProducts(changed=len(changed), total=totals.products)

        return await self._storage.write(account_id, change)

    async def delete_products(self, principal: Principal, product_ids: Sequence[str]) -> ChangedProducts:
        """Delete products by the shop's own ids; unknown ids are ignored. Returns how many were deleted. Raises
        `Invalid`, `Forbidden`."""
        principal.require(Permission.CHANGE_KNOWLEDGE)
        if len(product_ids) > MOST_SAVED:
            raise Invalid(f"Delete at most {MOST_SAVED} products at once.", field="product_ids")

        async def change(uow: UnitOfWork) -> ChangedProducts:
            totals, deleted = moved(await totals_of(uow)), list[str]()
            for product_id in dict.fromkeys(product_ids):
                product = await uow.get(CatalogProduct, product_key(uow.account_id, product_id))
                if product is not None:
                    uow.delete(CatalogProduct, product.id)
                    totals = with_product(totals, product, None)
                    deleted.append(product_id)
            if deleted:
                save_totals(uow, totals, removed=len(deleted))
                await _record_products(uow, principal, AuditAction.PRODUCTS_DELETED, deleted)
            return ChangedProducts(changed=len(deleted), total=totals.products)

        return await self._storage.write(principal.account_id, change)


def _require_change(by: Actor) -> None:
    """Refuse before anything is read."""
    if isinstance(by, Principal):
        by.require(Permission.CHANGE_KNOWLEDGE)


async def _article(uow: UnitOfWork, article_id: str) -> Article:
    article = await uow.get(Article, article_id)
    if article is None:
        raise NotFound("There is no such article.", field="article_id")
    return article


def _updated(before: Article, command: UpdateArticle) -> Article:
    return replace(
        before,
        title=before.title if command.title is None else check_label(command.title, field="title"),
        text=before.text if command.text is None else checked_text(before.kind, command.text),
        language=before.language if command.language is None else checked_language(command.language),
        url=before.url if command.url is None else checked_page(command.url),
    )


def _product(uow: UnitOfWork, draft: ProductDraft, revision: int) -> CatalogProduct:
    return CatalogProduct(
        id=product_key(uow.account_id, draft.product_id),
        product_id=draft.product_id,
        title=draft.title,
        updated_at=uow.now,
        revision=revision,
        description=draft.description,
        category=draft.category,
        url=draft.url,
        image_url=draft.image_url,
        price=draft.price,
        available=draft.available,
        variants=draft.variants,
    )


async def _record_products(uow: UnitOfWork, by: Actor, action: AuditAction, product_ids: Sequence[str]) -> None:
    target = AuditTarget(kind=AuditTargetKind.CATALOG, id=uow.account_id)
    await record(uow, by, action, target, values(products=len(product_ids), product_ids=tuple(product_ids)))
