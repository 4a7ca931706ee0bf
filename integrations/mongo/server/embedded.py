"""A MongoDB that needs no installation: a single-node replica set on loopback, with its data in a folder.

    mongo = EmbeddedMongo(data=Path(".baton"))
    mongo.spawn()               # returns at once, while mongod starts
    uri = await mongo.ready()
    ...
    await mongo.stop()

`keep_running` starts it again when it ends meanwhile; `outage` says why the database cannot be used.

Processes with the same folder share one mongod: the first starts it, and the last to leave stops it. After a crash the
next start adopts a mongod that is still running, or starts one on the data as it is. Nothing that was acknowledged is
lost either way, because MongoDB's journal has it.

Only those who can read `mongo.key` in the folder can sign in (`key_file.py`).

Two advisory locks, which the kernel releases when a process dies: `mongo.turn` is held while starting or stopping, and
`mongo.users` is shared by all processes that use the mongod.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import stat
import time
from contextlib import suppress
from pathlib import Path

from pymongo.errors import PyMongoError

from domain.values.retry import retry
from integrations.mongo.disk_full import DISK_FULL
from integrations.mongo.server import key_file, replica_set
from integrations.mongo.server.lock import Lock
from integrations.mongo.server.mongod import Mongod, MongodFailed, free_port, pause, running_pid
from integrations.mongo.server.mongod_log import MongodLog

_TURN_LIMIT = 150.0  # seconds to wait for another process that starts or stops the same mongod
_LEAVE_LIMIT = 5.0  # seconds of that when stopping: the other process uses mongod, and stops it later
_PORT_ATTEMPTS = 3  # a port that was free may be taken before mongod has it
_WATCH_SECONDS = 0.25  # between two checks whether mongod runs
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 5.0  # seconds after a start that failed
_LEAST_ROOM = 16 * 1024 * 1024  # bytes; with less, the disk is called full when mongod ends
_KINDS = ("json", "json.new", "key", "log", "log.1", "turn", "users")  # of the files beside its folder
_OWNER_FOLDER = 0o700
_OWNER_FILE = 0o600
_OTHERS = 0o077
_DOWN = "The database has ended and does not start; the server's log says why. Nothing that was acknowledged is lost."

_logger = logging.getLogger("baton.mongo")


class EmbeddedMongo:
    def __init__(self, *, data: Path) -> None:
        self._data = data.resolve()
        self._folder = self._data / "mongo"
        self._turn = Lock(self._data / "mongo.turn")
        self._users = Lock(self._data / "mongo.users")
        self._mongod: Mongod | None = None
        self._password = ""  # known once the turn was taken
        self._port: int | None = None  # of the URI that `ready` has returned
        self._outage: str | None = None
        self._tried_without_room = False  # whether the disk was full when the last attempt began

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
        try:
            if not self._turn.held:
                await self._take_turn()
                self._join()
            self._port = await self._up()
        except BaseException:
            await self.stop()
            raise
        self._turn.release()
        return replica_set.address(self._port, self._password)

    async def keep_running(self) -> None:
        """Start mongod again whenever it ends, with exponential back-off, until cancelled. Call it after `ready`.

        Each process that uses the folder does this: the first to have the turn starts mongod, and the others find it
        running. It has the same port and password as before, so that the clients of all processes find it again.
        """
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            if self._mongod is not None and not self._mongod.alive:
                self._report_end(self._mongod)
                await retry(
                    self._start_again,
                    error=MongodFailed,
                    first=_FIRST_WAIT,
                    longest=_LONGEST_WAIT,
                    warn=self._report_failure,
                )
                self._outage = None
                _logger.warning("The embedded MongoDB runs again.")

    def outage(self) -> str | None:
        """Return why the database cannot be used at present, where that may last: its disk is full, or it fails to
        start. None while it runs, and while it is first started again."""
        return self._outage

    async def stop(self) -> None:
        """Stop using mongod; the last process to do so stops it."""
        if self._mongod is None:
            self._users.release()
            self._turn.release()
            return
        mongod, self._mongod = self._mongod, None
        if not self._turn.held:
            try:
                await self._take_turn(_LEAVE_LIMIT)
            except MongodFailed:
                mongod.leave()
                self._users.release()
                return
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
        for path in (self._data, self._folder, *(self._data / f"mongo.{kind}" for kind in _KINDS)):
            with suppress(FileNotFoundError):
                _take_rights_of_others(path)

    def _join(self) -> None:
        """Start mongod, or find it running. Raises `OSError` and `MongodFailed`."""
        self._users.share()
        self._password = key_file.key_of(self._key)
        if running_pid(self._folder) is None:
            self._start(self._known_port())
        elif self._mongod is None or not self._mongod.alive:
            self._mongod = Mongod(
                folder=self._folder, log=MongodLog(self._log), port=self._known_port() or 0, process=None
            )

    def _start(self, port: int | None) -> Mongod:
        """Start mongod on the port; if that is taken on another, unless clients expect it there."""
        free = free_port(port)
        if free != port and (self._port is not None or not self._alone()):
            raise MongodFailed(f"Another program has the port of the embedded MongoDB, {self._known_port()}.")
        self._mongod = Mongod.start(
            folder=self._folder, log=MongodLog(self._log), key=self._key, port=free, replica_set=replica_set.NAME
        )
        return self._mongod

    async def _start_again(self) -> None:
        self._tried_without_room = self._disk_is_full()
        await self._take_turn()
        try:
            self._join()
            if await self._up() != self._port:
                raise MongodFailed("The embedded MongoDB has moved to another port. Restart this process.")
        except OSError as error:
            raise MongodFailed(f"The data folder cannot be used: {error.strerror} ({error.filename}).") from error
        finally:
            self._turn.release()

    async def _up(self) -> int:
        """Wait until mongod accepts writes, and return its port. Raises `MongodFailed`."""
        mongod = await self._listening()
        try:
            await replica_set.become_primary(mongod.port, self._password, lambda: mongod.alive)
        except PyMongoError as error:
            raise MongodFailed(f"The embedded MongoDB did not become primary. Its log: {self._log}") from error
        return mongod.port

    def _report_end(self, mongod: Mongod) -> None:
        _logger.error("The embedded MongoDB %s. Its last errors: %s", mongod.ending, mongod.log.last_errors())
        if self._has_no_room(mongod):
            self._report_outage(DISK_FULL)

    def _report_failure(self, failure: BaseException) -> None:
        if self._tried_without_room or (self._mongod is not None and self._has_no_room(self._mongod)):
            self._report_outage(DISK_FULL)
        else:
            _logger.error("%s It is tried again.", failure)
            self._outage = _DOWN

    def _report_outage(self, outage: str) -> None:
        if outage != self._outage:  # once, and not for each attempt
            _logger.error("%s Data folder: %s. It is tried again until there is room.", outage, self._data)
        self._outage = outage

    def _has_no_room(self, mongod: Mongod) -> bool:
        """Return whether mongod says that the disk is full, or the disk is, so that mongod's log has not got it."""
        return mongod.log.says_disk_full() or self._disk_is_full()

    def _disk_is_full(self) -> bool:
        with suppress(OSError):
            return shutil.disk_usage(self._data).free < _LEAST_ROOM
        return False

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
        with suppress(MongodFailed):
            await mongod.listening()
            return await replica_set.runs_on(self._folder, mongod.port, self._password)
        return False

    async def _take_turn(self, limit: float = _TURN_LIMIT) -> None:
        until = time.monotonic() + limit
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


def _take_rights_of_others(path: Path) -> None:
    """Restrict a file or folder to its owner. Leave it where it is not ours (a mounted volume) or shared (/tmp)."""
    found = path.stat()
    if found.st_uid == os.geteuid() and found.st_mode & _OTHERS and not found.st_mode & stat.S_ISVTX:
        path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
