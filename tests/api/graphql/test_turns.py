"""The lanes of an account: their order, their bounds, and callers that leave while they wait."""

from __future__ import annotations

import asyncio
import gc
import time

import pytest

from api.graphql.documents.store import Documents
from api.graphql.limits import Limits
from api.graphql.turns import Turns
from domain.principal import Principal, PrincipalKind
from domain.values.ids import AccountId, CredentialId
from tests.api.graphql.schema import schema
from tests.api.graphql.serving import GUEST, STAFF

OTHER = Principal(kind=PrincipalKind.STAFF, account_id=AccountId("other"), credential_id=CredentialId("other"))


async def rounds(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def work(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def test_each_lane_takes_one_step_in_a_round_of_the_event_loop() -> None:
    turns, taken = Turns(), list[str]()

    async def steps(name: str, principal: Principal) -> None:
        async with turns.step(principal):
            taken.append(name)

    many = [asyncio.create_task(steps("staff", STAFF)) for _ in range(5)]
    others = [asyncio.create_task(steps(*each)) for each in (("guest", GUEST), ("other", OTHER))]
    await asyncio.sleep(0)
    assert taken == ["staff", "guest", "other"]
    await asyncio.gather(*many, *others)
    assert taken == ["staff", "guest", "other", "staff", "staff", "staff", "staff"]
    await rounds()
    assert turns._lanes == {}


async def test_a_long_step_is_followed_by_a_rest_of_its_lane_alone() -> None:
    turns = Turns()
    async with turns.step(STAFF):
        work(0.03)
    ended = time.monotonic()

    async def next_step() -> float:
        async with turns.step(STAFF):
            return time.monotonic()

    waiting = asyncio.create_task(next_step())
    async with turns.step(GUEST), turns.step(OTHER):  # they need not wait
        others = time.monotonic()
    assert others < await waiting
    assert await waiting >= ended + 0.085  # three times as long, less the resolution of the clock


async def test_a_rest_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.graphql.turns._LONGEST_REST", 0.05)
    turns = Turns()
    async with turns.step(STAFF, followed=10_000):
        work(0.02)
    async with turns.step(STAFF):  # ten minutes later, if there were no bound; the test has one minute
        pass


async def test_a_full_collection_within_a_step_is_not_counted_for_the_account() -> None:
    """Else a step of a millisecond would hold the account up for as long as the process is large."""
    turns = Turns()
    async with turns.step(STAFF, followed=10_000):
        work(0.02)
        gc.collect()
    await rounds()
    assert turns._lanes == {}


async def test_operations_run_up_to_a_sum_of_costs_and_then_in_order() -> None:
    turns, begun, go = Turns(running=10, least=1), list[int](), asyncio.Event()

    async def run(number: int, cost: int) -> None:
        async with turns.running(STAFF, cost):
            begun.append(number)
            await go.wait()

    tasks = [asyncio.create_task(run(n, cost)) for n, cost in enumerate((4, 6, 5, 1, 1_000, 0))]
    other = asyncio.create_task(run(100, 1_000))
    await rounds()
    assert begun == [0, 1]  # 1 would fit behind 2, but does not overtake it
    other.cancel()
    tasks[2].cancel()
    tasks[4].cancel()
    go.set()
    await asyncio.gather(*tasks, other, return_exceptions=True)
    assert begun == [0, 1, 3, 5]
    assert turns._lanes == {}


async def test_the_number_of_operations_is_bounded_too() -> None:
    turns, begun, go = Turns(running=10, least=3), list[int](), asyncio.Event()

    async def run(number: int) -> None:
        async with turns.running(STAFF, 0):
            begun.append(number)
            await go.wait()

    tasks = [asyncio.create_task(run(number)) for number in range(5)]
    await rounds()
    assert begun == [0, 1, 2]
    go.set()
    await asyncio.gather(*tasks)


async def test_a_heavy_operation_runs_alone() -> None:
    turns, go = Turns(running=10, least=1), asyncio.Event()
    begun = list[str]()

    async def run(name: str, cost: int) -> None:
        async with turns.running(STAFF, cost):
            begun.append(name)
            await go.wait()

    tasks = [asyncio.create_task(run(name, cost)) for name, cost in (("heavy", 30_000), ("light", 1))]
    await rounds()
    assert begun == ["heavy"]
    tasks[0].cancel()  # while it has its turn
    await rounds()
    assert begun == ["heavy", "light"]
    go.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert turns._lanes == {}


async def test_callers_that_leave_as_they_get_their_turn_pass_it_on() -> None:
    turns, begun, go = Turns(running=1, least=1), list[int](), asyncio.Event()

    async def run(number: int) -> None:
        async with turns.running(STAFF, 1):
            begun.append(number)
            await go.wait()

    tasks = [asyncio.create_task(run(number)) for number in range(3)]
    await rounds()
    tasks[0].cancel()
    await asyncio.sleep(0)  # the first releases: the second is granted, and has not run yet
    tasks[1].cancel()
    await rounds()
    assert begun == [0, 2]
    go.set()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_long_documents_are_parsed_in_a_thread_once() -> None:
    documents = Documents(schema=schema._schema, limits=Limits(), hide_suggestions=False)
    text = "{ hello }" + " " * 1_000
    assert documents.is_slow(text)
    assert not documents.is_slow("{ hello }")
    document = await documents.read_beside(text)
    assert not documents.is_slow(text)
    assert documents.get(text) is document is await documents.read_beside(text)
