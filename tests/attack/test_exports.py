"""Exports of a large history that nobody reads."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import pytest

from tests.attack import raw
from tests.attack.conftest import Attacked
from tests.attack.stage import Target

SECONDS = 15.0


async def unread_exports(at: Target, callers: int) -> Counter[str]:
    """The owner's key begins exports again and again, and reads nothing but the status."""
    outcomes, until = Counter[str](), time.monotonic() + SECONDS
    request = f"GET /export?format=ndjson HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {at.owner}\r\n\r\n"

    async def caller() -> None:
        while time.monotonic() < until:
            connection = await raw.connect(at)
            connection[1].write(request.encode())
            outcomes[await raw.status(connection, 10)] += 1
            await asyncio.sleep(1)
            await raw.end(connection)

    await asyncio.gather(*(caller() for _ in range(callers)))
    return outcomes


@pytest.mark.parametrize("history", [5_000])
async def test_unread_exports(attacked: Attacked) -> None:
    report = await attacked(unread_exports, 20)
    assert report.outcomes["429"] > 0
    assert report.outcomes["500"] == 0
