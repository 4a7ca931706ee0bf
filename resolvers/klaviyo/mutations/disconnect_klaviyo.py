"""The mutation `disconnectKlaviyo`."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.klaviyo.types import KlaviyoPayload


@strawberry.input(description="Options for disconnecting Klaviyo.")
class DisconnectKlaviyoInput:
    keep_place: bool = strawberry.field(
        default=False,
        description="Whether to keep the position in the events. If `true`, the events of the meantime are recorded "
        "when Klaviyo is connected again. If `false`, recording starts from then, and dead letters are "
        "deleted.",
    )


@refusals_in(KlaviyoPayload)
async def disconnect_klaviyo(
    info: Info,
    input: Annotated[DisconnectKlaviyoInput, strawberry.argument(description="The options of the disconnection.")],
) -> KlaviyoPayload:
    await info.context.services.klaviyo.disconnect(info.context.principal, keep_place=input.keep_place)
    return KlaviyoPayload()
