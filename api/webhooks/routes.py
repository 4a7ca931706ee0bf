"""The addresses under /hooks, one a vendor. Each ends in a token that nobody guesses: by it the connection is found."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from api.webhooks import email, twilio
from api.webhooks.receiving import Hook
from api.webhooks.zendesk import ZendeskHook
from resolvers.context import Services


def hooks(services: Services) -> list[BaseRoute]:
    zendesk = ZendeskHook(connections=services.connections, helpdesk=services.helpdesk, clock=services.clock)
    return [
        Route("/hooks/zendesk/{token}", Hook(zendesk.take), methods=["POST"]),
        Route("/hooks/twilio/{token}", Hook(twilio.hook(services)), methods=["POST"]),
        Route("/hooks/email/{token}", Hook(email.hook(services), body_bytes=email.MAIL_BYTES), methods=["POST"]),
    ]
