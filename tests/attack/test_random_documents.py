"""Random queries under the limits, on an account with very many conversations: each ends within its time.

`BATON_ATTACK_CONVERSATIONS` is the number of conversations. Creating a million takes about a quarter of an hour.
"""

from __future__ import annotations

import os
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.attack import wire
from tests.attack.conftest import Attacked
from tests.attack.stage import Target
from tests.harness.random_documents import documents

CONVERSATIONS = int(os.environ.get("BATON_ATTACK_CONVERSATIONS") or 1_000_000)
COUNT = 400  # documents
LATEST = "{ conversations(first: 1) { nodes { id profile { id } } } }"


def drawn(count: int) -> list[str]:
    """Return the same random documents at every run."""
    found: list[str] = []

    @settings(
        max_examples=count,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(documents())
    def collect(document: str) -> None:
        found.append(document)

    collect()
    return found


async def random_documents(at: Target, count: int) -> Counter[str]:
    """The owner asks everything that the schema offers."""
    async with wire.http() as client:
        [latest] = (await wire.data(client, at, at.owner, LATEST))["conversations"]["nodes"]
        ids = {"$CONVERSATION": f'"{latest["id"]}"', "$PROFILE": f'"{latest["profile"]["id"]}"'}
        outcomes, slowest = Counter[str](), 0.0
        for document in drawn(count):
            for name, id_ in ids.items():
                document = document.replace(name, id_)
            began = time.monotonic()
            outcome = await wire.post(client, at, at.owner, document)
            slowest = max(slowest, time.monotonic() - began)
            failed = outcome in ("TIMEOUT", "UNAVAILABLE", "INTERNAL")
            outcomes[f"{outcome}: {document}" if failed else outcome] += 1
        outcomes["ms of the slowest"] = round(slowest * 1_000)
        return outcomes


@pytest.mark.timeout(3 * 3_600)
@pytest.mark.parametrize("history", [CONVERSATIONS])
async def test_random_documents(attacked: Attacked) -> None:
    report = await attacked(random_documents, COUNT)
    slow = [what for what in report.outcomes if what.startswith(("TIMEOUT", "UNAVAILABLE", "INTERNAL"))]
    assert slow == []
