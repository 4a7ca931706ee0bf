"""The mutations `suspendStaff` and `reinstateStaff`."""

from typing import Annotated

import strawberry

from resolvers.account.ids import staff_id_of
from resolvers.account.types import Staff
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.inbox.payloads import StaffPayload


@strawberry.input(description="A reference to a member of staff.")
class StaffInput:
    staff_id: strawberry.ID = strawberry.field(description="The ID of the member of staff.")


Target = Annotated[StaffInput, strawberry.argument(description="The member of staff.")]


@refusals_in(StaffPayload)
async def suspend_staff(info: Info, input: Target) -> StaffPayload:
    principal = info.context.principal
    staff_id = staff_id_of(input.staff_id)
    staff = await info.context.services.staff.suspend(principal, principal.account_id, staff_id)
    return StaffPayload(staff=Staff.of(staff, principal))


@refusals_in(StaffPayload)
async def reinstate_staff(info: Info, input: Target) -> StaffPayload:
    principal = info.context.principal
    staff_id = staff_id_of(input.staff_id)
    staff = await info.context.services.staff.reinstate(principal, principal.account_id, staff_id)
    return StaffPayload(staff=Staff.of(staff, principal))
