"""Inputs of escalation rules."""

from collections.abc import Sequence

import strawberry

from domain.model.agent import guidance as model
from resolvers.guidance.enums import RuleCombination, Sentiment
from resolvers.money import MoneyInput, money_of


@strawberry.input(
    description="The conditions of an escalation rule, which the server checks itself at each message of a shopper. "
    "Set at least one; `null` and an empty list are no condition."
)
class RuleConditionsInput:
    combine: RuleCombination = strawberry.field(
        default=RuleCombination.ALL, description="Whether all conditions must hold, or one of them."
    )
    phrases: list[str] | None = strawberry.field(
        default=None,
        description="Words and phrases: one of them is in the message. At most 50, each at most 200 characters. Case "
        "and accents do not matter, and whole words are compared; a phrase whose last word ends in `*` matches any "
        "ending.",
    )
    topics: list[str] | None = strawberry.field(
        default=None,
        description="Tags: the conversation has one of them. At most 50, each at most 200 characters. Case and "
        "accents do not matter.",
    )
    sentiment: Sentiment | None = strawberry.field(default=None, description="The message sounds at least so unhappy.")
    order_value: MoneyInput | None = strawberry.field(
        default=None,
        description="A paid order of the shopper is worth at least as much in this currency, after refunds. Only "
        "orders count that are the shopper's by a proof or by the browser.",
    )
    repetitions: int | None = strawberry.field(
        default=None,
        description="The shopper has written this text at least so many times, from 2 to 100, within the last 100 "
        "messages of the conversation. Case, accents and punctuation do not matter.",
    )
    shopper_messages: int | None = strawberry.field(
        default=None,
        description="The shopper has written at least so many messages in the conversation, from 1 to 5,000.",
    )


@strawberry.input(description="A case in which the agent has to hand over.")
class EscalationRuleInput:
    title: str = strawberry.field(
        description="The title, at most 100 characters, unique among the rules. It becomes the `reasonDetail` of the "
        "handoff."
    )
    description: str | None = strawberry.field(
        default=None,
        description="The rule in words, for the agent, at most 1,000 characters. Required if there are no conditions.",
    )
    enabled: bool = strawberry.field(default=True, description="Whether the rule applies.")
    conditions: RuleConditionsInput | None = strawberry.field(
        default=None,
        description="The conditions that the server checks. Omit them for a rule by which the agent decides itself.",
    )


def rules_of(given: Sequence[EscalationRuleInput]) -> tuple[model.EscalationRule, ...]:
    return tuple(
        model.EscalationRule(
            title=rule.title,
            description=rule.description,
            enabled=rule.enabled,
            conditions=None if rule.conditions is None else _conditions(rule.conditions),
        )
        for rule in given
    )


def _conditions(given: RuleConditionsInput) -> model.RuleConditions:
    return model.RuleConditions(
        combine=given.combine,
        phrases=tuple(given.phrases or ()),
        topics=tuple(given.topics or ()),
        sentiment=given.sentiment,
        order_value=None if given.order_value is None else money_of(given.order_value),
        repetitions=given.repetitions,
        shopper_messages=given.shopper_messages,
    )
