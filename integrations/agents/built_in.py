"""The built-in agent: it quotes the knowledge and tells of the shopper's own orders, without a network or a model.

A wrong reply is worse than a handoff: `domain/knowledge/ranking.py` says which confidence suffices.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from domain.agent.ports import AgentHandoff, AgentOutcome, AgentQuestion, AgentReply
from domain.i18n.localization import catalog_for
from domain.knowledge.answering import (
    GENERAL_SKILL,
    ORDER_SKILL,
    AgentAnswer,
    Situation,
    answer_to,
    is_about_own_order,
)
from domain.knowledge.ranking import find_in
from domain.knowledge.small_talk import SmallTalk, SmallTalkKind, small_talk_in
from domain.knowledge.topics import topics_of
from domain.model.handoff import EscalationReason
from domain.search.tokenizer import words_of

_LARGE = 1_000  # passages from which on a search takes long enough to leave the event loop
_LONGEST_QUESTION = 2_000  # characters of a turn that are looked at, from its end
_LONGEST_SUMMARY = 500


class BuiltInAgent:
    """Implements `AnsweringAgent`."""

    async def reply(self, question: AgentQuestion, *, on_text: Callable[[str], None]) -> AgentOutcome:
        """Return the reply, whose text is there at once, or the handoff."""
        if question.index.articles.size + question.index.products.size < _LARGE:
            return outcome_of(question)
        return await asyncio.to_thread(outcome_of, question)


def outcome_of(question: AgentQuestion) -> AgentOutcome:
    """Return what the agent does with a question."""
    text = question.text[-_LONGEST_QUESTION:]
    small_talk = small_talk_in(text)
    if small_talk is not None:
        return _small_talk(question, small_talk, text)
    if not words_of(text):
        return AgentHandoff(
            reason=EscalationReason.UNINTELLIGIBLE_INPUT, detail="The message has no words.", skill=GENERAL_SKILL
        )
    situation = Situation(
        question=text,
        is_verified=question.is_verified,
        orders=question.orders,
        locale=question.locale,
        time_zone=question.time_zone,
    )
    answer = answer_to(situation, question.index)
    if answer is not None:
        return _reply(answer)
    return _order_handoff(situation) if is_about_own_order(situation) else _gap(question, text)


def _reply(answer: AgentAnswer) -> AgentReply:
    return AgentReply(
        text=answer.text,
        skill=answer.skill,
        topics=answer.topics,
        product_ids=answer.product_ids,
        source_ids=() if answer.source is None else (answer.source.source_id,),
        confidence=answer.confidence,
    )


def _small_talk(question: AgentQuestion, found: SmallTalk, text: str) -> AgentOutcome:
    if found.kind is SmallTalkKind.HUMAN_WANTED:
        return AgentHandoff(
            reason=EscalationReason.EXPLICIT_ASK,
            detail="The shopper asks for a human.",
            summary=_summary(text),
            skill=GENERAL_SKILL,
        )
    words = catalog_for(question.locale or found.language).agent
    return AgentReply(text=words.hello if found.kind is SmallTalkKind.GREETING else words.welcome, skill=GENERAL_SKILL)


def _order_handoff(situation: Situation) -> AgentHandoff:
    detail = "The shopper has no such order." if situation.is_verified else "The shopper's identity is not proved."
    return AgentHandoff(
        reason=EscalationReason.OTHER,
        detail=f"The question is about an order. {detail}",
        summary=_summary(situation.question),
        skill=ORDER_SKILL,
        topics=topics_of(situation.question),
    )


def _gap(question: AgentQuestion, text: str) -> AgentHandoff:
    closest = next(iter(find_in(question.index, text, None, 1)), None)
    detail = "Nothing in the knowledge answers this."
    if closest is not None:
        detail += f' The closest is "{closest.passage.title}", with a confidence of {closest.confidence:.2f}.'
    return AgentHandoff(
        reason=EscalationReason.KNOWLEDGE_GAP,
        detail=detail[:_LONGEST_SUMMARY],
        summary=_summary(text),
        skill=GENERAL_SKILL,
        topics=topics_of(text),
    )


def _summary(text: str) -> str:
    """Return the question for staff, on one line."""
    asked = " ".join(text.split())
    return f"The shopper wrote: {asked[:_LONGEST_SUMMARY]}{'…' if len(asked) > _LONGEST_SUMMARY else ''}"
