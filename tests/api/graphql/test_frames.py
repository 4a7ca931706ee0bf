from __future__ import annotations

import asyncio
from sys import getsizeof

from api.graphql.frames import FrameQueue
from api.graphql.limits import SocketLimits
from tests.api.graphql.serving import until


def queue(frames: int = 3, size: int = 1 << 20) -> FrameQueue:
    return FrameQueue(SocketLimits(queue_frames=frames, queue_bytes=size))


async def test_frames_leave_in_the_order_in_which_they_came() -> None:
    frames = queue()
    assert [frames.offer(text) for text in ("1", "2", "3", "4")] == [True, True, True, False]

    assert [await frames.take() for _ in range(3)] == ["1", "2", "3"]
    assert len(frames) == 0


async def test_the_bound_is_memory_too() -> None:
    frame = "x" * 1_000
    frames = queue(frames=100, size=3 * getsizeof(frame))

    assert [frames.offer(frame) for _ in range(4)] == [True, True, True, False]


async def test_one_frame_over_the_bound_fits_into_an_empty_queue() -> None:
    frames = queue(size=10)

    assert frames.offer("x" * 1_000)
    assert not frames.offer("y")


async def test_many_that_wait_for_room_all_get_in_once() -> None:
    frames = queue(frames=2)
    async with asyncio.TaskGroup() as tasks:
        for number in range(100):
            tasks.create_task(frames.put(str(number)))
        taken = [await frames.take() for _ in range(100)]

    assert sorted(taken, key=int) == [str(number) for number in range(100)]


async def test_one_that_stops_waiting_does_not_keep_the_others_out() -> None:
    frames = queue(frames=1)
    await frames.put("0")
    waiting = [asyncio.create_task(frames.put(str(number))) for number in (1, 2, 3)]
    await until(lambda: len(frames._waiting) == 3)

    waiting[1].cancel()
    assert await frames.take() == "0"
    waiting[0].cancel()  # its turn had come already
    await asyncio.wait(waiting)

    assert [await frames.take()] == ["3"]
    assert [task.cancelled() for task in waiting] == [True, True, False]


async def test_a_reader_that_is_cancelled_loses_nothing() -> None:
    frames = queue()
    reader = asyncio.create_task(frames.take())
    await until(lambda: frames._reader is not None)
    reader.cancel()
    await asyncio.wait([reader])
    frames.offer("1")

    assert await frames.take() == "1"
