"""The routes under /hooks, one for each vendor. Each ends in an unguessable token that identifies the connection."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from api.body import BodyBudget
from api.webhooks.email import MAIL_BYTES, EmailHook
from api.webhooks.endpoint import IncomingWebhook
from api.webhooks.gorgias import GorgiasHook
from api.webhooks.shopify import BODY_BYTES as SHOPIFY_BYTES
from api.webhooks.shopify import ShopifyHook
from api.webhooks.twilio import TwilioHook
from api.webhooks.zendesk import ZendeskHook
from domain.messaging.ports import MailParser
from resolvers.context import Services


def hooks(services: Services, parser: MailParser, bodies: BodyBudget) -> list[BaseRoute]:
    """Return the routes of all vendors. `bodies` is the budget that they share with the other endpoints."""
    zendesk = ZendeskHook(
        connections=services.connections,
        helpdesk=services.helpdesk,
        ticket_sync=services.ticket_sync,
        clock=services.clock,
    )
    shopify = ShopifyHook(
        connections=services.connections,
        shops=services.shops,
        erasures=services.erasures,
        clock=services.clock,
    )
    gorgias = GorgiasHook(connections=services.connections, ticket_sync=services.ticket_sync)
    twilio = TwilioHook(
        connections=services.connections,
        incoming=services.incoming,
        receipts=services.message_deliveries,
        storage=services.storage,
    )
    email = EmailHook(
        connections=services.connections,
        incoming=services.incoming,
        parser=parser,
        files=services.mail_files,
        clock=services.clock,
    )
    return [
        Route("/hooks/shopify/{token}", IncomingWebhook(shopify, bodies, body_bytes=SHOPIFY_BYTES), methods=["POST"]),
        Route("/hooks/gorgias/{token}", IncomingWebhook(gorgias, bodies), methods=["POST"]),
        Route("/hooks/zendesk/{token}", IncomingWebhook(zendesk, bodies), methods=["POST"]),
        Route("/hooks/twilio/{token}", IncomingWebhook(twilio, bodies), methods=["POST"]),
        Route("/hooks/email/{token}", IncomingWebhook(email, bodies, body_bytes=MAIL_BYTES), methods=["POST"]),
    ]
