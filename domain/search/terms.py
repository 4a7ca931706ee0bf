"""The terms that a conversation is found by. A list of conversations is an intersection of terms, in some order.

    order            a word of one of its messages, whoever wrote it and in which kind of message
    &ann@ex.com      an e-mail address in one of its messages
    @ann             a word of its shopper's name or e-mail address
    @&ann@ex.com     its shopper's e-mail address
    @+393331234567   its shopper's phone number; one term with the country code and one without
    :status:OPEN     a facet, which filters use: status, channel, tag, profile, and the UTC day and month of its start
    :untagged        the term of a conversation without a tag
    :all             the term of every conversation

A word consists of letters and digits, so it is never taken for a term of another kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

import phonenumbers

from domain.model.conversation import Conversation, Message
from domain.search.tokenizer import addresses_in, folded, grouped_numbers, words_of
from domain.word_caches import remembers_words

EVERY = ":all"
UNTAGGED = ":untagged"
IDENTITY = "@"
ADDRESS = "&"
PHONE = "+"
FACET = ":"
MAX_WORDS_OF_MESSAGE = 2_000  # different words: each is an index entry, and the longest letters have fewer
_MONTHS_FROM = 45  # days of a range from which on whole months stand for their days


class KnownIdentity(Protocol):
    """The identity of a shopper: a conversation's visitor, or a profile."""

    @property
    def name(self) -> str | None:
        """The name as it was given, in any script."""

    @property
    def email(self) -> str | None:
        """The e-mail address in its stored form."""

    @property
    def phone(self) -> str | None:
        """The phone number in E.164."""


def message_terms(messages: Iterable[Message]) -> set[str]:
    """Return the terms of messages, notes included: only staff, who may read them, can search."""
    return {word for message in messages for word in _of_message(message)}


def _of_message(message: Message) -> Iterator[str]:
    texts = (message.text, *(card.title for card in message.products))
    seen: dict[str, None] = {}
    for text in texts:
        addresses = (ADDRESS + address for address in addresses_in(text))
        seen.update(dict.fromkeys((*words_of(text), *addresses, *_numbers_in(text))))
    yield from list(seen)[:MAX_WORDS_OF_MESSAGE]


def _numbers_in(text: str) -> list[str]:
    return [digits for _, digits in grouped_numbers(folded(text))]


def identity(known: KnownIdentity | None) -> set[str]:
    """Return the terms of a shopper's name, e-mail address and phone number."""
    if known is None:
        return set()
    found = {*words_of(known.name or ""), *words_of(known.email or "")}
    found |= {ADDRESS + address for address in addresses_in(known.email or "")}
    if known.phone:
        found |= {PHONE + number for number in (known.phone.removeprefix("+"), *_national(known.phone))}
    return {IDENTITY + word for word in found}


@remembers_words
@lru_cache(maxsize=1024)  # conversations of one shopper are often written together
def _national(phone: str) -> list[str]:
    try:
        return [phonenumbers.national_significant_number(phonenumbers.parse(phone))]
    except phonenumbers.NumberParseException:
        return []  # an imported number is stored as it came


def facets(conversation: Conversation) -> set[str]:
    """Return the terms that filters use."""
    return {
        EVERY,
        f":status:{conversation.status}",
        f":channel:{conversation.channel}",
        f":profile:{conversation.profile_id}",
        f":day:{conversation.started_at:%Y-%m-%d}",
        f":month:{conversation.started_at:%Y-%m}",
        *([f":tag:{tag}" for tag in conversation.tags] or [UNTAGGED]),
    }


def day_terms(begins: datetime, ends: datetime) -> tuple[str, ...]:
    """Return terms of which every conversation started in [begins, ends) has one, and few others have any.

    They are the days at both ends, and the months between them: at most about 180 for ten years.
    """
    first, last = begins.date(), (ends - timedelta(microseconds=1)).date()
    found: dict[str, None] = {}
    day = first
    while day <= last:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        if (last - first).days > _MONTHS_FROM and day.day == 1 and following - timedelta(days=1) <= last:
            found[f":month:{day:%Y-%m}"] = None
            day = following
        else:
            found[f":day:{day:%Y-%m-%d}"] = None
            day += timedelta(days=1)
    return tuple(found)
