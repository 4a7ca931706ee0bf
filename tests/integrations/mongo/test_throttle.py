"""The throttle of an account: one reply at a time, and pauses for work that takes long."""

from __future__ import annotations

import asyncio
import time

from domain.values.ids import AccountId
from domain.values.workload import reading_for
from integrations.mongo.bulkhead import Bulkhead

A, B = AccountId("A"), AccountId("B")


async def answer() -> int:
    return 1


async def test_replies_of_an_account_are_handed_back_one_at_a_time() -> None:
    bulkhead, handed = Bulkhead(), list[str]()

    async def question(name: str, account_id: AccountId | None) -> None:
        with reading_for(account_id):
            await bulkhead.run(answer)
        handed.append(name)

    asking = [asyncio.create_task(question(f"a{n}", A)) for n in range(5)]
    asking += [asyncio.create_task(question("b", B)), asyncio.create_task(question("system", None))]
    while not handed:  # noqa: ASYNC110 - each round counts
        await asyncio.sleep(0)
    assert sorted(handed) == ["a0", "b", "system"]
    await asyncio.gather(*asking)
    assert [name for name in handed if name.startswith("a")] == ["a0", "a1", "a2", "a3", "a4"]


async def test_long_work_leaves_the_event_loop_to_others() -> None:
    bulkhead = Bulkhead()
    free = list[float]()  # how long the loop was free between two pieces of work
    ended = 0.0

    async def question() -> None:
        nonlocal ended
        with reading_for(A):
            await bulkhead.run(answer)
        if ended:
            free.append(time.monotonic() - ended)
        time.sleep(0.02)  # noqa: ASYNC251 - the work of a question
        ended = time.monotonic()

    await asyncio.gather(*(question() for _ in range(4)))
    assert len(free) == 3
    assert min(free) > 0.01


async def test_a_caller_that_leaves_holds_nobody_up() -> None:
    bulkhead = Bulkhead()

    async def question() -> int:
        with reading_for(A):
            return await bulkhead.run(answer)

    first, second, third = (asyncio.create_task(question()) for _ in range(3))
    await asyncio.sleep(0)
    second.cancel()
    assert await first == await third == 1
