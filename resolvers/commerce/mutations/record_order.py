"""recordOrder"""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.commerce.commands import RecordOrder
from domain.model.conversation import Visitor
from resolvers.commerce.payloads import RecordOrderPayload
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.money import MoneyInput, money_of


@strawberry.input(
    description="An order of the shop. Who bought is compared with who touched a message: one of `profileId`, `email`, "
    "`phone` and `anonymousId` in common is enough; without any of them no conversation can earn it."
)
class RecordOrderInput:
    order_id: str = strawberry.field(
        description="The shop's own id, at most 200 characters. The same id with the same content is answered as it "
        "is; with other content it is a Conflict, unless `updatedAt` says that it is a later word about the order."
    )
    placed_at: datetime = strawberry.field(
        description="When it was ordered: not in the future; 5 minutes of a wrong clock are forgiven."
    )
    total: MoneyInput = strawberry.field(
        description="What was paid, before refunds: not below zero, with no more decimals than the currency has."
    )
    profile_id: str | None = strawberry.field(default=None, description="The shop's own id of the buyer.")
    email: str | None = strawberry.field(default=None, description="The buyer's e-mail address.")
    phone: str | None = strawberry.field(default=None, description="The buyer's phone number with country code.")
    anonymous_id: str | None = strawberry.field(
        default=None, description="The random id that the buyer's browser keeps for the chat."
    )
    product_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The shop's own ids of the products, at most 500."
    )
    updated_at: datetime | None = strawberry.field(
        default=None,
        description="When the order became what is said here. Of two words about one order the later counts, in "
        "whichever order they come in. Left out: when it was placed.",
    )


@refusals_in(RecordOrderPayload)
async def record_order(
    info: Info, input: Annotated[RecordOrderInput, strawberry.argument(description="The order.")]
) -> RecordOrderPayload:
    command = RecordOrder(
        order_id=input.order_id,
        placed_at=input.placed_at,
        total=money_of(input.total),
        buyer=Visitor(
            anonymous_id=input.anonymous_id, external_id=input.profile_id, email=input.email, phone=input.phone
        ),
        product_ids=tuple(input.product_ids or ()),
        updated_at=input.updated_at,
    )
    return RecordOrderPayload.of(await info.context.services.commerce.record_order(info.context.principal, command))
