"""Requests to URLs that customers choose: the address that is connected to was checked."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from dev.fakes.faults import responding, silent_before, slow
from dev.fakes.receiver import WebhookReceiver
from dev.fakes.server import listening, serving
from domain.delivery.errors import TransientError
from integrations.webhooks.http_client import InternetWebhookClients

BODY = b'{"type": "webhook.ping"}'
HEADERS = {"webhook-id": "1", "content-type": "application/json"}
INSIDE = "It leads into a private network, where webhooks may not go."


class Names:
    """A resolver that returns the given lists in turn, and then repeats the last one."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@asynccontextmanager
async def clients(
    names: Names | None = None, *, private: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[InternetWebhookClients]:
    opened = InternetWebhookClients(private_networks=private, resolve=names, tls=tls)
    yield opened
    opened.close()


async def why_not(opened: InternetWebhookClients, url: str) -> str:
    async with opened.open(url) as client:
        with pytest.raises(TransientError) as refused:
            await client.post(BODY, HEADERS, seconds=60)
    return refused.value.message


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    fake = WebhookReceiver()
    async with serving(fake) as fake.url:
        yield fake


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::1"],
        ["169.254.169.254"],
        ["10.0.0.8"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["100.64.0.1"],
        ["8.8.8.8", "127.0.0.1"],  # one private address is enough, whichever would be connected to
        ["127.0.0.1", "8.8.8.8"],
        ["fe80::1%eth0"],
    ],
)
async def test_a_name_that_leads_inside_is_not_connected_to(receiver: WebhookReceiver, addresses: list[str]) -> None:
    names = Names(addresses)
    async with clients(names) as opened:
        assert await why_not(opened, f"https://partner.example:{port_of(receiver.url)}/hooks") == INSIDE
    assert names.asked == [("partner.example", port_of(receiver.url))]
    assert receiver.received == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]"])
async def test_nor_is_an_address_however_it_came_to_be_kept(receiver: WebhookReceiver, host: str) -> None:
    async with clients(Names(["8.8.8.8"])) as opened:
        assert await why_not(opened, f"https://{host}:{port_of(receiver.url)}/") == INSIDE
    assert receiver.received == []


async def test_without_tls_only_inside_and_where_the_operator_lets_it(receiver: WebhookReceiver) -> None:
    plain = "Webhooks go over the internet with TLS only: give an https address."
    url = f"http://partner.example:{port_of(receiver.url)}/"
    async with clients(Names(["127.0.0.1"])) as opened:
        assert await why_not(opened, url) == INSIDE
    async with clients(Names(["8.8.8.8"])) as opened:
        assert await why_not(opened, url) == plain
    async with clients(Names(["8.8.8.8"]), private=True) as opened:
        assert await why_not(opened, url) == plain
    async with clients(Names(["8.8.8.8", "127.0.0.1"]), private=True) as opened:
        assert await why_not(opened, url) == plain
    async with clients(Names(["127.0.0.1"]), private=True) as opened, opened.open(url) as client:
        assert (await client.post(BODY, HEADERS, seconds=60)).http_status == 204
    [received] = receiver.received
    assert received.headers["host"] == f"partner.example:{port_of(receiver.url)}"


async def test_the_checked_address_is_the_connected_one(receiver: WebhookReceiver) -> None:
    """The name resolves to another address after the check, and before the next request."""
    names = Names(["127.0.0.1"], ["10.255.255.1"])
    async with clients(names, private=True) as opened:
        async with opened.open(f"http://partner.example:{port_of(receiver.url)}/") as client:
            for _ in range(3):
                assert (await client.post(BODY, HEADERS, seconds=60)).http_status == 204
        assert names.asked == [("partner.example", port_of(receiver.url))]
    assert len(receiver.received) == 3


async def test_the_address_tried_next_was_judged_too(receiver: WebhookReceiver) -> None:
    url = f"http://partner.example:{port_of(receiver.url)}/"
    async with clients(Names(["127.0.0.2", "127.0.0.1"]), private=True) as opened, opened.open(url) as client:
        assert (await client.post(BODY, HEADERS, seconds=60)).http_status == 204


async def test_names_that_stand_for_nothing() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    opened = InternetWebhookClients(private_networks=False, resolve=unknown)
    assert await why_not(opened, "https://partner.example/") == "Its name cannot be resolved."
    opened.close()
    async with clients(Names([])) as opened:
        assert await why_not(opened, "https://partner.example/") == "Its name cannot be resolved."


