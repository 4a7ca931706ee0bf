"""A shop at Shopify in the graph."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model.connected_services import ConnectedService, Service
from resolvers.context import Context
from resolvers.errors import Payload


@strawberry.type(description="A shop at Shopify, whose orders and refunds come in by signed webhooks.")
class ShopifyAccount:
    shop_domain: str = strawberry.field(description="The shop's own address there, like `acme.myshopify.com`.")
    connected_at: datetime = strawberry.field(description="Since when.")
    webhook_url: str | None = strawberry.field(
        description="Where Shopify is to send orders/create, orders/paid, orders/updated, orders/cancelled and "
        "refunds/create (JSON), and customers/redact, customers/data_request and shop/redact. Its last part is a "
        "secret: for OWNER, ADMIN and MANAGER, null for others. Connected anew, it stays the same."
    )
    problem: str | None = strawberry.field(
        description="Why nothing comes in at present, e.g. that the client secret did not sign a delivery; null where "
        "nothing is known to be wrong."
    )

    @classmethod
    def of(cls, context: Context, connection: ConnectedService) -> Self:
        return cls(
            shop_domain=connection.settings["shop_domain"],
            connected_at=connection.connected_at,
            webhook_url=context.services.connections.hook_url(context.principal, connection),
            problem=connection.problem,
        )


@strawberry.type(description="What came of connecting or disconnecting a shop at Shopify.")
class ShopifyConnectionPayload(Payload):
    connection: ShopifyAccount | None = strawberry.field(
        default=None, description="The connection as it is now; null when refused, or disconnected."
    )


async def load_shopify(context: Context) -> ShopifyAccount | None:
    held = await context.services.connections.of(context.principal.account_id)
    connection = held.get(Service.SHOPIFY)
    return None if connection is None else ShopifyAccount.of(context, connection)
