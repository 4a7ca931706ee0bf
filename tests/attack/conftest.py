"""A stage for each attack, and the table of all of them at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dev.fakes.smtp import PASSWORD, USER, mail_server
from tests.attack.report import Report, table
from tests.attack.stage import Attack, Stage, attackers, seed
from tests.e2e.processes import Machine

_REPORTS = pytest.StashKey[list[Report]]()

Attacked = Callable[..., Awaitable[Report]]


@pytest.fixture(scope="session")
def pool() -> Iterator[ProcessPoolExecutor]:
    with attackers() as pool:
        yield pool


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with Machine(tmp_path, executes=True) as machine:
        yield machine


@pytest.fixture
def environment() -> dict[str, str]:
    """The settings of the server: the defaults, but for a mail server on this machine."""
    return {"BATON_SMTP_PRIVATE_NETWORKS": "true"}


@pytest.fixture
def ulimit() -> str | None:
    """The arguments of `ulimit` before the server starts."""
    return None


@pytest.fixture
def history() -> int:
    """The number of past conversations of the attacked account, which is then not the demo's."""
    return 0


@pytest.fixture
async def stage(
    machine: Machine, pool: ProcessPoolExecutor, environment: dict[str, str], ulimit: str | None, history: int
) -> Stage:
    server = machine.server(**environment)
    if ulimit:
        server.program = ("sh", "-c", f'ulimit {ulimit}; exec "$0" "$@"', *server.program)
    account_id = await seed(server.data, history) if history else None
    await server.start()
    stage = Stage(machine, server, pool)
    await stage.open(account_id)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHook:
    path: str
    secret: str


@pytest.fixture
async def mail_hook(stage: Stage) -> AsyncIterator[MailHook]:
    """The attacked account's mail. Needs `BATON_SMTP_PRIVATE_NETWORKS` for a mail server on this machine."""
    secret = "secret-of-the-mail-hook-0123456789"
    async with mail_server() as sink:
        path = await stage.connected(
            "email",
            host=sink.host,
            port=sink.port,
            security="NONE",
            user=USER,
            password=PASSWORD,
            fromAddress=USER,
            hookSecret=secret,
            repliesMailedBy="BATON",
        )
        yield MailHook(path=path, secret=secret)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(600))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if reports := config.stash.get(_REPORTS, []):
        terminalreporter.section("attacks")
        terminalreporter.write_line("\n".join(table(reports)))
