"""The mutation `resetSignIn`."""

from typing import Annotated

import strawberry

from domain.values.ids import StaffId
from resolvers.account.types import Staff
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.relay.global_ids import key_of


@strawberry.input(description="The staff member whose account at the provider is forgotten.")
class ResetSignInInput:
    staff_id: strawberry.ID = strawberry.field(description="The ID of the staff member.")


@strawberry.type(description="The result of resetting a member's sign-in.")
class ResetSignInPayload(Payload):
    staff: Staff | None = strawberry.field(default=None, description="The member. `null` if refused.")


@refusals_in(ResetSignInPayload)
async def reset_sign_in(
    info: Info, input: Annotated[ResetSignInInput, strawberry.argument(description="The staff member.")]
) -> ResetSignInPayload:
    staff_id = StaffId(key_of(input.staff_id, "Staff", field="staff_id"))
    member = await info.context.services.sign_in.reset(info.context.principal, staff_id)
    return ResetSignInPayload(staff=Staff.of(member, info.context.principal))
