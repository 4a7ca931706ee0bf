"""Questions that nothing in the knowledge answered, grouped, so that the shop sees what to write.

A handoff with the reason KNOWLEDGE_GAP adds the shopper's last question to the group of questions with similar words,
in the transaction of the handoff. An article that is made of a group ends it; a question that is asked again later
begins a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.audit.recording import record
from domain.idempotency import Result, run_once
from domain.knowledge.articles import write_article
from domain.knowledge.commands import CreateArticle
from domain.knowledge.function_words import FUNCTION_WORDS
from domain.knowledge.terms import sequences
from domain.model.agent.knowledge import Article, KnowledgeGap
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.model.conversation import AuthorKind, Conversation, Message, MessageKind
from domain.principal import Permission, Principal
from domain.search.tokenizer import words_of
from domain.storage import GapOrder, Storage, UnitOfWork
from domain.values.errors import NotFound
from domain.values.ids import new_id
from domain.values.paging import Page, Slice
from domain.values.record import replace
from domain.values.text import clean_text

LONGEST_QUESTION = 500  # characters that are kept
MOST_CONVERSATIONS = 50  # of a group, the newest
_MOST_WORDS = 20  # of a question, by which its group is found
_CANDIDATES = 100  # groups that are compared
_SIMILAR = 0.5  # share of common sequences (Dice) from which two questions are one
_LAST_MESSAGES = 20  # in which the question is looked for


class KnowledgeGapService:
    """Lists gaps, and ends them."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def page(self, principal: Principal, order: GapOrder, page: Slice) -> Page[KnowledgeGap]:
        """Return a page of the groups, in this order, the highest first. Raises `Forbidden`."""
        _require_reading(principal)
        return await self._storage.read(principal.account_id).knowledge_gaps(order, page)

    async def count(self, principal: Principal) -> int:
        """Return the number of groups. Raises `Forbidden`."""
        _require_reading(principal)
        return await self._storage.read(principal.account_id).count_knowledge_gaps()

    async def find(self, principal: Principal, gap_id: str) -> KnowledgeGap | None:
        """Return the group with this id, or `None`. Raises `Forbidden`."""
        _require_reading(principal)
        return await self._storage.read(principal.account_id).get(KnowledgeGap, gap_id)

    async def write_article(
        self, principal: Principal, gap_id: str, command: CreateArticle, key: str | None = None
    ) -> Article:
        """Create an article that answers a group of questions, and end the group. Returns the article. Idempotent under
        `key`. Raises `Invalid`, `NotFound`, `Conflict`, `Forbidden`."""
        principal.require(Permission.CHANGE_KNOWLEDGE)

        async def change(uow: UnitOfWork) -> Article:
            async def make() -> Result:
                gap = await _gap(uow, gap_id)
                uow.delete(KnowledgeGap, gap.id)
                return {"article": (await write_article(uow, principal, command)).id}

            made = await run_once(uow, principal, key, command, make, owner=gap_id)
            article = await uow.get(Article, made["article"])
            if article is None:
                raise NotFound("The article was deleted.", field="gap_id")
            return article

        return await self._storage.write(principal.account_id, change)

    async def dismiss(self, principal: Principal, gap_id: str) -> None:
        """End a group without an article. Raises `NotFound`, `Forbidden`."""
        principal.require(Permission.CHANGE_KNOWLEDGE)

        async def change(uow: UnitOfWork) -> None:
            gap = await _gap(uow, gap_id)
            uow.delete(KnowledgeGap, gap_id)
            target = AuditTarget(kind=AuditTargetKind.KNOWLEDGE_GAP, id=gap.id)  # the question may name its shopper
            await record(uow, principal, AuditAction.KNOWLEDGE_GAP_DISMISSED, target)

        await self._storage.write(principal.account_id, change)


async def note_gap(uow: UnitOfWork, conversation: Conversation) -> None:
    """Add the shopper's last question to its group, or begin a group."""
    before = max(0, conversation.sequence - _LAST_MESSAGES)
    question = _last_question(await uow.messages_after(conversation.id, before))
    await note_question(uow, conversation, question, at=uow.now)


async def note_question(uow: UnitOfWork, conversation: Conversation, question: str, *, at: datetime) -> None:
    """Add a question that was asked at an instant to its group, or begin a group. One without words is left out."""
    words = _words(question)
    if not words:
        return
    found = _most_similar(words, await uow.knowledge_gaps_with(words, limit=_CANDIDATES))
    if found is None:
        found = KnowledgeGap(id=new_id(), question=question, words=words, count=0, first_at=at, last_at=at)
    is_new = conversation.id not in found.conversation_ids
    others = tuple(each for each in found.conversation_ids if each != conversation.id)
    is_full = len(others) >= MOST_CONVERSATIONS  # then the first question may be of a conversation that is not named
    uow.save(
        replace(
            found,
            question=question,
            words=words if is_full else found.words,
            count=found.count + is_new,
            last_at=at,
            locale=conversation.locale or found.locale,
            conversation_ids=(conversation.id, *others)[:MOST_CONVERSATIONS],
        )
    )


async def gaps_of(uow: UnitOfWork, question: str) -> list[KnowledgeGap]:
    """Return the groups with any of the question's words, the latest first, at most 100."""
    words = _words(question)
    return await uow.knowledge_gaps_with(words, limit=_CANDIDATES) if words else []


def without_first_question(gap: KnowledgeGap) -> KnowledgeGap:
    """Return the group, found from now on by the words of its last question alone."""
    return replace(gap, words=_words(gap.question))


def _require_reading(principal: Principal) -> None:
    principal.require(Permission.READ_KNOWLEDGE)
    principal.require(Permission.READ_CONVERSATIONS)


async def _gap(uow: UnitOfWork, gap_id: str) -> KnowledgeGap:
    gap = await uow.get(KnowledgeGap, gap_id)
    if gap is None:
        raise NotFound("There is no such knowledge gap.", field="gap_id")
    return gap


def _last_question(messages: Sequence[Message]) -> str:
    """Return the text of the shopper's last messages, which no message of the agent divides."""
    said: list[str] = []
    for message in reversed(messages):
        if message.author.kind is AuthorKind.SHOPPER:
            said.insert(0, message.text)
        elif said and message.kind is not MessageKind.NOTE:
            break
    return clean_text("\n".join(said), limit=LONGEST_QUESTION)


def _words(question: str) -> tuple[str, ...]:
    found = dict.fromkeys(word for word in words_of(question) if word not in FUNCTION_WORDS)
    return tuple(sorted([*found][:_MOST_WORDS]))


def _most_similar(words: Sequence[str], gaps: Iterable[KnowledgeGap]) -> KnowledgeGap | None:
    own = _sequences(words)
    best, found = _SIMILAR, None
    for gap in gaps:
        other = _sequences(gap.words)
        similarity = 2 * len(own & other) / (len(own) + len(other))
        if similarity >= best:
            best, found = similarity, gap
    return found


def _sequences(words: Iterable[str]) -> set[str]:
    return {part for word in words for part in sequences(word)}
