"""`baton import products`: saves the products of a file in the catalogue, in batches of one transaction each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import typer

from api.app import Baton
from api.bootstrap.importers import read_products
from api.cli.context import chosen_account, operator, with_baton
from api.cli.output import say_json
from api.server.errors import OperatorError
from domain.imports.model import RecordLeftOut
from domain.knowledge.commands import MOST_SAVED, ProductDraft, checked_products
from domain.model.account import Account
from domain.values.errors import Invalid

SOURCE = "products"
_MALFORMED_SHOWN = 20


@dataclass(slots=True)
class _Tally:
    read: int = 0
    changed: int = 0
    total: int = 0
    malformed: list[RecordLeftOut] = field(default_factory=list)


def import_products(file: Path, *, account: str | None, as_json: bool) -> None:
    async def act(baton: Baton) -> _Tally:
        account_id, tally = await chosen_account(baton, account), _Tally()
        found = await baton.services.storage.read(account_id).get(Account, account_id)
        if found is None:
            raise OperatorError("There is no such account.")
        await baton.history.begin(account_id, SOURCE, by=operator())
        for batch in _batches(read_products(file, currency=found.currency), tally):
            saved = await baton.services.knowledge.save_products(operator(), account_id, batch)
            tally.changed, tally.total = tally.changed + saved.changed, saved.total
        return tally

    tally = with_baton(act)
    _report(tally, as_json=as_json)
    if tally.malformed:
        raise typer.Exit(1)


def _batches(records: Iterable[ProductDraft | RecordLeftOut], tally: _Tally) -> Iterator[list[ProductDraft]]:
    sound = _sound(records, tally)
    while batch := list(islice(sound, MOST_SAVED)):
        # Of products with one id, the last one in the file counts.
        yield list({draft.product_id: draft for draft in batch}.values())


def _sound(records: Iterable[ProductDraft | RecordLeftOut], tally: _Tally) -> Iterator[ProductDraft]:
    for position, record in enumerate(records, start=1):
        if isinstance(record, RecordLeftOut):
            tally.malformed.append(record)
            continue
        try:
            [checked] = checked_products([record])
        except Invalid as error:
            place = ".".join((error.field or ())[2:])
            reason = f"{place or 'record'}: {error.message}"
            tally.malformed.append(RecordLeftOut(position=position, malformed=True, reason=reason))
            continue
        tally.read += 1
        yield checked


def _report(tally: _Tally, *, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "read": tally.read,
                "changed": tally.changed,
                "total": tally.total,
                "malformed": [{"record": one.position, "reason": one.reason} for one in tally.malformed],
            }
        )
        return
    typer.echo(f"{tally.read:,} products read, {tally.changed:,} new or changed. The catalogue has {tally.total:,}.")
    for one in tally.malformed[:_MALFORMED_SHOWN]:
        typer.echo(f"record {one.position:,}: {one.reason}", err=True)
    if len(tally.malformed) > _MALFORMED_SHOWN:
        typer.echo(f"… and {len(tally.malformed) - _MALFORMED_SHOWN:,} more malformed records.", err=True)
