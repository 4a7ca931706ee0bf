"""Interruptions of windows: sockets that are held back or dead without a word, and a laptop that sleeps."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, Page, WebSocketRoute

_HOUR = 3_600_000  # milliseconds


class Line:
    """The sockets of a browser or of one of its pages. Begin it before the page is loaded."""

    def __init__(self) -> None:
        self.held = False
        self._waiting: list[tuple[WebSocketRoute, str | bytes]] = []
        self._open: set[WebSocketRoute] = set()
        self._dead: set[WebSocketRoute] = set()

    async def begin(self, at: Page | BrowserContext) -> None:
        await at.route_web_socket("**/graphql", self._pass_on)

    def release(self) -> None:
        self.held = False
        for socket, message in self._waiting:
            socket.send(message)

    def die(self) -> None:
        """From now on nothing comes through the sockets that are open, in either direction, and nobody is told."""
        self._dead |= self._open

    def _pass_on(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self._open.add(socket)

        def from_server(message: str | bytes) -> None:
            if socket in self._dead:
                return
            if self.held:
                self._waiting.append((socket, message))
            else:
                socket.send(message)

        def from_page(message: str | bytes) -> None:
            if socket not in self._dead:
                server.send(message)

        server.on_message(from_server)
        socket.on_message(from_page)


class Laptop:
    """A browser whose machine can sleep."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.line = Line()

    async def begin(self) -> None:
        """Prepare it before its first page is loaded."""
        await self.context.clock.install()
        await self.line.begin(self.context)


@asynccontextmanager
async def asleep(browser: Browser, laptops: Sequence[Laptop]) -> AsyncIterator[None]:
    """Let all pages sleep for what their clocks show as an hour: no task of theirs runs, and their connections die."""
    session = await browser.new_browser_cdp_session()
    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    pages = [process["id"] for process in processes if process["type"] == "renderer"]
    assert pages
    for page in pages:
        os.kill(page, signal.SIGSTOP)
    for laptop in laptops:
        laptop.line.die()
    try:
        yield
    finally:
        for page in pages:
            os.kill(page, signal.SIGCONT)
    for laptop in laptops:
        await laptop.context.clock.fast_forward(_HOUR)
