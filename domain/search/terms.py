"""What a conversation is found by: its terms. A list of conversations is an intersection of terms, in some order.

    order            a word that was written in it: by whom and in which kind of message makes no difference
    &ann@ex.com      an e-mail address that was written in it
    @ann             a word of its shopper's name or e-mail address
    @&ann@ex.com     its shopper's e-mail address
    @+393331234567   its shopper's phone number, with the country code and without
    :status:OPEN     what it is filtered by: status, channel, tag, profile, and the UTC day and month of its start
    :all             every conversation has it

No word begins with such a sign, so none is ever taken for a term of another kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

import phonenumbers

from domain.model.conversation import Conversation, Message
from domain.search.tokenizer import addresses_in, folded, grouped_numbers, words_of

EVERY = ":all"
IDENTITY = "@"
ADDRESS = "&"
PHONE = "+"
FACET = ":"
MOST_WORDS_OF_MESSAGE = 2_000  # different ones: the longest letter has fewer, and each is an entry of an index
_DAYS_APART = 45  # beyond it, whole months stand for their days


class KnownIdentity(Protocol):
    """Who a shopper is: a conversation's visitor, or a profile."""

    @property
    def name(self) -> str | None: ...
    @property
    def email(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...


def said(messages: Iterable[Message]) -> set[str]:
    """The words of messages, notes included: who searches works for the shop, and reads them."""
    return {word for message in messages for word in _of_message(message)}


def _of_message(message: Message) -> Iterator[str]:
    texts = (message.text, *(card.title for card in message.products))
    seen: dict[str, None] = {}
    for text in texts:
        addresses = (ADDRESS + address for address in addresses_in(text))
        seen.update(dict.fromkeys((*words_of(text), *addresses, *_numbers_in(text))))
    yield from list(seen)[:MOST_WORDS_OF_MESSAGE]


def _numbers_in(text: str) -> list[str]:
    return [digits for _, digits in grouped_numbers(folded(text))]


def identity(known: KnownIdentity | None) -> set[str]:
    """By name, e-mail and phone: words, the whole address, and the number with and without its country code."""
    if known is None:
        return set()
    found = {*words_of(known.name or ""), *words_of(known.email or "")}
    found |= {ADDRESS + address for address in addresses_in(known.email or "")}
    if known.phone:
        found |= {PHONE + number for number in (known.phone.removeprefix("+"), *_national(known.phone))}
    return {IDENTITY + word for word in found}


@lru_cache(maxsize=1024)  # a shopper's conversations come together
def _national(phone: str) -> list[str]:
    try:
        return [phonenumbers.national_significant_number(phonenumbers.parse(phone))]
    except phonenumbers.NumberParseException:
        return []  # it came from a file, as it is


def facets(conversation: Conversation) -> set[str]:
    return {
        EVERY,
        f":status:{conversation.status}",
        f":channel:{conversation.channel}",
        f":profile:{conversation.profile_id}",
        f":day:{conversation.started_at:%Y-%m-%d}",
        f":month:{conversation.started_at:%Y-%m}",
        *(f":tag:{tag}" for tag in conversation.tags),
    }


def days(begins: datetime, ends: datetime) -> tuple[str, ...]:
    """Terms that all conversations started in [begins, ends) have, and few others: the days at both ends, and the
    months between them. At most about 180 for ten years."""
    first, last = begins.date(), (ends - timedelta(microseconds=1)).date()
    found: dict[str, None] = {}
    day = first
    while day <= last:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        if (last - first).days > _DAYS_APART and day.day == 1 and following - timedelta(days=1) <= last:
            found[f":month:{day:%Y-%m}"] = None
            day = following
        else:
            found[f":day:{day:%Y-%m-%d}"] = None
            day += timedelta(days=1)
    return tuple(found)
