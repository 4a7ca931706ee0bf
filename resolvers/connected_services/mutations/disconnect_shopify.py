"""The mutation `disconnectShopify`."""

from typing import Annotated

import strawberry

from domain.model.connected_services import Service
from domain.principal import Permission
from domain.values.errors import NotFound
from resolvers.connected_services.shopify import ShopifyConnectionPayload, load_shopify
from resolvers.context import Info
from resolvers.errors import refusals_in


@strawberry.input(description="The Shopify shop to disconnect.")
class DisconnectShopifyInput:
    shop_domain: str = strawberry.field(
        description="The domain of the connected shop, for example `acme.myshopify.com`."
    )


@refusals_in(ShopifyConnectionPayload)
async def disconnect_shopify(
    info: Info, input: Annotated[DisconnectShopifyInput, strawberry.argument(description="The shop to disconnect.")]
) -> ShopifyConnectionPayload:
    context, field = info.context, "shop_domain"
    context.principal.require(Permission.CHANGE_SETTINGS)
    connected = await load_shopify(context)
    if connected is None or connected.shop_domain != input.shop_domain.strip().lower():
        raise NotFound("This shop is not connected.", field=field)
    await context.services.connections.disconnect(context.principal, Service.SHOPIFY, field=field)
    return ShopifyConnectionPayload()
