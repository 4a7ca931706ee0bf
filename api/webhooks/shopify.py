"""Webhooks from Shopify: orders and refunds. Shopify may send them several times and in any order.

    orders/create, orders/paid, orders/updated, orders/edited …, orders/cancelled ──▶ the order's present state
    refunds/create ──▶ a refund, perhaps before its order
    customers/redact, shop/redact ──▶ erase the buyers of orders, and the shoppers that they are
    customers/data_request ──▶ note it in the audit log, for staff

The signature is the base64 of HMAC-SHA256 of the raw body with the app's client secret (shopify.dev, "Verify
webhooks"). The response to a signed but unusable payload is 200: a retry would not help, and Shopify removes
subscriptions whose endpoint keeps failing.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from base64 import b64decode
from binascii import Error as NotBase64
from functools import partial

from starlette.responses import JSONResponse, Response

from api.refusal import RequestRefused
from api.webhooks import shopify_payloads as payloads
from api.webhooks.endpoint import Incoming
from domain.commerce.shops import ShopService
from domain.connected_services.service import Caller, ConnectionService
from domain.connected_services.shops import shopify_secrets
from domain.erasure.service import ErasureService
from domain.model.commerce import OrderSource
from domain.model.connected_services import Service
from domain.principal import Vendor
from domain.values.clock import Clock
from domain.values.errors import Invalid

BODY_BYTES = 8 << 20  # an order of 500 lines with taxes and discounts

_UNSIGNED = "The signature does not match the client secret. Connect the shop with the app's current client secret."
_UNINSTALLED = "The app was uninstalled from the shop. Install it, then connect the shop again."

_SHOPIFY = Vendor(name=Service.SHOPIFY.spoken)

_DATA_REQUESTED = (
    "Account %s received a customer data request; shoppers: %d, which the audit log names (DATA_REQUESTED); orders: %s."
)
_NOT_ERASED = (
    "Shopify asked account %s to erase %d shoppers, and the shop was connected by somebody who may not. An owner or "
    "admin calls eraseProfile for them, which the audit log names, or connects the shop again."
)

logger = logging.getLogger("baton.webhooks.shopify")


class ShopifyHook:
    """The endpoint for Shopify."""

    def __init__(
        self, *, connections: ConnectionService, shops: ShopService, erasures: ErasureService, clock: Clock
    ) -> None:
        self._connections = connections
        self._shops = shops
        self._erasures = erasures
        self._clock = clock

    async def find(self, token: str) -> Caller | None:
        """Return the connection that owns the token, or None. Raises `CannotOpen`."""
        return await self._connections.find_by_webhook_token(Service.SHOPIFY, token)

    async def handle(self, incoming: Incoming, caller: Caller) -> Response:
        """Process one webhook. Returns {"result": text}; raises `RequestRefused`."""
        await self._check_signature(caller, incoming)
        await self._connections.mark_ok(caller.account_id, Service.SHOPIFY, version=caller.unsealed.version)
        shop = _header(incoming, "shop-domain").lower()
        if shop != caller.unsealed.settings["shop_domain"]:
            raise RequestRefused(403, "This webhook URL belongs to another shop.")
        try:
            result = await self._process(caller, _header(incoming, "topic"), incoming)
        except (Invalid, ValueError, ArithmeticError) as error:
            result = error.message if isinstance(error, Invalid) else "The payload does not match its topic."
            logger.warning("Ignored a Shopify webhook for account %s: %s", caller.account_id, result)
        return JSONResponse({"result": result})

    async def _check_signature(self, caller: Caller, incoming: Incoming) -> None:
        try:
            received = b64decode(_header(incoming, "hmac-sha256"), validate=True)
        except (NotBase64, ValueError):
            received = b""
        expected = [
            hmac.digest(secret.encode(), incoming.body, hashlib.sha256)
            for secret in shopify_secrets(caller.unsealed, self._clock.now())
        ]
        if not sum(hmac.compare_digest(received, digest) for digest in expected):
            version = caller.unsealed.version
            await self._connections.mark_failed(caller.account_id, Service.SHOPIFY, _UNSIGNED, version=version)
            raise RequestRefused(401, _UNSIGNED)

    async def _process(self, caller: Caller, topic: str, incoming: Incoming) -> str:
        account_id, domain = caller.account_id, caller.unsealed.settings["shop_domain"]
        # Whoever connects a shop decides what it reports and what it asks for, so that it reaches its own orders alone.
        own = None if caller.connection.erases else domain
        match topic:
            case "customers/redact":
                customer, order_ids = payloads.redaction_of(incoming.body)
                shoppers = await self._erasures.erase_customers(
                    account_id, customer, by=_SHOPIFY, may_erase=caller.connection.erases
                )
                count = await self._shops.forget_customer(
                    account_id, OrderSource.SHOPIFY, customer, order_ids, shop=own
                )
                return _erased(count, shoppers, caller)
            case "shop/redact":
                version = caller.unsealed.version
                await self._connections.mark_failed(account_id, Service.SHOPIFY, _UNINSTALLED, version=version)
                may_erase = caller.connection.erases
                buyers = partial(self._erasures.erase_buyers, account_id, by=_SHOPIFY, may_erase=may_erase)
                count, shoppers = await self._shops.forget_all(account_id, OrderSource.SHOPIFY, shop=own, buyers=buyers)
                return _erased(count, shoppers, caller)
            case "customers/data_request":
                customer, requested = payloads.data_request_of(incoming.body)
                shoppers = await self._erasures.note_data_request(account_id, customer, by=_SHOPIFY)
                orders = ", ".join(requested) or "none"
                logger.warning(_DATA_REQUESTED, account_id, shoppers, orders)
                return f"Noted for the shop's staff. Shoppers: {shoppers}."
        update = payloads.order_update_of(topic, incoming.body)
        if update is None:
            return "Ignored: topic not used, or test order."
        delivery = _header(incoming, "webhook-id") or None
        is_new = await self._shops.apply_update(account_id, OrderSource.SHOPIFY, delivery, update, shop=domain)
        return "Processed." if is_new else "Duplicate."


def _erased(orders: int, shoppers: int, caller: Caller) -> str:
    done = f"Erased the buyers of {orders} orders."
    if caller.connection.erases:
        return f"{done} Shoppers whose erasure has begun: {shoppers}."
    if shoppers:
        logger.warning(_NOT_ERASED, caller.account_id, shoppers)
    return f"{done} Shoppers whom an owner or admin has to erase: {shoppers}."


def _header(incoming: Incoming, name: str) -> str:
    """The value of a Shopify header. Newer webhooks name them without `X-`."""
    return incoming.headers.get(f"x-shopify-{name}") or incoming.headers.get(f"shopify-{name}") or ""
