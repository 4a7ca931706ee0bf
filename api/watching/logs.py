"""The log on stderr: as text for people, or a JSON object a line for programs.

Whoever runs Baton must not read in its log what shoppers write. Therefore a line of JSON has of an exception its type
and where it was raised, but not its text, which may quote what could not be processed.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Literal

import orjson

from api.watching.log_ids import log_ids
from api.watching.repeats import RepeatBoundHandler
from api.watching.settings import WatchingSettings
from api.watching.uncaught import log_uncaught
from domain.values.errors import Unavailable

_TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_FRAMES = 30  # of an exception, the last ones
_CAUSES = 5  # of an exception, one behind the other
# The loggers of Baton: those of its log, and of its modules. At lower levels, those of libraries have what customers
# send: commands with data, the headers and frames of WebSockets, and credentials in both.
_OURS = ("baton", "api", "domain", "integrations", "resolvers")


def configure_log(settings: WatchingSettings) -> None:
    """Write the log of this process to stderr, in the format of the settings. Of libraries it has warnings and errors
    alone, whatever the level, and of each kind a bounded number."""
    handler = RepeatBoundHandler(unbounded=_OURS)
    handler.setFormatter(formatter_of(settings.log_format))
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    if settings.log_format == "json":
        log_uncaught()


def formatter_of(log_format: Literal["text", "json"]) -> logging.Formatter:
    return JsonFormatter() if log_format == "json" else logging.Formatter(_TEXT)


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if (ids := log_ids()) is not None:
            line["request"] = ids.request
            if ids.trace is not None:
                line["trace"] = ids.trace
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _described(record.exc_info[1], _CAUSES)
        try:
            return orjson.dumps(line).decode()
        except TypeError:  # half of a surrogate pair
            return json.dumps(line)


def _message(record: logging.LogRecord) -> str:
    """Return the text of a record. Of an exception in it, the type stands for the text."""
    args = record.args
    if isinstance(args, tuple) and any(isinstance(each, BaseException) for each in args):
        args = tuple(_named(each) if isinstance(each, BaseException) else each for each in args)
    message = str(record.msg)
    text = message % args if args else message
    # After its first line, asyncio shows the objects that are concerned, with what is in them.
    return text.partition("\n")[0] if record.name == "asyncio" else text


def _named(error: BaseException) -> str:
    return str(error) if isinstance(error, Unavailable) else type(error).__name__  # that text is Baton's own


def _described(error: BaseException, causes: int) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    described: dict[str, object] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    for name in ("code", "errno"):  # of the database, of the system
        if isinstance(number := getattr(error, name, None), int):
            described[name] = number
    if isinstance(error, BaseExceptionGroup) and causes:
        described["errors"] = [_described(each, causes - 1) for each in error.exceptions[:_CAUSES]]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and causes:
        described["cause"] = _described(cause, causes - 1)
    return described
