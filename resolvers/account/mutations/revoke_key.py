"""The mutation `revokeKey`."""

from typing import Annotated

import strawberry

from resolvers.account.ids import key_id_of
from resolvers.account.keys import ApiKey, ApiKeyPayload
from resolvers.context import Info
from resolvers.errors import refusals_in


@strawberry.input(description="A reference to a key.")
class RevokeKeyInput:
    key_id: strawberry.ID = strawberry.field(description="The ID of the key.")


@refusals_in(ApiKeyPayload)
async def revoke_key(
    info: Info, input: Annotated[RevokeKeyInput, strawberry.argument(description="The key to revoke.")]
) -> ApiKeyPayload:
    principal = info.context.principal
    keys = info.context.services.keys
    return ApiKeyPayload(key=ApiKey.of(await keys.revoke(principal, principal.account_id, key_id_of(input.key_id))))
