"""The mutation `connectSignIn`."""

from typing import Annotated

import strawberry

from domain.sign_in.model import ConnectSignIn
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.sign_in.types import SignIn


@strawberry.input(description="The OpenID provider, and Baton's client there.")
class ConnectSignInInput:
    issuer: str = strawberry.field(
        description="The issuer, an https URL exactly as the provider names itself, for example "
        "`https://login.example.com`. Its configuration is read below it, at `/.well-known/openid-configuration`."
    )
    client_id: str = strawberry.field(description="The ID of Baton's client at the provider, at most 1,000 characters.")
    client_secret: str | None = strawberry.field(
        default=None,
        description="The client's secret, at most 1,000 characters. Omit it for a public client, which PKCE protects.",
    )
    allowed_domains: list[str] | None = strawberry.field(
        default=None,
        description="The domains of the e-mail addresses that may sign in, at most 50. Omit it to allow all: in any "
        "case, only staff of the account can sign in.",
    )


@strawberry.type(description="The result of connecting or disconnecting the OpenID provider.")
class SignInPayload(Payload):
    sign_in: SignIn | None = strawberry.field(
        default=None, description="The provider after the change. `null` if refused, or disconnected."
    )


@refusals_in(SignInPayload)
async def connect_sign_in(
    info: Info,
    input: Annotated[ConnectSignInInput, strawberry.argument(description="The provider and the client.")],
) -> SignInPayload:
    context = info.context
    command = ConnectSignIn(
        issuer=input.issuer,
        client_id=input.client_id,
        client_secret=input.client_secret,
        allowed_domains=tuple(input.allowed_domains or ()),
    )
    connection = await context.services.sign_in.connect(context.principal, command)
    return SignInPayload(sign_in=SignIn.of(context, connection))
