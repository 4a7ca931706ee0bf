"""The SMTP sender against a real mail server: the mails, encryption, and the classification of errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from api.graphql.limits import Limits
from dev.fakes.smtp import PASSWORD, USER, Sink, certificate, mail_server
from domain.conversation.lifecycle import open_conversation
from domain.delivery.errors import PermanentError, TransientError
from domain.messaging.mail import MailTokens
from domain.model.account import Account
from domain.model.connected_services import Service, UnsealedConnection
from domain.model.conversation import Author, AuthorKind, Conversation, Message, MessageKind, ProductCard, Visitor
from domain.model.messaging import Route
from domain.model.outbox import OutgoingKind
from domain.outbox.ports import DeliveryContext, DeliveryRequest
from domain.values.channel import Channel
from domain.values.errors import Invalid, Unavailable
from domain.values.ids import AccountId, MessageId, ProfileId
from domain.values.money import Money
from domain.values.record import replace
from integrations.email.smtp import SmtpRules, SmtpSender, SmtpVerifier
from integrations.verification import VERIFICATION_SECONDS, PromptVerifier
from tests.harness.clock import START

ANN = "ann@customer.example"
TOKENS = MailTokens(b"secret")
ACCOUNT = Account(id=AccountId("A" * 26), name="Acme Shop", created_at=START)
OPEN = SmtpRules(private=True)
PRIVATE = (  # addresses that `ipaddress` takes for public, though they lead inside or nowhere
    *("168.63.129.16", "192.88.99.1", "fec0::1", "::10.0.0.1", "::127.0.0.1", "::ffff:168.63.129.16"),
    *("64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:a00:1::", "2002:7f00:1::1"),
)


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with mail_server() as found:
        yield found


def connection(sink: Sink, security: str = "NONE", **settings: str) -> UnsealedConnection:
    given = {"host": sink.host, "port": str(sink.port), "security": security, "from_address": USER, "user": USER}
    return UnsealedConnection(
        service=Service.EMAIL, settings={**given, **settings}, secrets={"password": PASSWORD, "hook_secret": "h" * 20}
    )


def conversation(**route: Any) -> Conversation:
    unsealed = open_conversation(
        channel=Channel.EMAIL,
        visitor=Visitor(email=ANN),
        profile_id=ProfileId("P" * 26),
        first_question="Where is\r\nBcc: all@evil.example\nmy order?",
        now=START,
    )
    return replace(unsealed, route=Route(service=Service.EMAIL, **{"shopper_address": ANN, **route}))


def compose(
    sender: SmtpSender, sink: Sink, text: str = "It arrives today.", **more: Any
) -> tuple[str, UnsealedConnection]:
    unsealed = connection(sink, **more.pop("settings", {}))
    of = more.pop("conversation", None) or conversation(**more.pop("route", {}))
    message = Message(
        id=MessageId("01J9ZK3ABCDEFGHJKMNPQRSTVX"),
        conversation_id=of.id,
        sequence=2,
        kind=MessageKind.TEXT,
        author=more.pop("author", Author(kind=AuthorKind.AI_AGENT, name="Assistant")),
        text=text,
        sent_at=START,
        **more,
    )
    context = DeliveryContext(
        row_id="R", kind=OutgoingKind.MESSAGE, account=ACCOUNT, conversation=of, messages=(message,)
    )
    return sender.compose(context, unsealed), unsealed


def delivery_request(payload: str, unsealed: UnsealedConnection) -> DeliveryRequest:
    return DeliveryRequest(
        row_id="R",
        kind=OutgoingKind.MESSAGE,
        payload=payload,
        key="k",
        connection=unsealed,
        first_attempt_at=START,
        now=START + timedelta(seconds=1),
        outcome_unknown=False,
    )


async def sent(sender: SmtpSender, sink: Sink, *text: str, **more: Any) -> None:
    await sender.deliver(delivery_request(*compose(sender, sink, *text, **more)))


@pytest.fixture
def sender() -> SmtpSender:
    return SmtpSender(tokens=TOKENS, rules=OPEN)


async def test_a_mail(sink: Sink, sender: SmtpSender) -> None:
    card = ProductCard(
        product_id="1",
        title="Kettle <b>",
        url="https://a.example/k?a=1&b=2",
        price=Money(amount=Decimal(12), currency="EUR"),
    )
    of = conversation(subject="My order", thread=("<a@customer.example>", "<b@customer.example>"))
    text = "Hallo Ann,\nschön & <gut> مرحبا 👋🏽\n\nSee [our page](https://a.example/p) or https://a.example/q."
    await sent(sender, sink, text, conversation=of, products=(card,))
    [mail] = sink.mails
    assert (mail.sender, mail.recipients, mail.user) == (USER, (ANN,), USER)
    message, token = mail.message, TOKENS.token(ACCOUNT.id, of.id)
    assert {name: message[name] for name in ("From", "To", "Subject", "Date", "In-Reply-To", "Auto-Submitted")} == {
        "From": f"Acme Shop <{USER}>",
        "To": ANN,
        "Subject": "Re: My order",
        "Date": "Sun, 07 Jun 2026 12:00:00 +0000",
        "In-Reply-To": "<b@customer.example>",
        "Auto-Submitted": "auto-replied",
    }
    assert message["Message-ID"] == f"<m.01j9zk3abcdefghjkmnpqrstvx.{token}@shop.example>"
    assert message["References"].split() == [
        f"<c.{token}@shop.example>",
        "<a@customer.example>",
        "<b@customer.example>",
    ]
    assert message["Reply-To"] is None
    assert mail.text == (
        "Hallo Ann,\nschön & <gut> مرحبا 👋🏽\n\nSee our page: https://a.example/p or https://a.example/q.\n\n"
        "Kettle <b>, €12.00\nhttps://a.example/k?a=1&b=2\n\n-- \nAssistant, Acme Shop\n"
    )
    assert '<p dir="auto">Hallo Ann,<br>\nschön &amp; &lt;gut&gt; مرحبا 👋🏽</p>' in mail.html
    assert 'See <a href="https://a.example/p">our page</a> or <a href="https://a.example/q">https://a.' in mail.html
    assert '<a href="https://a.example/k?a=1&amp;b=2">Kettle &lt;b&gt;</a>' in mail.html
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]  # type: ignore[attr-defined]


async def test_a_human_and_a_first_mail(sink: Sink, sender: SmtpSender) -> None:
    human = Author(kind=AuthorKind.HUMAN_AGENT, name="Sam\r\nBcc: x@evil.example")
    await sent(sender, sink, author=human, settings={"from_name": "Ümit's shop", "plus_address": "true"})
    message = sink.mails[0].message
    assert message["Subject"] == "Where is Bcc: all@evil.example my order?"
    assert message["From"] == f"Ümit's shop <{USER}>"
    for header in ("Auto-Submitted", "In-Reply-To", "Bcc"):
        assert message[header] is None
    local, _, domain = message["Reply-To"].partition("@")
    assert (local[:5], domain) == ("help+", "shop.example")
    assert sink.mails[0].recipients == (ANN,)


async def test_composing_again_makes_the_same_bytes(sink: Sink, sender: SmtpSender) -> None:
    of = conversation(thread=tuple(f"<{n}{'x' * 200}@customer.example>" for n in range(20)))
    assert compose(sender, sink, conversation=of) == compose(sender, sink, conversation=of)
    await sent(sender, sink, "." * 5 + "\n.\n" + "ü" * 3_000, conversation=of)
    raw = sink.mails[0].raw
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.isascii()
    assert sink.mails[0].message["In-Reply-To"] == of.route.thread[-1]  # type: ignore[union-attr]
    assert sink.mails[0].text.startswith(".....\n.\nüüü")
    assert PASSWORD.encode() not in raw


async def test_addresses_outside_ascii(sink: Sink, sender: SmtpSender) -> None:
    await sent(sender, sink, route={"shopper_address": "ann@büro.example"})
    await sent(sender, sink, route={"shopper_address": "jörg@büro.example"})
    assert [mail.recipients for mail in sink.mails] == [("ann@xn--bro-hoa.example",), ("jörg@xn--bro-hoa.example",)]


@pytest.mark.parametrize(
    ("command", "answer", "kind", "message"),
    [
        ("MAIL", "451 4.3.0 later", TransientError, "451 4.3.0 later"),
        ("MAIL", "550 5.7.1 not you", PermanentError, "550 5.7.1 not you"),
        ("RCPT", "450 4.2.1 greylisted", TransientError, "450 4.2.1 greylisted"),
        ("RCPT", "452 4.2.2 mailbox full", TransientError, "452 4.2.2 mailbox full"),
        ("RCPT", "550 5.1.1 no such user", PermanentError, "550 5.1.1 no such user"),
        ("DATA", "421 4.3.2 closing", TransientError, "421 4.3.2 closing"),
        ("DATA", "554 5.7.1 spam", PermanentError, "554 5.7.1 spam"),
        ("AUTH", "454 4.7.0 later", TransientError, "454 4.7.0 later"),
    ],
)
async def test_errors_are_classified(
    sink: Sink, sender: SmtpSender, command: str, answer: str, kind: type[TransientError | PermanentError], message: str
) -> None:
    sink.on[command] = [answer] * (2 if command == "AUTH" else 1)  # the client tries two authentication methods
    with pytest.raises(kind) as raised:
        await sent(sender, sink)
    assert raised.value.message == message
    assert not getattr(raised.value, "outcome_unknown", False)
    assert not getattr(raised.value, "credentials", False)
    assert sink.mails == []
    await sent(sender, sink)
    assert len(sink.mails) == 1


async def test_wrong_credentials(sink: Sink, sender: SmtpSender) -> None:
    sink.password = "another"
    with pytest.raises(PermanentError) as raised:
        await sent(sender, sink)
    assert raised.value.credentials
    assert "535" not in raised.value.message
    assert PASSWORD not in raised.value.message


@pytest.mark.parametrize(("cut", "taken", "unknown"), [("RCPT", 0, False), ("DATA", 0, True), ("ACCEPTED", 1, True)])
async def test_a_dropped_connection(sink: Sink, sender: SmtpSender, cut: str, taken: int, unknown: bool) -> None:
    sink.cut = [cut]
    payload, unsealed = compose(sender, sink)
    with pytest.raises(TransientError) as raised:
        await sender.deliver(delivery_request(payload, unsealed))
    assert (raised.value.outcome_unknown, len(sink.mails)) == (unknown, taken)
    await sender.deliver(replace(delivery_request(payload, unsealed), outcome_unknown=unknown))
    assert len({mail.message["Message-ID"] for mail in sink.mails}) == 1
    assert len({mail.raw for mail in sink.mails}) == 1  # duplicates can be recognised


async def test_an_unreachable_server(sink: Sink, sender: SmtpSender) -> None:
    with pytest.raises(TransientError, match="cannot be reached") as raised:
        await sent(sender, sink, settings={"port": "1"})
    assert not raised.value.outcome_unknown
    with pytest.raises(TransientError, match="The host name nowhere"):
        await sent(sender, sink, settings={"host": "nowhere.invalid"})


async def test_mail_is_only_sent_encrypted(tmp_path: Path, sink: Sink) -> None:
    server, trusting = certificate(tmp_path)
    safe = SmtpSender(tokens=TOKENS, rules=SmtpRules(private=True, tls=trusting))
    with pytest.raises(PermanentError, match="does not offer STARTTLS"):
        await sent(safe, sink, settings={"security": "STARTTLS"})
    with pytest.raises(TransientError):
        await sent(safe, sink, settings={"security": "TLS"})
    assert sink.mails == []
    for implicit, security in ((False, "STARTTLS"), (True, "TLS")):
        async with mail_server(tls=server, implicit=implicit) as secured:
            await sent(safe, secured, settings={"security": security})
            assert [mail.encrypted for mail in secured.mails] == [True]
            distrusting = SmtpSender(tokens=TOKENS, rules=OPEN)
            with pytest.raises(TransientError, match=r"(?i)certificate|TLS|reached"):
                await sent(distrusting, secured, settings={"security": security})
            assert len(secured.mails) == 1
    other, _ = certificate(tmp_path, name="mail.other.example")
    async with mail_server(tls=other) as secured:
        with pytest.raises(TransientError):
            await sent(safe, secured, settings={"security": "STARTTLS"})
        assert secured.mails == []


async def test_plain_text_and_private_networks_are_refused(sink: Sink) -> None:
    strict = SmtpSender(tokens=TOKENS, rules=SmtpRules())
    for settings, message in (
        ({"port": "587"}, "only sent encrypted"),
        ({"port": "587", "security": "TLS"}, "private network"),
        ({"port": "6379", "security": "TLS"}, "Port 6379"),
        ({"port": "587", "security": "TLS", "host": "localhost"}, "private network"),
        ({"port": "587", "security": "TLS", "host": "169.254.169.254"}, "private network"),
        ({"port": "587", "security": "TLS", "host": "100.64.0.1"}, "private network"),
        ({"port": "587", "security": "TLS", "host": "::ffff:10.0.0.1"}, "private network"),
        *(({"port": "587", "security": "TLS", "host": host}, "private network") for host in PRIVATE),
    ):
        with pytest.raises(PermanentError, match=message):
            await sent(strict, sink, settings=settings)
    with pytest.raises(PermanentError, match="only sent encrypted"):
        await sent(SmtpSender(tokens=TOKENS, rules=OPEN), sink, settings={"host": "192.0.2.1"})
    assert sink.connections == 0


async def test_verification(sink: Sink) -> None:
    verifier = SmtpVerifier(rules=OPEN)
    assert (await verifier.verify(connection(sink))).display_name == USER
    sink.password = "another"
    with pytest.raises(Invalid) as refused:
        await verifier.verify(connection(sink))
    assert refused.value.field == ("email", "password")
    assert PASSWORD not in str(refused.value)
    with pytest.raises(Invalid) as refused:
        await verifier.verify(connection(sink, security="STARTTLS"))
    assert refused.value.field == ("email", "host")
    sink.password = PASSWORD
    sink.on["AUTH"] = ["454 4.7.0 later"] * 2
    with pytest.raises(Unavailable, match="Nothing was saved"):
        await verifier.verify(connection(sink))
    with pytest.raises(Unavailable, match="Nothing was saved"):
        await verifier.verify(connection(sink, port="1"))
    assert sink.mails == []


async def test_a_server_that_is_silent_fails_the_check_within_the_time_of_a_mutation(sink: Sink) -> None:
    """As one does that waits for TLS, while Baton waits for its greeting."""
    assert Limits().seconds > VERIFICATION_SECONDS
    verifier = PromptVerifier(SmtpVerifier(rules=OPEN), advice="Check `port`.", seconds=0.1)
    assert (await PromptVerifier(SmtpVerifier(rules=OPEN)).verify(connection(sink))).display_name == USER

    async def silence(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            await asyncio.sleep(1)

    async with await asyncio.start_server(silence, sink.host) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unavailable, match=r"did not respond within 0.1 s. Check `port`. Nothing was saved"):
            await verifier.verify(connection(sink, port=str(port)))


def test_payloads_contain_no_secret(sink: Sink, sender: SmtpSender) -> None:
    payload, unsealed = compose(sender, sink)
    assert all(secret not in payload for secret in unsealed.secrets.values())
    assert set(json.loads(payload)) == {"from", "to", "mail"}
    assert PASSWORD not in repr(unsealed)
