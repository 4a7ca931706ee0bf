"""The program with fakes of Twilio, a mail server and Zendesk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.server import serving
from dev.fakes.smtp import Sink, mail_server
from dev.fakes.twilio import Twilio
from dev.fakes.zendesk import Zendesk
from tests.api.webhooks.messaging.channels import Channels
from tests.api.webhooks.zendesk.conftest import ZendeskWebhook, connect
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401
from tests.harness.clock import ManualClock
from tests.harness.program import Program, Shop, running


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def twilio(clock: ManualClock) -> AsyncIterator[Twilio]:
    fake = Twilio(clock=clock)
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with mail_server() as found:
        yield found


@pytest.fixture
async def zendesk(clock: ManualClock) -> AsyncIterator[Zendesk]:
    fake = Zendesk()
    fake.clock = clock.now
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def baton(
    twilio: Twilio,
    zendesk: Zendesk,
    clock: ManualClock,
    mongo_uri: str,
    database_name: str,
    tmp_path: Path,
    mongo_client: AsyncMongoClient[dict[str, Any]],
) -> AsyncIterator[Program]:
    arguments = {"twilio_url": twilio.url, "zendesk_url": zendesk.url, "smtp_private_networks": True}
    async with running(mongo_uri, database_name, tmp_path, mongo_client, clock, **arguments) as program:
        yield program


@pytest.fixture
async def shop(baton: Program) -> Shop:
    return await baton.open_shop("Acme")


@pytest.fixture
async def channels(baton: Program, shop: Shop, twilio: Twilio, sink: Sink) -> Channels:
    return Channels(baton=baton, shop=shop, twilio=twilio, sink=sink)


@pytest.fixture
async def webhook(baton: Program, shop: Shop) -> ZendeskWebhook:
    """Zendesk is connected, and gets the handoffs."""
    webhook = await connect(baton, shop)
    await baton.done(shop.owner, "updateHandoffSettings", helpdesk="ZENDESK")
    return webhook
