"""The time from process start to the first GraphQL response, embedded MongoDB included, compared with the least that
these libraries need (`prototype.py`)."""

from __future__ import annotations

import compileall
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.report import Table
from benchmarks.server import free_port, server, serving

_ROUNDS = 7
_ROOT = Path(__file__).parents[2]


def measure() -> Table:
    for room in ("api", "domain", "integrations", "resolvers"):
        compileall.compile_dir(_ROOT / room, quiet=1)
    took: dict[tuple[str, str], list[float]] = {(data, what): [] for data in ("fresh", "with data") for what in _STARTS}
    for _ in range(_ROUNDS):
        for what, start in _STARTS.items():
            with tempfile.TemporaryDirectory() as folder:
                took["fresh", what].append(start(Path(folder)))
                start(Path(folder))  # MongoDB's very first restart recovers more than any later one
                took["with data", what].append(start(Path(folder)))
    return Table(
        title="Start",
        note="Process start to first response, embedded MongoDB included, modules compiled beforehand as `make run` "
        "does. In turns with a prototype that serves one field from one document with the same libraries. Median and "
        f"range of {_ROUNDS}; the ratio is to the prototype's median.",
        head=("data folder", "what", "median s", "from s", "to s", "ratio"),
        rows=[_row(took, data, what) for data, what in took],
    )


def _row(took: dict[tuple[str, str], list[float]], data: str, what: str) -> tuple[str, ...]:
    seconds = took[data, what]
    median = statistics.median(seconds)
    ratio = median / statistics.median(took[data, "prototype"])
    return (data, what, f"{median:.2f}", f"{min(seconds):.2f}", f"{max(seconds):.2f}", f"{ratio:.2f}")


def _ours(data: Path) -> float:
    with server(data) as running:
        return running.started_in


def _prototype(data: Path) -> float:
    port = free_port()
    program = ["-m", "benchmarks.program.prototype", str(data), str(port)]
    with serving(program, port=port, query="{ greeting }") as (_, seconds):
        return seconds


_STARTS: dict[str, Callable[[Path], float]] = {"Baton": _ours, "prototype": _prototype}
