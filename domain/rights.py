"""The rights of a caller at the commit: a key may have been revoked, or a role lowered, since the request was
authenticated.

    principal = await present_rights(uow, principal)   for commands that decide by the caller's rights
    await require_rights(uow, principal)               refuses a caller who has lost any right

`domain.audit.recording.record` calls `require_rights`. So every command that changes access, secrets or settings is
covered, since each of them is in the audit log. The entry names the caller's credential and member of staff, so they
are read in any case, and this costs no further database command.
"""

from __future__ import annotations

from domain.model.account import Staff
from domain.model.credentials import Credential
from domain.principal import Principal
from domain.storage import UnitOfWork
from domain.values.errors import Forbidden
from domain.values.record import replace


async def present_rights(uow: UnitOfWork, principal: Principal) -> Principal:
    """Return the principal with the rights that it has now. Raises `Forbidden` if the member of staff was suspended, or
    the credential has ended, since the request was authenticated.

    The rights are read once in a unit of work: they are those before the command's own changes, which may end the
    credential that it acts with.
    """
    known = uow.callers.get(principal.credential_id)
    if known is not None:
        return known
    credential = await uow.get(Credential, principal.credential_id)
    if credential is None or not credential.usable(uow.now):
        raise Forbidden("This credential has expired or was revoked.")
    present = principal
    if principal.staff_id is not None:
        member = await uow.get(Staff, principal.staff_id)
        if member is None or member.suspended_at is not None:
            raise Forbidden("The member of staff of this credential is suspended.")
        present = replace(principal, role=member.role)
    uow.callers[principal.credential_id] = present
    return present


async def require_rights(uow: UnitOfWork, principal: Principal) -> None:
    """Raises `Forbidden` if the principal has lost a right since the request was authenticated. A command that ends its
    own credential has to call this before it does."""
    present = await present_rights(uow, principal)
    if not principal.permissions <= present.permissions:
        raise Forbidden("Your role was changed. Send this again, if you still may.")
