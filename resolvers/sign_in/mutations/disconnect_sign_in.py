"""The mutation `disconnectSignIn`."""

from typing import Annotated

import strawberry

from domain.sign_in.model import DisconnectSignIn
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.sign_in.mutations.connect_sign_in import SignInPayload


@strawberry.input(description="The OpenID provider to disconnect.")
class DisconnectSignInInput:
    issuer: str = strawberry.field(description="The issuer of the connected provider.")


@refusals_in(SignInPayload)
async def disconnect_sign_in(
    info: Info,
    input: Annotated[DisconnectSignInInput, strawberry.argument(description="The provider to disconnect.")],
) -> SignInPayload:
    await info.context.services.sign_in.disconnect(info.context.principal, DisconnectSignIn(issuer=input.issuer))
    return SignInPayload()
