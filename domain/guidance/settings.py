"""Changes of the guidance. Each given value is checked; values of `None` are left unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.guidance.evaluation import LOOKS_BACK
from domain.model.agent.guidance import EscalationRule, Guidance, RuleConditions, Tone
from domain.model.conversation import SHOPPER_MESSAGES
from domain.search.tokenizer import folded, words_of
from domain.values.errors import Conflict, Field, Invalid
from domain.values.money import check_money
from domain.values.record import Record, replace
from domain.values.text import check_label, check_text

MOST_RULES = 20  # of each of the two kinds: more than an agent can follow, and than people can keep apart
MOST_PHRASES = 50  # and topics, of one rule

_SUMMARY_LIMIT = 2_000  # characters
_TONE_LIMIT = 500
_RULE_LIMIT = 500
_TITLE_LIMIT = 100
_DESCRIPTION_LIMIT = 1_000
_LEAST_ORDER = Decimal("0.001")  # the smallest unit of any currency


class GuidanceText(StrEnum):
    """The texts that can be removed; the value is the name of the setting."""

    BRAND_SUMMARY = "brand_summary"
    CUSTOM_TONE = "custom_tone"


class GuidanceChange(Record):
    """A value of `None` is left unchanged. `cleared` texts are removed. A list replaces the whole list."""

    brand_summary: str | None = None
    tone: Tone | None = None
    custom_tone: str | None = None
    communication_rules: tuple[str, ...] | None = None
    escalation_rules: tuple[EscalationRule, ...] | None = None
    cleared: frozenset[GuidanceText] = frozenset()
    expected_version: int | None = None


def apply_change(guidance: Guidance, change: GuidanceChange, *, now: datetime) -> Guidance:
    """Return the guidance with the change. Raises `Conflict`, or `Invalid` with the field."""
    if change.expected_version not in (None, guidance.version):
        raise Conflict(
            f"Somebody else has changed the guidance. It has version {guidance.version} now: read it again.",
            field="expected_version",
        )
    spoken, rules = change.communication_rules, change.escalation_rules
    changed = replace(
        guidance,
        brand_summary=_text(change, GuidanceText.BRAND_SUMMARY, guidance.brand_summary, limit=_SUMMARY_LIMIT),
        tone=change.tone or guidance.tone,
        custom_tone=_text(change, GuidanceText.CUSTOM_TONE, guidance.custom_tone, limit=_TONE_LIMIT),
        communication_rules=guidance.communication_rules if spoken is None else _communication_rules(spoken),
        escalation_rules=guidance.escalation_rules
        if rules is None
        else checked_rules(rules, field=("escalation_rules",)),
        version=guidance.version + 1,
        updated_at=now,
    )
    if changed.tone is Tone.CUSTOM and changed.custom_tone is None:
        raise Invalid("The tone CUSTOM needs a text that describes it. Write one.", field="custom_tone")
    return changed


def checked_rules(rules: Sequence[EscalationRule], *, field: tuple[str, ...]) -> tuple[EscalationRule, ...]:
    """Return escalation rules without white space around their titles. Raises `Invalid` with the field."""
    _check_number(rules, MOST_RULES, "rules", field=field)
    checked: list[EscalationRule] = []
    titles: set[str] = set()
    for number, rule in enumerate(rules):
        place = (*field, str(number))
        title = check_label(rule.title, field=(*place, "title"), limit=_TITLE_LIMIT)
        if folded(title) in titles:
            raise Invalid("Another rule has this title. Choose a title of its own.", field=(*place, "title"))
        titles.add(folded(title))
        if rule.description is not None:
            check_text(rule.description, field=(*place, "description"), limit=_DESCRIPTION_LIMIT)
        elif rule.conditions is None:
            raise Invalid(
                "A rule needs conditions, or a description by which the agent decides.", field=(*place, "description")
            )
        conditions = rule.conditions and _checked_conditions(rule.conditions, (*place, "conditions"))
        checked.append(replace(rule, title=title, conditions=conditions))
    return tuple(checked)


def _checked_conditions(given: RuleConditions, field: tuple[str, ...]) -> RuleConditions:
    if given == RuleConditions(combine=given.combine):
        raise Invalid("Set at least one condition, or leave the conditions out.", field=field)
    _check_number(given.phrases, MOST_PHRASES, "phrases", field=(*field, "phrases"))
    _check_number(given.topics, MOST_PHRASES, "topics", field=(*field, "topics"))
    _check_range(given.repetitions, 2, LOOKS_BACK, field=(*field, "repetitions"))
    _check_range(given.shopper_messages, 1, SHOPPER_MESSAGES, field=(*field, "shopper_messages"))
    if given.order_value is not None:
        check_money(given.order_value, field=(*field, "order_value"), least=_LEAST_ORDER)
    return replace(
        given,
        phrases=tuple(_phrase(text, (*field, "phrases", str(number))) for number, text in enumerate(given.phrases)),
        topics=tuple(
            check_label(text, field=(*field, "topics", str(number))) for number, text in enumerate(given.topics)
        ),
    )


def _phrase(text: str, field: Field) -> str:
    phrase = check_label(text, field=field)
    if not words_of(phrase):
        raise Invalid("The phrase has no letter and no digit. Write a word.", field=field)
    return phrase


def _communication_rules(rules: tuple[str, ...]) -> tuple[str, ...]:
    field = "communication_rules"
    _check_number(rules, MOST_RULES, "rules", field=(field,))
    return tuple(check_text(text, field=(field, str(number)), limit=_RULE_LIMIT) for number, text in enumerate(rules))


def _text(change: GuidanceChange, name: GuidanceText, kept: str | None, *, limit: int) -> str | None:
    given: str | None = getattr(change, name.value)
    if given is None:
        return None if name in change.cleared else kept
    return check_text(given, field=name.value, limit=limit)


def _check_number(given: Sequence[object], most: int, what: str, *, field: Field) -> None:
    if len(given) > most:
        raise Invalid(f"There are {len(given):,} {what}; at most {most} are allowed.", field=field)


def _check_range(number: int | None, least: int, most: int, *, field: Field) -> None:
    if number is not None and not least <= number <= most:
        raise Invalid(f"This must be between {least} and {most:,}.", field=field)
