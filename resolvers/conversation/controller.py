"""GraphQL type of a conversation's controller."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model import conversation as model
from resolvers.account.types import Staff
from resolvers.context import Info
from resolvers.conversation.enums import ControllerKind


@strawberry.type(
    description="The participant that may write the next message. A message of the agent under an older epoch is "
    "refused and not shown."
)
class Controller:
    staff_id: strawberry.Private[str | None]
    kind: ControllerKind = strawberry.field(description="The kind of participant that has control.")
    epoch: int = strawberry.field(
        description="A number that grows by one with each change of the controller. `postAgentMessage` and "
        "`requestHandoff` take it."
    )
    since: datetime = strawberry.field(description="The time at which this participant got control.")

    @strawberry.field(description="The member of staff who has control. `null` for every other kind.")
    async def staff(self, info: Info) -> Staff | None:
        staff = await info.context.staff.load(self.staff_id) if self.staff_id else None
        return None if staff is None else Staff.of(staff, info.context.principal)

    @classmethod
    def of(cls, controller: model.Controller) -> Self:
        return cls(staff_id=controller.staff_id, kind=controller.kind, epoch=controller.epoch, since=controller.since)
