"""The commands `backup` and `restore`, with their arguments and their help."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.cli.backups import copies
from domain.backup.model import RestoreWish

backups_app = typer.Typer()

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]


@backups_app.command("backup")
def make_backup(
    folder: Annotated[Path, typer.Argument(help="A new folder, which gets the layout of `mongodump`.")],
    gzip: Annotated[bool, typer.Option("--gzip", help="Compress the files.")] = False,
    window: Annotated[
        int | None,
        typer.Option(min=1, max=10_080, help="Minutes for which MongoDB keeps the copied state; 5 by default."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the whole database, as it is at one instant, beside running servers.

    Secrets stay encrypted. Keep BATON_SECRET and BATON_ENCRYPTION_KEY apart from the copy.
    """
    copies.make(folder, compressed=gzip, window=window, as_json=as_json)


@backups_app.command("restore")
def restore_backup(
    folder: Annotated[
        Path | None, typer.Argument(exists=True, file_okay=False, help="A folder that `baton backup` made.")
    ] = None,
    replaces: Annotated[
        bool, typer.Option("--replace", help="Also if the database has data, which it replaces.")
    ] = False,
    erasures: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="The list of erasures (`baton doctor --erased --list`), to apply again."
        ),
    ] = None,
    wait: Annotated[int, typer.Option(min=0, max=3_600, help="Seconds that servers have to leave the database.")] = 60,
    gives_up: Annotated[
        bool, typer.Option("--give-up", help="End a restore that was interrupted before it changed anything.")
    ] = False,
    loses_held: Annotated[
        bool,
        typer.Option(
            "--lose-held", help="Also if it loses conversations, or messages of them, that are under a legal hold."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Put a backup into the database: all of it, or nothing. Servers respond with 503 meanwhile, and begin anew.

    Streams begin with StreamReset, and nothing that has left is sent twice. An interrupted restore
    is repeated with the same command.
    """
    wish = RestoreWish(replaces=replaces, wait=timedelta(seconds=wait), loses_held=loses_held)
    copies.restore(folder, wish, erasures=erasures, gives_up=gives_up, as_json=as_json)
