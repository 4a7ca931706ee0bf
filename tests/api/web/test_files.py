"""The built files: how they are served, and that they stay small and ask nobody."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from api.cli.demo.help import help_page
from api.cli.demo.shop import DemoArticle, demo_articles, demo_products
from api.web.files import DIST, web_files
from api.web.pages import DemoPages

PUBLIC = "https://baton.example.com"
PARTS = sorted(path for path in DIST.iterdir() if path.suffix in {".js", ".css", ".svg"} and path.name != "widget.js")
CONTENTS = {path.name: path.read_bytes() for path in DIST.iterdir()}
TEAM = ("/inbox", "/dashboard", "/settings")
LARGEST_WIDGET = 40_000  # bytes, compressed


@pytest.fixture
def demo() -> DemoPages:
    return DemoPages(public_address=PUBLIC)


@pytest.fixture
def client(demo: DemoPages) -> httpx.AsyncClient:
    app = Starlette(routes=[*web_files(), *demo.routes()])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://baton.test")


async def test_the_widget_is_small_and_is_asked_for_again_after_minutes(client: httpx.AsyncClient) -> None:
    response = await client.get("/widget.js", headers={"accept-encoding": "gzip"})
    content = CONTENTS["widget.js"]
    assert (response.status_code, response.headers["content-encoding"]) == (200, "gzip")
    assert response.content == content
    assert int(response.headers["content-length"]) == len(gzip.compress(content, 9, mtime=0)) < LARGEST_WIDGET
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=300"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["x-content-type-options"] == "nosniff"

    plain = await client.get("/widget.js", headers={"accept-encoding": "gzip;q=0, identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "accept-encoding"
    again = await client.get("/widget.js", headers={"if-none-match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
async def test_parts_of_pages_are_kept_for_good(client: httpx.AsyncClient, path: Path) -> None:
    response = await client.get(f"/web/{path.name}")
    assert response.content == CONTENTS[path.name]
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert re.fullmatch(r"[\w-]+-[\w-]{8}\.\w+", path.name), "the name has no hash"


@pytest.mark.parametrize("name", ["none.js", "shop.html", "manifest.json", "widget.js", "..%2ffiles.py"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/web/{name}")).status_code == 404


async def test_only_the_demo_has_a_shop_and_pages_of_its_team(client: httpx.AsyncClient, demo: DemoPages) -> None:
    assert {(await client.get(path)).status_code for path in ("/", "/help", *TEAM)} == {404}
    demo.open("bpk_demo")
    response = await client.get("/")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    (script,) = re.findall(r"<script\s+([^>]+)></script>", response.text)
    assert script == 'src="/widget.js" data-key="bpk_demo" data-locale="en" async'
    assert 'href="/graphql"' in response.text
    team = "".join([(await client.get(path)).text for path in TEAM])
    assert "bpk_demo" not in team
    named = re.findall(r'(?:src|href)="(/web/[^"]+)"', response.text + team)
    assert {name.rpartition(".")[2] for name in named} == {"js", "css", "svg"}
    assert [(await client.get(name)).status_code for name in named] == [200] * len(named)


async def test_the_help_has_every_article_at_the_address_that_the_agent_names(
    client: httpx.AsyncClient, demo: DemoPages
) -> None:
    demo.open("bpk_demo", help_page(demo_articles()))
    page = (await client.get("/help")).text
    shop = (await client.get("/")).text
    assert "{" not in page
    assert 'data-key="bpk_demo"' in page
    for article in demo_articles():
        assert article.url.startswith("help#")
        assert page.count(f'id="{article.url.removeprefix("help#")}"') == 1
    for product in demo_products(currency="USD", shop="https://demo.test/"):
        assert product.url == f"https://demo.test/#{product.product_id}"
        assert shop.count(f'id="{product.product_id}"') == 1


def test_the_help_shows_texts_as_text() -> None:
    article = DemoArticle(language="en", title="<b>Tents</b>", text="a < b\n\nc & d", url="help#tents")
    shown = "<h3>&lt;b&gt;Tents&lt;/b&gt;</h3><p>a &lt; b</p><p>c &amp; d</p>"
    assert f'<article id="tents">{shown}</article>' in help_page([article])


@pytest.mark.parametrize("path", ["/", "/help", *TEAM])
async def test_the_pages_have_a_strict_policy(client: httpx.AsyncClient, demo: DemoPages, path: str) -> None:
    demo.open("bpk_demo")
    response = await client.get(path)
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["trusted-types"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == policy["img-src"] == f"'self' {PUBLIC}"
    assert "unsafe" not in response.headers["content-security-policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\son\w+=", response.text) == []


@pytest.mark.parametrize("path", sorted(DIST.glob("*.js")), ids=lambda path: path.name)
def test_the_scripts_name_no_other_server(path: Path) -> None:
    text = path.read_text()
    assert set(re.findall(r"https?://[\w.]+", text)) <= {"http://www.w3.org"}  # the namespaces of XML
    risky = r"\b(?:outerHTML|insertAdjacentHTML|eval|XMLHttpRequest|document\.write)\b|\bnew Function\b"
    assert re.findall(risky, text) == []
