"""The endpoint of incoming webhooks: its limits, and error responses that reveal nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from api.body import BodyBudget
from api.refusal import RequestRefused
from api.webhooks.endpoint import UNKNOWN, Incoming, IncomingWebhook
from dev.fakes.server import listening
from domain.connected_services.service import Caller
from domain.model.connected_services import ConnectedService, Service, UnsealedConnection
from domain.values.errors import Invalid, NotFound, Unavailable
from domain.values.ids import AccountId
from tests.harness.clock import START

Take = Callable[[Incoming], Awaitable[Response]]


CALLER = Caller(
    account_id=AccountId("A" * 26),
    connection=ConnectedService(
        id="A", service=Service.ZENDESK, settings={}, sealed="", connected_at=START, checked_at=START
    ),
    unsealed=UnsealedConnection(service=Service.ZENDESK, settings={}, secrets={}),
)


class Vendor:
    """A hook whose URL has the token `t0ken`."""

    def __init__(self, take: Take) -> None:
        self._take = take

    async def find(self, token: str) -> Caller | None:
        return CALLER if token == "t0ken" else None

    async def handle(self, incoming: Incoming, caller: Caller) -> Response:
        assert caller is CALLER
        return await self._take(incoming)


async def asked_of(hook: IncomingWebhook, body: bytes) -> httpx.Response:
    app = Starlette(routes=[Route("/hooks/{token}", hook, methods=["POST"])])
    async with listening(app) as url, httpx.AsyncClient() as http:
        return await http.post(f"{url}/hooks/t0ken", content=body)


async def asked(take: Take, body: bytes | AsyncIterator[bytes] = b"{}", *, seconds: float = 10.0) -> httpx.Response:
    hook = IncomingWebhook(Vendor(take), BodyBudget(), body_bytes=10, seconds=seconds)
    app = Starlette(routes=[Route("/hooks/vendor/{token}", hook, methods=["POST"])])
    async with listening(app) as url, httpx.AsyncClient() as http:
        return await http.post(f"{url}/hooks/vendor/t0ken?a=1&b=%20", content=body, headers={"X-Mark": "seen"})


def raising(error: Exception) -> Take:
    async def take(_: Incoming) -> Response:
        raise error

    return take


async def test_a_request_is_passed_on_unchanged() -> None:
    came: list[Incoming] = []

    async def take(incoming: Incoming) -> Response:
        came.append(incoming)
        return Response(status_code=204)

    answer = await asked(take, b'{"a": 1}\n')
    assert (answer.status_code, answer.content) == (204, b"")
    [incoming] = came
    assert (incoming.token, incoming.query, incoming.body) == ("t0ken", "a=1&b=%20", b'{"a": 1}\n')
    assert incoming.headers["x-mark"] == "seen"


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (UNKNOWN, 404, "Unknown webhook URL. The connection was removed, or the URL is mistyped."),
        (RequestRefused(401, "Sign it."), 401, "Sign it."),
        (Invalid("Not like this."), 400, "Not like this."),
        (NotFound("Not here."), 404, "Not here."),
        (Unavailable("Not now."), 503, "Not now."),
        (ValueError("secret-of-ours"), 500, "Internal error; retry the webhook."),
    ],
)
async def test_refusals_say_what_to_do(
    error: Exception, status: int, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await asked(raising(error))
    assert (answer.status_code, answer.json()) == (status, {"error": said})
    assert answer.headers.get("retry-after") == ("5" if status == 503 else None)
    failures = [record.getMessage() for record in caplog.records if record.name == "baton.webhooks"]
    expected = ["The webhook at /hooks/vendor/… failed; its sender should retry."] if status == 500 else []
    assert failures == expected
    assert "t0ken" not in caplog.text


async def test_a_body_over_the_limit_is_refused_before_it_is_complete() -> None:
    taken: list[Incoming] = []

    async def take(incoming: Incoming) -> Response:
        taken.append(incoming)
        return Response()

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"12345"

    answer = await asked(take, endless())
    assert (answer.status_code, answer.json()) == (413, {"error": "The body is larger than 10 bytes."})
    assert taken == []


async def test_a_body_that_does_not_arrive_times_out() -> None:
    async def stalled() -> AsyncIterator[bytes]:
        yield b"1"
        await asyncio.Event().wait()

    async def take(_: Incoming) -> Response:
        raise AssertionError

    hook = IncomingWebhook(Vendor(take), BodyBudget(), seconds=0.05)
    app = Starlette(routes=[Route("/hooks/{token}", hook, methods=["POST"])])
    async with listening(app) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rsplit(":", 1)[1]))
        writer.write(b"POST /hooks/t0ken HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n1")
        async with asyncio.timeout(60):
            assert (await reader.readline()).startswith(b"HTTP/1.1 408")
        writer.close()
        await writer.wait_closed()


async def _raw(hook: IncomingWebhook, sent: bytes) -> bytes:
    """All that the server sends before it closes the connection, which the client leaves open."""
    app = Starlette(routes=[Route("/hooks/{token}", hook, methods=["POST"])])
    async with listening(app) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rsplit(":", 1)[1]))
        writer.write(sent)
        async with asyncio.timeout(60):
            received = await reader.read()
        writer.close()
        await writer.wait_closed()
        return received


async def _never(_: Incoming) -> Response:
    raise AssertionError


async def test_an_unknown_token_is_refused_before_the_body_is_read() -> None:
    head = b"POST /hooks/another HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\n"
    received = await _raw(IncomingWebhook(Vendor(_never), BodyBudget(), body_bytes=30 << 20, seconds=3600), head)
    assert received.startswith(b"HTTP/1.1 404")
    assert b"Unknown webhook URL." in received
    # A client that waits for leave to send its body never gets it.
    waits = head.replace(b"Host: x", b"Host: x\r\nExpect: 100-continue")
    assert b"100 Continue" not in await _raw(IncomingWebhook(Vendor(_never), BodyBudget(), seconds=3600), waits)


@pytest.mark.parametrize(("error", "status"), [(Unavailable("Not now."), b"503"), (ValueError("secret"), b"500")])
async def test_a_look_up_that_fails_is_told_before_the_body_is_read(error: Exception, status: bytes) -> None:
    class Failing(Vendor):
        async def find(self, token: str) -> Caller | None:
            raise error

    head = b"POST /hooks/t0ken HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
    received = await _raw(IncomingWebhook(Failing(_never), BodyBudget(), seconds=3600), head)
    assert received.startswith(b"HTTP/1.1 " + status)
    assert b"secret" not in received


MIB = 1 << 20
UPLOADS = 40


async def _accepted(_: Incoming) -> Response:
    return Response(status_code=204)


async def _is_refused(reader: asyncio.StreamReader) -> bool:
    """Wait for the end of a connection that the server refuses. A reset may overtake the response."""
    with suppress(ConnectionResetError):
        assert (await reader.read()).startswith(b"HTTP/1.1 503")
    return True


async def _upload(url: str) -> tuple[asyncio.Task[bool], asyncio.StreamWriter]:
    """Send the first MiB of a body of 30 MB."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rsplit(":", 1)[1]))
    writer.write(b"POST /hooks/t0ken HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\n" + b"x" * MIB)
    return asyncio.create_task(_is_refused(reader)), writer


