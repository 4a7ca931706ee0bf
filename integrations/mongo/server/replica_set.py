"""The replica set of the embedded MongoDB: one member on loopback, and how Baton signs in to it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from integrations.mongo.server import key_file
from integrations.mongo.server.mongod import pause

NAME = "baton"
_PRIMARY_LIMIT = 60.0  # seconds; a single node elects itself in milliseconds
_NOT_YET_INITIALIZED = 94  # MongoDB's error code


def address(port: int, password: str) -> str:
    """Return the URI for drivers."""
    return (
        f"mongodb://{key_file.USER}:{password}@127.0.0.1:{port}/"
        f"?replicaSet={NAME}&authSource={key_file.DATABASE}&authMechanism={key_file.MECHANISM}"
    )


async def runs_on(folder: Path, port: int, password: str) -> bool:
    """Return whether what listens on the port is the mongod of the folder, and takes the password."""
    try:
        async with _admin(port, password) as client:
            options = await client.admin.command("getCmdLineOpts")
    except PyMongoError:
        return False
    return bool(options["parsed"].get("storage", {}).get("dbPath") == str(folder))


async def become_primary(port: int, password: str, alive: Callable[[], bool]) -> None:
    """Configure the replica set, and wait until its member accepts writes.

    Raises `PyMongoError` if it does not, and soon after it is no longer `alive`.
    """
    until = time.monotonic() + _PRIMARY_LIMIT
    async with _admin(port, password) as client:
        while True:
            try:
                hello = await client.admin.command("hello")
                if hello["isWritablePrimary"]:
                    return
                await _configure(client, hello, f"127.0.0.1:{port}")
            except PyMongoError:
                if time.monotonic() > until or not alive():
                    raise
            await pause()


async def _configure(client: AsyncMongoClient[dict[str, Any]], hello: dict[str, Any], host: str) -> None:
    """Initiate the replica set, or change the port in its configuration."""
    if "setName" in hello and host in hello.get("hosts", ()):
        return  # it is electing itself
    try:
        config = (await client.admin.command("replSetGetConfig"))["config"]
        if config["members"][0]["host"] != host:
            config["members"][0]["host"] = host
            config["version"] += 1
            await client.admin.command("replSetReconfig", config, force=True)
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        members = [{"_id": 0, "host": host}]
        await client.admin.command("replSetInitiate", {"_id": NAME, "members": members})


@asynccontextmanager
async def _admin(port: int, password: str) -> AsyncIterator[AsyncMongoClient[dict[str, Any]]]:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
        "127.0.0.1",
        port,
        username=key_file.USER,
        password=password,
        authSource=key_file.DATABASE,
        authMechanism=key_file.MECHANISM,
        directConnection=True,
        timeoutMS=10_000,
        serverSelectionTimeoutMS=2_000,
    )
    try:
        yield client
    finally:
        await client.close()
