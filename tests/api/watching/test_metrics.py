"""`/metrics`: who may read it, what it counts, and that callers cannot make time series."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry
from starlette.routing import BaseRoute, Mount
from starlette.types import Message, Receive, Scope, Send

from api.cli.serve import work_until
from api.graphql.open_connections import Closing
from api.server import connection_limits
from api.server.connection_limits import Gate
from api.server.socket import CannotListen, bind
from api.watching import listener
from api.watching.listener import MetricsListener
from api.watching.routes import RouteMetrics
from api.watching.sources import watch
from tests.api.graphql.serving import until
from tests.api.watching.conftest import TOKEN
from tests.api.watching.scraping import labels_of, samples_in, scrape, value
from tests.harness.program import Program, Shop

_ACCOUNT = "query Mine { account { name } }"
_READ = {"type": "query", "field": "account"}
_COUNT = "baton_operation_seconds_count"
_BESIDE = "baton_http_requests_total"


async def test_without_a_setting_there_are_none(baton: Program, tmp_path: Path) -> None:
    async with baton.twin(tmp_path / "off", metrics_token=None) as off:
        assert off.baton.metrics is None
        assert watch(off.baton, None) is None
        assert (await off.http.get("/metrics")).status_code == 404


async def test_strangers_do_not_read_them(baton: Program, shop: Shop) -> None:
    for authorization in ("", "Bearer", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN, f"Bearer {shop.owner}", "ä"):
        headers = {"authorization": authorization.encode()}
        refused = await baton.http.get("/metrics", headers=headers)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert "baton_" not in refused.text
    allowed = await baton.http.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert (allowed.status_code, allowed.headers["cache-control"]) == (200, "no-store")
    assert allowed.headers["content-type"].startswith("text/plain; version=")


async def test_operations_count_by_root_field_and_by_the_names_of_trusted_documents(baton: Program, shop: Shop) -> None:
    document = {"id": "mine", "text": _ACCOUNT}
    await baton.mutate(shop.owner, "registerDocuments", documents=[document])
    for body in (
        {"documentId": "mine"},
        {"query": _ACCOUNT},  # a name that anybody may send
        {"query": "query Another { account { name } }"},
        {"query": "{ account { name } }"},
        {"query": "{ account { name } __typename }"},
    ):
        assert (await baton.post(shop.owner, body)).status_code == 200
    samples = await scrape(baton)
    assert value(samples, _COUNT, **_READ, operation="Mine") == 1
    assert value(samples, _COUNT, **_READ, operation="other") == 3
    assert value(samples, _COUNT, type="query", field="several", operation="other") == 1
    assert value(samples, _COUNT, type="mutation", field="registerDocuments", operation="other") == 1
    assert value(samples, "baton_operation_seconds_bucket", **_READ, operation="Mine", le="+Inf") == 1


async def test_errors_count_by_code_and_no_text_of_a_caller_is_a_label(baton: Program, shop: Shop) -> None:
    deep = "{ account { " + "a: name " * 60 + "} }"
    for query in ("{ no such document", "{ unknownField }", deep):
        await baton.post(shop.owner, {"query": query})
    await baton.ask(shop.widget, "{ auditLog(first: 1) { nodes { number } } }")
    watch(baton.baton, None)
    samples = await scrape(baton)
    refused = {"type": "none", "field": "none", "operation": "other"}
    assert value(samples, _COUNT, **refused) == 3
    assert value(samples, "baton_operation_errors_total", **refused, code="QUERY_TOO_COMPLEX") == 1
    forbidden = {"type": "query", "field": "auditLog", "operation": "other", "code": "FORBIDDEN"}
    assert value(samples, "baton_operation_errors_total", **forbidden) == 1
    assert value(samples, "baton_refusals_total", limit="complexity") == 1
    assert "unknownField" not in repr(samples)


async def test_a_request_that_cannot_be_an_operation_counts(baton: Program, shop: Shop, tmp_path: Path) -> None:
    """As while the database does not respond: such requests fail at their credential, and an alert counts them."""
    nobody = {"type": "none", "field": "none", "operation": "other"}
    assert value(await scrape(baton), "baton_operation_errors_total", **nobody, code="UNAVAILABLE") == 0
    async with baton.twin(tmp_path / "poor", cost_per_second=1) as poor:
        for _ in range(20):
            await poor.ask(shop.owner, "{ conversations { totalCount } }")
        assert value(await scrape(poor), "baton_operation_errors_total", **nobody, code="RATE_LIMITED") > 0
    assert (await baton.post("bsk_unknown", {"query": "{ account { name } }"})).status_code == 401
    assert value(await scrape(baton), "baton_operation_errors_total", **nobody, code="UNAUTHENTICATED") == 1


async def test_requests_beside_graphql_count_by_route_and_status(baton: Program, shop: Shop) -> None:
    before = await scrape(baton)
    exported = await baton.http.get("/export", headers={"authorization": f"Bearer {shop.owner}"})
    assert exported.status_code == 200
    for path in ("/hooks/zendesk/unknown", "/files/unknown", "/one/of/mine"):
        assert (await baton.http.get(path)).status_code in (404, 405)
    after = await scrape(baton)

    def more(route: str, status: str) -> float:
        labels = {"route": route, "status": status}
        return value(after, _BESIDE, **labels) - value(before, _BESIDE, **labels)

    assert [more(route, "4xx") for route in ("export", "hooks", "files", "other")] == [0, 1, 1, 1]
    assert more("export", "2xx") == 1
    assert more("other", "2xx") == 1  # the first reading of the metrics
    assert "mine" not in repr(after)


@pytest.mark.parametrize("is_begun", [False, True])
async def test_a_response_that_an_error_breaks_off_counts_as_failed(is_begun: bool) -> None:
    async def fails(_scope: Scope, _receive: Receive, send: Send) -> None:
        if is_begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise OSError("of the disk")

    async def send(_: Message) -> None:
        pass

    async def receive() -> Message:
        raise AssertionError

    registry = CollectorRegistry()
    with pytest.raises(OSError, match="of the disk"):
        await RouteMetrics(registry).counted(fails)({"type": "http", "path": "/export"}, receive, send)
    assert registry.get_sample_value(_BESIDE, {"route": "export", "status": "5xx"}) == 1
    assert registry.get_sample_value(_BESIDE, {"route": "export", "status": "2xx"}) == 0


async def test_refusals_count_by_the_limit(baton: Program, shop: Shop, tmp_path: Path) -> None:
    async with baton.twin(tmp_path / "poor", cost_per_second=1) as poor:
        watch(poor.baton, Gate(connections=0, per_address=1))
        codes = [(await poor.ask(shop.owner, "{ conversations { totalCount } }")).codes for _ in range(20)]
        refused = codes.count(["RATE_LIMITED"])
        samples = await scrape(poor)
        assert value(samples, "baton_refusals_total", limit="cost") == refused > 0
        assert value(samples, "baton_refusals_total", limit="connections") == 0


async def test_the_numbers_of_the_process(baton: Program) -> None:
    gate = Gate(connections=1, per_address=1)
    assert [gate.enter("127.0.0.1"), gate.enter("127.0.0.1")] == [True, False]
    watch(baton.baton, gate)
    samples = await scrape(baton)
    assert value(samples, "baton_open_connections") == 1
    assert value(samples, "baton_refusals_total", limit="connections") == 1
    assert value(samples, "baton_open_streams") == 0
    assert value(samples, "baton_internal_errors_total") == 0
    assert value(samples, "baton_tail_lag_seconds") == float("inf")  # nothing follows the log here
    assert value(samples, "baton_figures_age_seconds") < 60
    assert value(samples, "process_resident_memory_bytes") > 1e6
    assert [set(labels) for labels in labels_of(samples, "baton_build_info")] == [{"version"}]


async def test_a_worker_serves_them_at_an_address_of_their_own(baton: Program) -> None:
    stop, bound = asyncio.Event(), bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    work = asyncio.create_task(work_until(stop, baton.baton, bound))
    async with httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}, timeout=60) as scraper:

        async def lag() -> float:
            try:
                text = (await scraper.get("/metrics")).text
            except httpx.TransportError:  # it does not listen yet
                return float("inf")
            return value(samples_in(text), "baton_tail_lag_seconds")

        async with asyncio.timeout(60):
            while await lag() > 60:  # noqa: ASYNC110 - another task brings it about
                await asyncio.sleep(0.02)
        bound.close()  # the listener has its own; while this one is open, the kernel accepts what nobody answers
        assert (await scraper.get("/graphql")).status_code == 404
        stop.set()
        async with asyncio.timeout(60):
            await work
        with pytest.raises(httpx.TransportError):
            await scraper.get("/metrics")


async def test_a_connection_of_the_listener_that_says_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_limits, "HEAD_SECONDS", 0.05)
    async with listening_for([]) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(60):
            assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        await closed(writer)


async def test_a_response_of_the_listener_that_nobody_reads_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "_SECONDS", 0.05)
    ended = asyncio.Event()

    async def large(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while True:
                await send({"type": "http.response.body", "body": bytes(1 << 20), "more_body": True})
        finally:
            ended.set()

    async with listening_for([Mount("/metrics", large)]) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(b"GET /metrics/ HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(60):
            await ended.wait()
            with suppress(ConnectionResetError):
                await reader.read()  # to the end of what is on its way
            await closed(writer)


async def test_connections_of_the_listener_are_bounded() -> None:
    async with listening_for([]) as port:
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(21)]
        async with asyncio.timeout(60):
            refused, _ = opened[-1]
            assert (await refused.read()).startswith(b"HTTP/1.1 503 ")
        for _, writer in opened:
            await closed(writer)


async def closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def listening_for(routes: Sequence[BaseRoute]) -> AsyncIterator[int]:
    """A listener for metrics with these routes; its port."""
    bound = bind("127.0.0.1", 0)
    port: int = bound.getsockname()[1]
    serving = asyncio.create_task(MetricsListener(bound, routes).run())
    async with asyncio.timeout(60):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                await closed(writer)
                break
            await asyncio.sleep(0.01)
    yield port
    serving.cancel()
    await asyncio.wait([serving])


def test_an_address_in_use_is_named_by_its_setting() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotListen, match=f"127.0.0.1:{port} .* Set BATON_METRICS_ADDRESS to another"):
            bind("127.0.0.1", port, setting="BATON_METRICS_ADDRESS")


async def test_open_sockets_are_counted_while_they_are_open(baton: Program) -> None:
    watch(baton.baton, None)
    with baton.baton.connections.registered(Closing()):
        assert value(await scrape(baton), "baton_open_streams") == 1
    await until(lambda: len(baton.baton.connections) == 0)
    assert value(await scrape(baton), "baton_open_streams") == 0
