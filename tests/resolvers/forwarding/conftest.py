"""The program with a webhook receiver and a fake Klaviyo. Webhooks may go to loopback addresses here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.klaviyo import Klaviyo
from dev.fakes.receiver import WebhookReceiver
from dev.fakes.server import serving
from tests.harness.clock import ManualClock
from tests.harness.program import Program, running


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def receiver(clock: ManualClock) -> AsyncIterator[WebhookReceiver]:
    fake = WebhookReceiver(now=lambda: clock.now().timestamp())
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def klaviyo() -> AsyncIterator[Klaviyo]:
    fake = Klaviyo()
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def baton(
    klaviyo: Klaviyo,
    clock: ManualClock,
    mongo_uri: str,
    database_name: str,
    tmp_path: Path,
    mongo_client: AsyncMongoClient[dict[str, Any]],
) -> AsyncIterator[Program]:
    given = {"klaviyo_url": klaviyo.url, "webhook_private_networks": True}
    async with running(mongo_uri, database_name, tmp_path, mongo_client, clock, **given) as program:
        yield program
