"""The account of a unit of work."""

from __future__ import annotations

from domain.model.account import Account
from domain.storage import UnitOfWork
from domain.values.errors import NotFound


async def account_of(uow: UnitOfWork) -> Account:
    """Return the account that the unit of work is open for. Raises `NotFound`."""
    account = await uow.get(Account, uow.account_id)
    if account is None:
        raise NotFound("No such account.")
    return account
