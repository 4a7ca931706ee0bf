"""A stage for each attack, and the table of all of them at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.attack.report import Report, table
from tests.attack.stage import Attack, Stage, attackers
from tests.e2e.processes import Machine

_REPORTS = pytest.StashKey[list[Report]]()

Attacked = Callable[..., Awaitable[Report]]


@pytest.fixture(scope="session")
def pool() -> Iterator[ProcessPoolExecutor]:
    with attackers() as pool:
        yield pool


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with Machine(tmp_path) as machine:
        yield machine


@pytest.fixture
async def stage(machine: Machine, pool: ProcessPoolExecutor) -> Stage:
    stage = Stage(machine, await machine.serve(), pool)
    await stage.open()
    return stage


@pytest.fixture
def attacked(stage: Stage, request: pytest.FixtureRequest) -> Attacked:
    """Run an attack, add it to the table, and check the bounds."""

    async def attacked(attack: Attack, *args: Any, name: str = "", **options: Any) -> Report:
        report = await stage.attack(name or request.node.name.removeprefix("test_"), attack, *args, **options)
        request.config.stash.setdefault(_REPORTS, []).append(report)
        assert report.faults() == [], report
        return report

    return attacked


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(600))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if reports := config.stash.get(_REPORTS, []):
        terminalreporter.section("attacks")
        terminalreporter.write_line("\n".join(table(reports)))
