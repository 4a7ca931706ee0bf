"""The mutation `updateIdentityKeys`."""

from datetime import timedelta
from typing import Annotated

import strawberry

from domain.identity.service import ROTATION, UpdateIdentityKeys
from resolvers.arguments import IDEMPOTENCY_KEY
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.identity.types import IdentityKeys


@strawberry.input(
    description="The changes of the keys. Give at least one of `newSecret`, `retireKeyId` and `jwksUrl`. Several take "
    "effect together."
)
class UpdateIdentityKeysInput:
    new_secret: bool = strawberry.field(
        default=False,
        description="Creates a secret for HS256 and returns it. The present secrets end after `overlap`. An account "
        "has at most 5 valid secrets.",
    )
    overlap: timedelta | None = strawberry.field(
        default=None,
        description="The time for which the present secrets stay valid beside the new one, from `PT0S` to `P30D`. "
        "Default: `PT24H`.",
    )
    retire_key_id: str | None = strawberry.field(
        default=None, description="The `keyId` of a secret that ends at once. Its tokens are refused from then on."
    )
    jwks_url: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The https address of the shop's JSON Web Key Set: a public host, port 443 or at least 1024, at "
        "most 2,048 characters. It is called before it is saved, and must return a key for RS256, ES256 or EdDSA. "
        "`null` removes the address.",
    )
    idempotency_key: strawberry.ID | None = strawberry.field(
        default=None, description=f"{IDEMPOTENCY_KEY} A repeated call does not return the secret."
    )


@strawberry.type(description="A secret that was created. Store it where only the shop's server reads it.")
class NewIdentitySecret:
    key_id: str = strawberry.field(description="The ID of the secret, for `kid` in the header of its tokens.")
    secret: str = strawberry.field(
        description="The secret: `bis_` and 43 characters. The HMAC key is this whole text. It is returned only once."
    )


@strawberry.type(description="The result of `updateIdentityKeys`.")
class IdentityKeysPayload(Payload):
    identity_keys: IdentityKeys | None = strawberry.field(
        default=None, description="The keys after the change. `null` if refused."
    )
    created: NewIdentitySecret | None = strawberry.field(
        default=None, description="The new secret. `null` if none was asked for, or if the call is a repetition."
    )


@refusals_in(IdentityKeysPayload)
async def update_identity_keys(
    info: Info, input: Annotated[UpdateIdentityKeysInput, strawberry.argument(description="The changes of the keys.")]
) -> IdentityKeysPayload:
    services = info.context.services
    command = UpdateIdentityKeys(
        new_secret=input.new_secret,
        overlap=ROTATION if input.overlap is None else input.overlap,
        retire_key_id=input.retire_key_id,
        jwks_url=None if input.jwks_url is strawberry.UNSET else input.jwks_url,
        clear_jwks=input.jwks_url is None,
    )
    updated = await services.identity_keys.update(info.context.principal, command, key=input.idempotency_key)
    created = updated.created
    return IdentityKeysPayload(
        identity_keys=IdentityKeys.of(updated.keys, services.clock.now()),
        created=None if created is None else NewIdentitySecret(key_id=created.id, secret=created.secret),
    )
