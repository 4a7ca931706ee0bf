"""The mutation `rotateKey`."""

from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from domain.account.keys import DEFAULT_OVERLAP, RotateKey
from resolvers.account.ids import key_id_of
from resolvers.account.keys import ApiKey, NewKeyPayload
from resolvers.arguments import IDEMPOTENCY_KEY
from resolvers.context import Info
from resolvers.errors import refusals_in


@strawberry.input(description="The key to replace.")
class RotateKeyInput:
    key_id: strawberry.ID = strawberry.field(description="The ID of the key.")
    overlap: timedelta | None = strawberry.field(
        default=None,
        description="The time for which the old token stays valid, from `PT0S` to `P7D`. Default: `PT24H`.",
    )
    expires_at: datetime | None = strawberry.field(
        default=None,
        description="The time at which the new key stops working: in the future, at most ten years from now. Default: "
        "as the old one.",
    )
    idempotency_key: strawberry.ID | None = strawberry.field(
        default=None, description=f"{IDEMPOTENCY_KEY} A repeated call does not return the token."
    )


@strawberry.type(description="The result of `rotateKey`.")
class RotateKeyPayload(NewKeyPayload):
    replaced: ApiKey | None = strawberry.field(
        default=None, description="The old key, which stops working at its `expiresAt`. `null` if refused."
    )


@refusals_in(RotateKeyPayload)
async def rotate_key(
    info: Info, input: Annotated[RotateKeyInput, strawberry.argument(description="The key to replace.")]
) -> RotateKeyPayload:
    context = info.context
    wish = RotateKey(
        key_id=key_id_of(input.key_id),
        overlap=DEFAULT_OVERLAP if input.overlap is None else input.overlap,
        expires_at=input.expires_at,
    )
    account_id = context.principal.account_id
    issued = await context.services.keys.rotate(context.principal, account_id, wish, key=input.idempotency_key)
    payload = RotateKeyPayload.of(issued)
    payload.replaced = None if issued.replaced is None else ApiKey.of(issued.replaced)
    return payload
