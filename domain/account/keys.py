"""The commands of keys: create, update, rotate, revoke. A token is returned once, and only its hash is stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from domain.account.authority import Authority, authority_of
from domain.account.documents import TrustedDocumentService
from domain.account.lookup import account_of
from domain.account.networks import check_networks
from domain.audit.changes import changes_between, values
from domain.audit.recording import key_target, record
from domain.events import CredentialRevoked, RevocationReason
from domain.idempotency import Result, run_once
from domain.model.account import Staff
from domain.model.audit import AuditAction, AuditChange
from domain.model.credentials import Credential, new_token, token_hash
from domain.principal import (
    Actor,
    DocumentPolicy,
    Permission,
    Principal,
    PrincipalKind,
    Scope,
    StaffRole,
    permissions_of,
)
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, Invalid, NotFound
from domain.values.ids import AccountId, CredentialId, StaffId, new_id
from domain.values.record import Record, replace
from domain.values.text import check_label

LONGEST_OVERLAP = timedelta(days=7)
DEFAULT_OVERLAP = timedelta(hours=24)
_LONGEST_LIFE = timedelta(days=3_660)


class CreateKey(Record):
    """A new key: publishable, of a staff member, or with scopes."""

    label: str | None = None
    publishable: bool = False
    staff_id: StaffId | None = None
    scopes: tuple[Scope, ...] = ()
    expires_at: datetime | None = None
    networks: tuple[str, ...] = ()
    documents: DocumentPolicy = DocumentPolicy.AUTO


class UpdateKey(Record):
    """A change of a key. `None` leaves a value as it is."""

    key_id: CredentialId
    label: str | None = None
    documents: DocumentPolicy | None = None


class RotateKey(Record):
    key_id: CredentialId
    overlap: timedelta = DEFAULT_OVERLAP  # for which the old token stays valid
    expires_at: datetime | None = None  # of the new key; None: as the old one


class NewKey(Record):
    credential: Credential
    token: str  # it cannot be shown again


class IssuedKey(Record):
    """The result of a command that makes a key."""

    credential: Credential
    token: str | None  # None if the command was repeated
    replaced: Credential | None = None  # the key before a rotation


class KeyService:
    """Creates, updates, rotates and revokes keys.

    `by` is the caller; the server itself and its operator may give all rights. Every command raises `Forbidden` for a
    caller that may not manage staff and keys, or whose rights the key exceeds.
    """

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage
        self.documents = TrustedDocumentService(storage=storage)  # that keys may run

    async def create(self, by: Actor, account_id: AccountId, wish: CreateKey, key: str | None = None) -> IssuedKey:
        """Create a key. Returns it, with its token unless this is a repetition. Raises `Invalid`, `NotFound` for the
        account or the staff member, `Conflict` for a suspended member or a used idempotency key, `Forbidden`."""
        made: dict[str, str] = {}

        async def act(uow: UnitOfWork) -> Result:
            issued = await issue(uow, by, wish)
            made[issued.credential.id] = issued.token
            return {"key": issued.credential.id}

        return await self._issued(by, account_id, wish, key, act, made)

    async def update(self, by: Actor, account_id: AccountId, wish: UpdateKey) -> Credential:
        """Change the label of a key, or which documents it may run, which closes the connections that are open under
        it. Visitor tokens keep the policy of their start. Returns the key. Raises `Invalid`, `NotFound`, `Conflict` for
        a key that is not valid any more, `Forbidden` for the key of somebody above the caller."""
        _require_permission(by)
        return await self._storage.write(account_id, lambda uow: _update(uow, by, wish))

    async def rotate(self, by: Actor, account_id: AccountId, wish: RotateKey, key: str | None = None) -> IssuedKey:
        """Replace a key by a new one with the same rights; the old one stays valid for the overlap. Connections under
        the old one are closed, so that they reconnect and end with it.

        Returns the new key, with its token unless this is a repetition. Raises `Invalid`, `NotFound`, `Conflict` for a
        key that is not valid any more or was rotated before, `Forbidden`.
        """
        if not timedelta() <= wish.overlap <= LONGEST_OVERLAP:
            raise Invalid("The overlap must be from 0 to 7 days.", field="overlap")
        made: dict[str, str] = {}

        async def act(uow: UnitOfWork) -> Result:
            issued = await _rotate(uow, by, wish)
            made[issued.credential.id] = issued.token
            return {"key": issued.credential.id, "replaced": wish.key_id}

        return await self._issued(by, account_id, wish, key, act, made)

    async def revoke(self, by: Actor, account_id: AccountId, key_id: CredentialId) -> Credential:
        """Revoke a key and close the connections that are open under it, in every process. Returns it. Raises
        `NotFound`, `Conflict` if it was revoked before, `Forbidden` for the key of somebody above the caller."""
        _require_permission(by)

        async def change(uow: UnitOfWork) -> Credential:
            authority = await authority_of(uow, by)
            credential = await _existing(uow, key_id)
            member = await _member_of(uow, credential)
            if member is not None:
                authority.require_role(member.role, "You may not revoke the key of somebody above you.", field="key_id")
            if credential.revoked_at is not None:
                raise Conflict("This key is revoked already.", field="key_id")
            return await _revoke(uow, by, credential)

        return await self._storage.write(account_id, change)

    async def _issued(
        self,
        by: Actor,
        account_id: AccountId,
        wish: Record,
        key: str | None,
        act: Callable[[UnitOfWork], Awaitable[Result]],
        made: dict[str, str],
    ) -> IssuedKey:
        _require_permission(by)

        async def change(uow: UnitOfWork) -> IssuedKey:
            once = isinstance(by, Principal) and key is not None
            result = await (run_once(uow, by, key, wish, lambda: act(uow)) if once else act(uow))  # type: ignore[arg-type]
            return IssuedKey(
                credential=await _existing(uow, CredentialId(result["key"])),
                token=made.get(result["key"]),
                replaced=await _existing(uow, CredentialId(result["replaced"])) if "replaced" in result else None,
            )

        return await self._storage.write(account_id, change)


async def issue(uow: UnitOfWork, by: Actor, wish: CreateKey) -> NewKey:
    """Create a key, inside the transaction of a command. Raises `Invalid`, `NotFound`, `Conflict`, `Forbidden`."""
    authority = await authority_of(uow, by)
    await account_of(uow)
    if [wish.publishable, wish.staff_id is not None, bool(wish.scopes)].count(True) != 1:
        raise Invalid("A key is publishable, of a member of staff, or has scopes. Choose one of them.", field=())
    scopes = tuple(dict.fromkeys(wish.scopes))
    credential = Credential(
        id=CredentialId(new_id()),
        kind=_kind_of(wish),
        token_hash="",
        created_at=uow.now,
        label=None if wish.label is None else check_label(wish.label, field="label"),
        scopes=scopes,
        staff_id=wish.staff_id,
        expires_at=_checked_expiry(uow, wish.expires_at),
        networks=check_networks(wish.networks, field="networks"),
        documents=wish.documents,
        created_by=await _creator(uow, by),
    )
    credential = credential if wish.publishable else authority.limited(credential)
    await _require_rights(uow, authority, credential, field="staff_id" if wish.staff_id else "scopes")
    new = _with_token(credential)
    uow.save(new.credential)
    await record(uow, by, AuditAction.KEY_CREATED, key_target(new.credential), await _shown(uow, new.credential))
    return new


async def _update(uow: UnitOfWork, by: Actor, wish: UpdateKey) -> Credential:
    authority = await authority_of(uow, by)
    old = await _existing(uow, wish.key_id)
    if not old.usable(uow.now):
        raise Conflict("This key is not valid any more. Create a new one.", field="key_id")
    new = replace(
        old,
        label=old.label if wish.label is None else check_label(wish.label, field="label"),
        documents=old.documents if wish.documents is None else wish.documents,
    )
    await _require_rights(uow, authority, new, field="key_id")
    if wish.documents is not None:
        authority.require_any_document()
    if new == old:
        return old
    uow.save(new)
    uow.emit(CredentialRevoked(credential_id=new.id, reason=RevocationReason.CHANGED))
    changes = changes_between(old, new, ("label", "documents"))
    await record(uow, by, AuditAction.KEY_UPDATED, key_target(new), changes)
    return new


async def revoke_keys_above(uow: UnitOfWork, by: Actor, creator: Staff) -> None:
    """Revoke the scoped keys that a member created and whose rights the member does not have any more; all of them if
    the member is suspended. So nobody keeps by a key what was taken from them."""
    for credential in await uow.scoped_keys_by(creator.id):
        if credential.usable(uow.now) and not _may_have(creator, credential):
            await _revoke(uow, by, credential, values(created_by=creator.name))


def _may_have(member: Staff, credential: Credential) -> bool:
    if member.suspended_at is not None:
        return False
    is_admin = member.role in (StaffRole.OWNER, StaffRole.ADMIN)
    own = permissions_of(PrincipalKind.STAFF, member.role)
    rights = permissions_of(credential.kind, scopes=frozenset(credential.scopes))
    return rights <= own and (is_admin or Scope.STAFF_ADMIN not in credential.scopes)


async def _revoke(
    uow: UnitOfWork, by: Actor, credential: Credential, changes: tuple[AuditChange, ...] = ()
) -> Credential:
    revoked = replace(credential, revoked_at=uow.now)
    uow.save(revoked)
    uow.emit(CredentialRevoked(credential_id=revoked.id))
    await record(uow, by, AuditAction.KEY_REVOKED, key_target(revoked), changes)
    return revoked


async def _creator(uow: UnitOfWork, by: Actor) -> StaffId | None:
    """Return the member of staff behind a command: for a scoped key, the one who created it."""
    if not isinstance(by, Principal):
        return None
    if by.staff_id is not None:
        return by.staff_id
    credential = await uow.get(Credential, by.credential_id)
    return None if credential is None else credential.created_by


async def _rotate(uow: UnitOfWork, by: Actor, wish: RotateKey) -> NewKey:
    authority = await authority_of(uow, by)
    old = await _existing(uow, wish.key_id)
    if not old.usable(uow.now):
        raise Conflict("This key is not valid any more. Create a new one.", field="key_id")
    if old.replaced_by is not None:
        raise Conflict("This key was rotated before. Rotate the key that replaced it.", field="key_id")
    new = _with_token(
        replace(
            old,
            id=CredentialId(new_id()),
            created_at=uow.now,
            last_used_at=None,
            expires_at=_checked_expiry(uow, wish.expires_at) or old.expires_at,
            first_id=old.first_id or old.id,
            created_by=await _creator(uow, by),  # who has its token
        )
    )
    await _require_rights(uow, authority, new.credential, field="key_id")
    ends_at = uow.now + wish.overlap
    ends_at = ends_at if old.expires_at is None else min(ends_at, old.expires_at)
    uow.save(new.credential)
    uow.save(
        replace(
            old,
            replaced_by=new.credential.id,
            expires_at=ends_at if wish.overlap else old.expires_at,
            revoked_at=None if wish.overlap else uow.now,
        )
    )
    reason = RevocationReason.ROTATED if wish.overlap else RevocationReason.REVOKED
    uow.emit(CredentialRevoked(credential_id=old.id, reason=reason))
    changes = values(replaced_by=new.credential.id, valid_until=ends_at, new_expires_at=new.credential.expires_at)
    await record(uow, by, AuditAction.KEY_ROTATED, key_target(old), changes)
    return new


def _kind_of(wish: CreateKey) -> PrincipalKind:
    if wish.publishable:
        return PrincipalKind.WIDGET
    if wish.staff_id is not None:
        return PrincipalKind.STAFF
    return PrincipalKind.AGENT if Scope.AGENT in wish.scopes else PrincipalKind.PARTNER


def _with_token(credential: Credential) -> NewKey:
    token = new_token(credential.kind)
    return NewKey(credential=replace(credential, token_hash=token_hash(token)), token=token)


def _require_permission(by: Actor) -> None:
    """Refuse before anything is read."""
    if isinstance(by, Principal):
        by.require(Permission.MANAGE_STAFF)


async def _require_rights(uow: UnitOfWork, authority: Authority, credential: Credential, *, field: str) -> None:
    """Raises `Forbidden` if the new key has rights that the actor does not have, or fewer limits than the acting key. A
    publishable key has the rights of a stranger, since it is public."""
    member = await _member_of(uow, credential)
    if member is not None:
        if member.suspended_at is not None:
            raise Conflict(f"{member.name} is suspended. Reinstate this member of staff first.", field=field)
        authority.require_role(member.role, "You may not give a key to somebody above you.", field=field)
    if credential.kind is not PrincipalKind.WIDGET:
        role = None if member is None else member.role
        rights = permissions_of(credential.kind, role, frozenset(credential.scopes))
        authority.require_permissions(rights, field=field)
        authority.require_no_wider(credential, field="key_id" if field == "key_id" else "networks")
    if Scope.STAFF_ADMIN in credential.scopes:  # which reaches members that the permission alone does not
        authority.require_role(StaffRole.ADMIN, "Only OWNER and ADMIN may give the scope `staff:admin`.", field=field)


async def _member_of(uow: UnitOfWork, credential: Credential) -> Staff | None:
    """Return the staff member of a key, if it has one. Raises `NotFound`."""
    if credential.staff_id is None:
        return None
    member = await uow.get(Staff, credential.staff_id)
    if member is None:
        raise NotFound("No such staff member in this account.", field="staff_id")
    return member


async def _existing(uow: UnitOfWork, key_id: CredentialId) -> Credential:
    """Return a key. Visitor tokens and the access tokens of sessions are no keys. Raises `NotFound`."""
    found = await uow.get(Credential, key_id)
    if found is None or not found.is_key:
        raise NotFound("No such key in this account.", field="key_id")
    return found


def _checked_expiry(uow: UnitOfWork, expires_at: datetime | None) -> datetime | None:
    if expires_at is not None and not uow.now < expires_at <= uow.now + _LONGEST_LIFE:
        raise Invalid("Give an instant in the future, at most ten years from now.", field="expires_at")
    return expires_at


async def _shown(uow: UnitOfWork, credential: Credential) -> tuple[AuditChange, ...]:
    member = await _member_of(uow, credential)
    return values(
        kind=credential.kind,
        staff=None if member is None else member.name,
        scopes=credential.scopes or None,
        networks=credential.networks or None,
        documents=None if credential.documents is DocumentPolicy.AUTO else credential.documents,
        expires_at=credential.expires_at,
    )
