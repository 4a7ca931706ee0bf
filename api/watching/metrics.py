"""`/metrics`: the numbers of this process and of the database, for Prometheus.

They tell how a shop is doing, so strangers must not read them. They are served at an address of their own
(`listener.py`), or beside GraphQL to who has the token; by default not at all.
"""

from __future__ import annotations

import hmac

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, disable_created_metrics
from prometheus_client import generate_latest as text_of
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from api.watching.backlog_reads import BacklogReads
from api.watching.figures import DatabaseFigures, FigureSources, ProcessFigures
from api.watching.operations import OperationMetrics
from api.watching.routes import RouteMetrics
from domain.backlog import Backlogs
from domain.values.clock import Clock

PATH = "/metrics"


class PrometheusMetrics:
    """`operations` is told of each operation that ends, `beside` of the other requests; `registry` has all metrics."""

    def __init__(self, *, backlogs: Backlogs, clock: Clock, token: str | None) -> None:
        # A second time series for each counter, which tells when its process began.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._reads = BacklogReads(backlogs, clock)
        self._expected = None if token is None else f"Bearer {token}".encode()
        self.operations = OperationMetrics(self.registry)
        self.beside = RouteMetrics(self.registry)
        self.registry.register(DatabaseFigures(self._reads))
        ProcessCollector(registry=self.registry)

    def watch(self, sources: FigureSources) -> None:
        """Include the numbers of the process. Call it once."""
        self.registry.register(ProcessFigures(sources))

    def routes(self) -> list[BaseRoute]:
        return [Route(PATH, self._respond)]

    async def _respond(self, request: Request) -> Response:
        if not self._may_read(request.headers.get("authorization", "")):
            headers = {"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"}
            return PlainTextResponse("Send the token of BATON_METRICS_TOKEN as `Authorization: Bearer`.", 401, headers)
        await self._reads.refresh()
        headers = {"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
        return Response(text_of(self.registry), headers=headers)

    def _may_read(self, authorization: str) -> bool:
        return self._expected is None or hmac.compare_digest(authorization.encode(), self._expected)
