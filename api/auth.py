"""From what a caller sends (an Authorization header, or its like in `connection_init`) to who it is."""

from __future__ import annotations

from domain.account.service import AccountService
from domain.principal import ANONYMOUS, Principal
from domain.values.errors import Unauthenticated

_LONGEST = 256  # characters: ours have 47


class Authenticator:
    def __init__(self, *, accounts: AccountService) -> None:
        self._accounts = accounts

    async def __call__(self, authorization: str | None) -> Principal:
        """Takes `Bearer <token>`, or the bare token. Raises Unauthenticated, Unavailable."""
        if authorization is None or not authorization.strip():
            return ANONYMOUS
        scheme, _, rest = authorization.strip().partition(" ")
        token = rest.strip() if rest and scheme.lower() == "bearer" else authorization.strip()
        if len(token) > _LONGEST or not token.isascii():
            raise Unauthenticated("This is no credential of this server.")
        return await self._accounts.principal_of(token)
