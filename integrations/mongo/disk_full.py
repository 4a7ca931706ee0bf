"""How MongoDB says that its disk is full, and what Baton says then."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError

DISK_FULL = "The database cannot write, because its disk is full. Nothing that was acknowledged is lost."

_OUT_OF_DISK_SPACE = 14031  # MongoDB's error code; for most failed writes it uses a general one and the system's words
_DUPLICATE_KEY = 11000  # its text quotes the value, which may be anything
_SIGNS = ("No space left on device", "Disk quota exceeded", "File too large")  # ENOSPC, EDQUOT, EFBIG
_LOG_SECONDS = 30.0  # between two lines in the log, because each write fails

_logger = logging.getLogger("baton.mongo")
_logged_at = float("-inf")  # of `time.monotonic`


def says_disk_full(text: str) -> bool:
    return any(sign in text for sign in _SIGNS)


def is_disk_full(error: PyMongoError) -> bool:
    """Return whether MongoDB refused a command for want of room on its disk."""
    return isinstance(error, OperationFailure) and any(
        code == _OUT_OF_DISK_SPACE or (code != _DUPLICATE_KEY and says_disk_full(text))
        for code, text in _reasons(error)
    )


def log_disk_full() -> None:
    """Log, not for each write, that MongoDB has no room."""
    global _logged_at
    now = time.monotonic()
    if now > _logged_at + _LOG_SECONDS:
        _logged_at = now
        _logger.error("MongoDB refuses writes, because its disk is full.")


def _reasons(error: OperationFailure) -> Iterator[tuple[int | None, str]]:
    """Yield the code and text of the error, and those of the single writes of a bulk."""
    details: Any = error.details or {}
    yield error.code, str(details.get("errmsg", ""))
    for write in [*details.get("writeErrors", ()), *details.get("writeConcernErrors", ())]:
        yield write.get("code"), str(write.get("errmsg", ""))
