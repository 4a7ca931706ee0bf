"""`baton import`: imports past conversations in batches of one transaction each, and lists malformed records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.app import Baton
from api.bootstrap.importers import IMPORTERS
from api.cli.context import chosen_account, operator, with_baton
from api.cli.imports.products import SOURCE
from api.cli.output import fail, say_json
from domain.imports.model import ImportedConversation, ImportedRecord, RecordLeftOut

_BATCH = 50  # conversations: about 1,000 messages and 1 MB, far from a transaction's limits
_MALFORMED_SHOWN = 20


@dataclass(slots=True)
class ImportTally:
    imported: int = 0
    known: int = 0
    erased: int = 0
    left_out: int = 0
    malformed: list[RecordLeftOut] = field(default_factory=list)


def import_batch(source: str, file: Path, *, account: str | None, as_json: bool) -> None:
    if source not in IMPORTERS:
        fail(f"Unknown format {source}. Available: {', '.join((*IMPORTERS, SOURCE))}.")
    tally = ImportTally()

    async def act(baton: Baton) -> None:
        account_id = await chosen_account(baton, account)
        await baton.history.begin(account_id, source, by=operator())
        with _progress() as progress:
            task = progress.add_task(file.name, total=None)
            for batch in _batches(IMPORTERS[source](file), tally):
                outcome = await baton.history.import_batch(account_id, batch, by=operator())
                tally.imported += outcome.imported
                tally.known += outcome.known
                tally.erased += outcome.erased
                progress.update(task, completed=tally.imported + tally.known + tally.erased)

    try:
        with_baton(act)
    except typer.Exit:
        if tally != ImportTally():  # the batches before the error stay imported
            _report(tally, as_json=as_json)
        raise
    _report(tally, as_json=as_json)
    if tally.malformed:
        raise typer.Exit(1)


def _batches(records: Iterable[ImportedRecord], tally: ImportTally) -> Iterator[list[ImportedConversation]]:
    def sound() -> Iterator[ImportedConversation]:
        for record in records:
            if isinstance(record, ImportedConversation):
                yield record
            elif record.malformed:
                tally.malformed.append(record)
            else:
                tally.left_out += 1

    conversations = sound()
    while batch := list(islice(conversations, _BATCH)):
        yield batch


def _progress() -> Progress:
    console = Console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}: {task.completed:,} conversations"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def _report(tally: ImportTally, *, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "imported": tally.imported,
                "known": tally.known,
                "erased": tally.erased,
                "leftOut": tally.left_out,
                "malformed": [{"record": one.position, "reason": one.reason} for one in tally.malformed],
            }
        )
        return
    typer.echo(f"{tally.imported:,} conversations imported, {tally.known:,} skipped as already imported.")
    if tally.erased:
        typer.echo(f"{tally.erased:,} conversations left out: their shoppers were erased since.")
    if tally.left_out:
        typer.echo(f"{tally.left_out:,} records skipped: they have no message of a shopper.")
    for one in tally.malformed[:_MALFORMED_SHOWN]:
        typer.echo(f"record {one.position:,}: {one.reason}", err=True)
    if len(tally.malformed) > _MALFORMED_SHOWN:
        typer.echo(f"… and {len(tally.malformed) - _MALFORMED_SHOWN:,} more malformed records.", err=True)
