"""The mutation `updateGuidance`."""

from typing import Annotated

import strawberry

from domain.guidance.settings import GuidanceChange, GuidanceText
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.guidance.enums import Tone
from resolvers.guidance.inputs import EscalationRuleInput, rules_of
from resolvers.guidance.types import Guidance


@strawberry.input(
    description="The guidance to change. A field that is omitted or `null` stays as it is, unless its description says "
    "otherwise."
)
class UpdateGuidanceInput:
    brand_summary: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="A summary of the brand for the agent, at most 2,000 characters. `null` removes it.",
    )
    tone: Tone | None = strawberry.field(
        default=None, description="The tone in which the agent writes. CUSTOM requires a `customTone`."
    )
    custom_tone: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The description of the tone CUSTOM, at most 500 characters. `null` removes it.",
    )
    communication_rules: list[str] | None = strawberry.field(
        default=None,
        description="Sentences that the agent follows when it writes: at most 20, each at most 500 characters. They "
        "replace those of before.",
    )
    escalation_rules: list[EscalationRuleInput] | None = strawberry.field(
        default=None,
        description="The cases in which the agent has to hand over, in the order in which they are checked: at most "
        "20. They replace those of before.",
    )
    expected_version: int | None = strawberry.field(
        default=None,
        description="The version that the caller read. Refused with CONFLICT if the guidance has changed since.",
    )


@strawberry.type(description="The result of `updateGuidance`.")
class GuidancePayload(Payload):
    guidance: Guidance | None = strawberry.field(
        default=None, description="The guidance after the change. `null` if refused."
    )


@refusals_in(GuidancePayload)
async def update_guidance(
    info: Info, input: Annotated[UpdateGuidanceInput, strawberry.argument(description="The guidance to change.")]
) -> GuidancePayload:
    changed = await info.context.services.guidance.update(info.context.principal, _change(input))
    return GuidancePayload(guidance=Guidance.of(changed))


def _change(given: UpdateGuidanceInput) -> GuidanceChange:
    texts = {GuidanceText.BRAND_SUMMARY: given.brand_summary, GuidanceText.CUSTOM_TONE: given.custom_tone}
    return GuidanceChange(
        brand_summary=_given(given.brand_summary),
        tone=given.tone,
        custom_tone=_given(given.custom_tone),
        communication_rules=None if given.communication_rules is None else tuple(given.communication_rules),
        escalation_rules=None if given.escalation_rules is None else rules_of(given.escalation_rules),
        cleared=frozenset(name for name, text in texts.items() if text is None),
        expected_version=given.expected_version,
    )


def _given(text: str | None) -> str | None:
    return None if text is strawberry.UNSET else text
