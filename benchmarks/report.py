"""The result of a benchmark, as a Markdown table."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("strawberry-graphql", "graphql-core", "starlette", "uvicorn", "pymongo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    title: str
    note: str  # what was done, in a sentence or two
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        lines = [f"## {self.title}", "", self.note, "", _row(self.head), _row(["---"] * len(self.head))]
        return "\n".join([*lines, *(_row(row) for row in self.rows), ""])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def machine() -> str:
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "unknown CPU"
    )
    memory = next((int(line.split()[1]) // 1024**2 for line in _lines("/proc/meminfo") if "MemTotal" in line), 0)
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{os.cpu_count()} × {model}, {memory} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; {packages}. Load average before the run: {os.getloadavg()[0]:.1f}."
    )


def percentiles(seconds: Sequence[float]) -> tuple[str, str]:
    """Return p50 and p99 in milliseconds."""
    ordered = sorted(seconds)
    return f"{statistics.median(ordered) * 1000:.1f}", f"{ordered[int(len(ordered) * 0.99)] * 1000:.1f}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
