"""Creation of accounts with their first keys, changes of their settings, and authentication."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.account.key_uses import KeyUses
from domain.account.keys import CreateKey, NewKey, issue
from domain.account.lookup import account_of
from domain.account.networks import is_within
from domain.account.settings import AccountChange, apply_change
from domain.account.stored_rights import StoredRights, first_end, issuer_of, stored_rights
from domain.account.visits import ShopperVisits
from domain.audit.changes import all_fields, changes_between, values
from domain.audit.recording import account_target, record
from domain.events import AccountChanged
from domain.idempotency import Result, run_once
from domain.model.account import Account, Assignment, Staff
from domain.model.audit import AuditAction
from domain.model.credentials import ACCESS_TOKEN_PREFIX, Credential, token_hash
from domain.principal import Actor, Issuer, Permission, Principal, Scope, StaffRole
from domain.storage import Storage, UnitOfWork
from domain.timers import hand_out_timer
from domain.values.clock import Clock
from domain.values.contacts import check_email
from domain.values.errors import CredentialEnded, Forbidden, Unauthenticated
from domain.values.ids import AccountId, CredentialId, StaffId, new_id
from domain.values.record import replace
from domain.values.text import check_label

DEMO_ACCOUNT = AccountId("DEMO".rjust(26, "0"))  # fixed, so that two first starts at the same time create one account


class AccountService:
    """Creates and changes accounts, and authenticates tokens. Staff and keys have services of their own."""

    def __init__(self, *, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self.uses = KeyUses()
        self.visits = ShopperVisits()

    async def principal_of(self, token: str, *, address: str | None = None) -> Principal:
        """Return the principal of a token, for a client with this address, and note the use of its key, or the visit.

        Raises `Unauthenticated` if the token is unknown, `CredentialEnded` if its credential has expired or was revoked
        or its staff member was removed or suspended, `Forbidden` if the address is in no network of the credential, and
        `Unavailable`.
        """
        found = await self._storage.find_credential(token_hash(token))
        if found is None and token.startswith(ACCESS_TOKEN_PREFIX):  # not stored for long after it expired
            raise CredentialEnded("This access token has expired: get a new one.")
        if found is None:
            raise Unauthenticated("This credential is unknown.")
        return await self._principal(*found, address=address)

    async def principal_behind(
        self, account_id: AccountId, credential_id: CredentialId, *, address: str | None = None
    ) -> Principal:
        """Return the principal of a credential that a link stands for. Raises as `principal_of`."""
        reader = self._storage.read(account_id)
        credential = await reader.get(Credential, credential_id)
        if credential is None:
            raise Unauthenticated("This credential is unknown.")
        staff = await reader.get(Staff, credential.staff_id) if credential.staff_id is not None else None
        return await self._principal(account_id, credential, staff, address=address)

    async def _principal(
        self, account_id: AccountId, credential: Credential, staff: Staff | None, *, address: str | None
    ) -> Principal:
        if not credential.usable(self._clock.now()):
            raise CredentialEnded("This credential has expired or was revoked: get a new one.")
        if credential.staff_id is not None and staff is None:
            raise CredentialEnded("The staff member of this credential was removed.")
        if staff is not None and staff.suspended_at is not None:
            raise CredentialEnded("The staff member of this credential is suspended.")
        if credential.networks and not is_within(address, credential.networks):
            raise Forbidden("This key may not be used from this network. Use it from a network that it allows.")
        issuer = await self._issuer_of(account_id, credential)
        self.uses.note(account_id, credential, self._clock.now())
        if credential.conversation_id is not None:
            self.visits.note(account_id, credential.conversation_id, self._clock.now())
        return Principal(
            kind=credential.kind,
            account_id=account_id,
            credential_id=credential.id,
            first_id=credential.first_id,
            address=address,
            expires_at=first_end(credential, issuer),
            conversation_id=credential.conversation_id,
            issuer=issuer,
            staff_id=credential.staff_id,
            session_id=credential.session_id,
            role=None if staff is None else staff.role,
            scopes=frozenset(credential.scopes),
            documents=credential.documents,
        )

    async def stored_rights(self, account_id: AccountId, principals: Sequence[Principal]) -> StoredRights:
        """Return the rights of the account's principals as they are stored now. Raises `Unavailable`."""
        return await stored_rights(self._storage.read(account_id), principals, self._clock.now())

    async def _issuer_of(self, account_id: AccountId, credential: Credential) -> Issuer | None:
        """Return the key that got a visitor token; `None` if a browser did. Raises `CredentialEnded` if the key has
        ended, or may not start conversations any more."""
        if credential.issued_by is None:
            return None
        reader = self._storage.read(account_id)
        key = await reader.get(Credential, credential.issued_by)
        member = await reader.get(Staff, key.staff_id) if key is not None and key.staff_id is not None else None
        return issuer_of(credential, key, member, self._clock.now())

    async def create(
        self,
        name: str,
        *,
        staff: Sequence[Staff],
        time_zone: str | None = None,
        demo: bool = False,
        by: Actor = None,
    ) -> Account:
        """Create an account with its first staff (`new_staff_member`), in UTC unless a zone is given. There is at most
        one demo account: creating it again returns it. `by` is for the audit log. Raises `Invalid`."""
        account_id = DEMO_ACCOUNT if demo else AccountId(new_id())
        change = AccountChange(name=check_label(name, field="name"), time_zone=time_zone)

        async def make(uow: UnitOfWork) -> Account:
            existing = await uow.get(Account, account_id)
            if existing is not None:
                return existing
            account = apply_change(Account(id=account_id, name=name, created_at=uow.now, demo=demo), change)
            uow.save(account)
            ids = sorted(new_id() for _ in staff)  # ids of one millisecond are not ordered
            for staff_id, colleague in zip(ids, staff, strict=True):
                uow.save(replace(colleague, id=StaffId(staff_id)))
            uow.emit(AccountChanged(account=account))
            shown = values(time_zone=account.time_zone, staff=tuple(colleague.email for colleague in staff))
            await record(uow, by, AuditAction.ACCOUNT_CREATED, account_target(account), shown)
            return account

        return await self._storage.write(account_id, make)

    async def update(self, principal: Principal, change: AccountChange, key: str | None = None) -> Account:
        """Change the settings. Returns the account. Raises `Invalid` with the field that is wrong, `Conflict`,
        `Forbidden`."""
        principal.require(Permission.CHANGE_SETTINGS)

        async def act(uow: UnitOfWork) -> Result:
            before = await account_of(uow)
            account = apply_change(before, change)
            uow.save(account)
            if account.assignment is Assignment.ROUND_ROBIN:  # by other hours, waiting tickets may be assignable
                uow.save(hand_out_timer(account.id, uow.now))
            uow.emit(AccountChanged(account=account))
            changes = changes_between(before, account, all_fields(Account, without=["version"]))
            await record(uow, principal, AuditAction.SETTINGS_UPDATED, account_target(account), changes)
            return {"account": account.id}

        async def write(uow: UnitOfWork) -> Account:
            await run_once(uow, principal, key, change, lambda: act(uow))
            return await account_of(uow)

        return await self._storage.write(principal.account_id, write)

    async def create_publishable_key(self, account_id: AccountId, *, label: str | None = None) -> NewKey:
        """Create a key for the widget, in the name of the server. Raises `NotFound`, `Invalid`."""
        return await self._create_key(account_id, CreateKey(label=label, publishable=True))

    async def create_staff_key(
        self, account_id: AccountId, staff_id: StaffId, *, label: str | None = None, expires_at: datetime | None = None
    ) -> NewKey:
        """Create a secret key of a staff member, in the name of the server. Raises `NotFound`, `Invalid`."""
        return await self._create_key(account_id, CreateKey(label=label, staff_id=staff_id, expires_at=expires_at))

    async def create_scoped_key(
        self,
        account_id: AccountId,
        scopes: Sequence[Scope],
        *,
        label: str | None = None,
        expires_at: datetime | None = None,
    ) -> NewKey:
        """Create a secret key with scopes, in the name of the server. Raises `NotFound`, `Invalid`."""
        return await self._create_key(account_id, CreateKey(label=label, scopes=tuple(scopes), expires_at=expires_at))

    async def _create_key(self, account_id: AccountId, wish: CreateKey) -> NewKey:
        return await self._storage.write(account_id, lambda uow: issue(uow, None, wish))


def new_staff_member(name: str, email: str, role: StaffRole) -> Staff:
    """Make a staff member for `create`. Raises `Invalid`."""
    return Staff(
        id=StaffId(new_id()),
        name=check_label(name, field="name"),
        email=check_email(email, field="email"),
        role=role,
    )
