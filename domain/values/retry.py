"""Retries of background tasks inside one process, and jitter, which spreads waits so that they do not end together."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential

T = TypeVar("T")

_SPREAD = 0.25  # many processes ask at once when what they wait for is back


def jittered(seconds: float, spread: float) -> float:
    """Return `seconds`, up to `spread` (0 to 1) of it more or less: `jittered(10, 0.2)` is between 8 and 12."""
    return seconds * random.uniform(1 - spread, 1 + spread)  # noqa: S311 - spreads load, guards nothing


async def retry(
    call: Callable[[], Awaitable[T]],
    *,
    error: type[Exception],
    first: float,
    longest: float,
    warn: Callable[[BaseException], None],
) -> T:
    """Call until it does not raise `error`, and return its result. Raises any other exception of the call.

    It waits `first` seconds, then twice as long after each further failure, up to `longest`, with jitter. `warn` is
    called with the error before each wait.
    """
    exponential = wait_exponential(multiplier=first, max=longest)

    def before_sleep(state: RetryCallState) -> None:
        if state.outcome is not None and (failure := state.outcome.exception()) is not None:
            warn(failure)

    async def attempt() -> T:  # tenacity awaits coroutine functions only, and not whatever returns an awaitable
        return await call()

    retrying = AsyncRetrying(
        retry=retry_if_exception_type(error),
        wait=lambda state: jittered(exponential(state), _SPREAD),
        before_sleep=before_sleep,
    )
    return await retrying(attempt)
