"""The queries and mutations of Klaviyo."""

import strawberry

from resolvers.klaviyo.mutations.connect_klaviyo import connect_klaviyo
from resolvers.klaviyo.mutations.disconnect_klaviyo import disconnect_klaviyo
from resolvers.klaviyo.types import KlaviyoAccount, KlaviyoPayload, klaviyo


@strawberry.type
class KlaviyoQueries:
    klaviyo: KlaviyoAccount | None = strawberry.field(
        resolver=klaviyo,
        description="The connected Klaviyo account. `null` if none is connected. For OWNER, ADMIN and MANAGER.",
    )


@strawberry.type
class KlaviyoMutations:
    connect_klaviyo: KlaviyoPayload = strawberry.mutation(
        resolver=connect_klaviyo,
        description="Connects Klaviyo and records business events there from now on. The key is checked there first, "
        "stored encrypted, and never returned. Fails with UNAVAILABLE if Klaviyo does not respond. For "
        "OWNER, ADMIN and MANAGER.",
    )
    disconnect_klaviyo: KlaviyoPayload = strawberry.mutation(
        resolver=disconnect_klaviyo,
        description="Stops recording events in Klaviyo and deletes the key. For OWNER, ADMIN and MANAGER.",
    )
