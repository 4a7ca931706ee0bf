"""The mutation `setAvailability`."""

from typing import Annotated

import strawberry

from resolvers.account.enums import Availability
from resolvers.account.types import Staff
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.inbox.payloads import StaffPayload


@strawberry.input(description="The availability of the caller.")
class SetAvailabilityInput:
    availability: Availability = strawberry.field(description="Whether the caller accepts new conversations.")


@refusals_in(StaffPayload)
async def set_availability(
    info: Info,
    input: Annotated[SetAvailabilityInput, strawberry.argument(description="The availability of the caller.")],
) -> StaffPayload:
    principal = info.context.principal
    staff = await info.context.services.inbox.set_availability(principal, input.availability)
    return StaffPayload(staff=Staff.of(staff, principal))
