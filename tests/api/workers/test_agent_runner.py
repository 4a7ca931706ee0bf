"""The worker that replies to waiting turns: which turns it starts, when, and in which order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from api.workers.agent_runner import AgentRunner, RunnerLimits
from domain.agent.ports import WaitingTurns
from domain.events import AgentSettingsChanged, EventBody, LoggedEvent, MessageAdded, TurnLeaseChanged, topics_of
from domain.model.agent.settings import AgentKind, AgentSettings
from domain.model.conversation import Author, AuthorKind, Conversation, Message, MessageKind, TurnLease
from domain.values.errors import Unavailable
from domain.values.ids import AccountId, ConversationId, MessageId
from domain.values.record import replace
from tests.api.graphql.serving import until
from tests.harness.memory_shop import NOON, MemoryShop

A, B = AccountId("a"), AccountId("b")


class Answers:
    """Counts what the runner asks for. A turn lasts until the test ends it."""

    def __init__(self) -> None:
        self.begun: list[tuple[AccountId, ConversationId, bool]] = []
        self.ended: list[ConversationId] = []
        self.gates: dict[ConversationId, asyncio.Event] = {}
        self.error: Exception | None = None

    async def answer(self, account_id: AccountId, conversation_id: ConversationId, *, fresh: bool = False) -> bool:
        self.begun.append((account_id, conversation_id, fresh))
        if self.error is not None:
            raise self.error
        if (gate := self.gates.get(conversation_id)) is not None:
            await gate.wait()
        self.ended.append(conversation_id)
        return True

    @property
    def asked(self) -> list[ConversationId]:
        return [conversation_id for _, conversation_id, _ in self.begun]


class Waiting:
    """The turns that a look at the database finds."""

    def __init__(self, *accounts: AccountId) -> None:
        self.choices = dict.fromkeys(accounts, AgentKind.BUILT_IN)
        self.turns: list[tuple[AccountId, ConversationId]] = []
        self.looks = 0
        self.error: Exception | None = None

    async def accounts(self) -> list[AgentSettings]:
        self.looks += 1
        if self.error is not None:
            raise self.error
        return [AgentSettings(id=each, updated_at=NOON, answered_by=by) for each, by in self.choices.items()]

    async def of(self, account_ids: Sequence[AccountId], *, limit: int) -> list[tuple[AccountId, ConversationId]]:
        return [turn for turn in self.turns if turn[0] in account_ids][:limit]


@asynccontextmanager
async def running(
    answers: Answers, turns: WaitingTurns, limits: RunnerLimits | None = None
) -> AsyncIterator[AgentRunner]:
    runner, stop = AgentRunner(answering=answers, turns=turns, limits=limits), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(runner.run(stop))
        try:
            await asyncio.sleep(0.01)
            yield runner
        finally:
            stop.set()


async def talk(name: str) -> Conversation:
    """A conversation whose shopper waits."""
    shop = MemoryShop()
    return replace(await shop.start(), id=ConversationId(name))


def wrote(conversation: Conversation) -> MessageAdded:
    message = Message(
        id=MessageId("m"),
        conversation_id=conversation.id,
        sequence=1,
        kind=MessageKind.TEXT,
        author=Author(kind=AuthorKind.SHOPPER, name="Ann"),
        text="Hello",
        sent_at=NOON,
    )
    return MessageAdded(message=message, conversation=conversation)


def lease(conversation: Conversation, *, is_held: bool) -> TurnLeaseChanged:
    row = TurnLease(
        id=conversation.id, number=1, turn=1, last_sequence=1, claimed_at=NOON, until=NOON + timedelta(seconds=10)
    )
    return TurnLeaseChanged(lease=row, is_held=is_held, conversation=conversation)


def logged(account_id: AccountId, body: EventBody) -> LoggedEvent:
    return LoggedEvent(account_id=account_id, seq=1, at=NOON, topics=topics_of(body), body=body)


async def steadily(condition: Callable[[], object], seconds: float) -> None:
    """Check that a condition holds for some time."""
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        assert condition()
        await asyncio.sleep(0.02)


async def test_an_own_commit_is_answered_at_once_and_its_echo_is_ignored() -> None:
    answers = Answers()
    async with running(answers, Waiting(A)) as runner:
        event = wrote(await talk("one"))
        runner.on_committed(A, [event])
        await until(lambda: answers.ended == ["one"])
        runner.on_event(logged(A, event))
        await steadily(lambda: answers.asked == ["one"], 0.4)
    assert answers.begun == [(A, "one", True)]


async def test_the_commit_of_another_process_is_left_to_it_for_a_moment() -> None:
    answers = Answers()
    async with running(answers, Waiting(A)) as runner:
        claimed, unclaimed = await talk("claimed"), await talk("unclaimed")
        for conversation in (claimed, unclaimed):
            runner.on_event(logged(A, wrote(conversation)))
        runner.on_event(logged(A, lease(claimed, is_held=True)))
        await until(lambda: answers.ended == ["unclaimed"])
        await steadily(lambda: answers.asked == ["unclaimed"], 0.4)
        runner.on_event(logged(A, lease(claimed, is_held=False)))  # the other process died
        await until(lambda: answers.ended == ["unclaimed", "claimed"])
    assert answers.begun[-1] == (A, "claimed", False)


async def test_turns_from_before_the_start_are_found_and_the_look_is_repeated_after_an_outage() -> None:
    answers, waiting = Answers(), Waiting(A)
    waiting.turns = [(A, ConversationId("old")), (B, ConversationId("of an account without an agent"))]
    waiting.error = Unavailable("down")
    async with running(answers, waiting):
        await until(lambda: waiting.looks)
        waiting.error = None
        await until(lambda: answers.ended == ["old"])


async def test_an_account_that_switches_its_agent_on_is_looked_at() -> None:
    answers, waiting = Answers(), Waiting()
    async with running(answers, waiting) as runner:
        runner.on_committed(A, [wrote(await talk("before"))])
        await steadily(lambda: not answers.begun, 0.1)
        waiting.choices[A] = AgentKind.BUILT_IN
        waiting.turns = [(A, ConversationId("before"))]
        runner.on_event(logged(A, AgentSettingsChanged(answered_by=AgentKind.BUILT_IN, version=2)))
        await until(lambda: answers.ended == ["before"])
        runner.on_event(logged(A, AgentSettingsChanged(answered_by=AgentKind.OFF, version=3)))
        runner.on_committed(A, [wrote(await talk("after"))])
        await steadily(lambda: answers.asked == ["before"], 0.1)


async def test_accounts_take_turns_and_none_takes_all_places() -> None:
    answers, limits = Answers(), RunnerLimits(turns=4, turns_per_account=3)
    many = [await talk(f"a{number}") for number in range(8)]
    answers.gates = {each.id: asyncio.Event() for each in many}
    async with running(answers, Waiting(A, B), limits) as runner:
        for each in many:
            runner.on_committed(A, [wrote(each)])
        await until(lambda: len(answers.begun) == 3)
        runner.on_committed(B, [wrote(await talk("b"))])
        await until(lambda: answers.ended == ["b"])  # although five of the other account came before
        await steadily(lambda: len(answers.begun) == 4, 0.1)
        for gate in answers.gates.values():
            gate.set()
        await until(lambda: len(answers.ended) == 9)
    assert answers.asked == [*("a0", "a1", "a2", "b"), *(f"a{number}" for number in range(3, 8))]


async def test_accounts_with_slow_agents_leave_places_for_others() -> None:
    answers, limits = Answers(), RunnerLimits(turns=8, turns_per_account=4)
    slow = [await talk(f"slow{number}") for number in range(12)]
    answers.gates = {each.id: asyncio.Event() for each in slow}
    others = [AccountId(f"other{number}") for number in range(3)]
    async with running(answers, Waiting(A, B, *others), limits) as runner:
        for each in slow[:6]:
            runner.on_committed(A, [wrote(each)])
        for each in slow[6:]:
            runner.on_committed(B, [wrote(each)])
        await until(lambda: len(answers.begun) == 6)
        for other in others:
            runner.on_committed(other, [wrote(await talk(other))])
        await until(lambda: sorted(answers.ended) == sorted(others))
        await steadily(lambda: len(answers.begun) == 9, 0.1)
        for gate in answers.gates.values():
            gate.set()
        await until(lambda: len(answers.ended) == 15)


async def test_a_message_that_comes_while_the_agent_works_is_answered_after_it() -> None:
    answers = Answers()
    conversation = await talk("one")
    answers.gates[conversation.id] = asyncio.Event()
    async with running(answers, Waiting(A)) as runner:
        runner.on_committed(A, [wrote(conversation)])
        await until(lambda: answers.begun)
        assert conversation.turn is not None
        version = conversation.version + 1
        longer = replace(conversation, version=version, turn=replace(conversation.turn, version=version))
        runner.on_committed(A, [wrote(longer)])
        await steadily(lambda: len(answers.begun) == 1, 0.1)
        answers.gates[conversation.id].set()
        await until(lambda: answers.ended == ["one", "one"])


async def test_a_lease_that_the_stream_repeats_late_ends_no_newer_turn() -> None:
    answers, limits = Answers(), RunnerLimits(turns_per_account=1)
    busy, before = await talk("busy"), await talk("one")
    answers.gates[busy.id] = asyncio.Event()
    async with running(answers, Waiting(A), limits) as runner:
        runner.on_committed(A, [wrote(busy)])
        await until(lambda: answers.begun)
        assert before.turn is not None
        version = before.version + 1
        newer = replace(before, version=version, turn=replace(before.turn, number=2, version=version))
        runner.on_committed(A, [wrote(newer)])
        for event in (lease(before, is_held=True), wrote(newer)):
            runner.on_event(logged(A, event))
        answers.gates[busy.id].set()
        await until(lambda: answers.ended == ["busy", "one"])


@pytest.mark.parametrize("error", [Unavailable("down"), RuntimeError("a bug")])
async def test_an_error_ends_one_turn_alone(error: Exception) -> None:
    answers = Answers()
    answers.error = error
    async with running(answers, Waiting(A)) as runner:
        runner.on_committed(A, [wrote(await talk("one"))])
        await until(lambda: answers.begun)
        answers.error = None
        runner.on_committed(A, [wrote(await talk("other"))])
        await until(lambda: answers.ended == ["other"])
        assert runner.failures == isinstance(error, RuntimeError)


async def test_the_end_waits_for_running_turns_and_then_cancels_them() -> None:
    answers = Answers()
    quick, slow = await talk("quick"), await talk("slow")
    answers.gates = {quick.id: asyncio.Event(), slow.id: asyncio.Event()}
    runner = AgentRunner(answering=answers, turns=Waiting(A), limits=RunnerLimits(drain_seconds=0.5))
    stop = asyncio.Event()
    work: Awaitable[None] = asyncio.ensure_future(runner.run(stop))
    await asyncio.sleep(0.01)
    for conversation in (quick, slow):
        runner.on_committed(A, [wrote(conversation)])
    await until(lambda: len(answers.begun) == 2)
    stop.set()
    await asyncio.sleep(0.05)
    answers.gates[quick.id].set()
    runner.on_committed(A, [wrote(await talk("too late"))])
    async with asyncio.timeout(60):
        await work
    assert (answers.ended, answers.asked) == (["quick"], ["quick", "slow"])
