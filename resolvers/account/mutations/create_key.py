"""The mutation `createKey`."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.account.keys import CreateKey
from domain.principal import DocumentPolicy
from resolvers.account.enums import Scope
from resolvers.account.ids import staff_id_of
from resolvers.account.keys import NewKeyPayload
from resolvers.arguments import IDEMPOTENCY_KEY
from resolvers.context import Info
from resolvers.errors import refusals_in

NETWORKS = (
    "The networks from which the key may be used, in CIDR notation, for example `203.0.113.0/24` or `2001:db8::/32`; "
    "at most 20. A single address is allowed. Default: from everywhere."
)
EXPIRES_AT = "The time at which the key stops working: in the future, at most ten years from now. Default: never."


@strawberry.input(
    description="A new key. Give exactly one of `publishable`, `staffId` and `scopes`. The key cannot have more rights "
    "than its creator."
)
class CreateKeyInput:
    label: str | None = strawberry.field(
        default=None, description="A name of the key for people, from 1 to 200 characters."
    )
    publishable: bool = strawberry.field(
        default=False, description="Creates the key of a chat widget, which may only start conversations."
    )
    staff_id: strawberry.ID | None = strawberry.field(
        default=None, description="The ID of a member of staff, whose rights the key has."
    )
    scopes: list[Scope] | None = strawberry.field(default=None, description="The rights of the key.")
    expires_at: datetime | None = strawberry.field(default=None, description=EXPIRES_AT)
    networks: list[str] | None = strawberry.field(default=None, description=NETWORKS)
    documents: DocumentPolicy = strawberry.field(
        default=DocumentPolicy.AUTO, description="Which GraphQL documents the key may run. Default: `AUTO`."
    )
    idempotency_key: strawberry.ID | None = strawberry.field(
        default=None, description=f"{IDEMPOTENCY_KEY} A repeated call does not return the token."
    )


@refusals_in(NewKeyPayload)
async def create_key(
    info: Info, input: Annotated[CreateKeyInput, strawberry.argument(description="The key to create.")]
) -> NewKeyPayload:
    context = info.context
    wish = CreateKey(
        label=input.label,
        publishable=input.publishable,
        staff_id=None if input.staff_id is None else staff_id_of(input.staff_id),
        scopes=tuple(input.scopes or ()),
        expires_at=input.expires_at,
        networks=tuple(input.networks or ()),
        documents=input.documents,
    )
    account_id = context.principal.account_id
    return NewKeyPayload.of(
        await context.services.keys.create(context.principal, account_id, wish, key=input.idempotency_key)
    )
