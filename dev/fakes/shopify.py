"""A sender of Shopify webhooks: signed payloads for orders and refunds (shopify.dev, Admin REST API)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import httpx

SHOP = "acme.myshopify.com"
SECRET = "shpss_test_secret"
ORDER = 820982911946154508  # exceeds the integers of a float
Json = dict[str, Any]


def signature(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    topic: str
    payload: object
    webhook_id: str
    shop: str = SHOP
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return self.payload if isinstance(self.payload, bytes) else json.dumps(self.payload).encode()


class ShopifySender:
    """Sends webhooks to one URL. To retry one, `send` the same delivery again."""

    def __init__(self, http: httpx.AsyncClient, url: str, *, secret: str = SECRET) -> None:
        self._http = http
        self._url = url
        self.secret = secret

    def delivery(self, topic: str, payload: object) -> Delivery:
        return Delivery(topic=topic, payload=payload, webhook_id=str(uuid4()))

    async def send(self, delivery: Delivery, *, url: str | None = None, **headers: str) -> httpx.Response:
        sent = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": delivery.topic,
            "X-Shopify-Shop-Domain": delivery.shop,
            "X-Shopify-API-Version": "2026-10",
            "X-Shopify-Webhook-Id": delivery.webhook_id,
            "X-Shopify-Hmac-Sha256": signature(delivery.body, self.secret),
            **delivery.headers,
            **headers,
        }
        return await self._http.post(url or self._url, content=delivery.body, headers=sent)

    async def tell(self, topic: str, payload: object, **changed: Any) -> str:
        """Send a new delivery and return the result text."""
        response = await self.send(replace(self.delivery(topic, payload), **changed))
        assert response.status_code == 200, response.text
        result: str = response.json()["result"]
        return result


def order(order_id: int = ORDER, total: str = "369.97", **changed: Any) -> Json:
    """An order payload, with many fields that Baton does not read."""
    placed: str = changed.pop("created_at", "2026-06-07T08:30:00-04:00")
    return {
        "id": order_id,
        "admin_graphql_api_id": f"gid://shopify/Order/{order_id}",
        "name": "#1001",
        "email": "ann@example.com",
        "contact_email": "ann@example.com",
        "phone": None,
        "created_at": placed,
        "updated_at": placed,
        "cancelled_at": None,
        "currency": "EUR",
        "total_price": total,
        "current_total_price": total,
        "financial_status": "paid",
        "test": False,
        "cart_token": None,
        "landing_site": None,
        "customer": {"id": 7712345678901234567, "email": "ann@example.com", "phone": None, "tags": ""},
        "note_attributes": [],
        "line_items": [{"id": 1, "product_id": 11, "title": "Kettle", "quantity": 1, "price": total}],
        "refunds": [],
        "tax_lines": [{"price": "20.00", "rate": 0.06, "title": "VAT"}],
        **changed,
    }


def refund(refund_id: int, amount: str, order_id: int = ORDER, **changed: Any) -> Json:
    paid = {"id": 1, "order_id": order_id, "kind": "refund", "status": "success", "amount": amount, "currency": "EUR"}
    return {
        "id": refund_id,
        "order_id": order_id,
        "created_at": "2026-06-07T09:30:00-04:00",
        "note": "wrong size",
        "restock": True,
        "refund_line_items": [{"id": 5, "quantity": 1, "subtotal": 199.0, "total_tax": 3.98}],
        "transactions": [paid],
        "order_adjustments": [],
        **changed,
    }
