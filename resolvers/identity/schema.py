"""The mutations of identity."""

import strawberry

from resolvers.identity.mutations.update_identity_keys import IdentityKeysPayload, update_identity_keys


@strawberry.type
class IdentityMutations:
    update_identity_keys: IdentityKeysPayload = strawberry.mutation(
        resolver=update_identity_keys,
        description="Changes the keys that verify identity tokens: creates or ends a secret, or sets the address of "
        "public keys. For OWNER, ADMIN and MANAGER.",
    )
