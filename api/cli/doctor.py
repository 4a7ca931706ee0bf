"""`baton doctor`: looks whether everything that must hold does hold, and says what does not, and what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator

import typer
from rich.console import Console

from api.app import Baton
from api.cli.context import with_baton
from api.cli.output import say_json
from domain.doctor import Check, Finding, Severity
from domain.inbox.team import stranded


def examine(*, repair: bool, as_json: bool) -> None:
    async def look(baton: Baton) -> list[Finding]:
        with Console(stderr=True).status("Looking") as status:
            if repair:
                repaired = sum([await each.repair(status.update) for each in baton.ports.integrity_checks])
                typer.echo(f"Put right: {repaired:,}.", err=True)
            found = []
            derived = [each.examine(status.update) for each in baton.ports.integrity_checks]
            for findings in (baton.ports.doctor.examine(status.update), *derived, _waiting(baton), _sealed(baton)):
                async for finding in findings:
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


async def _waiting(baton: Baton) -> AsyncIterator[Finding]:
    """Nothing is wrong with the data, and somebody is forgotten all the same."""
    for account in await baton.services.storage.accounts():
        reader = baton.services.storage.read(account.id)
        count = await reader.count_tickets(await stranded(reader, account, baton.services.clock.now()))
        if count:
            yield Finding(
                severity=Severity.WARNING,
                check=Check.INBOX,
                where=f"account {account.name} ({account.id})",
                problem=f"tickets that wait with nobody able to take them: {count:,}",
                advice="Have somebody ONLINE within business hours, or take them: `strandedTickets` lists them.",
            )


async def _sealed(baton: Baton) -> AsyncIterator[Finding]:
    async for account_id, connection, problem in baton.services.connections.sealed.unopenable():
        yield Finding(
            severity=Severity.ERROR,
            check=Check.CONNECTION,
            where=f"account {account_id}: {connection.service.spoken}",
            problem="its secrets cannot be opened",
            advice=problem,
        )
    async for account_id, endpoint, problem in baton.services.webhooks.sealed.unopenable():
        yield Finding(
            severity=Severity.ERROR,
            check=Check.CONNECTION,
            where=f"account {account_id}: webhook {endpoint.id}",
            problem="its secret cannot be opened",
            advice=f"{problem} Or give it a new one: `rotateWebhookSecret`.",
        )


def _say(finding: Finding) -> None:
    typer.echo(f"{finding.severity} {finding.where}: {finding.problem}")
    typer.echo(f"  must hold: {finding.check.value}")
    typer.echo(f"  what to do: {finding.advice}")
