"""GraphQL types of the guidance."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model.agent import guidance as model
from domain.principal import Permission
from resolvers.context import Context
from resolvers.guidance.enums import RuleCombination, Sentiment, Tone
from resolvers.money import Money


@strawberry.type(
    description="The conditions of an escalation rule, which the server checks itself at each message of a shopper. A "
    "field that is `null` or empty is no condition."
)
class RuleConditions:
    combine: RuleCombination = strawberry.field(description="Whether all conditions must hold, or one of them.")
    phrases: list[str] = strawberry.field(
        description="Words and phrases: one of them is in the message. Case and accents do not matter. A phrase whose "
        "last word ends in `*` matches any ending."
    )
    topics: list[str] = strawberry.field(description="Tags: the conversation has one of them.")
    sentiment: Sentiment | None = strawberry.field(
        description="The message sounds at least so unhappy. `null` for no condition."
    )
    order_value: Money | None = strawberry.field(
        description="An order of the shopper is worth at least as much in this currency, after refunds."
    )
    repetitions: int | None = strawberry.field(
        description="The shopper has written this text at least so many times within the last 100 messages of the "
        "conversation."
    )
    shopper_messages: int | None = strawberry.field(
        description="The shopper has written at least so many messages in the conversation."
    )

    @classmethod
    def of(cls, row: model.RuleConditions) -> Self:
        return cls(
            combine=row.combine,
            phrases=list(row.phrases),
            topics=list(row.topics),
            sentiment=row.sentiment,
            order_value=None if row.order_value is None else Money.of(row.order_value),
            repetitions=row.repetitions,
            shopper_messages=row.shopper_messages,
        )


@strawberry.type(description="A case in which the agent has to hand over.")
class EscalationRule:
    title: str = strawberry.field(
        description="The title, unique among the account's rules. It becomes the `reasonDetail` of the handoff."
    )
    description: str | None = strawberry.field(description="The rule in words, for the agent. `null` if there is none.")
    enabled: bool = strawberry.field(description="Whether the rule applies.")
    conditions: RuleConditions | None = strawberry.field(
        description="The conditions that the server checks. `null` for a rule by which the agent decides itself."
    )

    @classmethod
    def of(cls, row: model.EscalationRule) -> Self:
        return cls(
            title=row.title,
            description=row.description,
            enabled=row.enabled,
            conditions=None if row.conditions is None else RuleConditions.of(row.conditions),
        )


@strawberry.type(
    description="The guidance of the agent: what it knows of the brand, how it writes, and when it hands over."
)
class Guidance:
    brand_summary: str | None = strawberry.field(
        description="A summary of the brand for the agent. `null` if there is none."
    )
    tone: Tone = strawberry.field(description="The tone in which the agent writes.")
    custom_tone: str | None = strawberry.field(
        description="The description of the tone CUSTOM. `null` if there is none."
    )
    communication_rules: list[str] = strawberry.field(description="Sentences that the agent follows when it writes.")
    escalation_rules: list[EscalationRule] = strawberry.field(
        description="The cases in which the agent has to hand over, in the order in which they are checked."
    )
    version: int = strawberry.field(description="A number that grows with each change, for `expectedVersion`.")
    updated_at: datetime = strawberry.field(description="The time of the last change.")

    @classmethod
    def of(cls, row: model.Guidance) -> Self:
        return cls(
            brand_summary=row.brand_summary,
            tone=row.tone,
            custom_tone=row.custom_tone,
            communication_rules=list(row.communication_rules),
            escalation_rules=[EscalationRule.of(rule) for rule in row.escalation_rules],
            version=row.version,
            updated_at=row.updated_at,
        )


async def load_guidance(context: Context) -> Guidance:
    """Return the guidance of the caller's account. Raises `Forbidden`."""
    context.principal.require(Permission.READ_SETTINGS)
    return Guidance.of(await context.services.guidance.of(context.principal.account_id))
