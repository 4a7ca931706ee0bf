"""How many requests came beside GraphQL, by the kind of their path and of the status.

Prometheus keeps a time series for each combination of label values, so a path of a caller is none:

    route     `export`, `uploads`, `files`, `hooks` and `sign-in`: the first part of the path; else "other"
    status    the class of the status: `2xx`, …; `5xx` also for a response that an error broke off
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ROUTES: Final = ("export", "uploads", "files", "hooks", "sign-in")
_OTHER: Final = "other"
_CLASSES: Final = ("2xx", "3xx", "4xx", "5xx")
_FAILED: Final = "5xx"


class RouteMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "baton_http_requests",
            "Requests beside GraphQL, by route and class of status.",
            ("route", "status"),
            registry=registry,
        )
        for route in (*_ROUTES, _OTHER):
            for status in _CLASSES:  # at 0: Prometheus sees no increase in a series that begins with 1
                self._requests.labels(route, status)

    def counted(self, app: ASGIApp) -> ASGIApp:
        """Return the application, with its requests counted when they end. A client that goes away before the begin of
        its response is not counted."""

        async def count(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            status = ""

            async def see(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = f"{message['status'] // 100}xx"
                await send(message)

            try:
                await app(scope, receive, see)
            except Exception:
                status = _FAILED
                raise
            finally:
                if status:
                    self._requests.labels(_route_of(scope["path"]), status).inc()

        return count


def _route_of(path: str) -> str:
    first = path.partition("/")[2].partition("/")[0]
    return first if first in _ROUTES else _OTHER
