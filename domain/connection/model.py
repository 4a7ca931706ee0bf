"""A connection to a service of the account's: what is public of it, and its secrets, sealed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Service(StrEnum):
    ZENDESK = "ZENDESK"
    GORGIAS = "GORGIAS"
    TWILIO = "TWILIO"  # SMS and WhatsApp
    EMAIL = "EMAIL"  # SMTP out, a signed webhook in
    KLAVIYO = "KLAVIYO"
    SHOPIFY = "SHOPIFY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One a account and service. `problem` is set by whoever finds that it does not work, and taken away again."""

    id: str  # see `connection_id`
    service: Service
    settings: dict[str, str]  # subdomain, address, number …: no secret among them
    sealed: str  # the secrets, as the vault encrypted them
    connected_at: datetime
    checked_at: datetime  # when the credentials were last proved
    display_name: str | None = None
    problem: str | None = None
    version: int = 1


def connection_id(account_id: str, service: Service) -> str:
    return f"{account_id}{service.value.lower()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConnection:
    """A connection whose secrets are in the clear: for a courier's call, and never kept."""

    service: Service
    settings: dict[str, str]
    secrets: dict[str, str] = field(repr=False)  # never in a log, an answer, an error
