"""GraphQL types of the keys that verify identity tokens."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model import identity as model
from domain.principal import Permission
from resolvers.context import Context


@strawberry.type(description="A secret with which the shop signs identity tokens (HS256). It is never shown again.")
class IdentitySecret:
    key_id: str = strawberry.field(
        description="The ID of the secret. A token may name it as `kid` in its header; all secrets are tried if it "
        "names none."
    )
    created_at: datetime = strawberry.field(description="The time at which the secret was created.")
    ends_at: datetime | None = strawberry.field(
        description="The time from which tokens with this secret are refused. `null` until a newer secret is created."
    )


@strawberry.type(description="The address at which the shop publishes its public keys as a JSON Web Key Set.")
class JwksAddress:
    url: str = strawberry.field(
        description="The URL of the set. Its keys verify tokens with RS256, ES256 and EdDSA (Ed25519)."
    )
    set_at: datetime = strawberry.field(description="The time at which the address was set.")


@strawberry.type(description="The keys that verify the identity tokens of an account.")
class IdentityKeys:
    secrets: list[IdentitySecret] = strawberry.field(
        description="The secrets that are valid now, at most 5, the oldest first."
    )
    jwks: JwksAddress | None = strawberry.field(description="The address of public keys. `null` if none is set.")

    @classmethod
    def of(cls, keys: model.IdentityKeys | None, now: datetime) -> Self:
        if keys is None:
            return cls(secrets=[], jwks=None)
        jwks = None
        if keys.jwks_url is not None and keys.jwks_set_at is not None:
            jwks = JwksAddress(url=keys.jwks_url, set_at=keys.jwks_set_at)
        secrets = [
            IdentitySecret(key_id=secret.id, created_at=secret.created_at, ends_at=secret.ends_at)
            for secret in keys.valid_secrets(now)
        ]
        return cls(secrets=secrets, jwks=jwks)


async def load_identity_keys(context: Context) -> IdentityKeys | None:
    """Return the account's keys; `None` if the caller may not change settings."""
    if not context.principal.has(Permission.CHANGE_SETTINGS):
        return None
    services = context.services
    return IdentityKeys.of(await services.identity_keys.of(context.principal), services.clock.now())
