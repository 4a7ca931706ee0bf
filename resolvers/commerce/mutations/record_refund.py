"""The mutation `recordRefund`."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.commerce.commands import RecordRefund
from resolvers.commerce.payloads import RecordOrderPayload
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.money import MoneyInput, money_of


@strawberry.input(
    description="A refund of an order. A refund that arrives before its order is kept until the order arrives."
)
class RecordRefundInput:
    order_id: str = strawberry.field(description="The shop's own ID of the order, at most 200 characters.")
    refund_id: str = strawberry.field(
        description="The shop's own ID of the refund within the order. Repeating a refund has no effect; the same ID "
        "with other content is refused with CONFLICT."
    )
    amount: MoneyInput = strawberry.field(
        description="The amount of the refund: more than zero, in the currency of the order. Another currency is "
        "refused, or has no effect if the refund arrived before the order."
    )
    refunded_at: datetime = strawberry.field(description="The time of the refund, not in the future.")


@refusals_in(RecordOrderPayload)
async def record_refund(
    info: Info, input: Annotated[RecordRefundInput, strawberry.argument(description="The refund and its order.")]
) -> RecordOrderPayload:
    command = RecordRefund(
        order_id=input.order_id,
        refund_id=input.refund_id,
        amount=money_of(input.amount),
        refunded_at=input.refunded_at,
    )
    return RecordOrderPayload.of(await info.context.services.commerce.record_refund(info.context.principal, command))
