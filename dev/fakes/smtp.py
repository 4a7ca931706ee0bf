"""A mail server on loopback that records mails: with or without TLS, with authentication, and with injected faults.

async with mail_server() as sink:
    sink.host, sink.port, sink.mails
    sink.on["RCPT"] = ["450 4.2.1 try later"]          # replies to the next RCPT commands
    sink.cut = ["DATA"]                                # drop the next connection at DATA
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

import httpx
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.fakes.server import Fake, serving

USER, PASSWORD = "help@shop.example", "smtp-password-of-acme"
Cut = str  # when to drop the connection. "RCPT"; "DATA": before the mail is accepted; "ACCEPTED": before the reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    encrypted: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        return cast("EmailMessage", message_from_bytes(self.raw, policy=policy.default))

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    @property
    def html(self) -> str:
        body = self.message.get_body(("html",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass(slots=True)
class Sink:
    """The recorded mails, and the faults to inject."""

    host: str = "127.0.0.1"
    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    on: dict[str, list[str]] = field(default_factory=dict)
    cut: list[Cut] = field(default_factory=list)
    password: str = PASSWORD
    connections: int = 0
    context: ssl.SSLContext | None = None  # a client context that trusts the server

    def next_reply(self, command: str) -> str | None:
        replies = self.on.get(command, [])
        return replies.pop(0) if replies else None

    def take_cut(self, at: Cut) -> bool:
        if self.cut and self.cut[0] == at:
            self.cut.pop(0)
            return True
        return False


class _Handler:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        refused = self._sink.next_reply("MAIL")
        if refused is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return refused or "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self._sink.take_cut("RCPT"):
            _drop(server)
            return "421 closing"
        refused = self._sink.next_reply("RCPT")
        if refused is None:
            envelope.rcpt_tos.append(address)
        return refused or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self._sink.take_cut("DATA"):
            _drop(server)
            return "421 closing"
        refused = self._sink.next_reply("DATA")
        if refused is not None:
            return refused
        assert isinstance(envelope.content, bytes)
        login, transport = session.auth_data, server.transport
        self._sink.mails.append(
            Mail(
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                raw=envelope.content,
                encrypted=transport is not None and transport.get_extra_info("sslcontext") is not None,
                user=login.decode() if isinstance(login, bytes) else None,
            )
        )
        if self._sink.take_cut("ACCEPTED"):
            _drop(server)
        return f"250 2.0.0 OK queued as {len(self._sink.mails)}"


def _drop(server: SMTP) -> None:
    transport = server.transport
    assert transport is not None
    transport.abort()


@asynccontextmanager
async def mail_server(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, sign_in: bool = True, port: int = 0
) -> AsyncIterator[Sink]:
    """Run a mail server. `tls`: require STARTTLS, or with `implicit` TLS from the first byte."""
    sink = Sink()

    def authenticated(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        refused = sink.next_reply("AUTH")
        if refused is not None:
            return AuthResult(success=False, handled=False, message=refused)
        good = (data.login, data.password) == (USER.encode(), sink.password.encode())
        return (
            AuthResult(success=good, handled=False, auth_data=data.login)
            if good
            else AuthResult(success=False, handled=False, message="535 5.7.8 Authentication credentials invalid")
        )

    def factory() -> SMTP:
        sink.connections += 1
        return SMTP(
            _Handler(sink),
            hostname="mail.fake",
            enable_SMTPUTF8=True,
            tls_context=None if implicit else tls,
            require_starttls=tls is not None and not implicit,
            authenticator=authenticated if sign_in else None,
            auth_required=sign_in and tls is not None and not implicit,  # aiosmtpd logs a warning otherwise
            auth_require_tls=tls is not None and not implicit,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(factory, "127.0.0.1", port, ssl=tls if implicit else None)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        await server.wait_closed()


def certificate(folder: Path, *, name: str = "127.0.0.1", days: int = 1) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Create a certificate. Returns the server's context, and a client context that trusts only that certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.fake")])
    now = datetime.now(UTC)
    names: list[x509.GeneralName] = [x509.IPAddress(ip_address(name))] if name[0].isdigit() else [x509.DNSName(name)]
    issued = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"server-{name}-{days}.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + issued.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cadata=issued.public_bytes(serialization.Encoding.PEM).decode())


class Mailbox(Fake):
    """The shopper's mailbox for a demo: shows the mails, and sends mails as the shopper."""

    name = "mail"

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        super().__init__()

    def routes(self) -> list[Route]:
        return []

    def control_routes(self) -> list[Route]:
        return [Route("/_fake/mail", self._send_mail, methods=["POST"])]

    def state(self) -> object:
        mails = [
            {"to": mail.recipients, "subject": mail.message["Subject"], "text": mail.text} for mail in self._sink.mails
        ]
        return {"smtp": f"{self._sink.host}:{self._sink.port}", "mails": mails}

    async def _send_mail(self, request: Request) -> Response:
        """Send a mail to Baton: {"from": address, "text", "subject", "webhook": URL, "secret": signing secret}.

        It is a reply to the last mail to that address, if there is one.
        """
        order = await self.order(request)
        mail = EmailMessage()
        mail["From"], mail["Message-ID"] = order["from"], make_msgid(domain="customer.example")
        last = next((m.message for m in reversed(self._sink.mails) if order["from"] in m.recipients), None)
        mail["Subject"] = order.get("subject") or (f"Re: {last['Subject']}" if last else "Hello")
        if last is not None:
            mail["In-Reply-To"], mail["References"] = last["Message-ID"], f"{last['References']} {last['Message-ID']}"
        mail.set_content(order["text"])
        timestamp, raw = str(int(time.time())), mail.as_bytes()
        signed = hmac.new(order["secret"].encode(), f"{timestamp}.".encode() + raw, hashlib.sha256).hexdigest()
        async with httpx.AsyncClient() as http:
            headers = {"X-Baton-Timestamp": timestamp, "X-Baton-Signature": signed}
            response = await http.post(order["webhook"], content=raw, headers=headers)
        return JSONResponse({"status": response.status_code, "body": response.text})


@asynccontextmanager
async def mailbox(port: int = 0) -> AsyncIterator[str]:
    """Run a mail server without TLS on `port` + 10, and its mailbox over HTTP on `port`. Yields the mailbox's URL."""
    async with mail_server(port=port + 10 if port else 0) as sink, serving(Mailbox(sink), port=port) as url:
        yield url
