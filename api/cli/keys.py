"""`baton keys …`."""

from __future__ import annotations

from datetime import timedelta

import typer

from api.app import Baton
from api.cli.context import chosen_account, operator, with_baton
from api.cli.output import say_json
from api.cli.staff import member_with
from domain.account.keys import CreateKey, IssuedKey, RotateKey, UpdateKey
from domain.model.credentials import Credential
from domain.principal import DocumentPolicy, Scope
from domain.values.ids import AccountId, CredentialId
from domain.values.record import Record
from resolvers.relay.global_ids import key_of, to_global_id


class KeyWish(Record):
    publishable: bool
    scopes: tuple[Scope, ...]
    staff: str | None
    days: int | None
    label: str | None
    networks: tuple[str, ...]
    documents: DocumentPolicy

    @property
    def is_for_one(self) -> bool:
        return [self.publishable, bool(self.scopes), self.staff is not None].count(True) == 1


def create(wish: KeyWish, *, account: str | None, as_json: bool) -> None:
    async def make(baton: Baton) -> IssuedKey:
        return await _create(baton, await chosen_account(baton, account), wish)

    _say_new(with_baton(make), as_json=as_json)


def update(
    key_id: str, documents: DocumentPolicy | None, label: str | None, *, account: str | None, as_json: bool
) -> None:
    async def act(baton: Baton) -> Credential:
        account_id = await chosen_account(baton, account)
        wish = UpdateKey(key_id=_id_of(key_id), label=label, documents=documents)
        return await baton.services.keys.update(operator(), account_id, wish)

    credential = with_baton(act)
    if as_json:
        say_json(_row(credential))
    else:
        typer.echo("Changed. Connections that use the key are being closed.")


def rotate(key_id: str, hours: int, *, account: str | None, as_json: bool) -> None:
    async def act(baton: Baton) -> IssuedKey:
        account_id = await chosen_account(baton, account)
        wish = RotateKey(key_id=_id_of(key_id), overlap=timedelta(hours=hours))
        return await baton.services.keys.rotate(operator(), account_id, wish)

    _say_new(with_baton(act), as_json=as_json)


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
        typer.echo(f"{_shown(credential)}  {made}  {what:<16}  {credential.label or '':<16}  {state}".rstrip())


def revoke(key_id: str, *, account: str | None, as_json: bool) -> None:
    async def act(baton: Baton) -> Credential:
        account_id = await chosen_account(baton, account)
        return await baton.services.keys.revoke(operator(), account_id, _id_of(key_id))

    credential = with_baton(act)
    if as_json:
        say_json(_row(credential))
    else:
        typer.echo("Revoked. Connections that use the key are being closed.")


async def _create(baton: Baton, account_id: AccountId, wish: KeyWish) -> IssuedKey:
    expires_at = None if wish.days is None else baton.services.clock.now() + timedelta(days=wish.days)
    member = None if wish.staff is None else await member_with(baton, account_id, wish.staff)
    command = CreateKey(
        label=wish.label,
        publishable=wish.publishable,
        staff_id=None if member is None else member.id,
        scopes=wish.scopes,
        expires_at=expires_at,
        networks=wish.networks,
        documents=wish.documents,
    )
    return await baton.services.keys.create(operator(), account_id, command)


def _say_new(key: IssuedKey, *, as_json: bool) -> None:
    if as_json:
        say_json({**_row(key.credential), "key": key.token})
    else:
        typer.echo(f"{key.token}\nThe ID of the key is {_shown(key.credential)}. The key is not shown again.")


def _shown(credential: Credential) -> str:
    """Return the ID as the API has it."""
    return to_global_id("ApiKey", credential.id)


def _id_of(text: str) -> CredentialId:
    """Return the key's ID in what the operator named, which `node` and `keys` return. Raises `Invalid`, `NotFound`."""
    return CredentialId(key_of(text, "ApiKey", field="key"))


def _row(credential: Credential) -> dict[str, object]:
    times = {
        "createdAt": credential.created_at,
        "expiresAt": credential.expires_at,
        "revokedAt": credential.revoked_at,
        "lastUsedAt": credential.last_used_at,
    }
    return {
        "id": _shown(credential),
        "kind": credential.kind.value,
        "label": credential.label,
        "scopes": [scope.value for scope in credential.scopes],
        "networks": list(credential.networks),
        "documents": credential.documents.value,
        **{name: at.isoformat() if at else None for name, at in times.items()},
    }
