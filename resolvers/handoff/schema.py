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
    @strawberry.field(description="What happens when the agent cannot finish a conversation.")
    async def handoff_settings(self, info: Info) -> HandoffSettings | None:
        return await load_settings(info.context)


@strawberry.type
class HandoffMutations:
    request_handoff: HandoffPayload = strawberry.mutation(
        resolver=request_handoff,
        description="A human is to come: on the web chat the shopper is asked first; on other channels the ticket is "
        "there at once; under method MESSAGE the account's own text is shown. While one is undecided, that one is "
        "answered. Takes a key with scope `agent` or `handoff:write`.",
    )
    answer_handoff_offer: HandoffPayload = strawberry.mutation(
        resolver=answer_handoff_offer,
        description="The shopper's yes or no. The first answer counts; the same again is answered alike, another is a "
        "Conflict. Takes a visitor token.",
    )
    withdraw_handoff: HandoffPayload = strawberry.mutation(
        resolver=withdraw_handoff,
        description="The shopper takes it back, as long as no human has taken the conversation. Takes a visitor token.",
    )
    update_handoff_settings: HandoffSettingsPayload = strawberry.mutation(
        resolver=update_handoff_settings, description="Change them. For OWNER, ADMIN and MANAGER."
    )
