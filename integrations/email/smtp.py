"""Mail through the account's own server: SMTP (RFC 5321), encrypted (RFC 3207, RFC 8314), with aiosmtplib.

SMTP has no idempotency: where a connection is lost after the text went out, nobody knows whether it was taken. Then the
same bytes are sent again under the same Message-ID, by which mail stores know that they have it.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from ipaddress import IPv6Address, ip_address

import aiosmtplib

from domain.delivery.errors import DeliveryError, PermanentError, TransientError
from domain.delivery.model import DeliveryResult
from domain.messaging.mail import MailTokens, ascii_domain, with_ascii_domain
from domain.model.connected_services import UnsealedConnection, VerificationResult
from domain.outbox.ports import DeliveryContext, DeliveryRequest
from domain.values.errors import Invalid, Unavailable
from domain.values.record import Record
from integrations.email.compose import Sender, composed

_TIMEOUT = 15.0  # seconds for one command
_WHOLE = 25.0  # seconds for one mail: less than who sends it waits
_GOODBYE = 2.0  # seconds: it has the mail already
_PORTS = frozenset({25, 465, 587, 2465, 2525, 2587})


class SmtpRules(Record):
    """What the operator allows. `private`: servers inside private networks, on any port, and on loopback without TLS;
    for trying."""

    private: bool = False
    tls: ssl.SSLContext | None = None  # None: the system's authorities


class SmtpSender:
    def __init__(self, *, tokens: MailTokens, rules: SmtpRules) -> None:
        self._tokens = tokens
        self._rules = rules

    def compose(self, context: DeliveryContext, connection: UnsealedConnection) -> str:
        conversation, (message,) = context.conversation, context.messages
        if conversation.route is None:
            raise PermanentError("This conversation has no address to send to.")
        sender = connection.settings["from_address"]
        shop = Sender(
            account_id=context.account.id,
            name=connection.settings.get("from_name") or context.account.name,
            address=sender,
            plus_address=connection.settings.get("plus_address") == "true",
        )
        mail = composed(shop, conversation, message, self._tokens)
        ends = {"from": with_ascii_domain(sender), "to": with_ascii_domain(conversation.route.theirs)}
        return json.dumps({**ends, "mail": mail.decode("utf-8", "surrogateescape")})

    async def deliver(self, request: DeliveryRequest) -> DeliveryResult:
        payload: dict[str, str] = json.loads(request.payload)
        mail = payload["mail"].encode("utf-8", "surrogateescape")
        try:
            async with asyncio.timeout(_WHOLE):
                async with _session(request.connection, self._rules) as smtp:
                    said = await _hand_over(smtp, payload["from"], payload["to"], mail)
        except TimeoutError:
            raise TransientError("The mail server took too long.", outcome_unknown=True) from None
        except DeliveryError as error:
            error.message = _without_secrets(error.message, request.connection)
            error.args = (error.message,)
            raise
        return DeliveryResult(external_id=said[:200] or None)


class SmtpVerifier:
    def __init__(self, *, rules: SmtpRules) -> None:
        self._rules = rules

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        try:
            async with asyncio.timeout(_WHOLE):
                async with _session(connection, self._rules):
                    pass
        except TransientError as error:
            words = _without_secrets(error.message, connection)
            raise Unavailable(f"{words} Nothing was kept: try again.") from None
        except TimeoutError:
            raise Unavailable("The mail server took too long. Nothing was kept: try again.") from None
        except PermanentError as error:
            field = "password" if error.credentials else "host"
            raise Invalid(_without_secrets(error.message, connection), field=("email", field)) from None
        return VerificationResult(display_name=connection.settings["from_address"])


@asynccontextmanager
async def _session(connection: UnsealedConnection, rules: SmtpRules) -> AsyncIterator[aiosmtplib.SMTP]:
    """Connected, encrypted and signed in. Nothing was sent yet: every fault until here leaves nothing done."""
    settings = connection.settings
    host, port, security = settings["host"], int(settings["port"]), settings["security"]
    line = await _reached(host, port, plain=security == "NONE", rules=rules)
    smtp = aiosmtplib.SMTP(
        hostname=host,
        sock=line,
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
            raise TransientError(f"The mail server's encryption failed: {_words(error)}") from None
        yield smtp
        with suppress(aiosmtplib.SMTPException, TimeoutError):
            await smtp.quit(timeout=_GOODBYE)
    finally:
        transport = smtp.transport
        smtp.close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()  # a server that does not say goodbye is not waited for


async def _reached(host: str, port: int, *, plain: bool, rules: SmtpRules) -> socket.socket:
    """A line to the server, to an address that was looked at: none inside a private network unless that is allowed."""
    if not rules.private and port not in _PORTS:
        raise PermanentError(f"Port {port} is none of a mail server: use 465 or 587.")
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise TransientError(f"There is no address for {host}.") from None
    problem: Exception | None = None
    for family, kind, protocol, _, address in found:
        _check_address(str(address[0]), plain=plain, rules=rules)
        line = socket.socket(family, kind, protocol)
        line.setblocking(False)
        try:
            async with asyncio.timeout(_TIMEOUT):
                await loop.sock_connect(line, address)
        except (OSError, TimeoutError) as error:
            line.close()
            problem = error
            continue
        except BaseException:
            line.close()
            raise
        return line
    raise TransientError(f"{host}:{port} cannot be reached: {_words(problem)}")


def _check_address(text: str, *, plain: bool, rules: SmtpRules) -> None:
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if plain and not (rules.private and address.is_loopback):
        raise PermanentError("Mail leaves encrypted only: choose STARTTLS or TLS.")
    if not rules.private and (not address.is_global or address.is_multicast):
        raise PermanentError("This mail server is inside a private network, which this server does not connect to.")


async def _hand_over(smtp: aiosmtplib.SMTP, sender: str, recipient: str, mail: bytes) -> str:
    options = []
    if not f"{sender}{recipient}".isascii():
        if not smtp.supports_extension("smtputf8"):
            raise PermanentError("The mail server takes no addresses beyond ASCII (SMTPUTF8).")
        options = ["SMTPUTF8"]
    try:
        await smtp.mail(sender, options=options, encoding="utf-8" if options else "ascii")
        await smtp.rcpt(recipient, encoding="utf-8" if options else "ascii")
    except aiosmtplib.SMTPException as error:
        raise _before_sending(error) from None
    try:
        response = await smtp.data(mail)
    except aiosmtplib.SMTPResponseException as error:
        raise _refused(error.code, error.message) from None
    except aiosmtplib.SMTPException as error:
        raise TransientError(
            f"The mail server did not say whether it took it: {_words(error)}", outcome_unknown=True
        ) from None
    return " ".join(response.message.split())


def _before_sending(error: aiosmtplib.SMTPException) -> TransientError | PermanentError:
    if isinstance(error, aiosmtplib.SMTPAuthenticationError) and error.code >= 500:
        return PermanentError(
            f"The mail server does not take this user with this password: {_words(error)}", credentials=True
        )
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _refused(error.code, error.message)
    if isinstance(error, (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPConnectError, aiosmtplib.SMTPTimeoutError)):
        return TransientError(f"The mail server cannot be reached: {_words(error)}")
    if "STARTTLS" in str(error):
        return PermanentError("The mail server offers no encryption (STARTTLS): mail leaves encrypted only.")
    return PermanentError(f"The mail server cannot be used: {_words(error)}")


def _refused(code: int, message: str) -> TransientError | PermanentError:
    """RFC 5321, 4.2.1: 4 is "not now", 5 is "never like this"."""
    words = f"{code} {' '.join(message.split())[:300]}".strip()
    return PermanentError(words) if code >= 500 else TransientError(words)


def _words(error: BaseException | None) -> str:
    text = getattr(error, "message", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())[:300]


def _without_secrets(text: str, connection: UnsealedConnection) -> str:
    for secret in connection.secrets.values():
        text = text.replace(secret, "…")
    return text
