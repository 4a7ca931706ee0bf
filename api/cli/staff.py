"""`baton staff …`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import typer

from api.app import Baton
from api.cli.context import chosen_account, operator, with_baton
from api.cli.output import say_json
from domain.inbox.staff import InviteStaff, UpdateStaff
from domain.model.account import Staff
from domain.principal import StaffRole
from domain.values.contacts import email_key
from domain.values.errors import NotFound
from domain.values.ids import AccountId
from domain.values.record import Record
from resolvers.relay.global_ids import to_global_id


class NewColleague(Record):
    name: str
    email: str
    role: StaffRole


def add(new: NewColleague, *, account: str | None, as_json: bool) -> None:
    async def act(baton: Baton) -> Staff:
        account_id = await chosen_account(baton, account)
        wish = InviteStaff(name=new.name, email=new.email, role=new.role)
        return (await baton.services.staff.invite(operator(), account_id, wish)).staff

    member = with_baton(act)
    if as_json:
        say_json(_row(member))
    else:
        typer.echo(f"{member.name} is {member.role}. A key: `baton keys create --staff {member.email}`")


def set_role(email: str, role: StaffRole, *, account: str | None, as_json: bool) -> None:
    async def act(baton: Baton, member: Staff, account_id: AccountId) -> Staff:
        return await baton.services.staff.update(operator(), account_id, UpdateStaff(staff_id=member.id, role=role))

    _change(email, act, account=account, as_json=as_json)


def suspend(email: str, *, account: str | None, as_json: bool) -> None:
    async def act(baton: Baton, member: Staff, account_id: AccountId) -> Staff:
        return await baton.services.staff.suspend(operator(), account_id, member.id)

    _change(email, act, account=account, as_json=as_json)


def reinstate(email: str, *, account: str | None, as_json: bool) -> None:
    async def act(baton: Baton, member: Staff, account_id: AccountId) -> Staff:
        return await baton.services.staff.reinstate(operator(), account_id, member.id)

    _change(email, act, account=account, as_json=as_json)


async def member_with(baton: Baton, account_id: AccountId, email: str) -> Staff:
    """Return the staff member with this e-mail address. Raises `NotFound`."""
    for member in await baton.services.storage.read(account_id).staff():
        if email_key(member.email) == email_key(email):
            return member
    raise NotFound("No staff member of this account has this e-mail address.")


def _change(
    email: str, act: Callable[[Baton, Staff, AccountId], Awaitable[Staff]], *, account: str | None, as_json: bool
) -> None:
    async def change(baton: Baton) -> Staff:
        account_id = await chosen_account(baton, account)
        return await act(baton, await member_with(baton, account_id, email), account_id)

    member = with_baton(change)
    if as_json:
        say_json(_row(member))
    else:
        typer.echo(f"{_named(member)} is {member.role}.")


def _named(member: Staff) -> str:
    return f"{member.name} (suspended)" if member.suspended_at else member.name


def show(*, account: str | None, as_json: bool) -> None:
    async def read(baton: Baton) -> list[Staff]:
        return await baton.services.storage.read(await chosen_account(baton, account)).staff()

    found = with_baton(read)
    if as_json:
        say_json([_row(member) for member in found])
        return
    for member in found:
        typer.echo(f"{member.role.value:<8} {member.availability.value:<7} {member.email:<32} {_named(member)}")


def _row(member: Staff) -> dict[str, str | None]:
    return {
        "id": to_global_id("Staff", member.id),
        "name": member.name,
        "email": member.email,
        "role": member.role.value,
        "availability": member.availability.value,
        "suspendedAt": member.suspended_at.isoformat() if member.suspended_at else None,
    }
