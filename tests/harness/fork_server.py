"""A fork server: it imports the program once, and each process that it starts is a fork of it.

To import the program takes more than a second of CPU, and the tests start it hundreds of times. A fork is a process
like any other, with an environment, a folder, a session and a log of its own; only its imports are done. Tests of the
start, of memory and of other builds execute `baton` instead.

`ForkServer` is the tests' side. This module, run as a program, is the server, which never has a second thread.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_LONGEST_ORDER = 1 << 17  # bytes: arguments and environment; Linux takes 200 KB in a message
_DESCRIPTORS = 3  # that come with an order: stdout, stderr, and where the end of the process is told
RUNTIME_WARNINGS = "error::RuntimeWarning"  # for PYTHONWARNINGS: a coroutine that nobody awaits is an error
_FIRST_FREE, _MOST_OPEN = 3, 1024  # the descriptor after stderr; more than the server ever has open


class Forked:
    """A process that the server started, with the part of `asyncio.subprocess.Process` that tests use."""

    def __init__(self, *, pid: int, stdout: asyncio.StreamReader, status: asyncio.StreamReader) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._end = asyncio.create_task(self._see_end(status))

    async def _see_end(self, status: asyncio.StreamReader) -> None:
        self.returncode = int(await status.read())  # nothing, if the server has ended: that fails the test

    def send_signal(self, sign: signal.Signals) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, sign)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def communicate(self) -> tuple[bytes, None]:
        """Read stdout to its end, and wait for the end of the process."""
        out = await self.stdout.read()
        await self._end
        return out, None


class ForkServer:
    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.harness.fork_server", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,  # never written to; like that of its forks, so that Python buffers it alike
                cwd=_ROOT,
                env=inherited_environment(),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        atexit.register(self._end)

    async def start(self, *command: str, log: int, cwd: Path, env: Mapping[str, str]) -> Forked:
        """Start the command, whose stderr is appended to `log`. Its stdin is empty."""
        (out, its_out), (status, its_status) = os.pipe(), os.pipe()
        order = json.dumps({"command": command, "cwd": str(cwd), "env": dict(env)}).encode()
        try:
            socket.send_fds(self._orders, [order], [its_out, log, its_status])
        finally:
            os.close(its_out)
            os.close(its_status)
        (pid, reader), stdout = await asyncio.gather(_status(status), _reader(out))
        return Forked(pid=pid, stdout=stdout, status=reader)

    def _end(self) -> None:
        self._orders.close()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait()


@cache
def fork_server() -> ForkServer:
    """Return the one of this test process. It is started when the first test needs it, and ends with the tests."""
    return ForkServer()


def inherited_environment() -> dict[str, str]:
    """Return the variables that processes of tests inherit: none of the program's own settings."""
    return {k: v for k, v in os.environ.items() if not k.startswith("BATON_") and k not in ("PORT", "HOST")}


async def _status(descriptor: int) -> tuple[int, asyncio.StreamReader]:
    reader = await _reader(descriptor)
    return int(await reader.readline()), reader


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0)
    )
    return reader


def _next_fork(orders: socket.socket) -> tuple[bytes, list[int]]:
    """Fork a process for each order until the tests end. Return, in the fork alone, its order and its descriptors."""
    with selectors.DefaultSelector() as selector:
        selector.register(orders, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data is not None:
                    selector.unregister(key.fd)
                    _report(key.fd, *key.data)
                    continue
                order, descriptors, _, _ = socket.recv_fds(orders, _LONGEST_ORDER, _DESCRIPTORS)
                if not order:
                    os._exit(0)
                pid = os.fork()
                if pid == 0:
                    return order, descriptors
                *outputs, status = descriptors
                for descriptor in outputs:
                    os.close(descriptor)
                os.write(status, f"{pid}\n".encode())
                selector.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, status))


def _report(pidfd: int, pid: int, status: int) -> None:
    """Tell how the process has ended, as `subprocess` does: below 0, the signal that has ended it."""
    os.close(pidfd)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(BrokenPipeError):  # nobody waits for it any more
        os.write(status, str(code).encode())
    os.close(status)


def _become(order: bytes, out: int, log: int) -> list[str]:
    """Take on the outputs, the folder and the environment of the order, let go of what the server has open, and return
    the command."""
    wanted = json.loads(order)
    os.setsid()
    os.dup2(out, 1)
    os.dup2(log, 2)
    os.closerange(_FIRST_FREE, _MOST_OPEN)
    os.chdir(wanted["cwd"])
    os.environ.clear()
    os.environ.update(wanted["env"])
    time.tzset()
    if os.environ.get("PYTHONWARNINGS") == RUNTIME_WARNINGS:  # read by the interpreter, which has long started
        warnings.simplefilter("error", RuntimeWarning)
    command: list[str] = wanted["command"]
    return command


def _main() -> None:
    """What the script `baton` does, once it has imported the program."""
    gc.disable()  # as `api.cli` does: what is imported stays
    import api.cli.commands  # noqa: F401
    from api.cli import main

    gc.freeze()
    orders = socket.socket(fileno=int(sys.argv[1]))
    order, (out, log, _) = _next_fork(orders)
    orders.detach()
    sys.argv[:] = _become(order, out, log)
    sys.path[0] = str(Path(sys.executable).parent)
    gc.enable()
    sys.exit(main())


if __name__ == "__main__":
    _main()
