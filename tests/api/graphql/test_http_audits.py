"""The 61 audits of npm's `graphql-http`, each under its id, in Python, so that they run without Node.js."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.api.graphql.serving import Server, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

MODERN = "application/graphql-response+json"
LEGACY = "application/json"
TYPENAME = "{ __typename }"
UNKNOWN_FIELD = "{ a8f31403dfe404bccbb0e835f2629c6a7 }"
NAMED_TYPE = "query Type($name: String!) { __type(name: $name) { name } }"
COERCION = {"query": "query CoerceFailure($id: ID!){ __typename }", "variables": {"id": None}}

Check = Callable[[httpx.Response], bool]


def status(expected: int) -> Check:
    return lambda response: response.status_code == expected


def between(low: int, high: int) -> Check:
    return lambda response: low <= response.status_code <= high


def labelled(media_type: str) -> Check:
    return lambda response: media_type in response.headers["content-type"]


def without(name: str) -> Check:
    return lambda response: name not in response.json()


def is_utf8(response: httpx.Response) -> bool:
    return response.content.decode("utf-8") != ""


@dataclass(frozen=True, kw_only=True)
class Audit:
    id: str
    checks: list[Check]
    body: Any = field(default_factory=lambda: {"query": TYPENAME})
    accept: str | None = None
    content_type: str | None = "application/json"
    parameters: dict[str, str] | None = None  # of a GET

    async def ask(self, server: Server) -> httpx.Response:
        headers = {} if self.accept is None else {"accept": self.accept}
        request = server.http.build_request("GET", server.url, params=self.parameters, headers=headers)
        if self.parameters is None:
            if self.content_type is not None:
                headers["content-type"] = self.content_type
            content = self.body if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False)
            request = server.http.build_request("POST", server.url, content=content.encode(), headers=headers)
        if self.accept is None:
            del request.headers["accept"]
        return await server.http.send(request)


def audit(audit_id: str, *checks: Check, **request: Any) -> Audit:
    return Audit(id=audit_id, checks=list(checks), **request)


def with_parameter(name: str, value: object) -> dict[str, object]:
    return {"query": TYPENAME, name: value}


NO_MAPS: list[object] = ["string", 0, False, ["array"]]
OK, BAD = status(200), status(400)
NO_ERRORS = without("errors")
AUDITS = [
    audit("22EB", OK, labelled(MODERN), accept=MODERN),
    audit("4655", OK, labelled(LEGACY), accept=LEGACY),
    audit("47DE", OK, labelled(LEGACY), accept="*/*"),
    audit("80D8", OK, labelled(LEGACY)),
    audit("82A3", OK, is_utf8),
    audit("BF61", OK, body={"query": '{ __type(name: "Run🏃Swim🏊") { name } }'},
          content_type="application/json; charset=utf-8"),
    audit("78D5", OK),
    audit("2C94", OK),
    audit("5A70", OK, parameters={"query": TYPENAME}),
    audit("9C48", between(400, 499), parameters={"query": "mutation { __typename }"}, accept=MODERN),
    audit("9ABE", between(400, 499), content_type=None),
    audit("03D4", OK),
    audit("A5BF", BAD, body=""),
    audit("423L", BAD, body={"notquery": TYPENAME}, accept=MODERN),
    *(audit(f"LKJ{i}", BAD, body={"query": v}) for i, v in enumerate([{"obj": "ect"}, 0, False, ["array"]])),
    audit("34A2", OK, accept=MODERN),
    audit("13EE", OK, NO_ERRORS, accept=LEGACY),
    *(audit(f"6C0{i}", BAD, body=with_parameter("operationName", v))
      for i, v in enumerate([{"obj": "ect"}, 0, False, ["array"]])),
    audit("8161", OK, body={"operationName": "Query", "query": "query Query { __typename }"}, accept=MODERN),
    audit("B8B3", OK, NO_ERRORS, body={"operationName": "Query", "query": "query Query { __typename }"}, accept=LEGACY),
    *(audit(f"94B{i}", OK, NO_ERRORS, body=with_parameter(name, None), accept=MODERN)
      for i, name in enumerate(["variables", "operationName", "extensions"])),
    *(audit(f"022{i}", OK, NO_ERRORS, body=with_parameter(name, None), accept=LEGACY)
      for i, name in enumerate(["variables", "operationName", "extensions"])),
    *(audit(f"476{i}", BAD, body=with_parameter("variables", v)) for i, v in enumerate(NO_MAPS)),
    audit("2EA1", OK, body={"query": NAMED_TYPE, "variables": {"name": "sometype"}}, accept=MODERN),
    audit("28B9", OK, NO_ERRORS, body={"query": NAMED_TYPE, "variables": {"name": "sometype"}}, accept=LEGACY),
    audit("D6D5", OK, NO_ERRORS, parameters={"query": NAMED_TYPE, "variables": '{"name":"sometype"}'}, accept=MODERN),
    audit("6A70", OK, NO_ERRORS, parameters={"query": NAMED_TYPE, "variables": '{"name":"sometype"}'}, accept=LEGACY),
    *(audit(f"58B{i}", BAD, body=with_parameter("extensions", v)) for i, v in enumerate(NO_MAPS)),
    audit("428F", OK, body=with_parameter("extensions", {"some": "value"}), accept=MODERN),
    audit("1B7A", OK, NO_ERRORS, body=with_parameter("extensions", {"some": "value"}), accept=LEGACY),
    audit("B6DC", between(200, 599), body='{ "not a JSON', accept=LEGACY),
    audit("BCF8", BAD, body='{ "not a JSON', accept=LEGACY),
    audit("B7N8", BAD, body='{ "not a JSON', accept=MODERN),
    audit("8764", between(400, 599), body={"qeury": TYPENAME}),
    audit("3E3A", BAD, body={"qeury": TYPENAME}),
    audit("572B", OK, body={"query": "{"}, accept=LEGACY),
    audit("FDE2", OK, body={"query": UNKNOWN_FIELD}, accept=LEGACY),
    audit("7B9B", OK, body=COERCION, accept=LEGACY),
    audit("865D", between(400, 599), body={"query": "{"}, accept=MODERN),
    audit("556A", BAD, body={"query": "{"}, accept=MODERN),
    audit("D586", without("data"), body={"query": "{"}, accept=MODERN),
    audit("51FE", between(400, 599), body={"query": UNKNOWN_FIELD}, accept=MODERN),
    audit("74FF", BAD, body={"query": UNKNOWN_FIELD}, accept=MODERN),
    audit("5E5B", without("data"), body={"query": UNKNOWN_FIELD}, accept=MODERN),
    audit("86EE", BAD, body=COERCION, accept=MODERN),
]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Server]:
    async with serving(anonymous=True) as running:
        yield running


async def test_all_of_them_are_here() -> None:
    assert len({audit.id for audit in AUDITS}) == 61


@pytest.mark.parametrize("audit", AUDITS, ids=lambda audit: audit.id)
async def test_audit(server: Server, audit: Audit) -> None:
    response = await audit.ask(server)

    assert [check(response) for check in audit.checks] == [True] * len(audit.checks), response.text
