"""The addresses under /hooks, one a vendor. Each ends in a token that nobody guesses: by it the connection is found."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from api.webhooks import email, twilio
from api.webhooks.endpoint import Hook
from api.webhooks.gorgias import GorgiasHook
from api.webhooks.shopify import BODY_BYTES as SHOPIFY_BYTES
from api.webhooks.shopify import ShopifyHook
from api.webhooks.zendesk import ZendeskHook
from resolvers.context import Services


def hooks(services: Services) -> list[BaseRoute]:
    zendesk = ZendeskHook(
        connections=services.connections,
        helpdesk=services.helpdesk,
        rereading=services.rereading,
        clock=services.clock,
    )
    shopify = ShopifyHook(connections=services.connections, shops=services.shops, clock=services.clock)
    gorgias = GorgiasHook(connections=services.connections, rereading=services.rereading)
    return [
        Route("/hooks/shopify/{token}", Hook(shopify.take, body_bytes=SHOPIFY_BYTES), methods=["POST"]),
        Route("/hooks/gorgias/{token}", Hook(gorgias.take), methods=["POST"]),
        Route("/hooks/zendesk/{token}", Hook(zendesk.take), methods=["POST"]),
        Route("/hooks/twilio/{token}", Hook(twilio.hook(services)), methods=["POST"]),
        Route("/hooks/email/{token}", Hook(email.hook(services), body_bytes=email.MAIL_BYTES), methods=["POST"]),
    ]
