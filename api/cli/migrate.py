"""`baton migrate`: brings the database to the schema version of this build, or back to the one before; and
`baton --version`, which prints that version."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer
from rich.console import Console

from api.bootstrap.database import mongodb, prepare
from api.bootstrap.versions import open_migrations
from api.cli.context import read_settings
from api.cli.output import explained, say, say_json
from api.server.signals import run_promptly
from api.watching.figures import version_of_baton
from domain.versions.model import SCHEMA_VERSION
from domain.versions.service import MigrationPlan, MigrationService, PassProgress

R = TypeVar("R")


def print_version(is_asked: bool) -> None:
    if is_asked:
        say(f"baton {version_of_baton()}, schema version {SCHEMA_VERSION}")
        raise typer.Exit


def migrate(to: int | None, *, as_json: bool) -> None:
    target = SCHEMA_VERSION if to is None else to

    async def act(migrations: MigrationService) -> bool:
        with Console(stderr=True).status("Migrating") as status:
            return await migrations.run(target, status.update, lambda progress: status.update(_spoken(progress)))

    is_changed = _with_migrations(act)
    if as_json:
        say_json({"version": target, "changed": is_changed})
    elif is_changed:
        say(f"The database has schema version {target} now.")
    else:
        say(f"The database has schema version {target} already.")


def show_plan(to: int | None, *, as_json: bool) -> None:
    """Show what a migration would do, and end with 1 if it could not run now."""
    target = SCHEMA_VERSION if to is None else to
    plan = _with_migrations(lambda migrations: migrations.plan(target))
    if as_json:
        say_json(
            {
                "version": plan.state.version,
                "interrupted": plan.state.target is not None,
                "target": plan.target,
                "summary": plan.summary,
                "passes": [{"name": each.name, "remaining": each.remaining} for each in plan.passes],
                "inTheWay": [process.spoken for process in plan.in_the_way],
            }
        )
    else:
        _say(plan)
    if plan.in_the_way:
        raise typer.Exit(1)


def _say(plan: MigrationPlan) -> None:
    if plan.summary is None:
        say(f"The database has schema version {plan.target}. There is nothing to do.")
        return
    interrupted = " A migration was interrupted, and will be continued." if plan.state.target is not None else ""
    say(f"The database has schema version {plan.state.version}, and would get {plan.target}.{interrupted}")
    say(f"Version {max(plan.target, plan.state.version)}: {plan.summary}.")
    for each in plan.passes:
        say(f"  {each.name}: {each.remaining:,} to change")
    for process in plan.in_the_way:
        say(f"  in the way: {process.spoken}")


def _spoken(progress: PassProgress) -> str:
    return f"{progress.name}: {progress.done:,} of {max(progress.done, progress.remaining):,}"


def _with_migrations(action: Callable[[MigrationService], Awaitable[R]]) -> R:
    with explained():
        settings = read_settings()

        async def act() -> R:
            async with mongodb(settings) as mongo:
                await prepare(settings, mongo.uri)
                async with open_migrations(settings, mongo.uri) as migrations:
                    return await action(migrations)

        return run_promptly(act)
