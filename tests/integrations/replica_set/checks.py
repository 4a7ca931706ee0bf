"""What holds after whatever happened."""

from __future__ import annotations

from tests.e2e.processes import Machine


async def has_no_differences(machine: Machine, settings: dict[str, str]) -> None:
    checked = await machine.command("doctor", **settings)
    assert checked.code == 0, checked.out
