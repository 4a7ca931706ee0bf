"""GraphQL types of the account's OpenID provider and of sessions."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model.connected_services import ConnectedService
from domain.model.sign_in import StaffSession
from domain.principal import Permission
from domain.sign_in.settings import allowed_domains
from resolvers.account.types import Staff
from resolvers.context import Context, Info
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, to_global_id
from resolvers.viewer import FOR_VIEWER


@strawberry.type(description="The OpenID provider by which the staff of the account sign in.")
class SignIn:
    issuer: str = strawberry.field(description="The issuer, exactly as the provider names itself.")
    client_id: str = strawberry.field(description="The ID of Baton's client at the provider.")
    allowed_domains: list[str] = strawberry.field(
        description="The domains of the e-mail addresses that may sign in. Empty if all may."
    )
    url: str = strawberry.field(
        description="The address at which a browser starts to sign in. Append `?return_to=` and a path to come back to."
    )
    callback_url: str = strawberry.field(description="The redirect URI to register at the provider for Baton's client.")
    connected_at: datetime = strawberry.field(description="The time at which the provider was connected.")
    problem: str | None = strawberry.field(
        description="The reason why nobody can sign in at present. `null` if no problem is known."
    )

    @classmethod
    def of(cls, context: Context, connection: ConnectedService) -> Self:
        services = context.services
        return cls(
            issuer=connection.settings["issuer"],
            client_id=connection.settings["client_id"],
            allowed_domains=list(allowed_domains(connection)),
            url=services.sign_in.start_url(context.principal.account_id),
            callback_url=services.sign_in.callback_url,
            connected_at=connection.connected_at,
            problem=services.connections.problem_of(connection),
        )


@strawberry.type(description="A browser in which a staff member is signed in.")
class Session(Node):
    row: strawberry.Private[StaffSession]
    issuer: str = strawberry.field(
        description="The provider by which the member signed in; `one-time link` for the link of the demo account."
    )
    created_at: datetime = strawberry.field(description="The time at which the member signed in.")
    renewed_at: datetime = strawberry.field(description="The time of the last renewal of the access token.")
    expires_at: datetime = strawberry.field(description="The time at which the session ends by itself.")
    ended_at: datetime | None = strawberry.field(
        description="The time at which the session was signed out or revoked. `null` if it was not."
    )
    address: str | None = strawberry.field(
        description="The IP address of the browser at the last renewal. `null` if the server did not see one."
    )
    client: str | None = strawberry.field(
        description="The name that the browser gives itself (`User-Agent`). `null` if it gives none."
    )
    current: bool = strawberry.field(description="Whether this request belongs to the session.", metadata=FOR_VIEWER)

    @strawberry.field(description="The member. `null` if the member no longer exists.")
    async def staff(self, info: Info) -> Staff | None:
        row = await info.context.staff.load(self.row.staff_id)
        return None if row is None else Staff.of(row, info.context.principal)

    @classmethod
    def of(cls, context: Context, row: StaffSession) -> Self:
        return cls(
            id=to_global_id("Session", row.id),
            row=row,
            issuer=row.issuer,
            created_at=row.created_at,
            renewed_at=row.renewed_at,
            expires_at=row.expires_at,
            ended_at=row.ended_at,
            address=row.address,
            client=row.client,
            current=row.id == context.principal.session_id,
        )


@strawberry.type(description="A page of sessions, the newest first.")
class SessionConnection(Connection[Session]):
    pass


def session_listing(context: Context) -> Listing[StaffSession, Session]:
    return Listing(context, "sessions", (str,), key=lambda row: (row.id,), node=lambda row: Session.of(context, row))


async def load_sign_in(context: Context) -> SignIn | None:
    """Return the account's provider, or None."""
    if context.principal.staff_id is None:
        return None
    connection = await context.services.sign_in.connection(context.principal.account_id)
    return None if connection is None else SignIn.of(context, connection)


async def find_session(context: Context, key: str) -> Session | None:
    """Return a session of the caller, or of anybody to those who manage sign-in."""
    row = await context.reader.get(StaffSession, key)
    principal = context.principal
    if row is None or not (row.staff_id == principal.staff_id or principal.has(Permission.MANAGE_SIGN_IN)):
        return None
    return Session.of(context, row)
