"""Counts the commands that MongoDB receives, whoever sends them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pymongo import MongoClient

_KINDS = (
    "aggregate",
    "bulkWrite",
    "commitTransaction",
    "count",
    "delete",
    "distinct",
    "find",
    "findAndModify",
    "insert",
    "update",
)
_LEAST = 0.05  # a command: what is below is noise of the background


def totals(client: MongoClient[dict[str, Any]]) -> dict[str, int]:
    """Return how many commands of each kind MongoDB has received."""
    commands = client.admin.command("serverStatus")["metrics"]["commands"]
    return {kind: int(commands.get(kind, {}).get("total", 0)) for kind in _KINDS}


def counted(client: MongoClient[dict[str, Any]], run: Callable[[], None], times: int) -> dict[str, float]:
    """Run it so often. Returns MongoDB's commands for one run, less what it receives at rest."""
    before, began = totals(client), time.perf_counter()
    for _ in range(times):
        run()
    after, took = totals(client), time.perf_counter() - began
    time.sleep(0.5)  # what the runs left for the background
    rest, began_rest = totals(client), time.perf_counter()
    time.sleep(min(2.0, max(0.2, took)))
    idle, idle_seconds = totals(client), time.perf_counter() - began_rest
    found = {
        kind: (after[kind] - before[kind] - (idle[kind] - rest[kind]) * took / idle_seconds) / times for kind in _KINDS
    }
    return {kind: each for kind, each in found.items() if each > _LEAST}
