"""Waiting for a database that is away for a moment: open streams outlive it, and go on where they were."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from domain.values.errors import Unavailable
from domain.values.retry import retry

T = TypeVar("T")

_logger = logging.getLogger(__name__)
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 2.0  # seconds


async def retry_while_unavailable(ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Return what `ask` returns once the database is available again. For streams only: their client can end them."""
    return await retry(
        lambda: _to_its_end(ask()), error=Unavailable, first=_FIRST_WAIT, longest=_LONGEST_WAIT, warn=_warn
    )


def _warn(error: BaseException) -> None:
    _logger.warning("The event log is out of reach: %s", error)


async def _to_its_end(question: Coroutine[Any, Any, T]) -> T:
    """Return the result of the read. A caller that is cancelled waits for its end first: a driver that is cancelled in
    the middle of a command throws its connection away, and PyMongo may send the command again on a new one and forget
    that it was cancelled."""
    asking = asyncio.ensure_future(question)
    try:
        return await asyncio.shield(asking)
    except asyncio.CancelledError:
        with suppress(Unavailable):
            await asking
        raise
