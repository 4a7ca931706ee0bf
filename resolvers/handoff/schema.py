"""The queries and mutations of handoffs."""

import strawberry

from resolvers.context import Info
from resolvers.handoff.mutations.answer_handoff_offer import answer_handoff_offer
from resolvers.handoff.mutations.request_handoff import request_handoff
from resolvers.handoff.mutations.update_handoff_settings import update_handoff_settings
from resolvers.handoff.mutations.withdraw_handoff import withdraw_handoff
from resolvers.handoff.payloads import HandoffPayload, HandoffSettingsPayload
from resolvers.handoff.settings import HandoffSettings, load_settings


@strawberry.type
class HandoffQueries:
    @strawberry.field(
        description="The settings for conversations that the agent cannot finish. For staff, agents, and partners "
        "with scope `handoff:write`."
    )
    async def handoff_settings(self, info: Info) -> HandoffSettings | None:
        return await load_settings(info.context)


@strawberry.type
class HandoffMutations:
    request_handoff: HandoffPayload = strawberry.mutation(
        resolver=request_handoff,
        description="Requests a handoff to a human. On the web chat, the shopper is asked first. On other channels, "
        "the ticket is created at once. With the method MESSAGE, the account's own text is shown. If a "
        "handoff is undecided, it is returned. Takes a key with scope `agent` or `handoff:write`, or a "
        "key of OWNER, ADMIN or MANAGER.",
    )
    answer_handoff_offer: HandoffPayload = strawberry.mutation(
        resolver=answer_handoff_offer,
        description="Accepts or declines the offer of a handoff. The first decision counts: repeating it has no "
        "effect, and another decision is refused with CONFLICT. Takes a visitor token.",
    )
    withdraw_handoff: HandoffPayload = strawberry.mutation(
        resolver=withdraw_handoff,
        description="Withdraws the shopper's consent to a handoff, as long as no human has taken the conversation. "
        "Takes a visitor token.",
    )
    update_handoff_settings: HandoffSettingsPayload = strawberry.mutation(
        resolver=update_handoff_settings,
        description="Changes the settings for conversations that the agent cannot finish. For OWNER, ADMIN and "
        "MANAGER.",
    )
