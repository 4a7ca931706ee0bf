"""The end of a process that cannot end by itself."""

from __future__ import annotations

import logging
import os
import threading

_LOG_SECONDS = 1.0  # another thread may hold the log's lock for good

_logger = logging.getLogger("baton.server")


def end_process(reason: str) -> None:
    """Log the reason, if that is still possible, and end the process at once with exit code 70 (EX_SOFTWARE).

    What was acknowledged is in the database, and leases hand on what was under way.
    """
    log(reason)
    os._exit(os.EX_SOFTWARE)


def log(reason: str) -> None:
    """Log at the highest level, and wait for that only so long."""
    thread = threading.Thread(target=_logger.critical, args=("%s The process ends.", reason), daemon=True)
    thread.start()
    thread.join(_LOG_SECONDS)
