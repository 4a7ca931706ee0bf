"""`baton account …`."""

from __future__ import annotations

import typer

from api.app import Baton
from api.cli.context import operator, with_baton
from api.cli.output import say_json
from domain.account.keys import CreateKey
from domain.account.service import new_staff_member
from domain.principal import StaffRole
from domain.values.record import Record
from resolvers.relay.global_ids import to_global_id


class NewAccount(Record):
    name: str
    time_zone: str
    owner_name: str
    owner_email: str


def create(new: NewAccount, *, as_json: bool) -> None:
    async def make(baton: Baton) -> dict[str, str]:
        accounts = baton.services.accounts
        staff = [new_staff_member(new.owner_name, new.owner_email, StaffRole.OWNER)]
        account = await accounts.create(new.name, time_zone=new.time_zone, staff=staff, by=operator())
        owner = (await baton.services.storage.read(account.id).staff())[0]
        wish = CreateKey(label="owner", staff_id=owner.id)
        key = await baton.services.keys.create(operator(), account.id, wish)
        return {"accountId": to_global_id("Account", account.id), "ownerKey": key.token or ""}

    made = with_baton(make)
    if as_json:
        say_json(made)
    else:
        typer.echo(f"account    {made['accountId']}\nowner key  {made['ownerKey']}\nThe key is not shown again.")


def show(*, as_json: bool) -> None:
    async def read(baton: Baton) -> list[dict[str, str]]:
        accounts = await baton.services.storage.accounts()
        return [{"accountId": to_global_id("Account", account.id), "name": account.name} for account in accounts]

    found = with_baton(read)
    if as_json:
        say_json(found)
    for row in [] if as_json else found:
        typer.echo(f"{row['accountId']}  {row['name']}")
