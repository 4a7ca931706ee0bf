"""Responses to requests that are not cross-origin have the headers that Starlette gives them."""

from __future__ import annotations

import httpx
import pytest
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from api.server.cors import with_cors

ORIGINS = (["*"], ["https://shop.example"])


async def headers_of(app: ASGIApp, sent: dict[str, str]) -> list[tuple[str, str]]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://baton") as client:
        return sorted((await client.get("/graphql", headers=sent)).headers.multi_items())


@pytest.mark.parametrize("origins", ORIGINS)
@pytest.mark.parametrize("vary", [(), ("Accept",), ("Accept", "Accept-Encoding")])
@pytest.mark.parametrize("origin", [None, "https://shop.example", "https://other.example"])
async def test_the_headers_are_those_of_starlette(
    origins: list[str], vary: tuple[str, ...], origin: str | None
) -> None:
    response = Response("yes")
    response.raw_headers += [(b"vary", each.encode()) for each in vary]
    sent = {} if origin is None else {"Origin": origin}
    theirs = await headers_of(CORSMiddleware(response, allow_origins=origins), sent)
    ours = await headers_of(with_cors(response, origins), sent)
    assert [each for each in ours if each[0] != "access-control-expose-headers"] == theirs
