"""The rights of principals as they are stored at one time, to compare with those that they were authenticated with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.model.account import Staff
from domain.model.credentials import Credential
from domain.principal import Issuer, Permission, Principal, permissions_of
from domain.storage import Reader
from domain.values.errors import CredentialEnded
from domain.values.ids import is_test_id
from domain.values.record import Record

_ISSUER_ENDED = "The key that got this visitor token has ended: start the conversation again to get a new one."


class StoredRights(Record):
    """The credentials and the staff of some principals of an account."""

    credentials: Mapping[str, Credential]
    staff: Mapping[str, Staff]
    now: datetime

    def hold_for(self, principal: Principal) -> bool:
        """Whether the principal still has the rights that it was authenticated with."""
        credential = self.credentials.get(principal.credential_id)
        if credential is None or not credential.usable(self.now) or credential.documents is not principal.documents:
            return False
        try:
            issuer = self._issuer_of(credential)
        except CredentialEnded:
            return False
        if issuer != principal.issuer or first_end(credential, issuer) != principal.expires_at:
            return False
        if principal.staff_id is None:
            return True
        staff = self.staff.get(principal.staff_id)
        return staff is not None and staff.suspended_at is None and staff.role is principal.role

    def _issuer_of(self, credential: Credential) -> Issuer | None:
        if credential.issued_by is None:
            return None
        key = self.credentials.get(credential.issued_by)
        member = self.staff.get(key.staff_id) if key is not None and key.staff_id is not None else None
        return issuer_of(credential, key, member, self.now)


async def stored_rights(reader: Reader, principals: Sequence[Principal], now: datetime) -> StoredRights:
    """Return the stored rights of principals of the reader's account. Raises `Unavailable`."""
    holders: list[Principal | Issuer] = [*principals]
    holders += [each.issuer for each in principals if each.issuer is not None]
    credentials = {each.credential_id for each in holders}
    staff = {each.staff_id for each in holders if each.staff_id is not None}
    return StoredRights(
        credentials=await reader.get_many(Credential, credentials),
        staff=await reader.get_many(Staff, staff) if staff else {},
        now=now,
    )


def issuer_of(token: Credential, key: Credential | None, member: Staff | None, now: datetime) -> Issuer:
    """Return the issuer of a visitor token, from the secret key that got it. Raises `CredentialEnded` if the key has
    ended, or may not start such conversations any more."""
    if key is None or not key.usable(now):
        raise CredentialEnded(_ISSUER_ENDED)
    if key.staff_id is not None and (member is None or member.suspended_at is not None):
        raise CredentialEnded(_ISSUER_ENDED)
    role = None if member is None else member.role
    is_of_test = is_test_id(token.conversation_id or "")
    needed = Permission.HOLD_TESTS if is_of_test else Permission.START_CONVERSATION
    if needed not in permissions_of(key.kind, role, frozenset(key.scopes)):
        raise CredentialEnded(_ISSUER_ENDED)
    return Issuer(credential_id=key.id, expires_at=key.expires_at, staff_id=key.staff_id, role=role)


def first_end(credential: Credential, issuer: Issuer | None) -> datetime | None:
    """Return when a credential ends, by itself or with its issuer."""
    ends = (credential.expires_at, None if issuer is None else issuer.expires_at)
    return min((end for end in ends if end is not None), default=None)
