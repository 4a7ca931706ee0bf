"""A command's world: the settings, the database, and Baton built on it; put away again when the command is done."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from api.bootstrap.database import Embedded, embedded_mongo, mongodb_uri, prepare
from api.cli.output import explained
from api.server.errors import OperatorError
from api.server.signals import run_promptly
from api.settings import Settings
from domain.values.ids import AccountId

if TYPE_CHECKING:
    from api.app import Baton

R = TypeVar("R")


@asynccontextmanager
async def running(settings: Settings, embedded: Embedded | None) -> AsyncIterator[Baton]:
    """Importing takes the processor, opening the database MongoDB's time: they go side by side.

    It is one thread that imports; two that met in a package whose modules import each other would see half of them.
    """
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, import_module, "integrations.mongo.indexes")
    program = loop.run_in_executor(None, import_module, "api.app")
    async with mongodb_uri(settings, embedded) as uri:
        await prepare(settings, uri)
        await program
        from api.app import build
        from api.bootstrap.ports import open_ports

        async with open_ports(settings, uri) as ports:
            yield build(settings, ports)


def with_baton(action: Callable[[Baton], Awaitable[R]]) -> R:
    """Run one action, to its end or to the first signal."""
    with explained(), embedded_mongo(os.environ) as embedded:
        settings = read_settings()

        async def act() -> R:
            async with running(settings, embedded) as baton:
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
    from resolvers.relay import key_of, to_global_id

    if given is not None:
        return AccountId(key_of(given, "Account", path=("account",)))
    accounts = await baton.services.storage.accounts()
    if len(accounts) == 1:
        return accounts[0].id
    if not accounts:
        raise OperatorError("There is no account yet: `baton account create`, or `baton serve` for a demo.")
    known = "\n".join(f"  {to_global_id('Account', account.id)}  {account.name}" for account in accounts)
    raise OperatorError(f"Say which account with --account:\n{known}")
