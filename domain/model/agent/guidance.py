"""Guidance: what an account tells its agent about the brand and the tone, and the rules by which the agent hands over.

A rule with conditions is *deterministic*: Baton checks it itself, at each message of the shopper. A rule without
conditions is a sentence for the agent.
"""

from __future__ import annotations

from datetime import datetime

from domain.values.ids import AccountId
from domain.values.money import Money
from domain.values.record import Record, StoredEnum


class Tone(StoredEnum):
    NEUTRAL = "NEUTRAL"
    PROFESSIONAL = "PROFESSIONAL"
    FRIENDLY = "FRIENDLY"
    PLAYFUL = "PLAYFUL"
    CUSTOM = "CUSTOM"  # described by the account's own text


class RuleCombination(StoredEnum):
    """How many of a rule's conditions must hold."""

    ALL = "ALL"
    ANY = "ANY"


class Sentiment(StoredEnum):
    """How unhappy a message sounds, at least (`domain/guidance/sentiment.py`)."""

    NEGATIVE = "NEGATIVE"
    VERY_NEGATIVE = "VERY_NEGATIVE"


class RuleConditions(Record):
    """The conditions of a deterministic rule, each about a message of the shopper. At least one is set."""

    combine: RuleCombination = RuleCombination.ALL
    phrases: tuple[str, ...] = ()  # any of them is in the message
    topics: tuple[str, ...] = ()  # any of them is a tag of the conversation
    sentiment: Sentiment | None = None
    order_value: Money | None = None  # an order of the shopper is worth at least as much
    repetitions: int | None = None  # the shopper has written the same text so many times
    shopper_messages: int | None = None  # the shopper has written so many messages in the conversation


class EscalationRule(Record):
    """A case in which the agent has to hand over."""

    title: str  # unique among the account's rules; staff see it with the handoff
    description: str | None = None  # for the agent, which reads it if there are no conditions
    enabled: bool = True
    conditions: RuleConditions | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether Baton checks it at each message of a shopper."""
        return self.enabled and self.conditions is not None


class Guidance(Record):
    """The guidance of an account."""

    id: AccountId
    updated_at: datetime
    brand_summary: str | None = None
    tone: Tone = Tone.NEUTRAL
    custom_tone: str | None = None  # tone CUSTOM only
    communication_rules: tuple[str, ...] = ()
    escalation_rules: tuple[EscalationRule, ...] = ()  # in the order in which they are checked
    version: int = 1

    @property
    def is_at_work(self) -> bool:
        """Whether Baton checks any of its rules at each message of a shopper."""
        return any(rule.is_at_work for rule in self.escalation_rules)
