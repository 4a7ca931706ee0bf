"""The mutation `recordProductClick`."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.commerce.commands import RecordProductClick
from resolvers.arguments import IdempotentInput
from resolvers.commerce.payloads import TouchPayload
from resolvers.context import Info
from resolvers.conversation.ids import message_id_of
from resolvers.errors import refusals_in


@strawberry.input(description="A click of a shopper on a product card.")
class RecordProductClickInput(IdempotentInput):
    message_id: strawberry.ID = strawberry.field(description="The ID of the message with the product card.")
    product_id: strawberry.ID = strawberry.field(description="The shop's own ID of the product on the card.")
    clicked_at: datetime | None = strawberry.field(
        default=None, description="The time of the click, not in the future. Default: now."
    )


@refusals_in(TouchPayload)
async def record_product_click(
    info: Info,
    input: Annotated[RecordProductClickInput, strawberry.argument(description="The message and the product.")],
) -> TouchPayload:
    command = RecordProductClick(
        message_id=message_id_of(input.message_id), product_id=input.product_id, clicked_at=input.clicked_at
    )
    await info.context.services.commerce.record_click(info.context.principal, command, key=input.idempotency_key)
    return TouchPayload(recorded=True)
