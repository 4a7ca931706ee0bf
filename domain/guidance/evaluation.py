"""The check of deterministic escalation rules: a pure function of a conversation so far.

    rules = RuleSet(guidance.escalation_rules)
    rule = rules.match(facts)                    # of one message, as it comes in
    match = first_match(rules, texts, facts)     # of a whole conversation: the first rule that matches, and where

Texts and phrases are folded as the search folds them (`domain/search/tokenizer.py`): case, accents and width do not
matter, and a phrase matches whole words, in any script. A phrase whose last word ends in * matches its beginning. In a
script without spaces a word is a character, so a phrase matches wherever its characters follow each other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import cached_property, lru_cache

from domain.guidance.sentiment import sounds
from domain.model.agent.guidance import EscalationRule, RuleCombination, RuleConditions
from domain.search.tokenizer import folded, words_of
from domain.values.money import Money
from domain.values.record import Record

LOOKS_BACK = 100  # messages of a conversation, by anybody, among which a repetition counts
_ANY_ENDING = "*"


class ShopperText(Record, kw_only=False):
    """A message of the shopper."""

    sequence: int
    text: str
    sent_at: datetime


class OrderValue(Record, kw_only=False):
    """The value of an order of the shopper, after refunds."""

    placed_at: datetime
    value: Money


class MessageFacts(Record):
    """The facts that conditions compare: a message of the shopper, and the conversation up to it."""

    text: str
    at: datetime
    shopper_messages: int = 1  # up to this one, which counts
    repetitions: int = 1  # how many times the shopper has written this text, this time included
    topics: Collection[str] = ()
    orders: Sequence[OrderValue] = ()


class RuleMatch(Record):
    """The first message at which a rule matches."""

    rule: EscalationRule
    message: ShopperText


class _Reading:
    """One message while rules are checked: what several conditions need is worked out once."""

    def __init__(self, facts: MessageFacts, phrases: _Phrases) -> None:
        self.facts = facts
        self._phrases = phrases

    @cached_property
    def words(self) -> list[str]:
        return words_of(self.facts.text)

    @cached_property
    def phrases(self) -> set[int]:
        """The numbers of the rules of which a phrase is in the message."""
        return self._phrases.found_in(self.words)

    @cached_property
    def topics(self) -> frozenset[str]:
        return frozenset(map(folded, self.facts.topics))


_Condition = Callable[[_Reading], bool]


class RuleSet:
    """Rules that are prepared for many checks. Disabled rules, and rules without conditions, are left out."""

    def __init__(self, rules: Iterable[EscalationRule]) -> None:
        self.rules = tuple(rule for rule in rules if rule.is_at_work)
        given = [rule.conditions for rule in self.rules if rule.conditions is not None]
        self._phrases = _Phrases([conditions.phrases for conditions in given])
        self._checks = [_check_of(number, conditions) for number, conditions in enumerate(given)]
        self.needs_orders = any(conditions.order_value is not None for conditions in given)
        self.needs_topics = any(conditions.topics for conditions in given)
        self.needs_earlier = any(conditions.repetitions is not None for conditions in given)

    def match(self, facts: MessageFacts, *, without: Collection[str] = ()) -> EscalationRule | None:
        """Return the first rule that matches a message, or `None`. `without`: titles of rules that are passed over."""
        reading = _Reading(facts, self._phrases)
        for rule, check in zip(self.rules, self._checks, strict=True):
            if rule.title not in without and check(reading):
                return rule
        return None


@lru_cache(maxsize=256)  # accounts whose shoppers write at present
def rule_set(rules: tuple[EscalationRule, ...]) -> RuleSet:
    """Return the rules, prepared; those of the last accounts are remembered."""
    return RuleSet(rules)


def first_match(
    rules: RuleSet,
    texts: Iterable[ShopperText],
    *,
    topics: Collection[str] = (),
    topics_from: int = 0,
    orders: Sequence[OrderValue] = (),
) -> RuleMatch | None:
    """Return the first message of a conversation at which a rule matches, with the rule; `None` if there is none.

    `texts` are the shopper's messages in order. `topics` are the tags of the conversation, which count at messages with
    a number above `topics_from`.
    """
    earlier: deque[tuple[int, str]] = deque()
    for number, message in enumerate(texts, start=1):
        facts = MessageFacts(
            text=message.text,
            at=message.sent_at,
            shopper_messages=number,
            repetitions=_repetitions(earlier, message) if rules.needs_earlier else 1,
            topics=topics if message.sequence > topics_from else (),
            orders=orders,
        )
        rule = rules.match(facts)
        if rule is not None:
            return RuleMatch(rule=rule, message=message)
    return None


def repetition_key(text: str) -> str:
    """Return the form in which texts are compared for repetitions; empty for a text without words."""
    return " ".join(words_of(text))


def _repetitions(earlier: deque[tuple[int, str]], message: ShopperText) -> int:
    """Count the message among those before it, and add it to them."""
    while earlier and earlier[0][0] < message.sequence - LOOKS_BACK:
        earlier.popleft()
    key = repetition_key(message.text)
    if not key:
        return 1
    earlier.append((message.sequence, key))
    return sum(before == key for _, before in earlier)


class _Phrases:
    """The phrases of all rules, found in one pass over the words of a message."""

    def __init__(self, phrases: Sequence[Sequence[str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], bool, int]]] = {}
        self._beginnings: list[tuple[str, int]] = []  # phrases of one word with any ending
        for number, listed in enumerate(phrases):
            for phrase in listed:
                self._add(phrase, number)
        self._any_beginning = tuple(beginning for beginning, _ in self._beginnings)

    def _add(self, phrase: str, number: int) -> None:
        words, is_open = words_of(phrase), has_any_ending(phrase)
        if len(words) == 1 and is_open:
            self._beginnings.append((words[0], number))
        elif words:
            self._by_first.setdefault(words[0], []).append((tuple(words[1:]), is_open, number))

    def found_in(self, words: Sequence[str]) -> set[int]:
        """Return the numbers of the rules of which a phrase is among the words."""
        found: set[int] = set()
        for position, word in enumerate(words):
            for rest, is_open, number in self._by_first.get(word, ()):
                if number not in found and _follows(words, position + 1, rest, is_open):
                    found.add(number)
            if self._beginnings and word.startswith(self._any_beginning):
                found.update(number for beginning, number in self._beginnings if word.startswith(beginning))
        return found


def has_any_ending(phrase: str) -> bool:
    """Whether the last word of a phrase matches every word that begins with it."""
    return phrase.rstrip().endswith(_ANY_ENDING)


def _follows(words: Sequence[str], start: int, rest: tuple[str, ...], is_open: bool) -> bool:
    there = words[start : start + len(rest)]
    if not is_open:
        return tuple(there) == rest
    return len(there) == len(rest) and tuple(there[:-1]) == rest[:-1] and there[-1].startswith(rest[-1])


def _check_of(number: int, conditions: RuleConditions) -> _Condition:
    """Return the check of a rule, the cheapest conditions first."""
    checks = list(_conditions_of(number, conditions))
    if len(checks) == 1:
        return checks[0]
    if conditions.combine is RuleCombination.ANY:
        return lambda reading: any(check(reading) for check in checks)
    return lambda reading: all(check(reading) for check in checks)


def _conditions_of(number: int, given: RuleConditions) -> Iterable[_Condition]:
    least_messages, repetitions, sentiment, worth = (
        given.shopper_messages,
        given.repetitions,
        given.sentiment,
        given.order_value,
    )
    if least_messages is not None:
        yield lambda reading: reading.facts.shopper_messages >= least_messages
    if repetitions is not None:
        yield lambda reading: reading.facts.repetitions >= repetitions
    if worth is not None:
        yield lambda reading: _has_order(reading.facts, worth)
    if given.topics:
        topics = frozenset(map(folded, given.topics))
        yield lambda reading: not topics.isdisjoint(reading.topics)
    if given.phrases:
        yield lambda reading: number in reading.phrases
    if sentiment is not None:
        yield lambda reading: sounds(reading.facts.text, reading.words, sentiment)


def _has_order(facts: MessageFacts, worth: Money) -> bool:
    return any(
        order.value.currency == worth.currency and order.value.amount >= worth.amount and order.placed_at <= facts.at
        for order in facts.orders
    )
