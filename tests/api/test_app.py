"""Routes beside GraphQL: cross-origin requests and the schema as SDL."""

from __future__ import annotations

from pathlib import Path

import pytest

from resolvers.schema import sdl
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401
from tests.harness.program import Program

SCHEMA = Path("schema.graphql").read_text()
ORIGIN = "https://shop.example"
# The preflight of a browser with Apollo Client (client awareness), Sentry, OpenTelemetry and Datadog.
ASKED = (
    "apollographql-client-name,apollographql-client-version,authorization,baggage,content-type,sentry-trace,traceparent,"
    "tracestate,x-datadog-trace-id,x-requested-with"
)


@pytest.mark.parametrize("path", ["/graphql", "/export", "/schema.graphql"])
async def test_a_preflight_lets_every_header_pass(baton: Program, path: str) -> None:
    headers = {"origin": ORIGIN, "access-control-request-method": "POST", "access-control-request-headers": ASKED}
    preflight = await baton.http.request("OPTIONS", path, headers=headers)
    exposed = (await baton.http.get(path, headers={"origin": ORIGIN})).headers["access-control-expose-headers"]

    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-headers"] == ASKED
    assert preflight.headers["access-control-allow-origin"] in ("*", ORIGIN)
    assert "access-control-allow-credentials" not in preflight.headers
    assert set(exposed.split(", ")) >= {
        *("ratelimit", "ratelimit-policy", "retry-after", "www-authenticate", "content-disposition", "etag")
    }


async def test_the_schema_can_be_had_as_text(baton: Program) -> None:
    response = await baton.http.get("/schema.graphql")

    assert (response.status_code, response.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert response.text == sdl() == SCHEMA
    assert "@oneOf" in response.text
    assert response.headers["cache-control"] == "public, max-age=300"

    tag = response.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await baton.http.get("/schema.graphql", headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await baton.http.get("/schema.graphql", headers={"if-none-match": '"other"'})).status_code == 200
    assert (await baton.http.head("/schema.graphql")).headers["etag"] == tag
    refused = await baton.http.post("/schema.graphql")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
