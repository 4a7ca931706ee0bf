"""The mutation `inviteStaff`."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.account.keys import CreateKey
from domain.inbox.staff import InviteStaff
from resolvers.account.enums import StaffRole
from resolvers.account.keys import ApiKey
from resolvers.account.mutations.create_key import EXPIRES_AT, NETWORKS
from resolvers.account.types import Staff
from resolvers.arguments import IDEMPOTENCY_KEY
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in


@strawberry.input(description="A first key of a new member of staff.")
class FirstKeyInput:
    label: str | None = strawberry.field(
        default=None, description="A name of the key for people, from 1 to 200 characters."
    )
    expires_at: datetime | None = strawberry.field(default=None, description=EXPIRES_AT)
    networks: list[str] | None = strawberry.field(default=None, description=NETWORKS)


@strawberry.input(description="A new member of staff.")
class InviteStaffInput:
    name: str = strawberry.field(description="The name that shoppers and colleagues see, from 1 to 200 characters.")
    email: str = strawberry.field(
        description="The e-mail address, with which the member signs in. It must be new in the account."
    )
    role: StaffRole = strawberry.field(description="The role. It cannot be above that of the caller.")
    key: FirstKeyInput | None = strawberry.field(
        default=None,
        description="Creates a first key, for a member who does not sign in with an OpenID provider. Omit it to create "
        "none.",
    )
    idempotency_key: strawberry.ID | None = strawberry.field(
        default=None, description=f"{IDEMPOTENCY_KEY} A repeated call does not return the token."
    )


@strawberry.type(description="The result of `inviteStaff`.")
class InviteStaffPayload(Payload):
    staff: Staff | None = strawberry.field(default=None, description="The new member of staff. `null` if refused.")
    key: ApiKey | None = strawberry.field(default=None, description="The first key. `null` if none was asked for.")
    token: str | None = strawberry.field(
        default=None,
        description="The token of the first key. It is returned only once. `null` if there is no key, or if the call "
        "is a repetition.",
    )


@refusals_in(InviteStaffPayload)
async def invite_staff(
    info: Info, input: Annotated[InviteStaffInput, strawberry.argument(description="The new member of staff.")]
) -> InviteStaffPayload:
    principal = info.context.principal
    key = None
    if input.key is not None:
        networks = tuple(input.key.networks or ())
        key = CreateKey(label=input.key.label, expires_at=input.key.expires_at, networks=networks)
    wish = InviteStaff(name=input.name, email=input.email, role=input.role, key=key)
    invited = await info.context.services.staff.invite(principal, principal.account_id, wish, input.idempotency_key)
    return InviteStaffPayload(
        staff=Staff.of(invited.staff, principal),
        key=None if invited.key is None else ApiKey.of(invited.key.credential),
        token=None if invited.key is None else invited.key.token,
    )
