"""Conversations and messages without words. Everything that reports count stays."""

from __future__ import annotations

import re
from datetime import datetime

from domain.erasure.blanks import without_question
from domain.model.conversation import Conversation, Message
from domain.model.handoff import Handoff
from domain.retention.model import WordScope
from domain.search.tokenizer import addresses_in, folded
from domain.values.errors import Conflict, Field
from domain.values.record import replace

_LEAST_QUOTED = 4  # characters: a shorter text is in others by chance
_LONG_NUMBER = 6  # digits: a shorter number is in others by chance
_NUMBER = re.compile(r"\d(?:[ ./-]?\d)+")  # in groups or not
_MOST_QUOTED = 60  # characters: who quotes a long text may shorten it


def without_words(message: Message, at: datetime) -> Message:
    """Return the message without text, products, buttons and files, as of `at`. Its place stays."""
    if message.redacted_at is not None:
        return message
    return replace(message, text="", products=(), actions=(), attachments=(), template=None, redacted_at=at)


def without_scope(conversation: Conversation, scope: WordScope) -> Conversation:
    """Return the conversation without the words of the scope."""
    if scope.question:
        conversation = without_question(conversation, scope.at)
    if (scope.question or scope.subject) and conversation.route is not None:  # a first mail begins with its subject
        conversation = replace(conversation, route=replace(conversation.route, subject=None))
    handoffs = tuple(handoff_without_scope(each, scope) for each in conversation.handoffs)
    if (scope.handoff_ids is None or scope.transfer) and conversation.transfer is not None:
        conversation = replace(conversation, transfer=replace(conversation.transfer, summary=None))
    return replace(conversation, handoffs=handoffs)


def handoff_without_scope(handoff: Handoff, scope: WordScope) -> Handoff:
    """Return the handoff, without its words if the scope names it."""
    if scope.handoff_ids is not None and handoff.id not in scope.handoff_ids:
        return handoff
    return replace(handoff, reason_detail=None, summary=None)


def check_not_held(conversation: Conversation, *, field: Field) -> None:
    """Raises `Conflict` if the conversation is under a legal hold."""
    if conversation.hold is not None:
        raise Conflict("The conversation is under a legal hold. End it first, with `setLegalHold`.", field=field)


def is_question(conversation: Conversation, message: Message) -> bool:
    """Whether the message is the first question, of which the conversation has the beginning."""
    if conversation.first_question_id is not None:
        return message.id == conversation.first_question_id
    return message.sequence == 1 and message.text.startswith(conversation.first_question)


def quotes(text: str | None, words: str) -> bool:
    """Whether a text has the words, or the beginning of long ones, whatever the white space, the capitals and the form
    of accents; or a long number or an e-mail address of them, by which a summary says what somebody has written."""
    if text is None:
        return False
    wanted, there = folded(" ".join(words.split())), folded(" ".join(text.split()))
    if len(wanted) >= _LEAST_QUOTED and wanted[:_MOST_QUOTED] in there:
        return True
    told, known = {*_numbers(wanted), *addresses_in(words)}, {*_numbers(there), *addresses_in(text)}
    return not told.isdisjoint(known)


def _numbers(text: str) -> set[str]:
    """Return the digits of the long numbers in a text, however they are grouped."""
    found = ("".join(filter(str.isdecimal, number)) for number in _NUMBER.findall(text))
    return {digits for digits in found if len(digits) >= _LONG_NUMBER}
