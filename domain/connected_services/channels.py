"""Validates the credentials of channels before they are verified with the service."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import ClassVar

from domain.connected_services.helpdesks import check_secret
from domain.model.connected_services import Service, ServiceCredentials
from domain.values.contacts import check_email, check_phone
from domain.values.errors import Field, Invalid, within
from domain.values.record import SecretRecord
from domain.values.text import check_label, check_text

_SID = re.compile(r"AC[0-9a-fA-F]{32}")
_MESSAGING_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_TEMPLATE = re.compile(r"HX[0-9a-fA-F]{32}")
TEMPLATE_SETTING = "template_sid"  # the approved template for WhatsApp messages after the 24 hours
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_AUTHSERV = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}")
_SHORTEST_SECRET = 16  # characters: only this secret proves that a mail comes from the account's server
_TWILIO, _EMAIL = "twilio", "email"


class Security(StrEnum):
    STARTTLS = "STARTTLS"
    TLS = "TLS"
    NONE = "NONE"


class KeywordReplies(StrEnum):
    """The system that replies to the keyword HELP."""

    BATON = "BATON"
    TWILIO = "TWILIO"


class RepliesMailedBy(StrEnum):
    """The system that mails replies from Zendesk or Gorgias to shoppers on e-mail. Only one may, or they get two."""

    BATON = "BATON"
    HELPDESK = "HELPDESK"


class TwilioAccount(SecretRecord):
    hidden: ClassVar[tuple[str, ...]] = ("auth_token",)

    account_sid: str
    auth_token: str
    sms_from: str | None = None
    whatsapp_from: str | None = None
    keyword_replies: KeywordReplies = KeywordReplies.BATON
    help_text: str | None = None
    template_sid: str | None = None


class MailServer(SecretRecord):
    hidden: ClassVar[tuple[str, ...]] = ("password", "hook_secret")

    host: str
    from_address: str
    replies_mailed_by: RepliesMailedBy
    port: int = 587
    security: Security | None = None  # None: the default of the port
    user: str | None = None
    password: str | None = None
    from_name: str | None = None
    plus_address: bool = False
    hook_secret: str | None = None
    authserv_id: str | None = None


def twilio_credentials(given: TwilioAccount) -> ServiceCredentials:
    """Return the credentials. Raises `Invalid` with the field that is wrong."""
    if not _SID.fullmatch(given.account_sid.strip()):
        raise Invalid(
            "An account SID is AC and 32 hexadecimal digits: copy it again.", field=within(_TWILIO, "account_sid")
        )
    if given.sms_from is None and given.whatsapp_from is None:
        raise Invalid("Enter the number or messaging service to send from, for SMS, WhatsApp or both.", field=_TWILIO)
    settings = {"account_sid": given.account_sid.strip(), "keyword_replies": given.keyword_replies.value}
    if given.sms_from is not None:
        settings["sms_from"] = _sender(given.sms_from, within(_TWILIO, "sms_from"))
    if given.whatsapp_from is not None:
        whatsapp = given.whatsapp_from.strip().removeprefix("whatsapp:")
        settings["whatsapp_from"] = _sender(whatsapp, within(_TWILIO, "whatsapp_from"))
    if given.help_text is not None:
        settings["help_text"] = check_text(given.help_text, field=within(_TWILIO, "help_text"), limit=480)
    if given.template_sid is not None:
        settings[TEMPLATE_SETTING] = check_template_sid(given.template_sid, field=within(_TWILIO, "template_sid"))
    secrets = {"auth_token": check_secret(given.auth_token, within(_TWILIO, "auth_token"))}
    return ServiceCredentials(service=Service.TWILIO, settings=settings, secrets=secrets)


def check_template_sid(sid: str, *, field: Field) -> str:
    """Return the SID of a content template. Raises `Invalid`."""
    if not _TEMPLATE.fullmatch(sid.strip()):
        raise Invalid("The SID of a content template is HX and 32 hexadecimal digits: copy it again.", field=field)
    return sid.strip()


def email_credentials(given: MailServer) -> ServiceCredentials:
    """Return the credentials. Raises `Invalid` with the field that is wrong."""
    host = given.host.strip().lower().rstrip(".")
    if not _HOST.fullmatch(host):
        raise Invalid("Enter only the host name of the server, like smtp.example.com.", field=within(_EMAIL, "host"))
    if not 1 <= given.port <= 65_535:
        raise Invalid("The port must be a number from 1 to 65535, usually 587 or 465.", field=within(_EMAIL, "port"))
    if (given.user is None) != (given.password is None):
        raise Invalid(
            "Enter both a user and a password, or neither.", field=within(_EMAIL, "password" if given.user else "user")
        )
    security = given.security or (Security.TLS if given.port == 465 else Security.STARTTLS)
    settings = {
        "host": host,
        "port": str(given.port),
        "security": security.value,
        "from_address": check_email(given.from_address, field=within(_EMAIL, "from_address")),
        "plus_address": "true" if given.plus_address else "false",
        "replies_mailed_by": given.replies_mailed_by.value,
    }
    if given.from_name is not None:
        settings["from_name"] = check_label(given.from_name, field=within(_EMAIL, "from_name"))
    if given.authserv_id is not None:
        if not _AUTHSERV.fullmatch(given.authserv_id):
            raise Invalid(
                "This must be the host name that the server writes into Authentication-Results.",
                field=within(_EMAIL, "authserv_id"),
            )
        settings["authserv_id"] = given.authserv_id
    secrets = {}
    if given.user is not None and given.password is not None:
        settings["user"] = check_label(given.user, field=within(_EMAIL, "user"))
        secrets["password"] = check_label(given.password, field=within(_EMAIL, "password"), limit=1_000)
    if given.hook_secret is not None:
        field = within(_EMAIL, "hook_secret")
        secrets["hook_secret"] = check_secret(given.hook_secret, field, shortest=_SHORTEST_SECRET)
    return ServiceCredentials(service=Service.EMAIL, settings=settings, secrets=secrets)


def _sender(text: str, field: Field) -> str:
    """A number in E.164 format, or the SID of a messaging service, which selects a number."""
    return text.strip() if _MESSAGING_SERVICE.fullmatch(text.strip()) else check_phone(text, field=field)
