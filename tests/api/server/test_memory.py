"""Memory is returned after a peak, once the process has little to do, and not again and again for what is in use."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from api.server.memory import MemoryReturn, collect_and_trim, resident_bytes


@dataclass
class Process:
    size: int = 100
    worked: float = 0.0
    in_use: int = 100
    returns: int = 0
    blocks: int = 1_000

    def give_back(self) -> None:
        self.returns += 1
        self.size = self.in_use


def returning(process: Process) -> MemoryReturn:
    return MemoryReturn(
        size=lambda: process.size,
        give_back=process.give_back,
        worked=lambda: process.worked,
        blocks=lambda: process.blocks,
    )


def test_memory_is_returned_after_growth() -> None:
    process = Process()
    memory = returning(process)
    for process.size in (100, 105, 150):
        memory.look()
    assert (process.returns, process.size) == (1, 100)
    process.size, process.in_use = 90, 90  # it shrank by itself, so that the next peak counts from there
    memory.look()
    process.size = 98
    memory.look()
    assert process.returns == 2


def test_the_end_of_a_peak_is_noticed_though_returns_during_it_were_in_vain() -> None:
    process = Process()
    memory = returning(process)
    memory.look()
    for process.size in (120, 130, 140, 150):
        process.in_use = process.size
        memory.look()
    assert process.returns == 2
    process.in_use = 110
    for _ in range(4):
        memory.look()
    assert process.size == 110


def test_the_end_of_a_peak_ends_the_back_off() -> None:
    """Else a peak that comes after an hour of returns in vain would stay for minutes."""
    process = Process()
    memory = returning(process)
    memory.look()
    process.size = process.in_use = 120
    for _ in range(200):
        memory.look()
    process.size, process.blocks, before = 150, 2_000, process.returns
    memory.look()
    process.blocks = 1_200
    memory.look()
    assert (process.returns - before, process.size) == (1, 120)
    for _ in range(10):  # and the back-off goes on where it was not worth it
        memory.look()
    assert process.returns - before <= 4


def test_a_busy_process_is_not_paused_until_it_was_busy_for_long() -> None:
    process = Process()
    memory = returning(process)
    memory.look()
    process.size, looks = 200, 0
    while not process.returns:
        process.worked += 4
        memory.look()
        looks += 1
    assert looks == 5


def test_growth_that_is_in_use_is_visited_rarely() -> None:
    process, places = Process(), list[int]()
    memory = returning(process)
    for place in range(300):
        process.size = process.in_use = 100 + place
        before = process.returns
        memory.look()
        if process.returns > before:
            places.append(place)
    assert places == [8, 10, 14, 22, 38, 70, 134, 198, 262]
    process.size, process.in_use = 500, 200  # a return that was worth it
    while process.size == 500:
        memory.look()
    process.size = 300
    memory.look()
    assert process.size == 200


@pytest.mark.skipif(resident_bytes() == 0, reason="needs /proc")
def test_garbage_of_a_peak_leaves_the_process() -> None:
    collect_and_trim()  # what earlier tests left would hold a part of the peak
    before = resident_bytes()
    peak = [bytearray(1_000) for _ in range(60_000)]
    peak.append(peak)  # type: ignore[arg-type] # a cycle, as exceptions and syntax trees make them
    assert resident_bytes() > before + (30 << 20)
    del peak
    collect_and_trim()
    assert resident_bytes() < before + (20 << 20)
