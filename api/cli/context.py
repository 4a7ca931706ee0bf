"""A command's world: the settings, the database, and Baton built on it; put away again when the command is done."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from api.app import Baton, build
from api.bootstrap.database import mongodb_uri, prepare
from api.bootstrap.ports import open_ports
from api.cli.output import explained
from api.server.errors import OperatorError
from api.server.signals import run_promptly
from api.settings import Settings
from domain.values.ids import AccountId
from resolvers.relay.global_ids import key_of, to_global_id

R = TypeVar("R")


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Baton]:
    """Baton on its database, which is prepared first."""
    async with mongodb_uri(settings) as uri:
        await prepare(settings, uri)
        async with open_ports(settings, uri) as ports:
            yield build(settings, ports)


def with_baton(action: Callable[[Baton], Awaitable[R]]) -> R:
    """Run one action, to its end or to the first signal."""
    with explained():
        settings = read_settings()

        async def act() -> R:
            async with running(settings) as baton:
                return await action(baton)

        return run_promptly(act)


def read_settings() -> Settings:
    settings = Settings.read()
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", force=True
    )
    # Their details are commands with everything in them: never in our log, whatever its level.
    for library in ("pymongo", "asyncio", "httpx", "httpcore", "websockets"):
        logging.getLogger(library).setLevel(logging.WARNING)
    for chatter in ("uvicorn", "uvicorn.error"):
        logging.getLogger(chatter).setLevel(logging.DEBUG if settings.log_level == "debug" else logging.WARNING)
    return settings


async def chosen_account(baton: Baton, given: str | None) -> AccountId:
    """The one that is named, else the only one there is."""
    if given is not None:
        return AccountId(key_of(given, "Account", field="account"))
    accounts = await baton.services.storage.accounts()
    if len(accounts) == 1:
        return accounts[0].id
    if not accounts:
        raise OperatorError("There is no account yet: `baton account create`, or `baton serve` for a demo.")
    known = "\n".join(f"  {to_global_id('Account', account.id)}  {account.name}" for account in accounts)
    raise OperatorError(f"Say which account with --account:\n{known}")
