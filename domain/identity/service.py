"""Commands on the keys that verify identity tokens, for the staff roles OWNER, ADMIN and MANAGER."""

from __future__ import annotations

import secrets as random
from datetime import datetime, timedelta

from domain.account.lookup import account_of
from domain.audit.changes import bounded, changes_between
from domain.audit.recording import account_target, record
from domain.connected_services.ports import CannotOpen, Vault
from domain.connected_services.sealed_records import SealedRecords
from domain.events import AccountChanged
from domain.idempotency import Result, run_once
from domain.identity.key_sets import KeySets
from domain.identity.ports import IdentityKeyDirectory, NoKeySet
from domain.model.audit import AuditAction, AuditChange, AuditTargetKind
from domain.model.identity import IdentityKeys, IdentitySecret, sealing_place_of_identity_keys
from domain.principal import Permission, Principal
from domain.public_addresses import KEY_SETS, check_address
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, Invalid, NotFound
from domain.values.ids import AccountId
from domain.values.record import Record, SecretRecord, replace

ROTATION = timedelta(hours=24)  # for which earlier secrets stay valid: no token lives longer
LONGEST_ROTATION = timedelta(days=30)
MAX_SECRETS = 5  # valid at once
_SECRET_BYTES = 32
_ID_BYTES = 8


class UpdateIdentityKeys(Record):
    """The changes of the keys; at least one part is given."""

    new_secret: bool = False
    overlap: timedelta = ROTATION  # for which the present secrets stay valid beside the new one
    retire_key_id: str | None = None  # the secret that ends at once
    jwks_url: str | None = None  # None: unchanged
    clear_jwks: bool = False


class NewIdentitySecret(SecretRecord):
    hidden = ("secret",)

    id: str
    secret: str  # shown only once


class UpdatedIdentityKeys(Record):
    keys: IdentityKeys
    created: NewIdentitySecret | None


