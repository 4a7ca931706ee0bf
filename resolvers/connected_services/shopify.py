"""GraphQL type of a connected Shopify shop."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model.connected_services import ConnectedService, Service
from resolvers.context import Context
from resolvers.errors import Payload


@strawberry.type(description="A connected Shopify shop, whose orders and refunds are received by signed webhooks.")
class ShopifyAccount:
    shop_domain: str = strawberry.field(
        description="The domain of the shop at Shopify, for example `acme.myshopify.com`."
    )
    connected_at: datetime = strawberry.field(description="The time at which the shop was connected.")
    webhook_url: str | None = strawberry.field(
        description="The URL for Shopify's webhooks in JSON: orders/create, orders/paid, orders/updated, "
        "orders/cancelled, refunds/create, customers/redact, customers/data_request and shop/redact. Its "
        "last segment is a secret. It stays the same when the shop is connected again. For OWNER, ADMIN "
        "and MANAGER; `null` for others."
    )
    problem: str | None = strawberry.field(
        description="The reason why no webhooks are accepted at present, for example a wrong client secret. `null` "
        "if no problem is known."
    )

    @classmethod
    def of(cls, context: Context, connection: ConnectedService) -> Self:
        return cls(
            shop_domain=connection.settings["shop_domain"],
            connected_at=connection.connected_at,
            webhook_url=context.services.connections.hook_url(context.principal, connection),
            problem=connection.problem,
        )


@strawberry.type(description="The result of connecting or disconnecting a Shopify shop.")
class ShopifyConnectionPayload(Payload):
    connection: ShopifyAccount | None = strawberry.field(
        default=None, description="The shop after the change. `null` if refused, or disconnected."
    )


async def load_shopify(context: Context) -> ShopifyAccount | None:
    connected = await context.services.connections.of(context.principal.account_id)
    connection = connected.get(Service.SHOPIFY)
    return None if connection is None else ShopifyAccount.of(context, connection)
