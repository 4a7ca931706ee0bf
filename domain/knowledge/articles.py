"""Changes of articles and of the totals, which several services of the knowledge make in their transactions."""

from __future__ import annotations

from domain.audit.changes import changes_between
from domain.audit.recording import record
from domain.events import KnowledgeChanged
from domain.knowledge.commands import CreateArticle, check_room, checked_language, checked_page, checked_text
from domain.model.agent.knowledge import Article, ArticleKind, KnowledgeTotals
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.principal import Actor
from domain.storage import UnitOfWork
from domain.values.ids import new_id
from domain.values.record import replace
from domain.values.text import check_label

AUDITED = ("kind", "title", "text", "language", "url")


async def write_article(uow: UnitOfWork, by: Actor, command: CreateArticle) -> Article:
    """Add an article in a command's transaction, and return it. Raises `Invalid`, `Conflict`, `Forbidden`."""
    totals = await totals_of(uow)
    article = Article(
        id=new_id(),
        kind=command.kind,
        title=check_label(command.title, field="title"),
        text=checked_text(command.kind, command.text),
        language=checked_language(command.language),
        url=checked_page(command.url),
        created_at=uow.now,
        updated_at=uow.now,
        revision=totals.revision + 1,
    )
    uow.save(article)
    save_totals(uow, with_article(totals, article, 1), changed=1)
    changes = changes_between(None, article, AUDITED)
    await record(uow, by, AuditAction.ARTICLE_CREATED, article_target(article), changes)
    return article


async def totals_of(uow: UnitOfWork) -> KnowledgeTotals:
    return await uow.get(KnowledgeTotals, uow.account_id) or KnowledgeTotals(id=uow.account_id)


def moved(totals: KnowledgeTotals, *, characters: int | None = None) -> KnowledgeTotals:
    """Return the totals at the next revision."""
    kept = totals.characters if characters is None else characters
    return replace(totals, revision=totals.revision + 1, characters=kept)


def with_article(totals: KnowledgeTotals, article: Article, number: int) -> KnowledgeTotals:
    """Return the totals at the next revision, after an article was added (1) or deleted (-1)."""
    after = moved(totals, characters=totals.characters + number * article.characters)
    if article.kind is ArticleKind.SNIPPET:
        return replace(after, snippets=totals.snippets + number)
    return replace(after, articles=totals.articles + number)


def save_totals(uow: UnitOfWork, totals: KnowledgeTotals, *, changed: int = 0, removed: int = 0) -> None:
    """Save the totals of a change, and tell of it. Raises `Conflict` if something was added and there is no room."""
    if changed:
        check_room(totals)
    uow.save(totals)
    uow.emit(KnowledgeChanged(revision=totals.revision, changed=changed, removed=removed))


def article_target(article: Article) -> AuditTarget:
    return AuditTarget(kind=AuditTargetKind.ARTICLE, id=article.id, name=article.title)
