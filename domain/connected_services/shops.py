"""What is given to connect a shop system, checked in form."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from domain.model.connected_services import Service, ServiceCredentials, UnsealedConnection, VerificationResult
from domain.values.errors import Invalid
from domain.values.text import check_label

_SHOP = re.compile(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?\.myshopify\.com")
_SECRET_LIMIT = 1_000  # characters
_STILL_SIGNED = timedelta(hours=4)  # an old secret signs for an hour more, and what it signed is sent again for hours


def shopify_credentials(
    *, shop_domain: str, client_secret: str, before: UnsealedConnection | None, now: datetime
) -> ServiceCredentials:
    """With the secret that was replaced, for as long as it may still sign. Raises Invalid with the path."""
    domain = shop_domain.strip().lower().removeprefix("https://").rstrip("/")
    if not _SHOP.fullmatch(domain):
        raise Invalid("Write the shop's own address at Shopify, like acme.myshopify.com.", field="shop_domain")
    secret = check_label(client_secret, field="client_secret", limit=_SECRET_LIMIT)
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise Invalid("This is no client secret: copy it anew.", field="client_secret")
    settings, secrets = {"shop_domain": domain}, {"client_secret": secret}
    if before is not None and before.settings["shop_domain"] == domain:
        for old in reversed(shopify_secrets(before, now)):
            if old != secret:
                settings["previous_until"] = (now + _STILL_SIGNED).isoformat()
                secrets["previous_secret"] = old
    return ServiceCredentials(service=Service.SHOPIFY, settings=settings, secrets=secrets)


class VerifiedBySignature:
    """A client secret opens nothing that could be asked: the first delivery that it signed proves it. Until a delivery
    comes that it did not sign, it is believed."""

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        return VerificationResult(display_name=connection.settings["shop_domain"])


def shopify_secrets(connection: UnsealedConnection, now: datetime) -> list[str]:
    """What may sign now."""
    until = connection.settings.get("previous_until")
    previous = connection.secrets.get("previous_secret")
    both = [connection.secrets["client_secret"]]
    if until is not None and previous is not None and now < datetime.fromisoformat(until):
        both.append(previous)
    return both
