"""The mutation `updateStaff`."""

from typing import Annotated

import strawberry

from domain.inbox.staff import UpdateStaff
from resolvers.account.enums import StaffRole
from resolvers.account.ids import staff_id_of
from resolvers.account.types import Staff
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.inbox.payloads import StaffPayload


@strawberry.input(
    description="A change of a member of staff. A field that is omitted or `null` stays as it is, unless its "
    "description says otherwise."
)
class UpdateStaffInput:
    staff_id: strawberry.ID = strawberry.field(description="The ID of the member of staff.")
    name: str | None = strawberry.field(
        default=None, description="The name that shoppers and colleagues see, from 1 to 200 characters."
    )
    role: StaffRole | None = strawberry.field(
        default=None, description="The role. It cannot be above that of the caller."
    )
    capacity: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The number of open tickets up to which tickets are assigned to the member automatically, from 0 "
        "to 1,000. Staff may take, and assign, more by hand. `null`: no limit.",
    )


@refusals_in(StaffPayload)
async def update_staff(
    info: Info, input: Annotated[UpdateStaffInput, strawberry.argument(description="The member and the change.")]
) -> StaffPayload:
    principal = info.context.principal
    wish = UpdateStaff(
        staff_id=staff_id_of(input.staff_id),
        name=input.name,
        role=input.role,
        capacity=None if input.capacity is strawberry.UNSET else input.capacity,
        clear_capacity=input.capacity is None,
    )
    staff = await info.context.services.staff.update(principal, principal.account_id, wish)
    return StaffPayload(staff=Staff.of(staff, principal))
