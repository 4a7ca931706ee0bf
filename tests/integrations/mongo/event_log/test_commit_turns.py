"""Processes that compete commit one after the other."""

from __future__ import annotations

import random

import pytest
from bson import ObjectId

from integrations.mongo.event_log import commit_turns
from integrations.mongo.event_log.commit_turns import CommitTurns, writer_of

TOOK = 0.1  # seconds of a transaction
TURN = 3 * TOOK  # the time for which others wait for one that does not commit


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(commit_turns, "time", clock)
    return clock


def turns(name: bytes) -> CommitTurns:
    return CommitTurns(moved=lambda: None, name=name)


def ring(names: bytes) -> list[CommitTurns]:
    """Return processes of which each has seen a commit of each, the last one's at last."""
    processes = [turns(bytes([name])) for name in names]
    for name in names:
        for process in processes:
            process.note(bytes([name]))
    return processes


def whose(processes: list[CommitTurns]) -> list[bytes]:
    return [process.name for process in processes if process.wait(TOOK) == 0]


def test_a_process_alone_does_not_wait(clock: Clock) -> None:
    alone = turns(b"a")
    assert alone.wait(TOOK) == 0
    alone.note_own()
    alone.note(b"a")
    assert alone.wait(TOOK) == 0


def test_each_has_its_turn_after_the_one_before_it(clock: Clock) -> None:
    processes = ring(b"abc")
    for expected in (b"a", b"b", b"c", b"a", b"b"):
        assert whose(processes) == [expected]
        clock.now += TOOK
        for process in processes:
            process.note(expected)


def test_one_that_does_not_commit_is_passed_over_and_left_out(clock: Clock) -> None:
    processes = ring(b"abc")
    assert whose(processes) == [b"a"]
    clock.now += TURN
    assert whose(processes) == [b"a", b"b"]
    for process in processes:
        process.note(b"b")
    assert b"c" in whose(processes)
    for process in processes:
        process.note(b"c")
    assert processes[1].wait(TOOK) == 0, "a had its chance"
    processes[1].note(b"a")
    assert processes[1].wait(TOOK) == 0


def test_others_are_waited_for_while_they_go_on(clock: Clock) -> None:
    one = turns(b"b")
    one.note(b"a")
    one.note_own()
    assert one.wait(TOOK) == pytest.approx(TURN)
    assert one.wait(0.0) == pytest.approx(0.004)
    clock.now += 60
    assert one.wait(TOOK) == 0


def test_no_process_waits_forever(clock: Clock) -> None:
    """Whatever commits are seen, in whatever order, every process has its turn within one turn of each other."""
    chance = random.Random(5)
    names = [bytes([name]) for name in b"abcdef"]
    for _ in range(200):
        process = turns(b"c")
        for _ in range(chance.randrange(20)):
            process.note(chance.choice(names))
            if chance.random() < 0.5:
                process.note_own()
            clock.now += chance.random() / 10
        waited = 0.0
        while (seconds := process.wait(TOOK)) > 0:
            waited += seconds
            clock.now += seconds
        assert waited <= TURN * len(names)


def test_an_event_tells_its_process() -> None:
    mine, other = ObjectId(), ObjectId("0123456789abcdef01234567")
    assert writer_of({"_id": mine}) == writer_of({"_id": ObjectId()}) == turns_of_this_process().name
    assert writer_of({"_id": other}) == bytes.fromhex("89abcdef01")
    assert writer_of({"_id": 7}) == writer_of({}) == b""


def turns_of_this_process() -> CommitTurns:
    return CommitTurns(moved=lambda: None)


def test_processes_of_the_past_are_forgotten(clock: Clock) -> None:
    """Each start of a process is a new name; a process that only hears of commits asks for no turn."""
    process = turns(b"a")
    for number in range(10_000):
        process.note(number.to_bytes(4))
        clock.now += 0.01
    assert len(process._seen) <= 400
    for number in range(10_000):
        process.note(number.to_bytes(4))
    assert len(process._seen) <= 1_000
