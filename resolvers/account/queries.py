"""Resolvers of `account` and `me`."""

from domain.model import account as model
from domain.principal import Permission
from domain.values.errors import NotFound
from resolvers.account.types import Account, Staff
from resolvers.context import Info


async def account(info: Info) -> Account | None:
    context = info.context
    context.principal.require(Permission.READ_ACCOUNT)
    row = await context.account.load(context.principal.account_id)
    if row is None:
        raise NotFound("This account no longer exists.")
    return Account.of(row)


async def me(info: Info) -> Staff | None:
    principal = info.context.principal
    principal.require_known()
    row = await info.context.reader.get(model.Staff, principal.staff_id) if principal.staff_id else None
    return None if row is None else Staff.of(row, principal)
