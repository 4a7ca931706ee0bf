"""Bounds what libraries say again and again: a stranger who sends bad requests must not fill the log.

uvicorn writes a line for each request that is no HTTP, each upgrade that it does not know, and each WebSocket frame
that is no UTF-8, the last one with a traceback. Of lines that differ in nothing but their values, the log has `MOST` a
minute. The number of the others is written with the first line of any kind after that minute. The loggers of Baton have
no bound: who writes there has one of its own where strangers are the cause.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

MOST = 10  # lines of one kind a minute; a fault is seen in fewer
_MINUTE = 60.0  # seconds
_MOST_KINDS = 100  # told apart in a minute; some libraries put values into the text itself. The rest count together

_Kind = tuple[str, str]  # the logger, and the text without its values

_REST: _Kind = ("other loggers", "lines of further kinds")


class RepeatBoundHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes lines as its base class does, and leaves out what libraries repeat."""

    def __init__(self, *, unbounded: tuple[str, ...], clock: Callable[[], float] = time.monotonic) -> None:
        """`unbounded`: the loggers, with those below them, whose lines are all written."""
        super().__init__()
        self._unbounded = frozenset(unbounded)
        self._clock = clock
        self._until = 0.0
        self._counts: Counter[_Kind] = Counter()

    def handle(self, record: logging.LogRecord) -> bool:
        """Write the record, unless its kind was written often enough. Return whether it was written."""
        self.acquire()
        try:
            now = self._clock()
            if now >= self._until:
                self._until = now + _MINUTE
                self._tell_left_out()
            return self._has_room(record) and bool(super().handle(record))
        finally:
            self.release()

    def _has_room(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] in self._unbounded:
            return True
        kind = (record.name, str(record.msg))
        if kind not in self._counts and len(self._counts) >= _MOST_KINDS:
            kind = _REST
        self._counts[kind] += 1
        return self._counts[kind] <= MOST

    def _tell_left_out(self) -> None:
        counts, self._counts = self._counts, Counter()
        for (name, text), count in counts.items():
            if count > MOST:
                message, values = "%d further lines in a minute: %s", (count - MOST, text.strip())
                super().handle(logging.LogRecord(name, logging.WARNING, __file__, 0, message, values, None))
