"""Validates the credentials of shop systems."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from domain.model.connected_services import Service, ServiceCredentials, UnsealedConnection, VerificationResult
from domain.values.errors import Invalid
from domain.values.text import check_label

_SHOP = re.compile(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?\.myshopify\.com")
_SECRET_LIMIT = 1_000  # characters
_STILL_SIGNED = timedelta(hours=4)  # Shopify signs with an old secret for one more hour, and retries for hours


def shopify_credentials(
    *, shop_domain: str, client_secret: str, before: UnsealedConnection | None, now: datetime
) -> ServiceCredentials:
    """Return the credentials, with the replaced secret while Shopify may still sign with it.

    Raises `Invalid` with the field that is wrong.
    """
    domain = shop_domain.strip().lower().removeprefix("https://").rstrip("/")
    if not _SHOP.fullmatch(domain):
        raise Invalid("Enter the shop's domain at Shopify, like acme.myshopify.com.", field="shop_domain")
    secret = check_label(client_secret, field="client_secret", limit=_SECRET_LIMIT)
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise Invalid("This is not a client secret: copy it again.", field="client_secret")
    settings, secrets = {"shop_domain": domain}, {"client_secret": secret}
    if before is not None and before.settings["shop_domain"] == domain:
        for old in reversed(shopify_secrets(before, now)):
            if old != secret:
                settings["previous_until"] = (now + _STILL_SIGNED).isoformat()
                secrets["previous_secret"] = old
    return ServiceCredentials(service=Service.SHOPIFY, settings=settings, secrets=secrets)


class VerifiedBySignature:
    """Accepts any client secret, since it authorizes no call: the first signed webhook proves or disproves it."""

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        return VerificationResult(display_name=connection.settings["shop_domain"])


def shopify_secrets(connection: UnsealedConnection, now: datetime) -> list[str]:
    """Return the secrets that are valid now, the newest first."""
    until = connection.settings.get("previous_until")
    previous = connection.secrets.get("previous_secret")
    both = [connection.secrets["client_secret"]]
    if until is not None and previous is not None and now < datetime.fromisoformat(until):
        both.append(previous)
    return both
