"""The mutation `connectShopify`."""

from typing import Annotated

import strawberry

from domain.connected_services.ports import CannotOpen
from domain.connected_services.shops import shopify_credentials
from domain.model.connected_services import Service
from domain.principal import Permission
from resolvers.connected_services.shopify import ShopifyAccount, ShopifyConnectionPayload
from resolvers.context import Info
from resolvers.errors import refusals_in


@strawberry.input(description="The Shopify shop to connect, and the secret that signs its webhooks.")
class ConnectShopifyInput:
    shop_domain: str = strawberry.field(
        description="The domain of the shop at Shopify, for example `acme.myshopify.com`."
    )
    client_secret: str = strawberry.field(
        description="The client secret of the app that sends the webhooks. It is encrypted and never returned. After "
        "a change, signatures with the previous secret are accepted for 4 hours."
    )


@refusals_in(ShopifyConnectionPayload)
async def connect_shopify(
    info: Info,
    input: Annotated[ConnectShopifyInput, strawberry.argument(description="The shop and its client secret.")],
) -> ShopifyConnectionPayload:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)  # before the input is validated
    connections = context.services.connections
    try:
        before = await connections.open(context.principal.account_id, Service.SHOPIFY)
    except CannotOpen:
        before = None  # the previous secret cannot be decrypted
    credentials = shopify_credentials(
        shop_domain=input.shop_domain,
        client_secret=input.client_secret,
        before=before,
        now=context.services.clock.now(),
    )
    connection = await connections.connect(context.principal, credentials)
    return ShopifyConnectionPayload(connection=ShopifyAccount.of(context, connection))
