"""Errors that no code catches, in the log. Python itself would print them, with texts that may quote a shopper."""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from types import TracebackType
from typing import TextIO

_logger = logging.getLogger("baton.server")


def log_uncaught() -> None:
    """From now on, the log has what Python would print to stderr: errors that end the process or a thread, errors where
    nobody can catch them, and warnings."""
    sys.excepthook = _of_process
    sys.unraisablehook = _of_object
    threading.excepthook = _of_thread
    warnings.showwarning = _of_warning


def _of_process(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _logger.critical("The process ends with an error that it did not expect.", exc_info=(kind, error, trace))


def _of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        _logger.error("A thread ended with an error.", exc_info=ended.exc_value)


def _of_object(raised: sys.UnraisableHookArgs) -> None:
    _logger.error("An error could not be raised where it happened.", exc_info=raised.exc_value)


def _of_warning(
    message: Warning | str,  # may quote a value
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    _logger.warning("%s at %s:%d", category.__name__, filename, lineno)
