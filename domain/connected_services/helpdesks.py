"""Validates the credentials of helpdesks before they are verified with the service."""

from __future__ import annotations

import re

from domain.model.connected_services import Service, ServiceCredentials
from domain.model.handoff import Helpdesk
from domain.values.contacts import check_email
from domain.values.errors import Field, Invalid, within
from domain.values.text import check_label

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # one label of a host name, since it becomes part of a URL
_WHOLE_ADDRESS = re.compile(r"(?:https?://)?([a-z0-9-]+)\.(?:zendesk|gorgias)\.com(?:[/?#].*)?")
_SECRET_LIMIT = 1_000  # characters
_SHORTEST_TOKEN = 16  # characters: only this token proves that a call comes from the account's Gorgias

SERVICES = {Helpdesk.ZENDESK: Service.ZENDESK, Helpdesk.GORGIAS: Service.GORGIAS}  # INBOX is built in


def zendesk_credentials(
    *, subdomain: str, email: str, api_token: str, webhook_secret: str | None, keep_webhook_secret: bool = False
) -> ServiceCredentials:
    """Return the credentials. Raises `Invalid` with the field that is wrong."""
    field = "zendesk"
    secrets = {"api_token": check_secret(api_token, within(field, "api_token"))}
    if webhook_secret is not None:
        secrets["webhook_secret"] = check_secret(webhook_secret, within(field, "webhook_secret"))
    return ServiceCredentials(
        service=Service.ZENDESK,
        settings={
            "subdomain": _name(subdomain, vendor="zendesk", field=within(field, "subdomain")),
            "email": check_email(email, field=within(field, "email")),
        },
        secrets=secrets,
        kept=("webhook_secret",) if keep_webhook_secret else (),
        account="subdomain",
    )


def gorgias_credentials(
    *, domain: str, email: str, api_key: str, webhook_token: str | None, keep_webhook_token: bool = False
) -> ServiceCredentials:
    """Return the credentials. Raises `Invalid` with the field that is wrong."""
    field = "gorgias"
    secrets = {"api_key": check_secret(api_key, within(field, "api_key"))}
    if webhook_token is not None:
        secrets["webhook_token"] = check_secret(webhook_token, within(field, "webhook_token"), shortest=_SHORTEST_TOKEN)
    return ServiceCredentials(
        service=Service.GORGIAS,
        settings={
            "domain": _name(domain, vendor="gorgias", field=within(field, "domain")),
            "email": check_email(email, field=within(field, "email")),
        },
        secrets=secrets,
        kept=("webhook_token",) if keep_webhook_token else (),
        account="domain",
    )


def _name(text: str, *, vendor: str, field: Field) -> str:
    """The account's subdomain. A URL or another domain is refused, so that calls go to the vendor's hosts only."""
    name = text.strip().lower()
    if _NAME.fullmatch(name):
        return name
    whole = _WHOLE_ADDRESS.fullmatch(name)
    example = whole.group(1) if whole and _NAME.fullmatch(whole.group(1)) else "acme"
    raise Invalid(f"Enter only the part before .{vendor}.com, like {example}.", field=field)


def check_secret(text: str, field: Field, *, shortest: int = 1) -> str:
    """The secret without surrounding spaces. Raises `Invalid`; its message never contains the secret."""
    secret = check_label(text, field=field, limit=_SECRET_LIMIT)
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise Invalid("This must be ASCII letters, digits and punctuation without spaces: copy it again.", field=field)
    if len(secret) < shortest:
        raise Invalid(f"This must be hard to guess: at least {shortest} random characters.", field=field)
    return secret
