"""A connection to a service of the account's: what is public of it, and its secrets, sealed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from domain.values.ids import AccountId
from domain.values.record import Record, SecretRecord, field


class Service(StrEnum):
    ZENDESK = "ZENDESK"
    GORGIAS = "GORGIAS"
    TWILIO = "TWILIO"  # SMS and WhatsApp
    EMAIL = "EMAIL"  # SMTP out, a signed webhook in
    KLAVIYO = "KLAVIYO"
    SHOPIFY = "SHOPIFY"

    @property
    def spoken(self) -> str:
        """As people call it."""
        return {"EMAIL": "E-mail"}.get(self.value, self.value.capitalize())


class ConnectedService(Record):
    """One a account and service. `problem` is set by whoever finds that it does not work, and taken away again."""

    id: str  # see `connection_id`
    service: Service
    settings: dict[str, str]  # subdomain, address, number …: no secret among them
    sealed: str  # the secrets, as the vault encrypted them
    connected_at: datetime
    checked_at: datetime  # when the credentials were last proved
    hook_hash: str | None = None  # of the token in the address at which it calls us: by it the connection is found
    display_name: str | None = None
    problem: str | None = None
    version: int = 1  # grows each time it is connected anew


def connected_service_id(account_id: AccountId, service: Service) -> str:
    return f"{account_id}{service.value.lower()}"


class ServiceCredentials(SecretRecord):
    """What somebody gives to connect a service: checked in form, and not proved yet."""

    hidden: ClassVar[tuple[str, ...]] = ("secrets",)

    service: Service
    settings: dict[str, str]
    secrets: dict[str, str]


class VerificationResult(Record):
    """What a service told of itself when its credentials were proved."""

    display_name: str | None = None  # what the account is called there
    settings: dict[str, str] = field(default_factory=dict)  # to be kept with the others: who we are there, say


class UnsealedConnection(SecretRecord):
    """A connection whose secrets are in the clear: for a courier's call, and never kept."""

    hidden: ClassVar[tuple[str, ...]] = ("secrets",)

    service: Service
    settings: dict[str, str]
    secrets: dict[str, str]  # never in a log, an answer, an error
    version: int = 0  # which one it was: what is found out about it is not said of its successor