async def test_a_name_that_takes_for_ever_holds_up_nobody() -> None:
    """The resolver hangs; the deadline still applies."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hanging(host: str, port: int) -> Sequence[str]:
        asyncio.run_coroutine_threadsafe(over.wait(), loop).result()
        return []

    opened = InternetWebhookClients(private_networks=False, resolve=hanging)
    async with opened.open("https://partner.example/") as client:
        with pytest.raises(TransientError) as refused:
            await client.post(BODY, HEADERS, seconds=0.05)
    assert refused.value.message == "It did not respond within 0.05 seconds."
    over.set()
    opened.close()


async def test_endless_and_silent_answers(receiver: WebhookReceiver) -> None:
    async with clients(private=True) as opened:
        receiver.faults.add(silent_before())
        async with opened.open(f"{receiver.url}/") as client:
            with pytest.raises(TransientError) as refused:
                await client.post(BODY, HEADERS, seconds=0.2)
        assert (refused.value.message, refused.value.outcome_unknown) == (
            "It did not respond within 0.2 seconds.",
            True,
        )
        receiver.faults.add(slow(0.01))
        receiver.faults.add(responding(200, text="x" * 5_000_000))
        async with opened.open(f"{receiver.url}/") as client:
            for _ in range(2):
                assert 200 <= (await client.post(BODY, HEADERS, seconds=60)).http_status < 300


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def talking(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Run a server that reads a request and calls the handler; yields its port. Exits when all handlers are done."""
    over: list[asyncio.Event] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        over.append(done := asyncio.Event())
        try:
            await reader.readuntil(b"\r\n\r\n")
            await handler(reader, writer)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            done.set()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for done in over:
            await done.wait()


async def test_an_answer_that_never_ends_is_taken_at_its_word() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        await reader.read()  # until the client disconnects

    async with (
        talking(endless) as port,
        clients(private=True) as opened,
        opened.open(f"http://127.0.0.1:{port}/") as client,
    ):
        assert (await client.post(BODY, HEADERS, seconds=60)).http_status == 200


@pytest.mark.parametrize("garbage", [b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 2x0 OK\r\n\r\n", b"\x00" * 100, b""])
async def test_a_server_that_is_not_mongodb(garbage: bytes) -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(garbage)

    async with talking(babble) as port, clients(private=True) as opened:
        broken = await why_not(opened, f"http://127.0.0.1:{port}/")
        assert broken == "It closed the connection before it responded."


class Certified:
    """A test certificate authority, and a server certificate that it signed."""

    def __init__(self, folder: Path, *names: str) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import NameOID

        now = dt.datetime.now(dt.UTC)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(hours=1))
            .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"
        self.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    @property
    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    @property
    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))


def _general_name(name: str) -> object:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@asynccontextmanager
async def over_tls(certified: Certified) -> AsyncIterator[tuple[int, list[str]]]:
    """Run a TLS server that returns 204; yields its port, and the names requested by SNI."""
    asked: list[str] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()

    context = certified.server
    context.sni_callback = lambda _, name, __: asked.append(name)
    async with talking(answer, context) as port:
        yield port, asked


async def test_the_certificate_is_the_names_and_the_connection_the_addresss(tmp_path: Path) -> None:
    certified = Certified(tmp_path, "partner.example", "127.0.0.1")
    async with over_tls(certified) as (port, asked):
        async with clients(Names(["127.0.0.1"]), private=True, tls=certified.trusting) as opened:
            for host in ("partner.example", "127.0.0.1"):
                async with opened.open(f"https://{host}:{port}/") as client:
                    assert (await client.post(BODY, HEADERS, seconds=60)).http_status == 204
            untrusted = "Its certificate is not trusted for this name."
            assert await why_not(opened, f"https://other.example:{port}/") == untrusted
        async with clients(Names(["127.0.0.1"]), private=True) as opened:
            assert await why_not(opened, f"https://partner.example:{port}/") == untrusted
    assert asked[0] == "partner.example"


async def test_a_server_without_tls(receiver: WebhookReceiver) -> None:
    async with clients(private=True) as opened:
        url = receiver.url.replace("http:", "https:")
        assert await why_not(opened, f"{url}/") == "The TLS handshake failed."
        nobody = await _free_port()
        assert await why_not(opened, f"https://127.0.0.1:{nobody}/") == "The connection was refused or not established."


async def _free_port() -> int:
    async with listening(WebhookReceiver()) as url:
        return port_of(url)
