"""Traces: from the request to the frame, as a collector of OpenTelemetry gets them."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from pymongo import AsyncMongoClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.watching.log_ids import log_ids
from dev.fakes.receiver import WebhookReceiver
from dev.fakes.server import listening, serving
from tests.harness.clock import ManualClock
from tests.harness.program import Program, Shop, running
from tests.harness.workers import forward_due
from tests.resolvers.forwarding.endpoints import subscribe
from tests.resolvers.test_typing_live import following, process

WORDS = "zzqvx"
CALLER = "0af7651916cd43dd8448eb211c80319c"
CONVERSATION = "subscription($id: ID!) { conversation(id: $id) { __typename } }"


class Collector:
    """Takes traces by OTLP over HTTP."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.service: dict[str, str] = {}
        self.bodies: list[bytes] = []

    async def take(self, request: Request) -> Response:
        body = await request.body()
        if request.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        self.bodies.append(body)
        message = ExportTraceServiceRequest.FromString(body)
        for resource in message.resource_spans:
            self.service = {each.key: each.value.string_value for each in resource.resource.attributes}
            self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        return Response(b"", 200, media_type="application/x-protobuf")

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    def inside(self, span: Span) -> list[str]:
        """The names of the spans within one, in the order of their beginnings."""
        within = [each for each in self.spans if each.parent_span_id == span.span_id]
        return [each.name for each in sorted(within, key=lambda each: each.start_time_unix_nano)]

    def root_of(self, trace_id: bytes) -> Span:
        [root] = [span for span in self.spans if span.trace_id == trace_id and not span.parent_span_id]
        return root


def facts(span: Span) -> dict[str, Any]:
    return {
        each.key: each.value.int_value if each.value.HasField("int_value") else each.value.string_value
        for each in span.attributes
    }


Run = Callable[..., Any]


@pytest.fixture
def collector() -> Collector:
    return Collector()


@pytest.fixture
def run(
    collector: Collector,
    mongo_uri: str,
    database_name: str,
    tmp_path: Path,
    mongo_client: AsyncMongoClient[dict[str, Any]],
) -> Run:
    """The program, whose traces the collector has after the block."""

    @asynccontextmanager
    async def started(share: float = 1) -> AsyncIterator[Program]:
        async with listening(Starlette(routes=[Route("/v1/traces", collector.take, methods=["POST"])])) as url:
            given = {"otlp_url": url, "trace_share": share, "log_format": "json", "webhook_private_networks": True}
            clock = ManualClock()
            async with running(mongo_uri, database_name, tmp_path, mongo_client, clock, **given) as program:
                yield program

    return started


async def test_from_the_request_to_the_frame(run: Run, collector: Collector) -> None:
    async with run() as program, process(program) as url:
        shop: Shop = await program.open_shop("Shop")
        chat = await program.start(shop, f"{WORDS} one", name=WORDS)
        async with following(url, chat.token, CONVERSATION, id=chat.id) as live:
            document = (
                f'mutation {WORDS} {{ sendMessage(input: {{conversationId: "{chat.id}", text: "{WORDS}"}}) '
                "{ message { id } errors { code } } }"
            )
            headers = {"authorization": f"Bearer {chat.token}", "traceparent": f"00-{CALLER}-b7ad6b7169203331-01"}
            response = await program.http.post("/graphql", json={"query": document}, headers=headers)
            assert response.json()["data"]["sendMessage"]["errors"] == []
            await live.shows("MessageAdded")
    [operation] = collector.named("mutation sendMessage")
    root = collector.root_of(operation.trace_id)
    assert (root.name, root.kind) == ("POST /graphql", Span.SPAN_KIND_SERVER)
    assert root.trace_id.hex() != CALLER  # strangers do not choose what is traced
    assert facts(root) == {
        "http.request.method": "POST",
        "http.route": "/graphql",
        "http.response.status_code": 200,
        "baton.caller.trace_id": CALLER,
    }
    assert facts(operation) == {"graphql.operation.type": "mutation", "graphql.field.name": "sendMessage"}
    assert collector.inside(root)[-1] == "mutation sendMessage"  # the credential is read before
    assert collector.inside(operation) == ["unit of work"]
    [work] = [span for span in collector.named("unit of work") if span.parent_span_id == operation.span_id]
    assert sorted(collector.inside(work)) == ["command", "commit"]
    [commit] = [span for span in collector.named("commit") if span.parent_span_id == work.span_id]
    sent = collector.inside(commit)
    assert {"bulk_write account_state", "bulk_write events", "commit_transaction"} <= set(sent)
    assert sent[-1] == "frame"
    assert facts(commit) == {"baton.accounts": 1, "baton.commands": 1}
    [command] = [each for each in collector.named("bulk_write events") if each.parent_span_id == commit.span_id]
    assert facts(command) == {
        "db.system.name": "mongodb",
        "db.operation.name": "bulk_write",
        "db.collection.name": "events",
    }
    assert command.kind == Span.SPAN_KIND_CLIENT
    assert all(span.end_time_unix_nano >= span.start_time_unix_nano > 0 for span in collector.spans)
    assert collector.service["service.name"] == "baton"
    assert WORDS.encode() not in b"".join(collector.bodies)


