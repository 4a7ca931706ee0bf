"""The GraphQL IDE: what is served, to whom, and how it is fenced in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import httpx
import pytest
import strawberry
from starlette.applications import Starlette
from starlette.routing import Route

from api.console.page import assets, ide
from api.graphql.errors import ErrorFormatter
from api.graphql.executor import GraphQLExecutor
from api.graphql.http import GraphQLHTTP
from api.graphql.limits import Limits
from api.graphql.ports import Services
from api.realtime.sink import EventSink, LiveOperation
from domain.principal import Principal
from domain.values.clock import SystemClock
from tests.api.graphql.serving import GUEST

STATIC = Path(__file__).parents[3] / "api" / "console" / "static"
SERVED = {".js", ".css", ".svg", ".txt"}
FILES = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.suffix in SERVED)
OWN = sorted(path for path in STATIC.rglob("*") if path.is_file() and path.parent.name != "vendor")
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
MEDIA_TYPES = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}


@strawberry.type
class Query:
    @strawberry.field
    def hello(self) -> str:
        return "world"


class _NoHub:
    """The page is served without one; nothing here is live."""

    async def stream(self, operation: LiveOperation, sink: EventSink) -> None: ...

    def watch(self, principal: Principal, *_: object) -> AbstractContextManager[None]:
        return nullcontext()

    async def opened(self, principal: Principal) -> None: ...

    def cursor(self, principal: Principal, positions: Mapping[str, int]) -> str | None:
        return None


class _Context:
    principal = GUEST

    def fresh(self, seq: int | None = None) -> _Context:
        return self


async def _guest(_: str | None, *, address: str) -> Principal:
    return GUEST


async def _is_current(_: Principal) -> bool:
    return True


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    limits = Limits()
    executor = GraphQLExecutor(schema=strawberry.Schema(Query), limits=limits, errors=ErrorFormatter())
    services = Services(
        executor=executor,
        authenticate=_guest,
        is_current=_is_current,
        make_context=lambda _: _Context(),
        hub=_NoHub(),
        clock=SystemClock(),
        limits=limits,
    )
    app = Starlette(routes=[Route("/graphql", GraphQLHTTP(services=services, ide=ide)), assets()])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://baton.test") as client:
        yield client


def _assert_fenced(response: httpx.Response, *, style_source: str = "'self'") -> None:
    directives = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert directives["default-src"] == directives["trusted-types"] == "'none'"
    assert directives["require-trusted-types-for"] == "'script'"
    assert directives["script-src"] == directives["connect-src"] == "'self'"
    assert directives["style-src"] == style_source
    assert directives["frame-ancestors"] == directives["base-uri"] == directives["form-action"] == "'none'"
    assert "unsafe" not in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["referrer-policy"] == "no-referrer"


def _nonce(page: httpx.Response) -> str:
    found = re.search(r'<link rel="stylesheet" href="[^"]+" nonce="([\w-]+)">', page.text)
    assert found
    return found[1]


async def test_a_browser_gets_the_page(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", headers=BROWSER)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    nonce = _nonce(response)
    assert response.text.replace(nonce, "{style-nonce}") == (STATIC / "index.html").read_text()
    _assert_fenced(response, style_source=f"'self' 'nonce-{nonce}'")


async def test_each_page_has_a_nonce_of_its_own(client: httpx.AsyncClient) -> None:
    """It lets the editor insert its style sheet, and stands on no script."""
    pages = [await client.get("/graphql", headers=BROWSER) for _ in range(3)]
    nonces = [_nonce(page) for page in pages]
    assert len(set(nonces)) == 3
    assert min(len(nonce) for nonce in nonces) >= 22  # 128 bits
    assert all(page.text.count(nonce) == 1 for page, nonce in zip(pages, nonces, strict=True))
    assert not any("etag" in page.headers for page in pages)


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json", "*/*"])
async def test_a_program_gets_no_page(client: httpx.AsyncClient, accept: str) -> None:
    response = await client.get("/graphql", headers={"accept": accept})
    assert response.status_code == 400
    assert "html" not in response.headers["content-type"]


async def test_a_query_in_the_address_is_answered_to_a_browser_too(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", params={"query": "{ hello }"}, headers=BROWSER)
    assert response.json() == {"data": {"hello": "world"}}


@pytest.mark.parametrize("name", FILES)
async def test_files_are_served_as_what_they_are(client: httpx.AsyncClient, name: str) -> None:
    response = await client.get(f"/console/{name}")
    assert response.status_code == 200
    assert response.content == (STATIC / name).read_bytes()
    assert response.headers["content-type"] == MEDIA_TYPES[name.rsplit(".", 1)[1]]
    _assert_fenced(response)


async def test_a_file_that_did_not_change_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/console/main.js")
    again = await client.get("/console/main.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    changed = await client.get("/console/main.js", headers={"if-none-match": '"another"'})
    assert (changed.status_code, changed.content) == (200, first.content)


NOT_SERVED = ["none.js", "index.html", "vendor/manifest.json", "vendor", "..%2fpage.py", "%2e%2e/page.py", "../page.py"]


@pytest.mark.parametrize("name", NOT_SERVED)
async def test_nothing_else_is_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/console/{name}")).status_code == 404


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_the_files_ask_nothing_of_anybody_else(path: Path) -> None:
    text = path.read_text()
    assert re.findall(r"https?://[^\s\"']+", text.replace("http://www.w3.org/2000/svg", "")) == []
    assert re.findall(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|eval|new Function)\b", text) == []
    assert len(text.splitlines()) < 400


def test_one_module_alone_touches_the_browsers_storage() -> None:
    """It keeps secrets out of what outlives the browser tab."""
    touching = {
        path.name for path in OWN if re.search(r"\b(?:localStorage|sessionStorage|indexedDB)\b", path.read_text())
    }
    assert touching == {"storage.js"}


def test_the_page_has_no_inline_script_or_style_and_names_its_files() -> None:
    page = (STATIC / "index.html").read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\son\w+=", page) == []
    named = {STATIC / name for name in re.findall(r'(?:src|href)="console/([^"]+)"', page)}
    imported = {
        (path.parent / name).resolve()
        for path in OWN
        if path.suffix == ".js"
        for name in re.findall(r'from "(\.[^"]+)"', path.read_text())
    }
    licences = STATIC / "vendor" / "LICENSES.txt"
    assert named | imported | {licences} == {STATIC / name for name in FILES}


def test_everything_that_can_be_operated_has_a_name() -> None:
    page = (STATIC / "index.html").read_text()
    labelled = set(re.findall(r'<label for="([^"]+)"', page))
    for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
        identity = re.search(r'\bid="([^"]+)"', tag)
        assert identity
        assert identity[1] in labelled or "aria-label=" in tag, tag
    assert '<html lang="en">' in page
