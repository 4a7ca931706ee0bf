"""The program with fakes of everything that an account can connect."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.chat_completions import ChatModel
from dev.fakes.gorgias import Gorgias
from dev.fakes.klaviyo import Klaviyo
from dev.fakes.openid import OpenId
from dev.fakes.receiver import WebhookReceiver
from dev.fakes.server import serving
from dev.fakes.twilio import Twilio
from tests.harness.clock import ManualClock
from tests.harness.program import Program, running
from tests.resolvers.audit.actions import Fakes


@pytest.fixture
async def fakes() -> AsyncIterator[Fakes]:
    clock = ManualClock()
    receiver = WebhookReceiver(now=lambda: clock.now().timestamp())
    made = Fakes(
        clock=clock,
        gorgias=Gorgias(),
        klaviyo=Klaviyo(),
        twilio=Twilio(clock=clock),
        receiver=receiver,
        openid=OpenId(),
        model=ChatModel(),
    )
    async with AsyncExitStack() as stack:
        for fake in (made.gorgias, made.klaviyo, made.twilio, made.receiver, made.model):
            fake.url = await stack.enter_async_context(serving(fake))
        made.openid.issuer = await stack.enter_async_context(serving(made.openid))
        yield made


@pytest.fixture
async def baton(
    fakes: Fakes, mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    given = {
        "gorgias_url": fakes.gorgias.url,
        "klaviyo_url": fakes.klaviyo.url,
        "twilio_url": fakes.twilio.url,
        "webhook_private_networks": True,
        "sign_in_private_networks": True,
        "model_private_networks": True,
    }
    async with running(mongo_uri, database_name, tmp_path, mongo_client, fakes.clock, **given) as program:
        yield program