class IdentityKeyService:
    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        key_sets: KeySets,
        directory: IdentityKeyDirectory,
        private_networks: bool,
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._key_sets = key_sets
        self._private_networks = private_networks
        self.sealed = SealedRecords(
            IdentityKeys,
            storage=storage,
            vault=vault,
            page=directory.page,
            target=AuditTargetKind.ACCOUNT,
            place=lambda account_id, _: sealing_place_of_identity_keys(account_id),
            save=lambda uow, keys, sealed: uow.save(replace(keys, sealed=sealed)),
        )

    async def of(self, principal: Principal) -> IdentityKeys | None:
        """Return the account's keys, or None if it has none. Raises `Forbidden`."""
        principal.require(Permission.CHANGE_SETTINGS)
        return await self._storage.read(principal.account_id).get(IdentityKeys, principal.account_id)

    async def update(
        self, principal: Principal, command: UpdateIdentityKeys, key: str | None = None
    ) -> UpdatedIdentityKeys:
        """Change the keys, and return them with the secret that was created. Idempotent under `key`: a repetition
        returns no secret.

        Raises `Invalid` for a JWKS address that may not be called or returns no keys, `NotFound` for a secret that does
        not exist, `Conflict` if there would be too many secrets, `Forbidden`.
        """
        principal.require(Permission.CHANGE_SETTINGS)
        await self._check(command)
        secret = f"bis_{random.token_urlsafe(_SECRET_BYTES)}" if command.new_secret else None
        created = None if secret is None else NewIdentitySecret(id=random.token_hex(_ID_BYTES), secret=secret)

        async def act(uow: UnitOfWork) -> Result:
            before, account = await uow.get(IdentityKeys, uow.account_id), await account_of(uow)
            after = self._changed(before, command, created, uow)
            uow.save(after)
            uow.emit(AccountChanged(account=account))  # it serializes the change with the account's others
            await record(
                uow, principal, AuditAction.IDENTITY_KEYS_UPDATED, account_target(account), _changes(before, after)
            )
            return {"secret": created.id if created else ""}

        async def write(uow: UnitOfWork) -> UpdatedIdentityKeys:
            result = await run_once(uow, principal, key, command, lambda: act(uow))
            keys = await uow.get(IdentityKeys, uow.account_id)
            assert keys is not None, "the command has saved them"
            is_new = created is not None and result["secret"] == created.id
            return UpdatedIdentityKeys(keys=keys, created=created if is_new else None)

        return await self._storage.write(principal.account_id, write)

    async def _check(self, command: UpdateIdentityKeys) -> None:
        """Check the input, and that a JWKS address returns keys."""
        if command == UpdateIdentityKeys(overlap=command.overlap):
            raise Invalid("Say what is to change: a new secret, a secret to retire, or the JWKS address.", field=())
        if not timedelta(0) <= command.overlap <= LONGEST_ROTATION:
            raise Invalid(f"The overlap is at most {LONGEST_ROTATION.days} days.", field="overlap")
        if command.jwks_url is None:
            return
        check_address(command.jwks_url, private_networks=self._private_networks, field="jwks_url", traffic=KEY_SETS)
        try:
            await self._key_sets.read(command.jwks_url)
        except NoKeySet as problem:
            raise Invalid(f"No keys could be read there. {problem}", field="jwks_url") from None

    def _changed(
        self,
        before: IdentityKeys | None,
        command: UpdateIdentityKeys,
        created: NewIdentitySecret | None,
        uow: UnitOfWork,
    ) -> IdentityKeys:
        before = before or IdentityKeys(id=uow.account_id, sealed="", version=0)
        known, texts = self._without_ended(before, command.retire_key_id, uow.now)
        if created is not None:
            ends_at = uow.now + command.overlap
            known = tuple(_ended(secret, ends_at) for secret in known)
            known = tuple(secret for secret in known if secret.valid(uow.now))
            known = (*known, IdentitySecret(id=created.id, created_at=uow.now))
            texts[created.id] = created.secret
        if len(known) > MAX_SECRETS:
            raise Conflict(f"The account has {MAX_SECRETS} valid secrets, the limit: retire one.", field="new_secret")
        kept = {secret.id: texts[secret.id] for secret in known if secret.id in texts}
        url = None if command.clear_jwks else before.jwks_url
        return replace(
            before,
            sealed=self._vault.seal(kept, place=sealing_place_of_identity_keys(uow.account_id)),
            secrets=known,
            jwks_url=command.jwks_url or url,
            jwks_set_at=uow.now if command.jwks_url else before.jwks_set_at if url else None,
            version=before.version + 1,
        )

    def _without_ended(
        self, before: IdentityKeys, retired: str | None, now: datetime
    ) -> tuple[tuple[IdentitySecret, ...], dict[str, str]]:
        """The secrets that stay, and the texts that can be decrypted. Raises `NotFound` for an unknown retired one."""
        valid = before.valid_secrets(now)
        if retired is not None and retired not in (secret.id for secret in valid):
            raise NotFound("There is no valid secret with this ID.", field="retire_key_id")
        try:
            place = sealing_place_of_identity_keys(AccountId(before.id))
            texts = self._vault.open(before.sealed, place=place) if before.sealed else {}
        except CannotOpen:
            texts = {}  # they are lost, and the secrets with them
        return tuple(secret for secret in valid if secret.id != retired and secret.id in texts), texts


def _ended(secret: IdentitySecret, ends_at: datetime) -> IdentitySecret:
    """The secret with its end, which is never put off."""
    return replace(secret, ends_at=ends_at if secret.ends_at is None else min(secret.ends_at, ends_at))


def _changes(before: IdentityKeys | None, after: IdentityKeys) -> tuple[AuditChange, ...]:
    """For the audit log: each secret by its ID, and until when it is valid."""
    old, new = ({secret.id: _validity(secret) for secret in keys.secrets} if keys else {} for keys in (before, after))
    secrets = (
        AuditChange(field=f"secrets.{key_id}", before=old.get(key_id), after=new.get(key_id))
        for key_id in dict.fromkeys((*old, *new))
        if old.get(key_id) != new.get(key_id)
    )
    return bounded((*secrets, *changes_between(before, after, ("jwks_url",))))


def _validity(secret: IdentitySecret) -> str:
    return "valid" if secret.ends_at is None else f"valid until {secret.ends_at:%Y-%m-%d %H:%M:%S} UTC"
