"""setAvailability"""

from typing import Annotated

import strawberry

from resolvers.account.enums import Availability
from resolvers.account.types import Staff
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.inbox.payloads import StaffPayload


@strawberry.input(description="Whether the caller can be given conversations.")
class SetAvailabilityInput:
    availability: Availability = strawberry.field(description="Here, or not.")


@refusals_in(StaffPayload)
async def set_availability(
    info: Info, input: Annotated[SetAvailabilityInput, strawberry.argument(description="Whether the caller is there.")]
) -> StaffPayload:
    principal = info.context.principal
    staff = await info.context.services.inbox.set_availability(principal, input.availability)
    return StaffPayload(staff=Staff.of(staff, principal))
