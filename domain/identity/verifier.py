"""Verifies identity tokens with the keys of the account."""

from __future__ import annotations

from domain.model.identity import ProvedIdentity
from domain.values.errors import Field, Invalid
from domain.values.ids import AccountId

_NO_KEYS = "The account has no key for identity tokens: create one with updateIdentityKeys."


class KeyedIdentityVerifier:
    """Implements `IdentityVerifier`."""

    async def verify(self, account_id: AccountId, token: str, *, field: Field) -> ProvedIdentity:
        """Return what a token proves. Raises `Invalid`."""
        raise Invalid(_NO_KEYS, field=field)
