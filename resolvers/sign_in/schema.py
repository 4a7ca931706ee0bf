"""The queries and mutations of sign-in."""

import strawberry

from resolvers.sign_in.mutations.connect_sign_in import SignInPayload, connect_sign_in
from resolvers.sign_in.mutations.disconnect_sign_in import disconnect_sign_in
from resolvers.sign_in.mutations.reset_sign_in import ResetSignInPayload, reset_sign_in
from resolvers.sign_in.mutations.revoke_session import RevokeSessionPayload, revoke_session
from resolvers.sign_in.mutations.sign_out import SignOutPayload, sign_out
from resolvers.sign_in.queries import sessions
from resolvers.sign_in.types import SessionConnection
from resolvers.viewer import FOR_VIEWER


@strawberry.type
class SignInQueries:
    sessions: SessionConnection | None = strawberry.field(
        resolver=sessions,
        description="The browsers in which staff are signed in, the newest first. For staff: their own; for OWNER and "
        "ADMIN: all.",
        metadata=FOR_VIEWER,
    )


@strawberry.type
class SignInMutations:
    connect_sign_in: SignInPayload = strawberry.mutation(
        resolver=connect_sign_in,
        description="Connects the OpenID provider by which staff sign in, or replaces it. The provider's configuration "
        "is read and checked first; the client secret is stored encrypted and never returned. With another issuer, the "
        "sessions of the previous provider end at once. Fails with UNAVAILABLE if the provider does not respond. For "
        "OWNER, since the provider decides who signs in as whom.",
    )
    disconnect_sign_in: SignInPayload = strawberry.mutation(
        resolver=disconnect_sign_in,
        description="Deletes the settings of the OpenID provider, and ends all sessions at once. Keys remain valid. "
        "For OWNER.",
    )
    reset_sign_in: ResetSignInPayload = strawberry.mutation(
        resolver=reset_sign_in,
        description="Forgets the account of a staff member at the provider, and ends the member's sessions: the next "
        "sign-in finds the member by the e-mail address again. For OWNER and ADMIN.",
    )
    sign_out: SignOutPayload = strawberry.mutation(
        resolver=sign_out,
        description="Ends the session of the caller, or all of them. Their access tokens are refused and their sockets "
        "closed at once. For staff.",
    )
    revoke_session: RevokeSessionPayload = strawberry.mutation(
        resolver=revoke_session,
        description="Ends a session. Its access tokens are refused and its sockets closed at once. Repeating it has no "
        "effect. For staff: their own sessions; for OWNER and ADMIN: all.",
    )