async def test_errors_are_named_and_their_texts_are_not(run: Run, collector: Collector) -> None:
    async with run() as program:
        shop: Shop = await program.open_shop("Shop")
        refused = await program.ask(shop.widget, "{ auditLog(first: 1) { nodes { number } } }")
        assert refused.codes == ["FORBIDDEN"]
        missing = await program.mutate(shop.support, "takeTicket", ticketId=WORDS)
        assert missing["errors"] != []
        assert (await program.http.get(f"/files/{WORDS}/{WORDS}")).status_code in (403, 404)
        for path in (f"/{WORDS}", f"/{WORDS}/graphql", f"//{WORDS}", f"/graphql{WORDS}"):
            assert (await program.http.request(WORDS.upper(), path)).status_code in (404, 405)
    [failed] = collector.named("query auditLog")
    assert (failed.status.code, failed.status.message) == (Status.STATUS_CODE_ERROR, "")
    assert facts(failed)["error.type"] == "FORBIDDEN"
    assert [facts(span)["http.route"] for span in collector.named("GET /files")] == ["/files"]
    assert {facts(span)["http.route"] for span in collector.named("_OTHER _OTHER")} == {"_OTHER"}
    assert all(not span.events for span in collector.spans)
    sent = b"".join(collector.bodies).lower()
    assert WORDS.encode() not in sent


async def test_commands_that_commit_together_are_linked(run: Run, collector: Collector) -> None:
    async with run() as program:
        shop: Shop = await program.open_shop("Shop")
        chats = [await program.start(shop, "Hi") for _ in range(4)]
        for chat in chats:
            await program.mutate_brief(chat.token, "sendMessage", conversationId=chat.id, text="warm")
        collector.spans.clear()
        calls = [program.mutate_brief(c.token, "sendMessage", conversationId=c.id, text="now") for c in chats]
        await asyncio.gather(*calls)
    works = {span.span_id for span in collector.named("unit of work")}
    commits = [span for span in collector.named("commit") if facts(span)["baton.commands"] > 1]
    assert commits
    for commit in commits:
        linked = [link.span_id for link in commit.links]
        assert len(linked) == facts(commit)["baton.commands"] - 1
        assert {commit.parent_span_id, *linked} <= works


async def test_a_share_is_traced_and_the_log_names_the_trace(run: Run, collector: Collector) -> None:
    async with run(share=0) as program:
        shop: Shop = await program.open_shop("Shop")
        await program.start(shop, "Hi")
    assert collector.spans == []
    async with run() as program:
        response = await program.http.get("/schema.graphql", headers={"x-request-id": "a" * 32})
        assert response.headers["x-request-id"] == "a" * 32
        assert log_ids() is None
    [span] = collector.named("GET /schema.graphql")
    assert len(span.trace_id) == 16


async def test_operations_of_a_socket_are_traces_and_its_stream_is_none(run: Run, collector: Collector) -> None:
    async with run() as program, process(program) as url:
        shop: Shop = await program.open_shop("Shop")
        chat = await program.start(shop, "Hi")
        async with following(url, chat.token, CONVERSATION, id=chat.id):
            pass
    [opened] = collector.named("subscription conversation")
    assert collector.root_of(opened.trace_id) == opened


async def test_background_work_is_traces_of_its_own(run: Run, collector: Collector) -> None:
    receiver = WebhookReceiver()
    async with serving(receiver) as receiver.url, run() as program:
        shop: Shop = await program.open_shop("Shop")
        await subscribe(program, shop, receiver)
        await program.start(shop, WORDS)
        receiver.secrets.clear()  # the clock is the test's own, so that a signature is of another time
        await forward_due(program.baton.workers.forwarding)
        program.clock.move(timedelta(days=2))
        await program.baton.workers.timers.fire_due()
    [told] = collector.named("forwarding")
    [closed] = collector.named("timer AUTO_CLOSE")
    for span in (told, closed):
        assert collector.root_of(span.trace_id) == span
        assert span.kind == Span.SPAN_KIND_INTERNAL
    assert facts(told) == {"baton.account": shop.id, "baton.receiver": "WEBHOOK"}
    assert facts(closed) == {"baton.account": shop.id}
    assert "find_one_and_update forwardings" in collector.inside(told)
    [work] = [span for span in collector.named("unit of work") if span.parent_span_id == closed.span_id]
    assert sorted(collector.inside(work)) == ["command", "commit"]
    assert len(receiver.events) == 1
    assert WORDS.encode() not in b"".join(collector.bodies)


async def test_a_collector_that_is_away_holds_up_nothing(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> None:
    given = {"otlp_url": "http://127.0.0.1:9", "trace_share": 1}
    async with asyncio.timeout(60):
        async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock(), **given) as program:
            shop: Shop = await program.open_shop("Shop")
            assert json.dumps(await program.data(shop.owner, "{ account { name } }")) == '{"account": {"name": "Shop"}}'
