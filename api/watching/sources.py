"""Where the metrics of a process find its numbers."""

from __future__ import annotations

from collections.abc import Mapping

from api.app import Baton
from api.server.connection_limits import Gate
from api.watching.figures import FigureSources
from api.watching.metrics import PrometheusMetrics


def watch(baton: Baton, gate: Gate | None) -> PrometheusMetrics | None:
    """Include the numbers of the process in its metrics, and return them; None where they are switched off. `gate`
    counts the connections of a server."""
    metrics = baton.metrics
    if metrics is not None:
        metrics.watch(_sources(baton, metrics, gate))
    return metrics


def _sources(baton: Baton, metrics: PrometheusMetrics, gate: Gate | None) -> FigureSources:
    budgets, errors = baton.transports.budgets, baton.transports.executor.errors

    def refusals() -> Mapping[str, int]:
        others = {"complexity": metrics.operations.too_complex, "connections": 0 if gate is None else gate.refused}
        return {**budgets.refused, **others}

    return FigureSources(
        tail_lag=baton.hub.lag,
        open_streams=lambda: len(baton.connections),
        open_connections=lambda: 0 if gate is None else gate.open,
        refusals=refusals,
        internal_errors=lambda: errors.failures,
        attempts=lambda: baton.workers.outbox.delivery.attempts,
        disk_free=baton.ports.disk_free,
    )
