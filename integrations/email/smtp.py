"""Outgoing mail through the account's own server: SMTP (RFC 5321) over TLS (RFC 3207, RFC 8314), with aiosmtplib.

SMTP has no idempotency key. If the connection is lost after the text was sent, nobody knows whether the server accepted
it. The next attempt sends the same bytes with the same Message-ID, so that mail stores can recognise the duplicate.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

import aiosmtplib

from domain.attachments.ports import FileReader
from domain.delivery.errors import DeliveryError, PermanentError, TransientError
from domain.delivery.model import DeliveryResult
from domain.messaging.mail import MailTokens, ascii_domain, with_ascii_domain
from domain.model.connected_services import UnsealedConnection, VerificationResult
from domain.model.email_confirmation import LINK_ENDED
from domain.model.outbox import OutgoingKind
from domain.outbox.ports import DeliveryContext, DeliveryRequest, within_size
from domain.public_addresses import is_private
from domain.values.errors import Invalid, NotFound, Unavailable
from domain.values.record import Record
from integrations.email.compose import (
    MailFiles,
    Sender,
    compose_confirmation,
    compose_mail,
    copied_addresses,
    placeholder_of,
    preface_of,
)
from integrations.email.ticket_mail import compose_ticket_mail

_TIMEOUT = 15.0  # seconds for one command
_DEADLINE = 25.0  # seconds for one mail: below the outbox's own time limit, `Timeouts.call`
_QUIT_TIMEOUT = 2.0  # seconds: the server has accepted the mail already
_MOST_ATTACHED = 7 << 20  # bytes of files: mail servers refuse mails of more than 10 to 25 MB
_PORTS = frozenset({25, 465, 587, 2465, 2525, 2587})


class SmtpRules(Record):
    """The rules that the operator sets."""

    private: bool = False  # for trials: servers in private networks, any port, and on loopback without TLS
    tls: ssl.SSLContext | None = None  # None: trust the system's certificate authorities


class SmtpSender:
    """The outbox sender for e-mail (port: `OutboxSender`)."""

    def __init__(self, *, tokens: MailTokens, rules: SmtpRules, files: FileReader | None = None) -> None:
        """`files` has the bytes of attachments; without it, mails have links in their place."""
        self._tokens = tokens
        self._rules = rules
        self._files = files

    def compose(self, context: DeliveryContext, connection: UnsealedConnection) -> str:
        """Return JSON {"from", "to", "mail"}, and "cc" if people are in copy: the envelope, and the mail (RFC 5322) as
        text. "files" has the attachments whose content is filled in when the mail is sent: 7 MB together, which is 10
        MB in base 64. Larger ones are links in the text.

        The mail of a confirmation also has "ends", the end of its link.

        Raises `PermanentError` if the conversation has no e-mail address.
        """
        sender = connection.settings["from_address"]
        shop = Sender(
            account_id=context.account.id,
            name=connection.settings.get("from_name") or context.account.name,
            address=sender,
            plus_address=connection.settings.get("plus_address") == "true",
        )
        if context.confirmation is not None:
            confirmation = context.confirmation.confirmation
            mail = compose_confirmation(shop, context.account, context.conversation, context.confirmation)
            return _payload(sender, confirmation.email, mail, ends=confirmation.expires_at.isoformat())
        if context.waiting is not None:
            mail = compose_ticket_mail(shop, context.account, context.waiting, row_id=context.row_id)
            return _payload(sender, context.waiting.staff.email, mail)
        conversation = context.conversation
        if conversation.route is None:
            raise PermanentError("The conversation has no e-mail address to send to.")
        preface = preface_of(conversation, shop.name) if context.kind is OutgoingKind.REPLIES else None
        attached, linked = within_size(
            (file for message in context.messages for file in context.files_of(message)),
            0 if self._files is None else _MOST_ATTACHED,
        )
        files = MailFiles(attached=tuple(attached), linked=tuple(linked))
        mail = compose_mail(shop, conversation, context.messages, self._tokens, preface=preface, files=files)
        more: dict[str, object] = {"cc": people} if (people := copied_addresses(conversation)) else {}
        if attached:
            more["files"] = [[placeholder_of(file.id), file.key, file.size] for file in attached]
        return _payload(sender, conversation.route.shopper_address, mail, **more)

    async def deliver(self, request: DeliveryRequest) -> DeliveryResult:
        """Send one mail, within 25 seconds. Returns the server's response line, which often names its queue id.

        Raises `TransientError` (4yz, no connection, time-out) or `PermanentError` (5yz, unusable server or port).
        """
        payload: dict[str, Any] = json.loads(request.payload)
        mail = await self._whole(payload["mail"].encode("utf-8", "surrogateescape"), payload.get("files", ()))
        ends = payload.get("ends")
        if ends is not None and request.now >= datetime.fromisoformat(ends):
            raise PermanentError(LINK_ENDED)
        try:
            async with asyncio.timeout(_DEADLINE):
                async with _session(request.connection, self._rules) as smtp:
                    copied, by_stranger = payload.get("cc", ()), ends is not None
                    response = await _send(
                        smtp, payload["from"], payload["to"], mail, copied=copied, by_stranger=by_stranger
                    )
        except TimeoutError:
            raise TransientError("The mail server did not respond in time.", outcome_unknown=True) from None
        except DeliveryError as error:
            error.message = _without_secrets(error.message, request.connection)
            error.args = (error.message,)
            raise
        return DeliveryResult(external_id=response[:200] or None)

    async def _whole(self, mail: bytes, files: Sequence[tuple[str, str, int]]) -> bytes:
        """Return the mail with the content of its files. Raises `TransientError` if one cannot be read."""
        for placeholder, key, size in files:
            assert self._files is not None, "files are attached where there is a store"
            try:
                content = b"".join([piece async for piece in self._files.read(key, start=0, end=size)])
            except (NotFound, Unavailable) as error:
                raise TransientError("An attachment of the mail cannot be read.") from error
            lines = b64encode(content)
            wrapped = b"\r\n".join(lines[start : start + 76] for start in range(0, len(lines), 76))
            mail = mail.replace(placeholder.encode(), wrapped, 1)
        return mail


def _payload(sender: str, recipient: str, mail: bytes, **more: object) -> str:
    envelope = {"from": with_ascii_domain(sender), "to": with_ascii_domain(recipient)}
    return json.dumps({**envelope, "mail": mail.decode("utf-8", "surrogateescape"), **more})


class SmtpVerifier:
    """Checks an SMTP server, user and password by signing in (port: `CredentialVerifier`)."""

    def __init__(self, *, rules: SmtpRules) -> None:
        self._rules = rules

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        """Sign in and sign out, within 25 seconds. Returns the sender address as the display name.

        Raises `Invalid` at `email.password` or `email.host`, or `Unavailable` if the server cannot be reached.
        """
        try:
            async with asyncio.timeout(_DEADLINE):
                async with _session(connection, self._rules):
                    pass
        except TransientError as error:
            problem = _without_secrets(error.message, connection)
            raise Unavailable(f"{problem} Nothing was saved; try again in a moment.") from None
        except TimeoutError:
            raise Unavailable(
                "The mail server did not respond in time. Nothing was saved; try again in a moment."
            ) from None
        except PermanentError as error:
            field = "password" if error.credentials else "host"
            raise Invalid(_without_secrets(error.message, connection), field=("email", field)) from None
        return VerificationResult(display_name=connection.settings["from_address"])


@asynccontextmanager
async def _session(connection: UnsealedConnection, rules: SmtpRules) -> AsyncIterator[aiosmtplib.SMTP]:
    """A session that is connected, encrypted and signed in. No mail was sent yet when one of its errors is raised."""
    settings = connection.settings
    host, port, security = settings["host"], int(settings["port"]), settings["security"]
    connected = await _connect(host, port, plain=security == "NONE", rules=rules)
    smtp = aiosmtplib.SMTP(
        hostname=host,
        sock=connected,
        local_hostname=ascii_domain(settings["from_address"]),
        use_tls=security == "TLS",
        start_tls=security == "STARTTLS",
        username=settings.get("user"),
        password=connection.secrets.get("password"),
        tls_context=rules.tls,
        timeout=_TIMEOUT,
    )
    try:
        try:
            await smtp.connect()
        except aiosmtplib.SMTPException as error:
            raise _before_sending(error) from None
        except (OSError, ssl.SSLError) as error:
            raise TransientError(f"TLS with the mail server failed: {_error_text(error)}") from None
        yield smtp
        with suppress(aiosmtplib.SMTPException, TimeoutError):
            await smtp.quit(timeout=_QUIT_TIMEOUT)
    finally:
        transport = smtp.transport
        smtp.close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()  # do not wait for a server that does not close its side


async def _connect(host: str, port: int, *, plain: bool, rules: SmtpRules) -> socket.socket:
    """A TCP connection to the first address that accepts one. Private networks are refused unless allowed (SSRF)."""
    if not rules.private and port not in _PORTS:
        raise PermanentError(f"Port {port} is not allowed for a mail server. Use 465 (TLS) or 587 (STARTTLS).")
    loop = asyncio.get_running_loop()
    try:
        addresses = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise TransientError(f"The host name {host} has no address.") from None
    problem: Exception | None = None
    for family, kind, protocol, _, address in addresses:
        _check_address(str(address[0]), plain=plain, rules=rules)
        connected = socket.socket(family, kind, protocol)
        connected.setblocking(False)
        try:
            async with asyncio.timeout(_TIMEOUT):
                await loop.sock_connect(connected, address)
        except (OSError, TimeoutError) as error:
            connected.close()
            problem = error
            continue
        except BaseException:
            connected.close()
            raise
        return connected
    raise TransientError(f"{host}:{port} cannot be reached: {_error_text(problem)}")


def _check_address(text: str, *, plain: bool, rules: SmtpRules) -> None:
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if plain and not (rules.private and address.is_loopback):
        raise PermanentError("Mail is only sent encrypted. Set `security` to STARTTLS or TLS.")
    if not rules.private and is_private(address):
        raise PermanentError("The mail server is in a private network, which the operator of Baton does not allow.")


async def _send(
    smtp: aiosmtplib.SMTP, sender: str, recipient: str, mail: bytes, *, copied: Sequence[str], by_stranger: bool
) -> str:
    """Send a mail. Somebody in copy whom the server refuses gets none; the shopper's mail is sent nevertheless.

    `by_stranger`: anybody may have chosen the recipient, so a refusal of it is never transient, since transient errors
    in a row close the queue for the account's other mails.
    """
    options = []
    if not "".join((sender, recipient, *copied)).isascii():
        if not smtp.supports_extension("smtputf8"):
            raise PermanentError("The mail server does not support addresses outside ASCII (SMTPUTF8).")
        options = ["SMTPUTF8"]
    try:
        await smtp.mail(sender, options=options, encoding="utf-8" if options else "ascii")
        await smtp.rcpt(recipient, encoding="utf-8" if options else "ascii")
        for address in copied:
            with suppress(aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPResponseException):
                await smtp.rcpt(address, encoding="utf-8" if options else "ascii")
    except aiosmtplib.SMTPRecipientRefused as error:
        refusal = _before_sending(error)
        raise PermanentError(refusal.message) if by_stranger else refusal from None
    except aiosmtplib.SMTPException as error:
        raise _before_sending(error) from None
    try:
        response = await smtp.data(mail)
    except aiosmtplib.SMTPResponseException as error:
        raise _error_of(error.code, error.message) from None
    except aiosmtplib.SMTPException as error:
        raise TransientError(
            f"The mail server did not confirm the mail: {_error_text(error)}", outcome_unknown=True
        ) from None
    return " ".join(response.message.split())


def _before_sending(error: aiosmtplib.SMTPException) -> TransientError | PermanentError:
    """The error of a step before the text was sent, so that its outcome is known."""
    if isinstance(error, aiosmtplib.SMTPAuthenticationError) and error.code >= 500:
        return PermanentError(
            f"The mail server rejected the user name or password: {_error_text(error)}", credentials=True
        )
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _error_of(error.code, error.message)
    if isinstance(error, (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPConnectError, aiosmtplib.SMTPTimeoutError)):
        return TransientError(f"The mail server cannot be reached: {_error_text(error)}")
    if "STARTTLS" in str(error):
        return PermanentError("The mail server does not offer STARTTLS. Mail is only sent encrypted.")
    return PermanentError(f"The mail server cannot be used: {_error_text(error)}")


def _error_of(code: int, message: str) -> TransientError | PermanentError:
    """RFC 5321, section 4.2.1: 4yz replies are transient, 5yz replies are permanent."""
    text = f"{code} {' '.join(message.split())[:300]}".strip()
    return PermanentError(text) if code >= 500 else TransientError(text)


def _error_text(error: BaseException | None) -> str:
    text = getattr(error, "message", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())[:300]


def _without_secrets(text: str, connection: UnsealedConnection) -> str:
    for secret in connection.secrets.values():
        text = text.replace(secret, "…")
    return text
