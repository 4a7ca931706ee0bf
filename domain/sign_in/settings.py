"""The settings of an account's OpenID provider: checked when they are given, and read from the stored connection."""

from __future__ import annotations

import re

from domain.model.connected_services import ConnectedService, Service, ServiceCredentials, UnsealedConnection
from domain.sign_in.model import ConnectSignIn, SignInSettings
from domain.values.contacts import check_email
from domain.values.errors import Invalid, within
from domain.values.text import check_label
from domain.values.urls import check_url

_LONGEST = 1_000  # characters of an issuer, an id or a secret
_MAX_DOMAINS = 50
_VISIBLE = re.compile(r"[\x21-\x7e]+")


def sign_in_credentials(command: ConnectSignIn) -> ServiceCredentials:
    """Return the credentials of a provider, well-formed and not verified yet. Raises `Invalid` with the wrong field."""
    issuer = check_url(check_label(command.issuer, field="issuer", limit=_LONGEST), field="issuer")
    if "?" in issuer or "#" in issuer:
        raise Invalid("An issuer has no query and no fragment: copy it from the provider.", field="issuer")
    settings = {"issuer": issuer, "client_id": _visible(command.client_id, "client_id")}
    domains = tuple(
        _domain(domain, ("allowed_domains", str(place))) for place, domain in enumerate(command.allowed_domains)
    )
    if len(domains) > _MAX_DOMAINS:
        raise Invalid(f"Give at most {_MAX_DOMAINS} domains.", field="allowed_domains")
    if domains:
        settings["allowed_domains"] = " ".join(dict.fromkeys(domains))
    secret = None if command.client_secret is None else _visible(command.client_secret, "client_secret")
    return ServiceCredentials(
        service=Service.OIDC, settings=settings, secrets={} if secret is None else {"client_secret": secret}
    )


def settings_of(connection: UnsealedConnection) -> SignInSettings:
    """Return the settings of a connection."""
    return SignInSettings(
        issuer=connection.settings["issuer"],
        client_id=connection.settings["client_id"],
        client_secret=connection.secrets.get("client_secret"),
        allowed_domains=allowed_domains(connection),
        version=connection.version,
    )


def allowed_domains(connection: ConnectedService | UnsealedConnection) -> tuple[str, ...]:
    """Return the domains of the e-mail addresses that may sign in; empty if all may."""
    return tuple(connection.settings.get("allowed_domains", "").split())


def _visible(text: str, field: str) -> str:
    checked = check_label(text, field=field, limit=_LONGEST)
    if not _VISIBLE.fullmatch(checked):
        raise Invalid("This has ASCII letters, digits and punctuation without spaces: copy it again.", field=field)
    return checked


def _domain(text: str, field: tuple[str, ...]) -> str:
    """Return a domain as it is in normalised e-mail addresses."""
    try:
        return check_email(f"name@{text.strip().removeprefix('@')}", field=field).partition("@")[2].lower()
    except Invalid:
        raise Invalid("This is not a domain. Write it like example.com.", field=within(field)) from None
