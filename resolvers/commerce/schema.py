"""The mutations of commerce."""

import strawberry

from resolvers.commerce.mutations.record_order import record_order
from resolvers.commerce.mutations.record_product_click import record_product_click
from resolvers.commerce.mutations.record_refund import record_refund
from resolvers.commerce.mutations.record_touch import record_touch
from resolvers.commerce.payloads import RecordOrderPayload, TouchPayload


@strawberry.type
class CommerceMutations:
    record_product_click: TouchPayload = strawberry.mutation(
        resolver=record_product_click,
        description="Records a shopper's click on a product card, so that a sale may be credited to the "
        "conversation. Takes a visitor token.",
    )
    record_touch: TouchPayload = strawberry.mutation(
        resolver=record_touch,
        description="Records a touch of a shopper on a message of the agent, so that a sale may be credited to the "
        "conversation. Takes a key with scope `orders:write`, or a key of OWNER, ADMIN or MANAGER.",
    )
    record_order: RecordOrderPayload = strawberry.mutation(
        resolver=record_order,
        description="Records an order of the shop. It is credited to the conversation with the buyer's last touch "
        "within the account's windows, whether order or touch arrives first. Takes a key with scope "
        "`orders:write`, or a key of OWNER, ADMIN or MANAGER.",
    )
    record_refund: RecordOrderPayload = strawberry.mutation(
        resolver=record_refund,
        description="Records a refund. The credited sale is reduced by its amount, never below zero. Takes a key "
        "with scope `orders:write`, or a key of OWNER, ADMIN or MANAGER.",
    )
