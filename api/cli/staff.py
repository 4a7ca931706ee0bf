"""`baton staff …`."""

from __future__ import annotations

import typer

from api.app import Baton
from api.cli.context import chosen_account, with_baton
from api.cli.output import say_json
from domain.model.account import Staff
from domain.principal import StaffRole
from domain.values.record import Record
from resolvers.relay.global_ids import to_global_id


class NewColleague(Record):
    name: str
    email: str
    role: StaffRole


def add(new: NewColleague, *, account: str | None, as_json: bool) -> None:
    async def act(baton: Baton) -> Staff:
        account_id = await chosen_account(baton, account)
        return await baton.services.accounts.add_staff(account_id, new.name, new.email, new.role)

    member = with_baton(act)
    if as_json:
        say_json(_row(member))
    else:
        typer.echo(f"{member.name} is {member.role}. A key: `baton keys create --staff {member.email}`")


def show(*, account: str | None, as_json: bool) -> None:
    async def read(baton: Baton) -> list[Staff]:
        return await baton.services.storage.read(await chosen_account(baton, account)).staff()

    found = with_baton(read)
    if as_json:
        say_json([_row(member) for member in found])
        return
    for member in found:
        typer.echo(f"{member.role.value:<8} {member.availability.value:<7} {member.email:<32} {member.name}")


def _row(member: Staff) -> dict[str, str]:
    return {
        "id": to_global_id("Staff", member.id),
        "name": member.name,
        "email": member.email,
        "role": member.role.value,
        "availability": member.availability.value,
    }
