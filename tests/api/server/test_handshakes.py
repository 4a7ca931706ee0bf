"""Upgrades to WebSockets take turns with everything else in the event loop."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from api.server.handshakes import Handshakes


async def rounds(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_every_second_round_of_the_event_loop_makes_one_in_order() -> None:
    handshakes, made = Handshakes(), list[int]()
    for number in range(5):
        handshakes.call(lambda number=number: made.append(number))  # type: ignore[misc]
    seen = []
    for _ in range(12):
        await rounds(1)
        seen.append(len(made))
    assert made == [0, 1, 2, 3, 4]
    assert all(later - before <= 1 for before, later in pairwise(seen[::2]))

    handshakes.call(lambda: made.append(9))  # after a pause
    await rounds(2)
    assert made[-1] == 9


async def test_one_that_fails_does_not_hold_up_the_others() -> None:
    handshakes, made, errors = Handshakes(), list[int](), list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context["exception"]))

    def fail() -> None:
        raise ValueError

    handshakes.call(fail)
    handshakes.call(lambda: made.append(1))
    await rounds(5)
    assert made == [1]
    assert [type(error) for error in errors] == [ValueError]


@pytest.mark.parametrize("pending", [0, 3])
async def test_calls_that_come_while_others_wait(pending: int) -> None:
    handshakes, made = Handshakes(), list[int]()
    for number in range(pending):
        handshakes.call(lambda number=number: made.append(number))  # type: ignore[misc]
    await rounds(1)
    handshakes.call(lambda: made.append(100))
    await rounds(2 * pending + 3)
    assert made == [*range(pending), 100]
