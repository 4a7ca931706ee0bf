"""recordRefund"""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.commerce.commands import RecordRefund
from resolvers.commerce.payloads import RecordOrderPayload
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.money import MoneyInput, money_of


@strawberry.input(
    description="Money that the shop gave back for an order. It may come in before its order, and waits for it then."
)
class RecordRefundInput:
    order_id: str = strawberry.field(description="The shop's own id of the order.")
    refund_id: str = strawberry.field(
        description="The shop's own id of the refund within the order: told again it takes nothing more; with other "
        "content it is a Conflict."
    )
    amount: MoneyInput = strawberry.field(
        description="How much: more than zero, in the order's currency. In another it is refused, or, where it came "
        "before the order, takes nothing back."
    )
    refunded_at: datetime = strawberry.field(description="When: not in the future.")


@refusals_in(RecordOrderPayload)
async def record_refund(
    info: Info, input: Annotated[RecordRefundInput, strawberry.argument(description="The refund.")]
) -> RecordOrderPayload:
    command = RecordRefund(
        order_id=input.order_id,
        refund_id=input.refund_id,
        amount=money_of(input.amount),
        refunded_at=input.refunded_at,
    )
    return RecordOrderPayload.of(await info.context.services.commerce.record_refund(info.context.principal, command))
