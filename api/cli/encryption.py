"""`baton keys rotate-encryption`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import typer
from msgspec.structs import asdict
from rich.console import Console

from api.app import Baton
from api.cli.context import operator, with_baton
from api.cli.output import say_json
from domain.values.record import Record


class Problem(Record):
    account: str
    service: str
    problem: str


async def _resealed(baton: Baton) -> AsyncIterator[tuple[str, str, str | None]]:
    """Reseal every secret, and yield its account, its kind, and the reason if it could not be decrypted."""
    async for account_id, connection, problem in baton.services.connections.sealed.reseal(operator()):
        yield account_id, connection.service.value, problem
    async for account_id, endpoint, problem in baton.services.webhooks.sealed.reseal(operator()):
        yield account_id, f"WEBHOOK {endpoint.id}", problem
    async for account_id, _, problem in baton.services.identity_keys.sealed.reseal(operator()):
        yield account_id, "IDENTITY KEYS", problem


def rotate(*, as_json: bool) -> None:
    """Reseal all secrets. Exits with 1 if one could not be decrypted; that secret is left unchanged."""

    async def act(baton: Baton) -> tuple[int, list[Problem]]:
        done, problems = 0, []
        with Console(stderr=True).status("Reading") as status:
            async for account_id, service, problem in _resealed(baton):
                if problem is None:
                    done += 1
                    status.update(f"{done:,} encrypted")
                else:
                    problems.append(Problem(account=account_id, service=service, problem=problem))
        return done, problems

    done, problems = with_baton(act)
    if as_json:
        say_json({"resealed": done, "problems": [asdict(problem) for problem in problems]})
    else:
        for problem in problems:
            typer.echo(f"{problem.service} of account {problem.account}: {problem.problem}", err=True)
        typer.echo(f"Encrypted: {done:,}. Every secret that can be decrypted is now under the newest key.")
    if problems:
        raise typer.Exit(1)
