"""The account of a unit of work, and the staff member that a caller acts for."""

from __future__ import annotations

from domain.model.account import Account, Staff
from domain.principal import Principal
from domain.storage import Reader, UnitOfWork
from domain.values.errors import Forbidden, NotFound

STAFF_ONLY = "This takes the key of a staff member."


async def account_of(uow: UnitOfWork) -> Account:
    """Return the account that the unit of work is open for. Raises `NotFound`."""
    account = await uow.get(Account, uow.account_id)
    if account is None:
        raise NotFound("No such account.")
    return account


async def staff_of(reader: Reader | UnitOfWork, principal: Principal) -> Staff:
    """Return the staff member that the principal acts for. Raises `Forbidden` for anybody else, and for a member that
    was suspended since the request was authenticated."""
    staff = await reader.get(Staff, principal.staff_id) if principal.staff_id else None
    if staff is None or staff.suspended_at is not None:
        raise Forbidden(STAFF_ONLY)
    return staff
