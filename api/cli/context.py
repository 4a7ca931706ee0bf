"""The resources of a command: settings, database and services, closed again when the command ends."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import TypeVar

from api.app import Baton, build
from api.bootstrap.database import Mongo, mongodb, prepare
from api.bootstrap.ports import open_ports
from api.bootstrap.versions import registered
from api.cli.output import explained
from api.server.errors import OperatorError
from api.server.signals import run_promptly
from api.settings import Settings
from api.watching.logs import configure_log
from domain.principal import Operator
from domain.values.ids import AccountId
from resolvers.relay.global_ids import key_of, to_global_id

R = TypeVar("R")


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Baton]:
    """Prepare the database, and build the program on it for the duration of the block."""
    async with mongodb(settings) as mongo, on_database(settings, mongo) as baton:
        yield baton


@asynccontextmanager
async def on_database(settings: Settings, mongo: Mongo, *, restores: bool = False) -> AsyncIterator[Baton]:
    """Like `running`, with a MongoDB that runs. `restores`: for a restore, which alone may use the database meanwhile.

    Raises `OtherVersion`, `RestoreUnderWay`, `Unavailable`.
    """
    await prepare(settings, mongo.uri, restores=restores)
    async with (
        nullcontext() if restores else registered(settings, mongo.uri, " ".join(sys.argv[1:2])),
        open_ports(settings, mongo.uri, outage=mongo.outage, disk_free=mongo.disk_free) as ports,
    ):
        yield build(settings, ports)


def with_baton(action: Callable[[Baton], Awaitable[R]]) -> R:
    """Run one action until it ends or the first signal arrives, and return its result."""
    with explained():
        settings = read_settings()

        async def act() -> R:
            async with running(settings) as baton:
                return await action(baton)

        return run_promptly(act)


def read_settings() -> Settings:
    settings = Settings.read()
    configure_log(settings)
    return settings


def operator() -> Operator:
    """Return the user of the operating system, whom the audit log names."""
    try:
        return Operator(name=getpass.getuser())
    except (KeyError, OSError):  # a container may run under a user id without a name
        return Operator(name=f"user {os.getuid()}")


async def chosen_account(baton: Baton, given: str | None) -> AccountId:
    """Return the account that the operator named, or the only one. Raises `OperatorError` if there are several."""
    if given is not None:
        return AccountId(key_of(given, "Account", field="account"))
    accounts = await baton.services.storage.accounts()
    if len(accounts) == 1:
        return accounts[0].id
    if not accounts:
        raise OperatorError("There is no account yet. `baton account create` makes one, `baton serve` a demo.")
    known = "\n".join(f"  {to_global_id('Account', account.id)}  {account.name}" for account in accounts)
    raise OperatorError(f"There are several accounts. Choose one with --account:\n{known}")
