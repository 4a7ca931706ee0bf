"""Parses mail in child processes with a budget of CPU time, memory and time, so that no mail can hold up the server."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import os
import sys
import weakref
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager

import msgspec

from domain.messaging.commands import IncomingMail, MailFile
from domain.messaging.ports import Unparsable
from domain.values.ids import AccountId
from integrations.email.mail_files import file_pieces
from integrations.email.parser_process import LENGTH, ParseOrder

_PROCESSES = 2
_SECONDS = 20.0  # until a process is killed that neither responds nor uses up its CPU time
_MAX_RESPONSE = 100 << 20  # bytes
_MODULE = "integrations.email.parser_process"
_INHERITED = ("PATH", "PYTHON", "LANG", "LC_", "LD_", "VIRTUAL_ENV", "SYSTEMROOT")  # environment variables

_MOST_SAID = 1_000  # bytes of what a process that failed says of it

logger = logging.getLogger("baton.mail")


class MailParserPool:
    """The mail parser (port: `MailParser`): a pool of processes, started when the first mail comes.

    A mail that uses up the budget ends its process; the mail is then parsed once more, briefly. An account has one mail
    parsed at a time, so that the mails of one do not hold up those of another. Its shortest mail comes first: hostile
    mails need length to take long, and an honest customer's mail is short.
    """

    def __init__(self, *, processes: int = _PROCESSES) -> None:
        self._places = asyncio.Semaphore(processes)
        self._idle: list[Process] = []
        self._turns: weakref.WeakValueDictionary[AccountId, _Turns] = weakref.WeakValueDictionary()

    async def parse(
        self, raw: bytes, *, account_id: AccountId, authserv_id: str | None, own: Iterable[str] = ()
    ) -> IncomingMail:
        """Return the parsed mail. Raises `Unparsable` if it exceeds the budget also when parsed briefly."""
        turns = self._turns.setdefault(account_id, _Turns())
        async with turns.turn(len(raw)):
            for brief in (False, True):
                order = ParseOrder(authserv_id=authserv_id, own=tuple(own), brief=brief)
                async with self._places:
                    mail = await self._run(order, raw)
                if mail is not None:
                    return mail
                logger.warning("A mail of %d bytes to account %s exceeded the parser's budget.", len(raw), account_id)
        raise Unparsable("The mail takes too long to parse.")

    def file_pieces(self, raw: bytes, file: MailFile) -> Iterator[bytes]:
        """Yield the decoded bytes of a file of the mail, in this process: decoding takes linear time."""
        return file_pieces(raw, file)

    async def close(self) -> None:
        """End all processes."""
        while self._idle:
            await _end(self._idle.pop())

    async def _run(self, order: ParseOrder, raw: bytes) -> IncomingMail | None:
        """Return the mail, or None if the process ended or had to be killed."""
        process = self._pop_idle() or await self._start()
        try:
            async with asyncio.timeout(_SECONDS):
                mail = await _exchange(process, order, raw)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, msgspec.DecodeError):
            await _end(process)
            if process.stderr is not None and (failed := await process.stderr.read(_MOST_SAID)):
                logger.warning("The mail parser failed: %s", failed.decode(errors="replace"))
            return None
        except BaseException:
            await asyncio.shield(_end(process))
            raise
        self._idle.append(process)
        return mail

    def _pop_idle(self) -> Process | None:
        """Return an idle process that still runs, if there is one."""
        while self._idle:
            process = self._idle.pop()
            if process.returncode is None:
                return process
        return None

    async def _start(self) -> Process:
        """Start a process in a session of its own, which Ctrl-C does not reach, and without the server's settings."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", _MODULE),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,  # else it would be in the log, as it comes
            env={name: value for name, value in os.environ.items() if name.startswith(_INHERITED)},
            start_new_session=True,
        )


class _Turns:
    """One at a time, the shortest first; of the same length, the first that came."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    @asynccontextmanager
    async def turn(self, length: int) -> AsyncIterator[None]:
        if self._taken:
            granted = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (length, next(self._numbers), granted))
            try:
                await granted
            except asyncio.CancelledError:
                if not granted.cancelled():
                    self._pass_on()
                raise
        self._taken = True
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        """Give the turn to the next one, without letting it go in between."""
        while self._waiting:
            _, _, granted = heapq.heappop(self._waiting)
            if not granted.done():
                granted.set_result(None)
                return
        self._taken = False


async def _exchange(process: Process, order: ParseOrder, raw: bytes) -> IncomingMail:
    assert process.stdin is not None
    assert process.stdout is not None
    head = msgspec.json.encode(order)
    for block in (head, raw):
        process.stdin.write(LENGTH.pack(len(block)))
        process.stdin.write(block)
    await process.stdin.drain()
    (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
    if length > _MAX_RESPONSE:
        raise OSError("The response is too long.")
    return msgspec.json.decode(await process.stdout.readexactly(length), type=IncomingMail)


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()
