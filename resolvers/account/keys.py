"""GraphQL types of keys, and their list."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from domain.account.keys import IssuedKey
from domain.model.credentials import Credential
from domain.principal import DocumentPolicy, Permission, PrincipalKind
from resolvers.account.enums import Scope
from resolvers.account.types import Staff
from resolvers.context import Context, Info
from resolvers.errors import Payload
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, to_global_id


@strawberry.enum(description="The holder of a key.")
class KeyKind(Enum):
    PUBLISHABLE = strawberry.enum_value("PUBLISHABLE", description="A chat widget. Everybody can read this key.")
    STAFF = strawberry.enum_value("STAFF", description="A member of staff, with the rights of the role.")
    SCOPED = strawberry.enum_value("SCOPED", description="An agent or a partner, with the rights of the scopes.")


_KINDS = {PrincipalKind.WIDGET: KeyKind.PUBLISHABLE, PrincipalKind.STAFF: KeyKind.STAFF}


@strawberry.type(description="A key of the account. Its token was returned once, when the key was created or rotated.")
class ApiKey(Node):
    row: strawberry.Private[Credential]
    label: str | None = strawberry.field(description="The name that people gave the key.")
    kind: KeyKind = strawberry.field(description="The holder of the key.")
    scopes: list[Scope] = strawberry.field(description="The rights of a SCOPED key. Empty for other kinds.")
    networks: list[str] = strawberry.field(
        description="The networks from which the key may be used, in CIDR notation. Empty if it may be used from "
        "everywhere."
    )
    documents: DocumentPolicy = strawberry.field(
        description="Which GraphQL documents the key may run, and the visitor tokens of conversations that it starts."
    )
    created_at: datetime = strawberry.field(description="The time at which the key was created.")
    expires_at: datetime | None = strawberry.field(
        description="The time at which the key stops working. `null` if it does not expire."
    )
    revoked_at: datetime | None = strawberry.field(
        description="The time at which the key was revoked. `null` if it was not."
    )

    last_used_at: datetime | None = strawberry.field(
        description="The time of the last request or connection with the key, rounded down to five minutes. It appears "
        "within a minute. `null` if it was never used."
    )

    @strawberry.field(description="The member of staff of a STAFF key. `null` for other kinds.")
    async def staff(self, info: Info) -> Staff | None:
        row = await info.context.staff.load(self.row.staff_id) if self.row.staff_id else None
        return None if row is None else Staff.of(row, info.context.principal)

    @strawberry.field(
        description="The member of staff who created the key or rotated it to this one. If a SCOPED key did, the "
        "member who created that key. `null` if the operator of the server did."
    )
    async def created_by(self, info: Info) -> Staff | None:
        row = await info.context.staff.load(self.row.created_by) if self.row.created_by else None
        return None if row is None else Staff.of(row, info.context.principal)

    @classmethod
    def of(cls, row: Credential) -> Self:
        return cls(
            id=to_global_id("ApiKey", row.id),
            row=row,
            label=row.label,
            kind=_KINDS.get(row.kind, KeyKind.SCOPED),
            scopes=list(row.scopes),
            networks=list(row.networks),
            documents=row.documents,
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
        )


@strawberry.type(description="A page of keys, the newest first.")
class ApiKeyConnection(Connection[ApiKey]):
    pass


@strawberry.type(description="The result of `revokeKey` and `updateKey`.")
class ApiKeyPayload(Payload):
    key: ApiKey | None = strawberry.field(default=None, description="The key after the change. `null` if refused.")


@strawberry.type(description="The result of a mutation that creates a key.")
class NewKeyPayload(Payload):
    key: ApiKey | None = strawberry.field(default=None, description="The new key. `null` if refused.")
    token: str | None = strawberry.field(
        default=None,
        description="The token, for `Authorization: Bearer …`. It is returned only once: store it in a safe place. "
        "`null` if refused, or if the call is a repetition.",
    )

    @classmethod
    def of(cls, issued: IssuedKey) -> Self:
        return cls(key=ApiKey.of(issued.credential), token=issued.token)


async def load_keys(context: Context, first: int | None, after: str | None) -> ApiKeyConnection:
    """Raises `Forbidden`, `Invalid`."""
    context.principal.require(Permission.MANAGE_STAFF)
    listing = Listing(context, "keys", (str,), key=lambda row: (row.id,), node=ApiKey.of)
    return ApiKeyConnection(**listing.parts(await context.reader.keys(listing.slice(first, after))))


async def find_key(context: Context, key: str) -> ApiKey | None:
    """Raises `Forbidden`."""
    context.principal.require(Permission.MANAGE_STAFF)
    row = await context.reader.get(Credential, key)
    return None if row is None or not row.is_key else ApiKey.of(row)
