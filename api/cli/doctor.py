"""`baton doctor`: looks whether everything that must hold does hold, and says what does not, and what to do."""

from __future__ import annotations

import typer
from rich.console import Console

from api.app import Baton
from api.cli.outcome import say_json
from api.cli.running import with_baton
from domain.doctor import Finding


def examine(*, as_json: bool) -> None:
    async def look(baton: Baton) -> list[Finding]:
        with Console(stderr=True).status("Looking") as status:
            found = []
            async for finding in baton.ports.doctor.examine(status.update):
                found.append(finding)
                if not as_json:
                    _say(finding)
            return found

    found = with_baton(look)
    if as_json:
        say_json(
            [
                {
                    "severity": finding.severity,
                    "check": finding.check.name,
                    "where": finding.where,
                    "problem": finding.problem,
                    "advice": finding.advice,
                }
                for finding in found
            ]
        )
    else:
        typer.echo(f"Findings: {len(found)}." if found else "Everything holds.")
    if found:
        raise typer.Exit(1)


def _say(finding: Finding) -> None:
    typer.echo(f"{finding.severity} {finding.where}: {finding.problem}")
    typer.echo(f"  must hold: {finding.check.value}")
    typer.echo(f"  what to do: {finding.advice}")
