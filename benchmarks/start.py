"""From the first instruction of the process to GraphQL's first answer, the embedded MongoDB included."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.report import Table
from benchmarks.server import server

_ROUNDS = 5


def measure() -> Table:
    fresh, again = [], []
    for _ in range(_ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder)
            with server(data) as running:
                fresh.append(running.started_in)
            with server(data):
                pass  # MongoDB's very first restart recovers more than any later one
            with server(data) as running:
                again.append(running.started_in)
    return Table(
        title="Start",
        note=f"Process start to first answer, embedded MongoDB included; median and range of {_ROUNDS}.",
        head=("data folder", "median s", "from s", "to s"),
        rows=[
            ("fresh", *(f"{value:.2f}" for value in (statistics.median(fresh), min(fresh), max(fresh)))),
            ("with data", *(f"{value:.2f}" for value in (statistics.median(again), min(again), max(again)))),
        ],
    )
