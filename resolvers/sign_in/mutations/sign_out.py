"""The mutation `signOut`."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.sign_in.types import Session


@strawberry.input(description="The sessions to end.")
class SignOutInput:
    everywhere: bool = strawberry.field(
        default=False,
        description="Whether to end all sessions of the caller, or only that of the request.",
    )


@strawberry.type(description="The result of signing out.")
class SignOutPayload(Payload):
    sessions: list[Session] = strawberry.field(
        default_factory=list, description="The sessions that ended, at most 20. Empty if refused."
    )


@refusals_in(SignOutPayload)
async def sign_out(
    info: Info, input: Annotated[SignOutInput, strawberry.argument(description="The sessions to end.")]
) -> SignOutPayload:
    context = info.context
    ended = await context.services.sign_in.sessions.sign_out(context.principal, everywhere=input.everywhere)
    return SignOutPayload(sessions=[Session.of(context, session) for session in ended])
