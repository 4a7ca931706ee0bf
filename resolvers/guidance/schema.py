"""The queries and mutations of the guidance."""

import strawberry

from resolvers.context import Info
from resolvers.guidance.mutations.update_guidance import GuidancePayload, update_guidance
from resolvers.guidance.replay import RuleReplay, rule_replay
from resolvers.guidance.types import Guidance, load_guidance


@strawberry.type
class GuidanceQueries:
    @strawberry.field(
        description="The guidance of the agent: brand, tone, and the rules by which it writes and hands over. For "
        "staff, agents, and partners with scope `handoff:write`."
    )
    async def guidance(self, info: Info) -> Guidance | None:
        return await load_guidance(info.context)

    rule_replay: RuleReplay | None = strawberry.field(
        resolver=rule_replay,
        description="Replays escalation rules over past conversations: who would have been handed over, at which "
        "message, beside the handoffs that were triggered. Costs one unit a conversation. For staff with the role "
        "OWNER, ADMIN, MANAGER or ANALYST.",
    )


@strawberry.type
class GuidanceMutations:
    update_guidance: GuidancePayload = strawberry.mutation(
        resolver=update_guidance,
        description="Changes the guidance of the agent. Enabled escalation rules with conditions hold from the next "
        "message of a shopper on: a message that matches hands the conversation over at once, with the reason "
        "ESCALATION_RULE. For OWNER, ADMIN and MANAGER.",
    )
