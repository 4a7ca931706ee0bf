"""The log as JSON: one object a line, with the ids of its request, and without the text of any exception."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import subprocess
import sys
from typing import Any

import pytest

from api.watching.log_ids import LogIds, RequestIds, ids_of, log_ids, of_request
from api.watching.logs import JsonFormatter, formatter_of
from domain.values.errors import Unavailable

WORDS = "my card is 4111"


def line_of(message: str, *args: object, error: BaseException | None = None, name: str = "baton.graphql") -> Any:
    info = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, info)
    written = JsonFormatter().format(record)
    assert "\n" not in written
    return json.loads(written)


def test_a_line_is_an_object() -> None:
    line = line_of("Row %s was delivered %d times\nby %s.", "r1", 2, "a\ud800")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line.pop("time"))
    assert line == {
        "level": "error",
        "logger": "baton.graphql",
        "message": "Row r1 was delivered 2 times\nby a\ud800.",
    }
    assert isinstance(formatter_of("json"), JsonFormatter)
    assert not isinstance(formatter_of("text"), JsonFormatter)


def test_named_arguments_and_none() -> None:
    logger = logging.getLogger("baton.test")
    record = logger.makeRecord(logger.name, logging.INFO, __file__, 1, "%(a)s %% %(b)d", ({"a": "x", "b": 1},), None)
    assert json.loads(JsonFormatter().format(record))["message"] == "x % 1"
    assert line_of("100 %")["message"] == "100 %"


def test_no_text_of_an_exception_is_written() -> None:
    def fail() -> None:
        try:
            int(WORDS)
        except ValueError as cause:
            raise ExceptionGroup(WORDS, [KeyError(WORDS), OSError(28, WORDS)]) from cause

    with pytest.raises(ExceptionGroup) as raised:
        fail()
    line = line_of("It failed: %s", raised.value, error=raised.value)
    assert WORDS not in json.dumps(line)
    assert line["message"] == "It failed: ExceptionGroup"
    error = line["error"]
    assert (error["type"], error["cause"]["type"]) == ("builtins.ExceptionGroup", "builtins.ValueError")
    assert [each["type"] for each in error["errors"]] == ["builtins.KeyError", "builtins.OSError"]
    assert error["errors"][1]["errno"] == 28
    assert error["at"][-1].startswith(__file__)
    assert error["at"][-1].endswith(" fail")


def test_the_words_of_baton_itself_are_written() -> None:
    assert line_of("Out of reach: %s", Unavailable("The disk is full."))["message"] == "Out of reach: The disk is full."


async def test_what_asyncio_shows_of_a_task_is_left_out() -> None:
    lines: list[Any] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(JsonFormatter().format(record)))

    async def fail() -> None:
        raise ValueError(WORDS)

    listener, logger = Listener(), logging.getLogger("asyncio")
    logger.addHandler(listener)
    try:
        task = asyncio.ensure_future(fail())
        await asyncio.wait([task])
        loop = asyncio.get_running_loop()
        loop.default_exception_handler({"message": "never retrieved", "future": task, "exception": task.exception()})
    finally:
        logger.removeHandler(listener)
    assert [line["message"] for line in lines] == ["never retrieved"]
    assert WORDS not in json.dumps(lines)


def test_what_python_would_print_is_in_the_log_without_its_text() -> None:
    """Run as a program, since these are settings of the whole process."""
    program = f"""
import threading, warnings
from api.watching.logs import configure_log
from api.watching.settings import WatchingSettings
configure_log(WatchingSettings(log_format="json"))
def fail():
    raise ValueError({WORDS!r})
class Ended:
    def __del__(self):
        fail()
thread = threading.Thread(target=fail)
thread.start()
thread.join()
Ended()
warnings.warn({WORDS!r})
fail()
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [line["level"] for line in lines] == ["error", "error", "warning", "critical"]
    assert [line["error"]["type"] for line in lines if "error" in line] == ["builtins.ValueError"] * 3
    assert WORDS not in ended.stderr
    assert (ended.returncode, ended.stdout) == (1, "")


def test_a_cause_that_ends_in_a_circle_ends() -> None:
    one, two = ValueError(WORDS), KeyError(WORDS)
    one.__cause__, two.__cause__ = two, one
    line = line_of("Failed", error=one)
    assert len(json.dumps(line)) < 10_000


async def test_lines_have_the_ids_of_their_request() -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0)
        seen.append(line_of("Something"))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})

    async def call(*headers: tuple[bytes, bytes]) -> Any:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        await RequestIds(app)({"type": "http", "headers": headers}, None, send)  # type: ignore[arg-type]
        return dict(sent[0]["headers"])

    trace = "0af7651916cd43dd8448eb211c80319c"
    parent = f"00-{trace}-b7ad6b7169203331-01".encode()
    first, second = await asyncio.gather(
        call(), call((b"x-request-id", b"7B3E0C6A-0000-4000-8000-000000000001"), (b"traceparent", parent))
    )
    assert first[b"a"] == b"b"
    assert {line["request"]: line.get("trace") for line in seen} == {
        first[b"x-request-id"].decode(): None,
        "7B3E0C6A-0000-4000-8000-000000000001": trace,
    }
    assert second[b"x-request-id"] == b"7B3E0C6A-0000-4000-8000-000000000001"
    assert log_ids() is None
    assert "request" not in line_of("Outside")


@pytest.mark.parametrize("given", [b"", b"short", b"<script>alert(1)</script>", b"my card is 4111 1111", b"a" * 65])
def test_other_ids_are_not_taken_over(given: bytes) -> None:
    traced = b"00-" + b"0" * 32 + b"-b7ad6b7169203331-01"
    ids = ids_of({"headers": [(b"x-request-id", given), (b"traceparent", traced)]})
    assert re.fullmatch("[0-9a-f]{32}", ids.request)
    assert ids.trace is None
    assert ids != ids_of({"headers": []})


def test_ids_end_with_their_block() -> None:
    with of_request(LogIds(request="a")):
        with of_request(LogIds(request="b", trace="t")):
            assert line_of("In")["trace"] == "t"
        assert (line_of("Out")["request"], "trace" in line_of("Out")) == ("a", False)


def test_it_has_no_exception_while_none_is_handled() -> None:
    record = logging.LogRecord("baton", logging.ERROR, __file__, 1, "Nothing", (), (None, None, None))
    assert sys.exc_info()[0] is None
    assert "error" not in json.loads(JsonFormatter().format(record))
