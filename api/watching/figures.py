"""What the process and the database have at the instant of a scrape, as metrics.

Nothing is counted for it while Baton works: the parts of the process have their numbers anyway, and those of the
database are read when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from itertools import product

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from api.watching.backlog_reads import BacklogReads
from domain.backlog import ForwardingBacklog, OutboxBacklog
from domain.forwarding.model import ReceiverKind
from domain.model.outbox import Destination
from domain.values.record import Record

OUTCOMES = ("delivered", "retried", "failed")  # of an attempt to deliver
LIMITS = (
    *("cost", "starts", "messages", "uploads", "subscriptions", "reports"),
    *("sockets", "operations", "exports", "complexity", "connections"),
)
"""The names of the limits whose refusals are counted."""

Attempts = Mapping[tuple[Destination, str], int]
"""The numbers of attempts to deliver, by destination and outcome."""


class FigureSources(Record):
    """Where the numbers of the process are."""

    tail_lag: Callable[[], float]  # seconds by which live events may be late; infinite before the first
    open_streams: Callable[[], int]
    open_connections: Callable[[], int]
    refusals: Callable[[], Mapping[str, int]]
    internal_errors: Callable[[], int]
    attempts: Callable[[], Attempts]
    disk_free: Callable[[], int | None]


class ProcessFigures(Collector):
    """The numbers of this process. Each counter is there from the start, at 0: Prometheus sees no increase in a series
    that begins with 1, and so an alert would miss the first refusal, and the first delivery that was given up."""

    def __init__(self, sources: FigureSources) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        sources = self._sources
        yield InfoMetricFamily("baton_build", "The version of Baton that runs.", {"version": version_of_baton()})
        yield _gauge("baton_tail_lag_seconds", "Seconds by which live events may be late.", sources.tail_lag())
        yield _gauge("baton_open_streams", "Open WebSockets and event streams.", sources.open_streams())
        yield _gauge("baton_open_connections", "Open TCP connections of clients.", sources.open_connections())
        yield CounterMetricFamily(
            "baton_internal_errors", "Errors that Baton did not expect; the log has each.", sources.internal_errors()
        )
        refusals = CounterMetricFamily("baton_refusals", "Refusals by a limit.", labels=["limit"])
        for limit, count in {**dict.fromkeys(LIMITS, 0), **sources.refusals()}.items():
            refusals.add_metric([limit], count)
        yield refusals
        attempts = CounterMetricFamily(
            "baton_outbox_attempts", "Attempts of this process to deliver.", labels=["destination", "outcome"]
        )
        counted = sources.attempts()
        for destination, outcome in product(Destination, OUTCOMES):
            attempts.add_metric([destination.value, outcome], counted.get((destination, outcome), 0))
        yield attempts
        free = sources.disk_free()
        disk = GaugeMetricFamily("baton_disk_free_bytes", "Bytes left on the disk of the embedded MongoDB.")
        if free is not None:
            disk.add_metric([], free)
        yield disk


class DatabaseFigures(Collector):
    """The numbers of the database, the same from every process. Each destination and kind has a value from the start,
    so that an alert can tell 0 from nothing."""

    def __init__(self, reads: BacklogReads) -> None:
        self._reads = reads

    def collect(self) -> Iterator[Metric]:
        backlog = self._reads.backlog
        waiting = _labelled("baton_outbox_waiting", "Outgoing messages and tickets that wait.", "destination")
        oldest = _labelled("baton_outbox_oldest_seconds", "Age of the oldest of them.", "destination")
        for destination in Destination:
            row = backlog.outbox.get(destination, OutboxBacklog())
            waiting.add_metric([destination.value], row.waiting)
            oldest.add_metric([destination.value], row.oldest)
        lag = _labelled("baton_forwarding_lag_seconds", "Age of the oldest event that a receiver has not got.", "kind")
        failing = _labelled("baton_forwarding_failing", "Receivers whose last attempt failed.", "kind")
        for kind in ReceiverKind:
            receivers = backlog.forwarding.get(kind, ForwardingBacklog())
            lag.add_metric([kind.value], receivers.lag)
            failing.add_metric([kind.value], receivers.failing)
        yield from (waiting, oldest, lag, failing)
        tickets = backlog.tickets
        yield _gauge("baton_tickets_waiting", "Tickets of the inbox without an assignee.", tickets.waiting)
        yield _gauge("baton_tickets_oldest_seconds", "Age of the longest-waiting of them.", tickets.oldest)
        yield _gauge("baton_tickets_stranded", "Tickets that nobody was available to take.", tickets.stranded)
        yield _gauge("baton_timers_late_seconds", "Age of the most overdue timer.", backlog.timers_late)
        yield _gauge("baton_figures_age_seconds", "Age of the figures of the database.", self._reads.age())


def _gauge(name: str, description: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, description, value)


def _labelled(name: str, description: str, label: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, description, labels=[label])


def version_of_baton() -> str:
    try:
        return version("baton")
    except PackageNotFoundError:
        return "unknown"  # run from the sources, without an installation
