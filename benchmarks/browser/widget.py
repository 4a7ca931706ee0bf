"""The widget on an otherwise empty page: its bytes, and the time until its button and then its greeting are shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from playwright.async_api import Browser

from benchmarks.browser.page import FAST_4G, MACHINE, SLOW_4G, Conditions, middle, slow_down
from benchmarks.report import Table
from benchmarks.server import Running

_ROUNDS = 11
# Nothing but the widget's button is painted on the page. Resolves with the milliseconds from the start of the script's
# request to its arrival, and to the first paint.
_PAINTED = """async () => {
  const [paint] = await new Promise((resolve) => new PerformanceObserver((list) => {
    const found = list.getEntriesByName("first-contentful-paint");
    if (found.length) resolve(found);
  }).observe({type: "paint", buffered: true}));
  const [script] = performance.getEntriesByType("resource").filter(({name}) => name.endsWith("/widget.js"));
  return [script.responseEnd - script.startTime, paint.startTime - script.startTime];
}"""
_GREETED = """() => new Promise((resolve) => {
  const root = document.querySelector("baton-chat").shadowRoot;
  const began = performance.now();
  const look = () => {
    if (!root.querySelector(".bubble")) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  };
  root.querySelector(".launcher").click();
  look();
})"""


async def measure(browser: Browser, running: Running) -> list[Table]:
    origin = running.http.removesuffix("/graphql")
    key = running.credentials["publishableKey"]
    async with _page(f'<script src="{origin}/widget.js" data-key="{key}" data-locale="en" async></script>') as url:
        rows = [await _row(browser, url, each) for each in (MACHINE, FAST_4G, SLOW_4G)]
    times = Table(
        title="The widget",
        note=f"On an otherwise empty page, without a cache, {_ROUNDS} loads each: milliseconds from the start of the "
        "script's request to its arrival, and to the first paint of the button; and from a click on it to the "
        "greeting, which is read from the server. Median, least and greatest. A phone is 4 times slower; its networks "
        "are presets of Chromium's developer tools (fast 4G: 165 ms and 8.1 Mbit/s; slow 4G: 563 ms and 1.4 Mbit/s).",
        head=("on", "script", "from", "to", "first paint", "from", "to", "greeting", "from", "to"),
        rows=rows,
    )
    return [times, await _bytes(origin)]


async def _row(browser: Browser, url: str, conditions: Conditions) -> list[str]:
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await slow_down(await context.new_cdp_session(page), conditions)
    arrived, painted, greeted = [], [], []
    for _ in range(_ROUNDS):
        await page.goto(url)
        script, paint = await page.evaluate(_PAINTED)
        arrived.append(script)
        painted.append(paint)
        greeted.append(await page.evaluate(_GREETED))
    await context.close()
    return [conditions.name, *middle(arrived), *middle(painted), *middle(greeted)]


async def _bytes(origin: str) -> Table:
    async with httpx.AsyncClient() as http:
        plain = (await http.get(f"{origin}/widget.js", headers={"accept-encoding": "identity"})).headers
        compressed = (await http.get(f"{origin}/widget.js", headers={"accept-encoding": "gzip"})).headers
    lengths = [f"{int(each['content-length']):,}" for each in (compressed, plain)]
    return Table(
        title="Bytes of the widget",
        note="Of the one script, which contains its style, its icons and its words in twelve languages.",
        head=("compressed", "plain"),
        rows=[lengths],
    )


@asynccontextmanager
async def _page(content: str) -> AsyncIterator[str]:
    """Serve a page of a shop, and return its address."""
    body = f'<!doctype html><html lang="en"><head><title>Shop</title></head><body>{content}</body></html>'.encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    server.close()
