"""The send queue of a WebSocket: order, bounds, cancellation, and signals."""

from __future__ import annotations

import asyncio
from sys import getsizeof

import pytest

from api.graphql.limits import SocketLimits
from api.graphql.websocket.send_queue import FrameQueue, WaitingSignal


def queue(frames: int = 3, size: int = 1 << 20) -> FrameQueue:
    return FrameQueue(SocketLimits(queue_frames=frames, queue_bytes=size))


def signal(text: str, size: int = 50) -> WaitingSignal:
    return WaitingSignal(size=size, frame=lambda: text)


async def started_tasks() -> None:
    """Let new tasks run until they wait: they are on the event loop's queue already."""
    await asyncio.sleep(0)


async def test_frames_leave_in_the_order_of_arrival() -> None:
    frames = queue()
    assert [frames.try_put(text) for text in ("1", "2", "3", "4")] == [True, True, True, False]

    assert [await frames.take() for _ in range(3)] == ["1", "2", "3"]
    assert len(frames) == 0


async def test_the_queue_is_bounded_in_bytes_as_well() -> None:
    frame = "x" * 1_000
    frames = queue(frames=100, size=3 * getsizeof(frame))

    assert [frames.try_put(frame) for _ in range(4)] == [True, True, True, False]


async def test_one_frame_over_the_bound_fits_into_an_empty_queue() -> None:
    frames = queue(size=10)

    assert frames.try_put("x" * 1_000)
    assert not frames.try_put("y")


async def test_all_waiting_frames_are_queued_once() -> None:
    frames = queue(frames=2)
    async with asyncio.TaskGroup() as tasks:
        for number in range(100):
            tasks.create_task(frames.put(str(number)))
        taken = [await frames.take() for _ in range(100)]

    assert sorted(taken, key=int) == [str(number) for number in range(100)]


async def test_a_cancelled_put_does_not_block_the_others() -> None:
    frames = queue(frames=1)
    await frames.put("0")
    waiting = [asyncio.create_task(frames.put(str(number))) for number in (1, 2, 3)]
    await started_tasks()

    waiting[1].cancel()
    assert await frames.take() == "0"
    waiting[0].cancel()  # it was woken already
    await asyncio.wait(waiting)

    assert [await frames.take()] == ["3"]
    assert [task.cancelled() for task in waiting] == [True, True, False]


async def test_a_cancelled_take_loses_no_frame() -> None:
    frames = queue()
    reader = asyncio.create_task(frames.take())
    await started_tasks()
    reader.cancel()
    await asyncio.wait([reader])
    frames.try_put("1")

    assert await frames.take() == "1"


async def test_signals_leave_when_no_frame_waits() -> None:
    frames = queue(frames=10)
    frames.put_signal(("1", "ann"), signal("ann"))
    frames.put_signal(("1", "bo"), signal("bo"))
    frames.try_put("1")
    frames.try_put("2")

    assert [await frames.take() for _ in range(4)] == ["1", "2", "ann", "bo"]


async def test_a_signal_is_rendered_when_it_is_taken() -> None:
    frames, place = queue(frames=10), "before"
    frames.put_signal(("1", "ann"), WaitingSignal(size=50, frame=lambda: place))
    place = "behind"

    assert await frames.take() == "behind"


async def test_a_signal_wakes_the_reader() -> None:
    frames = queue(frames=10)
    reader = asyncio.create_task(frames.take())
    await started_tasks()
    frames.put_signal(("1", "ann"), signal("ann"))

    assert await reader == "ann"


async def test_a_later_signal_replaces_the_earlier_one_with_the_same_key() -> None:
    frames = queue(frames=10)
    for text in ("ann types", "ann stops"):
        frames.put_signal(("1", "ann"), signal(text))
        frames.put_signal(("2", "ann"), signal(f"{text}, says 2"))

    assert [await frames.take() for _ in range(2)] == ["ann stops", "ann stops, says 2"]
    frames.try_put("the end")
    assert await frames.take() == "the end"


async def test_signals_of_an_operation_or_of_a_key_are_withdrawn() -> None:
    frames = queue(frames=10)
    for key in (("1", "ann"), ("1", "bo"), ("2", "ann"), ("2", "bo")):
        frames.put_signal(key, signal(" ".join(key)))
    frames.drop_signal(("2", "ann"))
    frames.drop_signal(("2", "cy"))
    frames.drop_signals("1")

    assert await frames.take() == "2 bo"


@pytest.mark.parametrize(("most", "size"), [(8, 1 << 20), (1_000, 8 * getsizeof("0"))])
async def test_signals_use_half_of_the_queue_and_are_dropped_first(most: int, size: int) -> None:
    frames = queue(frames=most, size=size)
    for number in range(8):
        frames.put_signal(("1", str(number)), signal(f"signal {number}", getsizeof("0")))
    assert [frames.try_put(str(number)) for number in range(9)] == [True] * 8 + [False]

    assert [await frames.take() for _ in range(8)] == [str(number) for number in range(8)]
    frames.try_put("the end")
    assert await frames.take() == "the end"


async def test_a_signal_is_dropped_while_half_of_the_queue_is_used() -> None:
    frames = queue(frames=8)
    for number in range(4):
        frames.try_put(str(number))
    frames.put_signal(("1", "ann"), signal("ann"))
    for number in range(4):
        assert await frames.take() == str(number)
    frames.put_signal(("1", "bo"), signal("bo"))

    assert await frames.take() == "bo"


async def test_waiting_frames_take_precedence_over_signals() -> None:
    frames = queue(frames=2)
    await frames.put("1")
    await frames.put("2")
    waiting = asyncio.create_task(frames.put("3"))
    await started_tasks()
    assert await frames.take() == "1"
    frames.put_signal(("1", "ann"), signal("ann"))  # before the waiting frame is queued
    await waiting

    assert [await frames.take() for _ in range(2)] == ["2", "3"]
