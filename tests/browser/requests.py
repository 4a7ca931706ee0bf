"""Requests of a browser that are held back, lost on their way, or whose responses are."""

from __future__ import annotations

import asyncio
import random

from playwright.async_api import BrowserContext, Page, Route


def is_of(route: Route, operation: str) -> bool:
    """Whether the request is of a GraphQL operation."""
    return f" {operation}(" in (route.request.post_data or "")


class Held:
    """Requests of an operation that wait, or whose responses do, until they are let through."""

    def __init__(self, operation: str, *, response: bool = False) -> None:
        self._operation = operation
        self._response = response
        self._free = False
        self._waiting: list[asyncio.Event] = []
        self._arrival = asyncio.Condition()
        self.came = asyncio.Event()
        self.count = 0

    async def begin(self, at: BrowserContext | Page) -> None:
        await at.route("**/graphql", self._pass_on)

    async def arrived(self, count: int) -> None:
        """Wait until so many requests, or their responses, are here."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: self.count >= count)

    def release(self) -> None:
        """Let all go, and those that come later."""
        self._free = True
        while self._waiting:
            self.release_first()

    def release_first(self) -> None:
        """Let the one go that came first, before the others."""
        self._waiting.pop(0).set()

    async def _pass_on(self, route: Route) -> None:
        if not is_of(route, self._operation):
            await route.fallback()
            return
        response = await route.fetch() if self._response else None
        async with self._arrival:
            self.count += 1
            self._arrival.notify_all()
        self.came.set()
        if not self._free:
            free = asyncio.Event()
            self._waiting.append(free)
            await free.wait()
        await (route.fulfill(response=response) if response else route.fallback())


class Lost:
    """Requests of an operation, or all to an address, that fail until the network is back; of the first one, the server
    got all and only the response is lost."""

    def __init__(self, operation: str = "", *, address: str = "**/graphql") -> None:
        self._operation = operation
        self._address = address
        self.over = False
        self.delivered = asyncio.Event()

    async def begin(self, at: BrowserContext | Page) -> None:
        await at.route(self._address, self._lose)

    async def _lose(self, route: Route) -> None:
        if self.over or (self._operation and not is_of(route, self._operation)):
            await route.fallback()
            return
        if not self.delivered.is_set():
            await route.fetch()
            self.delivered.set()
        await route.abort()


class BadNetwork:
    """A network that loses every third request, and every third response."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.over = False

    async def begin(self, at: BrowserContext | Page) -> None:
        await at.route("**/graphql", self._perhaps)

    async def _perhaps(self, route: Route) -> None:
        chance = 1.0 if self.over else self._random.random()
        if chance < 1 / 3:
            await route.abort()
        elif chance < 2 / 3:
            await route.fetch()
            await route.abort()
        else:
            await route.fallback()
