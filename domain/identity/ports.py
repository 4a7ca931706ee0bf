"""The port that verifies identity tokens."""

from __future__ import annotations

from typing import Protocol

from domain.model.identity import ProvedIdentity
from domain.values.errors import Field
from domain.values.ids import AccountId


class IdentityVerifier(Protocol):
    """Verifies what the shop signed. Call it before the transaction, since it may read keys over the network."""

    async def verify(self, account_id: AccountId, token: str, *, field: Field) -> ProvedIdentity:
        """Return what an identity token proves.

        Raises `Invalid` with the reason, at `field`, for a token that is malformed, wrong, expired or of another
        account; `Unavailable` if the account's keys cannot be read now.
        """
