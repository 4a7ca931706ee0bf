"""The result of a measurement: tables to read, and figures by name for the goals and the plot."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.report import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to measure. `SMOKE` only shows that everything runs."""

    seconds: float
    rounds: int
    conversations: int
    sockets: Sequence[int]
    accounts: int  # that share a process
    shared: int  # sockets over the accounts
    messages: int  # of measurements one after the other
    connections: int  # of sendMessage


FULL = Effort(
    seconds=2.0,
    rounds=3,
    conversations=20_000,
    sockets=(100, 1_000, 2_000),
    accounts=100,
    shared=500,
    messages=150,
    connections=64,
)
SMOKE = Effort(
    seconds=0.2, rounds=1, conversations=120, sockets=(3, 5), accounts=2, shared=4, messages=5, connections=4
)


@dataclass(slots=True)
class Part:
    tables: list[Table] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)


def spread(values: Sequence[float]) -> str:
    """Return the distance of the lowest and the highest round from the median, as a percentage of the median."""
    median = statistics.median(values)
    return f"{max(max(values) - median, median - min(values)) / median:.0%}" if median else "–"
