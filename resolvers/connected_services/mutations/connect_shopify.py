"""connectShopify"""

from typing import Annotated

import strawberry

from domain.connected_services.ports import CannotOpen
from domain.connected_services.shops import shopify_credentials
from domain.model.connected_services import Service
from domain.principal import Permission
from resolvers.connected_services.shopify import ShopifyAccount, ShopifyConnectionPayload
from resolvers.context import Info
from resolvers.errors import refusals_in


@strawberry.input(description="A shop at Shopify, and what its webhooks are signed with.")
class ConnectShopifyInput:
    shop_domain: str = strawberry.field(description="The shop's own address there, like `acme.myshopify.com`.")
    client_secret: str = strawberry.field(
        description="The client secret of the app that sends the webhooks. Connected anew with another one, what the "
        "one before signed is believed for 4 hours more. Never answered again."
    )


@refusals_in(ShopifyConnectionPayload)
async def connect_shopify(
    info: Info, input: Annotated[ConnectShopifyInput, strawberry.argument(description="Which shop.")]
) -> ShopifyConnectionPayload:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)  # before anything is said of what was given
    connections = context.services.connections
    try:
        before = await connections.open(context.principal.account_id, Service.SHOPIFY)
    except CannotOpen:
        before = None  # what it was signed with is lost; from now on it is another secret
    credentials = shopify_credentials(
        shop_domain=input.shop_domain,
        client_secret=input.client_secret,
        before=before,
        now=context.services.clock.now(),
    )
    connection = await connections.connect(context.principal, credentials)
    return ShopifyConnectionPayload(connection=ShopifyAccount.of(context, connection))
