"""The effects of an attack, the bounds that they must keep to, and the table of all attacks at the end."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.attack.bystander import Sample

LATENCY = 0.25  # seconds: the bystander's 99th percentile, for each kind of request
MEMORY = 300 << 20  # bytes over the calm
READY = 5.0  # seconds from the end of the attack until /readyz is 200
BACK = 1.2  # of the calm: the memory after the attack
DRAIN = 12.0  # seconds for one SIGTERM to end the server: its drain time of ten, and the end of the process
_MIB = 1 << 20


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that this share of the values does not exceed; 0 of no values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(len(ordered) * share) - 1)] if ordered else 0.0


@dataclass(frozen=True, slots=True)
class Latency:
    """The bystander's latencies in a span of time: the worst kind of request at each percentile."""

    p50: float
    p99: float
    worst: str  # the kind with the greatest p99
    failures: Counter[str]  # requests without a response of 200, by kind and status (0: no response)
    count: int

    @classmethod
    def of(cls, samples: Sequence[Sample], start: float, end: float) -> Latency:
        within = [sample for sample in samples if start <= sample[1] < end]
        kinds = sorted({kind for kind, *_ in within})
        times = {kind: [sample[2] for sample in within if sample[0] == kind] for kind in kinds}
        worst = max(kinds, key=lambda kind: percentile(times[kind], 0.99), default="none")
        return cls(
            p50=max((percentile(times[kind], 0.5) for kind in kinds), default=0.0),
            p99=percentile(times.get(worst, ()), 0.99),
            worst=worst,
            failures=Counter(f"{kind} {status}" for kind, _, _, status in within if status != 200),
            count=len(within),
        )

    @property
    def failed(self) -> int:
        return self.failures.total()

    def __str__(self) -> str:
        return f"{self.p50 * 1000:.0f}/{self.p99 * 1000:.0f}"


@dataclass(slots=True, kw_only=True)
class Report:
    attack: str
    outcomes: Counter[str] = field(default_factory=Counter)  # of the attacker's requests
    seconds: float = 0.0  # of the attack
    calm: Latency
    attacked: Latency
    memory: int = 0  # bytes in the calm
    peak: int = 0
    after: int = 0
    cpu: float = 0.0  # seconds of the server during the attack
    others: float = 0.0  # seconds of everything else on this machine
    ready: float = math.inf  # seconds until /readyz was 200
    ended: float = math.inf  # seconds after SIGTERM
    findings: list[str] = field(default_factory=list)  # of `baton doctor`

    def faults(self) -> list[str]:
        """Return what is beyond a bound."""
        honest = self.attacked
        checks = {
            f"the bystander's p99 ({honest.worst}) is {honest.p99 * 1000:.0f} ms": honest.p99 > LATENCY,
            f"{honest.failed} of {honest.count} honest requests failed: {dict(honest.failures)}": honest.failed > 0,
            f"memory rose by {(self.peak - self.memory) / _MIB:.0f} MiB": self.peak - self.memory > MEMORY,
            f"memory is {self.after / _MIB:.0f} MiB after {self.memory / _MIB:.0f}": self.after > BACK * self.memory,
            f"/readyz was 200 after {self.ready:.1f} s": self.ready > READY,
            f"SIGTERM took {self.ended:.1f} s": self.ended > DRAIN,
            f"doctor: {self.findings}": bool(self.findings),
        }
        return [fault for fault, holds in checks.items() if holds]

    def row(self) -> tuple[str, ...]:
        outcomes = ", ".join(f"{count} × {what}" for what, count in self.outcomes.most_common(3))
        return (
            self.attack,
            f"{self.seconds:.0f}",
            str(self.calm),
            f"{self.attacked} {self.attacked.worst}",
            f"{self.attacked.p99 / max(self.calm.p99, 0.001):.1f}",
            f"{self.attacked.failed}/{self.attacked.count}",
            f"{self.memory / _MIB:.0f} → {self.peak / _MIB:.0f} → {self.after / _MIB:.0f}",
            f"{self.cpu:.1f} ({self.others:.1f})",
            f"{self.ready:.1f}",
            f"{self.ended:.1f}",
            outcomes,
        )


HEAD = (
    "attack", "s", "calm p50/p99 ms", "attacked p50/p99 ms", "ratio", "failed", "memory MiB", "CPU s (others)",
    "ready s", "SIGTERM s", "outcomes",
)  # fmt: skip


def table(reports: Sequence[Report]) -> list[str]:
    """Return the lines of a Markdown table."""
    rows = [HEAD, *(report.row() for report in reports)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return lines
