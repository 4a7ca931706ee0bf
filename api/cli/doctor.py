"""`baton doctor`: checks the integrity of the stored data, and reports each violation with what to do about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import typer
from rich.console import Console

from api.app import Baton
from api.cli.context import operator, with_baton
from api.cli.output import say_json
from api.server.errors import OperatorError
from domain.doctor import Check, Finding, Severity
from domain.erasure.check import ListedErasure
from domain.inbox.team import stranded


def examine(*, repair: bool, as_json: bool) -> None:
    async def look(baton: Baton) -> list[Finding]:
        with Console(stderr=True).status("Checking") as status:
            if repair:
                repaired = sum([await each.repair(status.update) for each in baton.ports.integrity_checks])
                await baton.ports.doctor.note_repairs()
                typer.echo(f"Repaired: {repaired:,}.", err=True)
            found = []
            derived = [each.examine(status.update) for each in baton.ports.integrity_checks]
            for findings in (baton.ports.doctor.examine(status.update), *derived, _waiting(baton), _sealed(baton)):
                async for finding in findings:
                    found.append(finding)
                    if not as_json:
                        _say(finding)
            return found

    _report(with_baton(look), as_json=as_json)


def examine_erased(*, repair: bool, path: Path | None, as_json: bool) -> None:
    """Search for erased shoppers. With a path, bring the list of erasures there and that of the database together
    first: a restored backup may lack the latest."""

    async def look(baton: Baton) -> list[Finding]:
        check = baton.services.erasure_check
        with Console(stderr=True).status("Searching") as status:
            if path is not None:
                await check.add(read_erasures(path))
                _write_list(path, await check.listed())
            if repair:
                count = await check.repair(by=operator())
                typer.echo(f"Shoppers whose erasure has begun again: {count:,}.", err=True)
            if running := await check.under_way():
                typer.echo(f"Erasures that are under way: {running:,}.", err=True)
            found = []
            async for finding in check.examine(status.update):
                found.append(finding)
                if not as_json:
                    _say(finding)
            return found

    _report(with_baton(look), as_json=as_json)


def read_erasures(path: Path) -> list[ListedErasure]:
    """Return the list of erasures in a file; an empty one if it is not there. Raises `OperatorError`."""
    if not path.exists():
        return []
    try:
        return [msgspec.json.decode(line, type=ListedErasure) for line in path.read_bytes().splitlines() if line]
    except msgspec.DecodeError as error:
        raise OperatorError(f"{path} is no list of erasures: {error}") from None


def _write_list(path: Path, lines: list[ListedErasure]) -> None:
    """Replace the file at once, so that an interruption leaves the old list or the new one."""
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    new.replace(path)


def _report(found: list[Finding], *, as_json: bool) -> None:
    """Print the result, and end with an error if anything was found."""
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
        typer.echo(f"Findings: {len(found)}." if found else "No findings.")
    if found:
        raise typer.Exit(1)


async def _waiting(baton: Baton) -> AsyncIterator[Finding]:
    """Yield a warning for tickets that nobody can take: the data are right, but a shopper waits for nobody."""
    for account in await baton.services.storage.accounts():
        reader = baton.services.storage.read(account.id)
        count = await reader.count_tickets(await stranded(reader, account, baton.services.clock.now()))
        if count:
            yield Finding(
                severity=Severity.WARNING,
                check=Check.INBOX,
                where=f"account {account.name} ({account.id})",
                problem=f"tickets that nobody is available to take: {count:,}",
                advice="Have somebody ONLINE within business hours, or take them over: `strandedTickets` lists them.",
            )


async def _sealed(baton: Baton) -> AsyncIterator[Finding]:
    async for account_id, connection, problem in baton.services.connections.sealed.unopenable():
        yield Finding(
            severity=Severity.ERROR,
            check=Check.CONNECTION,
            where=f"account {account_id}: {connection.service.spoken}",
            problem="its secrets cannot be decrypted",
            advice=problem,
        )
    async for account_id, endpoint, problem in baton.services.webhooks.sealed.unopenable():
        yield Finding(
            severity=Severity.ERROR,
            check=Check.CONNECTION,
            where=f"account {account_id}: webhook {endpoint.id}",
            problem="its secret cannot be decrypted",
            advice=f"{problem} Or replace it with `rotateWebhookSecret`.",
        )
    async for account_id, _, problem in baton.services.identity_keys.sealed.unopenable():
        yield Finding(
            severity=Severity.ERROR,
            check=Check.CONNECTION,
            where=f"account {account_id}: identity keys",
            problem="its secrets cannot be decrypted",
            advice=f"{problem} Or replace them with `updateIdentityKeys`.",
        )


def _say(finding: Finding) -> None:
    typer.echo(f"{finding.severity} {finding.where}: {finding.problem}")
    typer.echo(f"  must hold: {finding.check.value}")
    typer.echo(f"  what to do: {finding.advice}")
