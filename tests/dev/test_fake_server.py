"""The fakes inject faults as requested, and the closed contracts detect violations."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from dev.fakes.faults import (
    Fault,
    Received,
    cut_after,
    cut_before,
    failing,
    responding,
    silent_after,
    silent_before,
    slow,
    too_many,
    wrong_body,
)
from dev.fakes.server import Fake, serving
from dev.fakes.zendesk import Zendesk
from dev.vendor_contracts import contract_of
from tests.api.graphql.serving import until


class Counter(Fake):
    name = "counter"

    def __init__(self) -> None:
        super().__init__()
        self.done = 0

    def routes(self) -> list[Route]:
        return [Route("/count", self._count, methods=["POST"])]

    def state(self) -> object:
        return {"done": self.done}

    async def _count(self, request: Request) -> JSONResponse:
        self.done += 1
        return JSONResponse({"done": self.done, "sent": (await request.body()).decode()}, 201, {"X-Count": "yes"})


@pytest.mark.parametrize(
    ("fault", "done", "outcome"),
    [
        (None, 1, 201),
        (slow(0.0), 1, 201),
        (cut_before(), 0, httpx.RemoteProtocolError),
        (cut_after(), 1, httpx.RemoteProtocolError),
        (silent_before(), 0, httpx.ReadTimeout),
        (silent_after(), 1, httpx.ReadTimeout),
        (wrong_body(), 1, 201),
        (too_many(7), 0, 429),
        (too_many(), 0, 429),
        (failing(), 0, 503),
        (responding(422, {"error": "RecordInvalid"}), 0, 422),
    ],
)
async def test_each_fault(fault: Fault | None, done: int, outcome: int | type[Exception]) -> None:
    fake = Counter()
    patience = 0.5 if outcome is httpx.ReadTimeout else 60.0
    async with serving(fake) as url, httpx.AsyncClient(base_url=url, timeout=60) as http:
        if fault is not None:
            fake.faults.add(fault, on="POST /c*")
        if isinstance(outcome, int):
            answer = await http.post("/count", content=b"one")
            assert answer.status_code == outcome
            assert answer.headers.get("retry-after") == ("7" if fault == too_many(7) else None)
        else:
            # A dropped connection or silence may look alike to the client; both mean no response.
            with pytest.raises((outcome, httpx.ReadError)):
                await http.post("/count", content=b"one", timeout=httpx.Timeout(60, read=patience))
        await until(lambda: fake.done == done)
        answer = await http.post("/count", content=b"two")  # added once
        assert answer.json() == {"done": done + 1, "sent": "two"}
        assert answer.headers["x-count"] == "yes"
        assert [r.call for r in fake.received] == ["POST /count", "POST /count"]


async def test_faults_are_added_over_http() -> None:
    fake = Counter()
    async with serving(fake) as url, httpx.AsyncClient(base_url=url) as http:
        ordered = await http.post("/_fake/faults", json={"kind": "response", "status": 429, "on": "POST /count"})
        assert ordered.status_code == 200
        assert (await http.post("/_fake/faults", json={"kind": "mean"})).status_code == 400
        assert (await http.post("/count")).status_code == 429
        shown = (await http.get("/_fake")).json()
        assert shown["state"] == {"done": 0}
        assert [r["call"] for r in shown["received"]] == ["POST /count"]
        await http.delete("/_fake")
        assert fake.received == []


async def test_a_fake_reports_invalid_requests() -> None:
    contract = contract_of("zendesk/own-zendesk-contract.yaml")

    class Strict(Counter):
        def __init__(self) -> None:
            super().__init__()
            self._contract = contract

    fake = Strict()
    with pytest.raises(AssertionError, match="violate the contract"):
        async with serving(fake) as url, httpx.AsyncClient(base_url=url) as http:
            await http.post("/count", json={})
    assert fake.violations == ["POST /count: no such operation"]


TICKET = {
    "ticket": {
        "subject": "Where is it?",
        "comment": {"html_body": "<p>Hello</p>", "public": False},
        "requester": {"name": "Dana", "email": "dana@example.com"},
        "external_id": "01J",
        "tags": ["baton"],
    }
}
EVENT = {
    "data": {
        "type": "event",
        "attributes": {
            "metric": {"data": {"type": "metric", "attributes": {"name": "Escalated"}}},
            "profile": {"data": {"type": "profile", "attributes": {"email": "dana@example.com"}}},
            "properties": {"anything": "goes"},
            "time": "2026-11-21T10:00:00+00:00",
            "unique_id": "one",
        },
    }
}
SMS = {"To": "+15558675310", "From": "+15017122661", "Body": "Hi", "StatusCallback": "https://example.com/x"}


def misspelt(value: Any) -> Iterator[Any]:
    """Copies of a value, each with one key renamed, at every depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "properties" and "anything" in inner:
                continue  # free form
            yield {("x" + k if k == key else k): v for k, v in value.items()}
            for wrong in misspelt(inner):
                yield {**value, key: wrong}


@pytest.mark.parametrize(
    ("file", "call", "headers", "encode", "good"),
    [
        (
            "zendesk/own-zendesk-contract.yaml",
            "POST /api/v2/tickets.json",
            {"content-type": "application/json", "idempotency-key": "k"},
            json.dumps,
            TICKET,
        ),
        (
            "klaviyo/stable.events.json",
            "POST /api/events",
            {"content-type": "application/vnd.api+json", "revision": "2026-07-15"},
            json.dumps,
            EVENT,
        ),
        (
            "twilio/twilio_api_v2010.messages.json",
            "POST /2010-04-01/Accounts/AC1/Messages.json",
            {"content-type": "application/x-www-form-urlencoded"},
            lambda form: str(httpx.QueryParams(form)),
            SMS,
        ),
    ],
)
def test_closed_contracts_find_every_misspelt_key(
    file: str, call: str, headers: dict[str, str], encode: Callable[[Any], str], good: Any
) -> None:
    contract = contract_of(file)
    method, path = call.split()

    def problems(body: Any) -> list[str]:
        return contract.violations(
            Received(method=method, path=path, query={}, headers=headers, body=encode(body).encode())
        )

    assert problems(copy.deepcopy(good)) == []
    wrong = list(misspelt(good))
    assert len(wrong) >= 4
    assert [body for body in wrong if not problems(body)] == []


async def test_the_demo_prints_the_url_of_each_fake() -> None:
    from dev.fakes import demo

    stop, said = asyncio.Event(), list[str]()
    stop.set()
    await demo.run(0, stop, said.append)
    assert [line.split()[0] for line in said[: len(demo.FAKES)]] == [fake.name for fake in demo.FAKES]


@pytest.mark.parametrize(
    "order", [{}, {"webhook": ""}, {"webhook": "hooks/zendesk/x"}, {"webhook": "http://127.0.0.1:1/"}]
)
async def test_an_order_that_cannot_be_carried_out_is_explained(order: dict[str, str]) -> None:
    async with serving(Zendesk()) as url, httpx.AsyncClient() as http:
        response = await http.post(f"{url}/_fake/reply", json={"text": "Soon.", **order})
    expected = "There is no ticket yet" if order.get("webhook", "").startswith("http") else "give its webhookUrl"
    assert response.status_code == 400
    assert expected in response.text
