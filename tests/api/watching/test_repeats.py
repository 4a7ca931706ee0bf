"""A stranger who sends bad requests again and again gets ten lines a minute in the log, and their number."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette

from api.watching.repeats import MOST, RepeatBoundHandler
from tests.api.graphql.serving import listening

BAD = b"no HTTP at all\r\n\r\n"
UPGRADE = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: other\r\n\r\n"
INVALID, UNSUPPORTED = "Invalid HTTP request received.", "Unsupported upgrade request."


class Log:
    def __init__(self) -> None:
        self.now = 100.0
        self.handler = RepeatBoundHandler(unbounded=("baton",), clock=lambda: self.now)
        self.handler.setStream(io.StringIO())

    def lines(self) -> list[str]:
        """Return the lines since the last call."""
        written = self.handler.setStream(io.StringIO())
        assert isinstance(written, io.StringIO)
        return written.getvalue().splitlines()


@pytest.fixture
def log() -> Iterator[Log]:
    log = Log()
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "baton.server", "library")]
    for logger in loggers:
        logger.addHandler(log.handler)
    yield log
    for logger in loggers:
        logger.removeHandler(log.handler)


async def _send(port: int, request: bytes) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    line = await asyncio.wait_for(reader.readline(), 60)
    writer.transport.abort()
    return int(line.split()[1])


async def test_bad_requests_do_not_fill_the_log(log: Log) -> None:
    async with listening(Starlette()) as (port, _):
        assert {await _send(port, BAD) for _ in range(MOST + 30)} == {400}
        assert {await _send(port, UPGRADE) for _ in range(MOST + 5)} == {404}  # another kind, which counts alone
        assert log.lines() == [INVALID] * MOST + [UNSUPPORTED] * MOST
        log.now += 60
        await _send(port, BAD)
        assert log.lines() == [
            f"30 further lines in a minute: {INVALID}",
            f"5 further lines in a minute: {UNSUPPORTED}",
            INVALID,
        ]


def test_the_loggers_of_baton_have_no_bound_and_tell_what_was_left_out(log: Log) -> None:
    for _ in range(MOST + 1):
        logging.getLogger("uvicorn.error").warning(INVALID)
    log.lines()
    log.now += 60
    for _ in range(MOST + 1):
        logging.getLogger("baton.server").warning("mine")
    assert log.lines() == [f"1 further lines in a minute: {INVALID}"] + ["mine"] * (MOST + 1)


def test_texts_that_have_values_in_them_are_bounded_too(log: Log) -> None:
    for number in range(1_000):
        logging.getLogger("library").error(f"value {number}")
    assert len(log.lines()) == 100 + MOST
    log.now += 60
    logging.getLogger("baton.server").warning("mine")
    assert log.lines() == ["890 further lines in a minute: lines of further kinds", "mine"]
