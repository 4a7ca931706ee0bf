"""Changes of the guidance: what stays, what is checked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.guidance.settings import GuidanceChange, GuidanceText, apply_change
from domain.model.agent.guidance import EscalationRule, Guidance, RuleConditions, Tone
from domain.values.errors import Conflict, Invalid
from domain.values.ids import AccountId
from domain.values.money import Money
from domain.values.record import replace

THEN = datetime(2026, 6, 1, tzinfo=UTC)
NOW = THEN + timedelta(days=1)
PLAIN = Guidance(id=AccountId("account"), updated_at=THEN)
RULE = EscalationRule(title="Refunds", conditions=RuleConditions(phrases=("refund",)))
FULL = replace(
    PLAIN,
    brand_summary="We sell lamps.",
    tone=Tone.CUSTOM,
    custom_tone="Like a lighthouse keeper.",
    communication_rules=("Say lamp, not light.",),
    escalation_rules=(RULE,),
)


def _applied(guidance: Guidance, **change: Any) -> Guidance:
    return apply_change(guidance, GuidanceChange(**change), now=NOW)


def test_omitted_fields_stay() -> None:
    assert _applied(FULL) == replace(FULL, version=2, updated_at=NOW)


def test_everything_can_be_changed_and_removed() -> None:
    changed = _applied(
        PLAIN,
        brand_summary="We sell lamps.",
        tone=Tone.CUSTOM,
        custom_tone="Like a lighthouse keeper.",
        communication_rules=("Say lamp, not light.",),
        escalation_rules=(replace(RULE, title=" Refunds "),),
    )
    assert changed == replace(FULL, version=2, updated_at=NOW)
    cleared = _applied(
        changed, tone=Tone.NEUTRAL, communication_rules=(), escalation_rules=(), cleared=frozenset(GuidanceText)
    )
    assert cleared == replace(PLAIN, version=3, updated_at=NOW)


def test_two_who_change_at_once() -> None:
    with pytest.raises(Conflict) as refused:
        _applied(FULL, expected_version=2)
    assert refused.value.field == ("expected_version",)
    assert _applied(FULL, expected_version=1).version == 2


def _rule(**given: Any) -> EscalationRule:
    return EscalationRule(**{"title": "Rule", "conditions": RuleConditions(phrases=("x",)), **given})


def _with(**conditions: Any) -> dict[str, Any]:
    return {"escalation_rules": (_rule(conditions=RuleConditions(**conditions)),)}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"brand_summary": " "}, "brand_summary"),
        ({"brand_summary": "x" * 2_001}, "brand_summary"),
        ({"custom_tone": "x" * 501}, "custom_tone"),
        ({"tone": Tone.CUSTOM}, "custom_tone"),
        ({"communication_rules": ("x",) * 21}, "communication_rules"),
        ({"communication_rules": ("ok", " ")}, "communication_rules.1"),
        ({"communication_rules": ("x" * 501,)}, "communication_rules.0"),
        ({"escalation_rules": tuple(_rule(title=str(n)) for n in range(21))}, "escalation_rules"),
        ({"escalation_rules": (_rule(title=" "),)}, "escalation_rules.0.title"),
        ({"escalation_rules": (_rule(title="x" * 101),)}, "escalation_rules.0.title"),
        ({"escalation_rules": (_rule(title="a\nb"),)}, "escalation_rules.0.title"),
        ({"escalation_rules": (_rule(title="Á"), _rule(title="a "))}, "escalation_rules.1.title"),
        ({"escalation_rules": (_rule(description="x" * 1_001),)}, "escalation_rules.0.description"),
        ({"escalation_rules": (_rule(conditions=None),)}, "escalation_rules.0.description"),
        (_with(), "escalation_rules.0.conditions"),
        (_with(phrases=("?",)), "escalation_rules.0.conditions.phrases.0"),
        (_with(phrases=("x" * 201,)), "escalation_rules.0.conditions.phrases.0"),
        (_with(phrases=("x",) * 51), "escalation_rules.0.conditions.phrases"),
        (_with(topics=("ok", "")), "escalation_rules.0.conditions.topics.1"),
        (_with(topics=("x",) * 51), "escalation_rules.0.conditions.topics"),
        (_with(repetitions=1), "escalation_rules.0.conditions.repetitions"),
        (_with(repetitions=101), "escalation_rules.0.conditions.repetitions"),
        (_with(shopper_messages=0), "escalation_rules.0.conditions.shopper_messages"),
        (_with(shopper_messages=5_001), "escalation_rules.0.conditions.shopper_messages"),
        (
            _with(order_value=Money(amount=Decimal(0), currency="EUR")),
            "escalation_rules.0.conditions.order_value.amount",
        ),
        (
            _with(order_value=Money(amount=Decimal(1), currency="XYZ")),
            "escalation_rules.0.conditions.order_value.currency",
        ),
    ],
)
def test_wrong_values(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        _applied(PLAIN, **wrong)
    assert (field and ".".join(refused.value.field if refused.value.field is not None else ())) == field


def test_the_tone_cannot_lose_its_description() -> None:
    with pytest.raises(Invalid):
        _applied(FULL, cleared=frozenset({GuidanceText.CUSTOM_TONE}))


def test_what_is_at_work() -> None:
    assert FULL.is_at_work
    assert not PLAIN.is_at_work
    assert not replace(PLAIN, escalation_rules=(replace(RULE, enabled=False),)).is_at_work
    assert not replace(PLAIN, escalation_rules=(EscalationRule(title="T", description="D"),)).is_at_work
