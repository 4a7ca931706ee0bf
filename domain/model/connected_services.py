"""A service that the account has connected: its public settings, and its secrets, encrypted."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from domain.values.ids import AccountId
from domain.values.record import Record, SecretRecord, StoredEnum, field


class Service(StoredEnum):
    ZENDESK = "ZENDESK"
    GORGIAS = "GORGIAS"
    TWILIO = "TWILIO"  # SMS and WhatsApp
    EMAIL = "EMAIL"  # SMTP out, a signed webhook in
    KLAVIYO = "KLAVIYO"
    SHOPIFY = "SHOPIFY"
    OIDC = "OIDC"  # the OpenID provider by which staff sign in
    MODEL = "MODEL"  # the endpoint of a language model, which the model agent asks

    @property
    def spoken(self) -> str:
        """The name for people."""
        named = {"EMAIL": "E-mail", "OIDC": "The sign-in provider", "MODEL": "The language model"}
        return named.get(self.value, self.value.capitalize())


class ConnectedService(Record):
    """The connection of an account to a service; there is at most one per service. `problem` says why it does not
    work."""

    id: str  # see `connected_service_id`
    service: Service
    settings: dict[str, str]  # public: subdomain, address, number …
    sealed: str  # the secrets, encrypted by the vault
    connected_at: datetime
    checked_at: datetime  # when the credentials were last verified
    hook_hash: str | None = None  # hash of the token in the webhook URL, by which the connection is found
    display_name: str | None = None
    problem: str | None = None
    erases: bool = False  # whether whoever connected it may erase shoppers: only then does a shop's request erase one
    version: int = 1  # incremented each time it is connected again


def connected_service_id(account_id: AccountId, service: Service) -> str:
    return f"{account_id}{service.value.lower()}"


class ServiceCredentials(SecretRecord):
    """Credentials that somebody entered to connect a service: well-formed, and not verified yet."""

    hidden: ClassVar[tuple[str, ...]] = ("secrets",)

    service: Service
    settings: dict[str, str]
    secrets: dict[str, str]
    kept: tuple[str, ...] = ()  # secrets that stay as they are, if the present connection is to the same account there
    account: str = ""  # the setting that names this account


class VerificationResult(Record):
    """The service's response when its credentials were verified."""

    display_name: str | None = None  # the name of the account there
    settings: dict[str, str] = field(default_factory=dict)  # to be stored with the others, such as our user id there


class UnsealedConnection(SecretRecord):
    """A connection with its secrets decrypted, for one call. It is never stored."""

    hidden: ClassVar[tuple[str, ...]] = ("secrets",)

    service: Service
    settings: dict[str, str]
    secrets: dict[str, str]  # never in a log, a response or an error
    version: int = 0  # of the connection, so that a result is not attributed to a later one