async def test_unfinished_uploads_take_at_most_the_budget() -> None:
    bodies = BodyBudget(8 * MIB, reserve=MIB)
    hook = IncomingWebhook(Vendor(_accepted), bodies, body_bytes=30 << 20, seconds=3600)
    app = Starlette(routes=[Route("/hooks/{token}", hook, methods=["POST"])])
    async with listening(app) as url, asyncio.timeout(60), httpx.AsyncClient() as http:
        uploads = [await _upload(url) for _ in range(UPLOADS)]
        highest = 0
        while bodies.held != MIB * sum(not refused.done() for refused, _ in uploads):
            highest = max(highest, bodies.held)
            await asyncio.sleep(0)
        assert 0 < highest <= 7 * MIB
        assert sum(refused.done() for refused, _ in uploads) >= UPLOADS - 7
        small = await http.post(f"{url}/hooks/t0ken", content=b"x" * (64 << 10))  # the reserve is for these
        assert small.status_code == 204
        for refused, writer in uploads:
            refused.cancel()
            writer.transport.abort()
        while bodies.held:  # noqa: ASYNC110 - the server notices by itself
            await asyncio.sleep(0)
        large = await http.post(f"{url}/hooks/t0ken", content=b"x" * (6 * MIB))
        assert large.status_code == 204
        assert bodies.held == 0


async def test_over_the_budget_the_response_says_when_to_try_again() -> None:
    bodies = BodyBudget(10, reserve=0)
    hook = IncomingWebhook(Vendor(_accepted), bodies)
    with bodies.share() as share:
        share.take(8)
        response = await asked_of(hook, b"12345")
        assert (response.status_code, response.headers["retry-after"]) == (503, "5")
        assert response.headers["connection"] == "close"
        assert response.json() == {"error": "The server is receiving too much at once: send it again in a moment."}
    assert (await asked_of(hook, b"12345")).status_code == 204
    assert bodies.held == 0


async def test_large_bodies_are_read_in_turn_one_piece_in_each_round_of_the_loop() -> None:
    bodies = BodyBudget()
    rounds, current = Counter[int](), 0

    async def read() -> None:
        with bodies.share() as share:
            for _ in range(5):
                share.take(100 << 10)
                await share.turn()
                rounds[current] += 1

    readers = [asyncio.create_task(read()) for _ in range(6)]
    readers.append(asyncio.create_task(bodies.turn()))
    await asyncio.sleep(0)
    readers.pop().cancel()  # one that waits and ends is passed over
    while not all(reader.done() for reader in readers):
        current += 1
        await asyncio.sleep(0)
    assert sum(rounds.values()) == 30
    assert max(rounds.values()) == 1


async def test_a_small_body_waits_for_no_turn() -> None:
    bodies = BodyBudget()
    await bodies.turn()
    with bodies.share() as share:
        share.take(64 << 10)
        waits = share.turn()
        with pytest.raises(StopIteration):
            waits.send(None)
