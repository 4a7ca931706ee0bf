"""The mutation `connectKlaviyo`."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.klaviyo.types import KlaviyoAccount, KlaviyoPayload


@strawberry.input(description="Credentials of a Klaviyo account.")
class ConnectKlaviyoInput:
    api_key: str = strawberry.field(
        description="A private API key (`pk_…`) with the scopes accounts:read and events:write. It is encrypted and "
        "never returned."
    )


@refusals_in(KlaviyoPayload)
async def connect_klaviyo(
    info: Info,
    input: Annotated[ConnectKlaviyoInput, strawberry.argument(description="The key of the Klaviyo account.")],
) -> KlaviyoPayload:
    context = info.context
    connection = await context.services.klaviyo.connect(context.principal, input.api_key)
    return KlaviyoPayload(connection=KlaviyoAccount.of(connection))
