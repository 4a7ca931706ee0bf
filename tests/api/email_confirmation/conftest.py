"""The program with a mail server, a shop that has connected it, and a shopper's browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.smtp import PASSWORD, USER, Sink, mail_server
from domain.account.lookup import account_of
from domain.events import AccountChanged
from domain.storage import UnitOfWork
from domain.values.record import replace
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401 - emptied, not made anew, for each test
from tests.harness.clock import ManualClock
from tests.harness.program import Program, Shop, running

NAME = "Söhne & <b>Co</b>"


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with mail_server() as found:
        yield found


@pytest.fixture
async def baton(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    clock = ManualClock()
    async with running(mongo_uri, database_name, tmp_path, mongo_client, clock, smtp_private_networks=True) as program:
        yield program


@pytest.fixture
async def shop(baton: Program, sink: Sink) -> Shop:
    shop = await baton.open_shop("Shop")

    async def rename(uow: UnitOfWork) -> None:
        account = replace(await account_of(uow), name=NAME)
        uow.save(account)
        uow.emit(AccountChanged(account=account))

    await baton.baton.services.storage.write(shop.id, rename)
    server = {"host": sink.host, "port": sink.port, "security": "NONE", "user": USER, "password": PASSWORD}
    await baton.done(shop.owner, "connectChannel", email={**server, "fromAddress": USER, "repliesMailedBy": "BATON"})
    return shop
