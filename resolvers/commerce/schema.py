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
        description="The shopper clicked a product card: a sale that follows may be credited to the conversation. "
        "Takes a visitor token.",
    )
    record_touch: TouchPayload = strawberry.mutation(
        resolver=record_touch,
        description="The shopper did something with a message of the agent that may earn a sale its credit. Takes a "
        "key with scope `orders:write`, or one of OWNER, ADMIN and MANAGER.",
    )
    record_order: RecordOrderPayload = strawberry.mutation(
        resolver=record_order,
        description="The shop sold something. It is credited to the conversation of its buyer's last touch within the "
        "account's windows, whichever comes in first. Takes a key with scope `orders:write`, or one of OWNER, ADMIN "
        "and MANAGER.",
    )
    record_refund: RecordOrderPayload = strawberry.mutation(
        resolver=record_refund,
        description="The shop gave money back: the order's sale has so much less, never below zero. Takes a key with "
        "scope `orders:write`, or one of OWNER, ADMIN and MANAGER.",
    )
