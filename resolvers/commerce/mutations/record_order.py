"""The mutation `recordOrder`."""

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
    description="An order of the shop. The buyer is matched with shoppers who touched a message by `profileId`, "
    "`email`, `phone` or `anonymousId`; one of them in common is sufficient. An order without any of "
    "them is credited to no conversation."
)
class RecordOrderInput:
    order_id: str = strawberry.field(
        description="The shop's own ID of the order, at most 200 characters. Repeating an order has no effect; the "
        "same ID with other content is refused with CONFLICT, unless `updatedAt` is later than before."
    )
    placed_at: datetime = strawberry.field(
        description="The time at which the order was placed, not in the future; a clock that is 5 minutes fast is "
        "tolerated."
    )
    total: MoneyInput = strawberry.field(
        description="The amount that was paid, before refunds: not below zero, with at most the number of decimals "
        "of the currency."
    )
    profile_id: str | None = strawberry.field(default=None, description="The shop's own ID of the buyer.")
    email: str | None = strawberry.field(default=None, description="The e-mail address of the buyer.")
    phone: str | None = strawberry.field(
        default=None, description="The phone number of the buyer with country code, for example `+39 333 123 4567`."
    )
    anonymous_id: str | None = strawberry.field(
        default=None, description="The `browserToken` or random ID that the buyer's browser keeps for the chat."
    )
    product_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The shop's own IDs of the products, at most 500."
    )
    updated_at: datetime | None = strawberry.field(
        default=None,
        description="The time since which the order has this content. The latest content of an order counts, in "
        "whatever sequence it arrives. Default: `placedAt`.",
    )


@refusals_in(RecordOrderPayload)
async def record_order(
    info: Info, input: Annotated[RecordOrderInput, strawberry.argument(description="The order and its buyer.")]
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
