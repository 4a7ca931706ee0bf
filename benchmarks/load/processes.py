"""Server processes on a core of their own, and what they use of it.

The servers get the first core that this process may use, the load generator and MongoDB the second, if there is one.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PATIENCE = 60.0  # seconds for a start or a stop
_CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
SERVER_CORE, LOAD_CORE = (_CORES[0], _CORES[1]) if len(_CORES) > 1 else (None, None)


@contextmanager
def on_core(core: int | None) -> Iterator[None]:
    """Run the block, and what it starts, on one core."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    name: str
    port: int
    popen: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """Return the seconds of processor time that it has used."""
        parts = Path(f"/proc/{self.popen.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Return its resident memory in bytes."""
        pages = int(Path(f"/proc/{self.popen.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def running(
    name: str,
    command: Sequence[str],
    *,
    port: int,
    log: Path,
    environment: Mapping[str, str] | None = None,
    core: int | None = SERVER_CORE,
) -> Iterator[Process]:
    """Start a program that listens on the port, on one core. Its output goes to the log."""
    with log.open("wb") as output, on_core(core):
        popen = subprocess.Popen(
            list(command), env={**os.environ, **(environment or {})}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(popen, port, log)
        yield Process(name=name, port=port, popen=popen)
    finally:
        popen.terminate()
        try:
            popen.wait(10)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait(_PATIENCE)


def _wait_for(popen: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if popen.poll() is not None:
            raise RuntimeError(f"The server ended while it started: {log.read_text()[-2000:]}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The server did not start in time.")
