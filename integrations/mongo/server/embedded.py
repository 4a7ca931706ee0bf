"""A MongoDB that needs no installation: a single-node replica set on loopback, with its data in a folder.

    mongo = EmbeddedMongo(data=Path(".baton"))
    mongo.spawn()               # returns at once, while mongod starts
    uri = await mongo.ready()
    ...
    await mongo.stop()

Processes with the same folder share one mongod: the first starts it, and the last to leave stops it. After a crash the
next start adopts a mongod that is still running, or starts one on the data as it is. Nothing that was acknowledged is
lost either way, because MongoDB's journal has it.

Only those who can read `mongo.key` in the folder can sign in (`key_file.py`).

Two advisory locks, which the kernel releases when a process dies: `mongo.turn` is held while starting or stopping, and
`mongo.users` is shared by all processes that use the mongod.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from integrations.mongo.server import key_file
from integrations.mongo.server.mongod import Mongod, MongodFailed, free_port, pause, running_pid

_REPLICA_SET = "baton"
_TURN_LIMIT = 150.0  # seconds to wait for another process that starts or stops the same mongod
_PRIMARY_LIMIT = 60.0  # seconds; a single node elects itself in milliseconds
_PORT_ATTEMPTS = 3  # a port that was free may be taken before mongod has it
_OWNER_FOLDER = 0o700
_OWNER_FILE = 0o600
_OTHERS = 0o077
_NOT_YET_INITIALIZED = 94  # MongoDB's error code


class EmbeddedMongo:
    def __init__(self, *, data: Path) -> None:
        self._data = data.resolve()
        self._folder = self._data / "mongo"
        self._turn = _Lock(self._data / "mongo.turn")
        self._users = _Lock(self._data / "mongo.users")
        self._mongod: Mongod | None = None
        self._password = ""  # known once the turn was taken

    def spawn(self) -> None:
        """Start mongod, unless another process is starting or stopping it: then `ready` waits for that one.

        Raises `MongodFailed`.
        """
        try:
            self._make_private()
            if self._turn.take():
                self._join()
        except OSError as error:
            raise MongodFailed(f"The data folder cannot be used: {error.strerror} ({error.filename}).") from error
        finally:
            if self._mongod is None:
                self._turn.release()

    async def ready(self) -> str:
        """Wait until mongod accepts writes, and return its URI. Raises `MongodFailed`."""
        if not self._turn.held:
            await self._take_turn()
            self._join()
        try:
            mongod = await self._listening()
            await self._primary(mongod.port)
        except BaseException:
            await self.stop()
            raise
        self._turn.release()
        return (
            f"mongodb://{key_file.USER}:{self._password}@127.0.0.1:{mongod.port}/"
            f"?replicaSet={_REPLICA_SET}&authSource={key_file.DATABASE}&authMechanism={key_file.MECHANISM}"
        )

    async def stop(self) -> None:
        """Stop using mongod; the last process to do so stops it."""
        if self._mongod is None:
            return
        mongod, self._mongod = self._mongod, None
        if not self._turn.held:
            await self._take_turn()
        try:
            if self._alone():
                await mongod.end()
            else:
                mongod.leave()
        finally:
            self._users.release()
            self._turn.release()

    def _make_private(self) -> None:
        """Create the data folder for its owner alone, and take the rights of others from what was there before."""
        self._data.mkdir(mode=_OWNER_FOLDER, parents=True, exist_ok=True)
        for path in (self._data, *self._data.glob("mongo*")):
            with suppress(FileNotFoundError):
                _take_rights_of_others(path)

    def _join(self) -> None:
        self._users.share()
        self._password = key_file.key_of(self._key)
        if running_pid(self._folder) is None:
            self._start(self._known_port())
        else:
            self._mongod = Mongod(folder=self._folder, log=self._log, port=self._known_port() or 0, process=None)

    def _start(self, port: int | None) -> Mongod:
        self._mongod = Mongod.start(
            folder=self._folder, log=self._log, key=self._key, port=free_port(port), replica_set=_REPLICA_SET
        )
        return self._mongod

    def _alone(self) -> bool:
        """Return whether no other process uses the mongod; none can begin to while we hold the turn."""
        self._users.release()
        if alone := self._users.take():
            self._users.release()
        self._users.share()
        return alone

    async def _listening(self) -> Mongod:
        """Wait until the mongod that was found or started listens; replace one that was found and is not ours."""
        assert self._mongod is not None
        mongod = self._mongod
        if mongod.adopted and not await self._is_ours(mongod):
            if not self._alone():
                raise MongodFailed(
                    f"A MongoDB of another version runs in {self._data}, or {self._known.name} or {self._key.name} is "
                    "damaged. Stop every process that uses the folder, and start again."
                )
            await mongod.end()
            mongod = self._start(None)
        for attempt in range(_PORT_ATTEMPTS):
            try:
                await mongod.listening()
                break
            except MongodFailed:
                if attempt + 1 == _PORT_ATTEMPTS or not mongod.lost_its_port():
                    raise
                mongod = self._start(None)
        self._remember(mongod.port)
        return mongod

    async def _is_ours(self, mongod: Mongod) -> bool:
        """Return whether the known port belongs to the mongod that runs on our folder."""
        if not mongod.port:
            return False
        try:
            await mongod.listening()
            async with self._admin(mongod.port) as client:
                options = await client.admin.command("getCmdLineOpts")
        except (MongodFailed, PyMongoError):
            return False
        return bool(options["parsed"].get("storage", {}).get("dbPath") == str(self._folder))

    async def _primary(self, port: int) -> None:
        until = time.monotonic() + _PRIMARY_LIMIT
        async with self._admin(port) as client:
            while True:
                try:
                    hello = await client.admin.command("hello")
                    if hello["isWritablePrimary"]:
                        return
                    await _configure(client, hello, f"127.0.0.1:{port}")
                except PyMongoError as error:
                    if time.monotonic() > until:
                        raise MongodFailed(
                            f"The embedded MongoDB did not become primary. Its log: {self._log}"
                        ) from error
                await pause()

    @asynccontextmanager
    async def _admin(self, port: int) -> AsyncIterator[AsyncMongoClient[dict[str, Any]]]:
        client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
            "127.0.0.1",
            port,
            username=key_file.USER,
            password=self._password,
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

    async def _take_turn(self) -> None:
        until = time.monotonic() + _TURN_LIMIT
        while not self._turn.take():
            if time.monotonic() > until:
                raise MongodFailed(
                    f"Another process has been starting or stopping MongoDB in {self._data} for too long."
                )
            await pause()

    @property
    def _log(self) -> Path:
        return self._data / "mongo.log"

    @property
    def _key(self) -> Path:
        return self._data / "mongo.key"

    @property
    def _known(self) -> Path:
        return self._data / "mongo.json"

    def _known_port(self) -> int | None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            port = json.loads(self._known.read_bytes())["port"]
            if isinstance(port, int) and 0 < port < 65_536:
                return port
        return None

    def _remember(self, port: int) -> None:
        if port != self._known_port():
            draft = self._known.with_suffix(".json.new")
            draft.unlink(missing_ok=True)  # one left by a crash may be readable by others
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_FILE), "w") as file:
                json.dump({"port": port}, file)
            draft.replace(self._known)


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
        await client.admin.command("replSetInitiate", {"_id": _REPLICA_SET, "members": members})


def _take_rights_of_others(path: Path) -> None:
    """Restrict a file or folder to its owner. Leave it where it is not ours (a mounted volume) or shared (/tmp)."""
    found = path.stat()
    if found.st_uid == os.geteuid() and found.st_mode & _OTHERS and not found.st_mode & stat.S_ISVTX:
        path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)


class _Lock:
    """An advisory lock on a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def take(self) -> bool:
        """Take the lock exclusively, if no other process has it. Returns whether it was taken."""
        return self._lock(fcntl.LOCK_EX)

    def share(self) -> None:
        """Take the lock together with others. Succeeds, since only the holder of the turn takes it exclusively."""
        self._lock(fcntl.LOCK_SH)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _lock(self, kind: int) -> bool:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self.release()
        self._descriptor = descriptor
        return True
