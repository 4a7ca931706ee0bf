"""Orders and refunds that Shopify tells of: signed, several times over, and in any order.

    orders/create, orders/paid, orders/updated, orders/edited …, orders/cancelled ──▶ the order as it is now
    refunds/create ──▶ a refund, perhaps before its order
    customers/redact, shop/redact ──▶ who bought is erased;  customers/data_request ──▶ noted for the operator

The signature is base64 of HMAC-SHA256 over the raw body under the app's client secret (shopify.dev, "Verify webhooks").
What is signed and cannot be used is taken all the same: sent again it would be no better, and Shopify gives up on an
address that refuses.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from base64 import b64decode
from binascii import Error as NotBase64

from starlette.responses import JSONResponse, Response

from api.refusal import RequestRefused
from api.webhooks import shopify_payloads as words
from api.webhooks.endpoint import UNKNOWN, Incoming
from domain.commerce.shops import ShopService
from domain.connected_services.service import Caller, ConnectionService
from domain.connected_services.shops import shopify_secrets
from domain.model.commerce import OrderSource
from domain.model.connected_services import Service
from domain.values.clock import Clock
from domain.values.errors import Invalid

BODY_BYTES = 8 << 20  # an order of 500 lines, with what each was taxed and discounted

_UNSIGNED = "The client secret did not sign this: connect the shop with the app's present one."
_TAKEN_OFF = "Shopify says that the app was taken off the shop: connect it again once it is back."

logger = logging.getLogger("baton.webhooks.shopify")


class ShopifyHook:
    def __init__(self, *, connections: ConnectionService, shops: ShopService, clock: Clock) -> None:
        self._connections = connections
        self._shops = shops
        self._clock = clock

    async def take(self, incoming: Incoming) -> Response:
        caller = await self._connections.find_by_webhook_token(Service.SHOPIFY, incoming.token)
        if caller is None:
            raise UNKNOWN
        await self._check_signature(caller, incoming)
        await self._connections.mark_ok(caller.account_id, Service.SHOPIFY, version=caller.unsealed.version)
        shop = _header(incoming, "shop-domain").lower()
        if shop != caller.unsealed.settings["shop_domain"]:
            raise RequestRefused(403, "This address is another shop's.")
        try:
            done = await self._act(caller, _header(incoming, "topic"), incoming)
        except (Invalid, ValueError) as error:
            done = error.message if isinstance(error, Invalid) else "It is not what this topic brings."
            logger.warning("A delivery of Shopify for account %s was passed over: %s", caller.account_id, done)
        return JSONResponse({"done": done})

    async def _check_signature(self, caller: Caller, incoming: Incoming) -> None:
        try:
            given = b64decode(_header(incoming, "hmac-sha256"), validate=True)
        except (NotBase64, ValueError):
            given = b""
        made = [
            hmac.digest(secret.encode(), incoming.body, hashlib.sha256)
            for secret in shopify_secrets(caller.unsealed, self._clock.now())
        ]
        if not sum(hmac.compare_digest(given, digest) for digest in made):
            version = caller.unsealed.version
            await self._connections.mark_failed(caller.account_id, Service.SHOPIFY, _UNSIGNED, version=version)
            raise RequestRefused(401, _UNSIGNED)

    async def _act(self, caller: Caller, topic: str, incoming: Incoming) -> str:
        account_id = caller.account_id
        match topic:
            case "customers/redact":
                customer, order_ids = words.redaction_of(incoming.body)
                count = await self._shops.forget_customer(account_id, OrderSource.SHOPIFY, customer, order_ids)
                return f"Orders whose buyer is erased: {count}."
            case "shop/redact":
                version = caller.unsealed.version
                await self._connections.mark_failed(account_id, Service.SHOPIFY, _TAKEN_OFF, version=version)
                count = await self._shops.forget_all(account_id, OrderSource.SHOPIFY)
                return f"Orders whose buyer is erased: {count}."
            case "customers/data_request":
                orders = ", ".join(words.requested_orders(incoming.body)) or "none"
                logger.warning("Account %s is to be told what is kept of a customer; orders: %s.", account_id, orders)
                return "Noted for the operator."
        word = words.order_update_of(topic, incoming.body)
        if word is None:
            return "Nothing is done about this."
        delivery = _header(incoming, "webhook-id") or None
        news = await self._shops.apply_update(account_id, OrderSource.SHOPIFY, delivery, word)
        return "Taken." if news else "It was taken before."


def _header(incoming: Incoming, name: str) -> str:
    """Newer deliveries name them without the X."""
    return incoming.headers.get(f"x-shopify-{name}") or incoming.headers.get(f"shopify-{name}") or ""
