"""The mutation `updateKey`."""

from typing import Annotated

import strawberry

from domain.account.keys import UpdateKey
from domain.principal import DocumentPolicy
from resolvers.account.ids import key_id_of
from resolvers.account.keys import ApiKey, ApiKeyPayload
from resolvers.context import Info
from resolvers.errors import refusals_in


@strawberry.input(description="A change of a key. Fields that are left out stay as they are.")
class UpdateKeyInput:
    key_id: strawberry.ID = strawberry.field(description="The ID of the key.")
    label: str | None = strawberry.field(
        default=None, description="A name of the key for people, from 1 to 200 characters."
    )
    documents: DocumentPolicy | None = strawberry.field(
        default=None, description="Which GraphQL documents the key may run."
    )


@refusals_in(ApiKeyPayload)
async def update_key(
    info: Info, input: Annotated[UpdateKeyInput, strawberry.argument(description="The key and its changes.")]
) -> ApiKeyPayload:
    context = info.context
    wish = UpdateKey(key_id=key_id_of(input.key_id), label=input.label, documents=input.documents)
    key = await context.services.keys.update(context.principal, context.principal.account_id, wish)
    return ApiKeyPayload(key=ApiKey.of(key))
