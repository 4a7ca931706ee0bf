"""The mutation `revokeSession`."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.relay.global_ids import key_of
from resolvers.sign_in.types import Session


@strawberry.input(description="The session to end.")
class RevokeSessionInput:
    session_id: strawberry.ID = strawberry.field(description="The ID of the session.")


@strawberry.type(description="The result of ending a session.")
class RevokeSessionPayload(Payload):
    session: Session | None = strawberry.field(default=None, description="The session. `null` if refused.")


@refusals_in(RevokeSessionPayload)
async def revoke_session(
    info: Info, input: Annotated[RevokeSessionInput, strawberry.argument(description="The session to end.")]
) -> RevokeSessionPayload:
    context = info.context
    session_id = key_of(input.session_id, "Session", field="session_id")
    session = await context.services.sign_in.sessions.revoke(context.principal, session_id)
    return RevokeSessionPayload(session=Session.of(context, session))
