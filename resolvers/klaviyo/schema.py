"""The queries and mutations of Klaviyo."""

import strawberry

from resolvers.klaviyo.mutations.connect_klaviyo import connect_klaviyo
from resolvers.klaviyo.mutations.disconnect_klaviyo import disconnect_klaviyo
from resolvers.klaviyo.types import KlaviyoAccount, KlaviyoPayload, klaviyo


@strawberry.type
class KlaviyoQueries:
    klaviyo: KlaviyoAccount | None = strawberry.field(
        resolver=klaviyo,
        description="The account's Klaviyo; null where none is connected. For OWNER, ADMIN and MANAGER.",
    )


@strawberry.type
class KlaviyoMutations:
    connect_klaviyo: KlaviyoPayload = strawberry.mutation(
        resolver=connect_klaviyo,
        description="Record business events in the account's Klaviyo from now on; its key is tried first. UNAVAILABLE "
        "where Klaviyo does not answer. For OWNER, ADMIN and MANAGER.",
    )
    disconnect_klaviyo: KlaviyoPayload = strawberry.mutation(
        resolver=disconnect_klaviyo,
        description="Record nothing more there, and forget the key. For OWNER, ADMIN and MANAGER.",
    )
