"""The limits of those who manage staff and keys: nobody gives rights that they do not have, or changes somebody above.

The rights are those at the time of the commit: the role may have been lowered since the request was authenticated.
"""

from __future__ import annotations

from domain.account.lookup import staff_of
from domain.model.account import Staff
from domain.model.credentials import Credential
from domain.principal import Actor, Permission, Principal, StaffRole
from domain.storage import UnitOfWork
from domain.values.errors import Field, Forbidden
from domain.values.record import Record, replace


class Authority(Record):
    """What an actor may give. `principal` is `None` for the server and its operator, who may give everything."""

    principal: Principal | None

    def require_role(self, role: StaffRole, message: str, *, field: Field | None = None) -> None:
        """Raises `Forbidden` with the message if the role is above the actor's own."""
        if self.principal is not None and not self.principal.reaches(role):
            raise Forbidden(message, field=field)

    def require_permissions(self, permissions: frozenset[Permission], *, field: Field | None = None) -> None:
        """Raises `Forbidden` if the actor does not have all of the permissions."""
        if self.principal is None or permissions <= self.principal.permissions:
            return
        missing = min(permissions - self.principal.permissions)
        raise Forbidden(f"A key cannot have more rights than its creator: you may not {missing.value}.", field=field)


async def authority_of(uow: UnitOfWork, actor: Actor) -> Authority:
    """Return what the actor may give. Raises `Forbidden` for those who may not manage staff and keys."""
    if not isinstance(actor, Principal):
        return Authority(principal=None)
    actor = await present_rights(uow, actor)
    actor.require(Permission.MANAGE_STAFF)
    return Authority(principal=actor)


async def present_rights(uow: UnitOfWork, principal: Principal) -> Principal:
    """Return the principal with the rights that it has now. Raises `Forbidden` if the member of staff was suspended, or
    the key was revoked, since the request was authenticated."""
    credential = await uow.get(Credential, principal.credential_id)
    if credential is None or not credential.usable(uow.now):
        raise Forbidden("This key has expired or was revoked.")
    if principal.staff_id is None:
        return principal
    member: Staff = await staff_of(uow, principal)
    return replace(principal, role=member.role)
