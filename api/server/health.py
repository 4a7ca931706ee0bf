"""`/healthz`: the process works. `/readyz`: it may be given traffic."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from api.realtime.hub import Hub
from api.server.watchdog import Watchdog
from domain.values.errors import Unavailable

_PING_SECONDS = 2.0  # load balancers wait for 2 to 5 seconds


class Health:
    def __init__(
        self,
        *,
        ping: Callable[[], Awaitable[None]],
        hub: Hub,
        watchdog: Watchdog,
        disk_free: Callable[[], int | None],
    ) -> None:
        self._ping = ping
        self._hub = hub
        self._watchdog = watchdog
        self._disk_free = disk_free

    def routes(self) -> list[BaseRoute]:
        return [Route("/healthz", self._healthy), Route("/readyz", self._ready)]

    async def _healthy(self, _: Request) -> JSONResponse:
        if not self._watchdog.is_healthy:
            return _unavailable("The process has stopped working, and will end.")
        return JSONResponse({"status": "ok"})

    async def _ready(self, _: Request) -> JSONResponse:
        """The database responds, and live events arrive."""
        try:
            async with asyncio.timeout(_PING_SECONDS):
                await self._ping()
        except TimeoutError:
            return _unavailable("The database does not respond in time.")
        except Unavailable as error:
            return _unavailable(str(error))
        if not self._hub.healthy():
            return _unavailable("Live events are late.")
        body: dict[str, object] = {"status": "ok", "lagSeconds": round(self._hub.lag(), 3)}
        if (free := self._disk_free()) is not None:
            body["diskFreeBytes"] = free  # for alarms ahead of a full disk
        return JSONResponse(body)


def _unavailable(reason: str) -> JSONResponse:
    return JSONResponse({"status": "unavailable", "reason": reason}, status_code=503)
