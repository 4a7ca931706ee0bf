"""Identity tokens without signatures, for tests of rules in memory: the text of a token names what it proves."""

from __future__ import annotations

from domain.model.identity import ProvedIdentity
from domain.values.errors import Field, Invalid
from domain.values.ids import AccountId


class ListedIdentities:
    """Implements `IdentityVerifier` with the tokens that a test lists."""

    def __init__(self) -> None:
        self.proved: dict[str, ProvedIdentity] = {}

    async def verify(self, account_id: AccountId, token: str, *, field: Field) -> ProvedIdentity:
        if token not in self.proved:
            raise Invalid("The token's signature is wrong.", field=field)
        return self.proved[token]

    def token(self, external_id: str, **proved: str) -> str:
        """Return a token of the shopper."""
        identity = ProvedIdentity(external_id=external_id, **proved)
        self.proved[repr(identity)] = identity
        return repr(identity)
