"""`baton keys …`."""

from __future__ import annotations

from datetime import timedelta

import typer

from api.app import Baton
from api.cli.context import chosen_account, with_baton
from api.cli.output import say_json
from domain.account.service import NewKey
from domain.model.credentials import Credential
from domain.principal import Scope
from domain.values.errors import NotFound
from domain.values.ids import AccountId, CredentialId
from domain.values.record import Record


class KeyWish(Record):
    publishable: bool
    scopes: tuple[Scope, ...]
    staff: str | None
    days: int | None
    label: str | None

    @property
    def is_for_one(self) -> bool:
        return [self.publishable, bool(self.scopes), self.staff is not None].count(True) == 1


def create(wish: KeyWish, *, account: str | None, as_json: bool) -> None:
    async def make(baton: Baton) -> NewKey:
        return await _create(baton, await chosen_account(baton, account), wish)

    key = with_baton(make)
    if as_json:
        say_json({**_row(key.credential), "key": key.token})
    else:
        typer.echo(f"{key.token}\nThe ID of the key is {key.credential.id}. The key is not shown again.")


def show(*, account: str | None, as_json: bool) -> None:
    async def read(baton: Baton) -> list[Credential]:
        return await baton.services.storage.read(await chosen_account(baton, account)).credentials()

    found = with_baton(read)
    if as_json:
        say_json([_row(credential) for credential in found])
        return
    for credential in found:
        row = _row(credential)
        made, expires, revoked = (str(row[name] or "")[:10] for name in ("createdAt", "expiresAt", "revokedAt"))
        state = f"revoked {revoked}" if revoked else f"until {expires}" if expires else ""
        what = " ".join(credential.scopes) or credential.kind.value.lower()
        typer.echo(f"{credential.id}  {made}  {what:<16}  {credential.label or '':<16}  {state}".rstrip())


def revoke(key_id: str, *, account: str | None, as_json: bool) -> None:
    async def act(baton: Baton) -> Credential:
        account_id = await chosen_account(baton, account)
        return await baton.services.accounts.revoke_key(account_id, CredentialId(key_id))

    credential = with_baton(act)
    if as_json:
        say_json(_row(credential))
    else:
        typer.echo("Revoked. Connections that use the key are being closed.")


async def _create(baton: Baton, account_id: AccountId, wish: KeyWish) -> NewKey:
    accounts = baton.services.accounts
    expires_at = None if wish.days is None else baton.services.clock.now() + timedelta(days=wish.days)
    if wish.publishable:
        return await accounts.create_publishable_key(account_id, label=wish.label)
    if wish.staff is None:
        return await accounts.create_scoped_key(account_id, wish.scopes, label=wish.label, expires_at=expires_at)
    for member in await baton.services.storage.read(account_id).staff():
        if member.email.casefold() == wish.staff.casefold():
            return await accounts.create_staff_key(account_id, member.id, label=wish.label, expires_at=expires_at)
    raise NotFound("No staff member of this account has this e-mail address.")


def _row(credential: Credential) -> dict[str, object]:
    times = {
        "createdAt": credential.created_at,
        "expiresAt": credential.expires_at,
        "revokedAt": credential.revoked_at,
    }
    return {
        "id": credential.id,
        "kind": credential.kind.value,
        "label": credential.label,
        "scopes": [scope.value for scope in credential.scopes],
        **{name: at.isoformat() if at else None for name, at in times.items()},
    }
