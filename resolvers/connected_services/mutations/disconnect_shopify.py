"""disconnectShopify"""

from typing import Annotated

import strawberry

from domain.model.connected_services import Service
from domain.principal import Permission
from domain.values.errors import NotFound
from resolvers.connected_services.shopify import ShopifyConnectionPayload, load_shopify
from resolvers.context import Info
from resolvers.errors import refusals_in


@strawberry.input(description="Which shop at Shopify is not to be listened to any more.")
class DisconnectShopifyInput:
    shop_domain: str = strawberry.field(description="The shop's own address there, as it is connected.")


@refusals_in(ShopifyConnectionPayload)
async def disconnect_shopify(
    info: Info, input: Annotated[DisconnectShopifyInput, strawberry.argument(description="Which shop.")]
) -> ShopifyConnectionPayload:
    context, field = info.context, "shop_domain"
    context.principal.require(Permission.CHANGE_SETTINGS)
    held = await load_shopify(context)
    if held is None or held.shop_domain != input.shop_domain.strip().lower():
        raise NotFound("This shop is not connected.", field=field)
    await context.services.connections.disconnect(context.principal, Service.SHOPIFY, field=field)
    return ShopifyConnectionPayload()
