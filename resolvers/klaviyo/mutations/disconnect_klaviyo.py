"""disconnectKlaviyo"""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.klaviyo.types import KlaviyoPayload


@strawberry.input(description="How to leave Klaviyo.")
class DisconnectKlaviyoInput:
    keep_place: bool = strawberry.field(
        default=False,
        description="True: once it is connected again, what happened meanwhile is recorded first. False: it begins "
        "anew then, and what was given up is forgotten.",
    )


@refusals_in(KlaviyoPayload)
async def disconnect_klaviyo(
    info: Info, input: Annotated[DisconnectKlaviyoInput, strawberry.argument(description="How.")]
) -> KlaviyoPayload:
    await info.context.services.klaviyo.disconnect(info.context.principal, keep_place=input.keep_place)
    return KlaviyoPayload()
