"""Who has a conversation, in the graph."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain.model import conversation as model
from resolvers.context import Info
from resolvers.conversation.enums import ControllerKind

if TYPE_CHECKING:
    from resolvers.account.types import Staff


@strawberry.type(
    description="Who may speak next. An answer written under an older epoch than this is refused and shown to nobody."
)
class Controller:
    staff_id: strawberry.Private[str | None]
    kind: ControllerKind = strawberry.field(description="Which kind of speaker it is.")
    epoch: int = strawberry.field(description="Grows by one with every change of hands.")
    since: datetime = strawberry.field(description="When it came to these hands.")

    @strawberry.field(description="The human who has it; null for any other kind.")
    async def staff(self, info: Info) -> Annotated["Staff", strawberry.lazy("resolvers.account.types")] | None:
        from resolvers.account.types import Staff

        staff = await info.context.staff.load(self.staff_id) if self.staff_id else None
        return None if staff is None else Staff.of(staff, info.context.principal)

    @classmethod
    def of(cls, controller: model.Controller) -> Self:
        return cls(staff_id=controller.staff_id, kind=controller.kind, epoch=controller.epoch, since=controller.since)
