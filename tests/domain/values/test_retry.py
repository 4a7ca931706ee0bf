from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from domain.values.errors import Unavailable
from domain.values.retry import retry


class Failing:
    """Raises these errors, one a call; then it returns the number of calls."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self) -> int:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.calls


async def _retry(
    failing: Failing, *, first: float = 0.1, warn: Callable[[BaseException], None] = lambda _: None
) -> int:
    # A lambda, as most callers have: it is not a coroutine function, but what it returns has to be awaited.
    return await retry(lambda: failing(), error=Unavailable, first=first, longest=max(first, 1.0), warn=warn)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []

    async def sleep(delay: float) -> None:
        seconds.append(delay)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return seconds


async def test_it_tries_until_it_succeeds_and_waits_longer_each_time(waits: list[float]) -> None:
    errors = [Unavailable(f"failure {number}") for number in range(2_000)]
    warned: list[BaseException] = []
    assert await _retry(Failing(*errors), warn=warned.append) == 2_001
    assert warned == errors
    for wait, steady in zip(waits, [0.1, 0.2, 0.4, 0.8, *[1.0] * 1_996], strict=True):
        assert 0.75 * steady <= wait <= 1.25 * steady
    assert len(set(waits)) > 1_900


@pytest.mark.parametrize("error", [ValueError("a bug"), asyncio.CancelledError()])
async def test_other_errors_are_raised(waits: list[float], error: BaseException) -> None:
    failing = Failing(Unavailable("once"), error)
    with pytest.raises(type(error)):
        await _retry(failing)
    assert (failing.calls, len(waits)) == (2, 1)


async def test_a_wait_can_be_cancelled() -> None:
    failing = Failing(Unavailable("once"))
    task = asyncio.create_task(_retry(failing, first=60))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert failing.calls == 1
