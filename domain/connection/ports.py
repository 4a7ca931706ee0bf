"""What connections need of the outside: a vault for secrets, and a proof of credentials."""

from __future__ import annotations

from typing import Protocol

from domain.connection.model import OpenConnection


class Vault(Protocol):
    """Encrypts under the operator's key. What one process sealed any other with the same keys opens."""

    def seal(self, secrets: dict[str, str]) -> str: ...

    def open(self, sealed: str) -> dict[str, str]:
        """Raises Unavailable where the key that sealed it is not among the operator's."""

    def reseal(self, sealed: str) -> str:
        """The same under the newest key."""


class Prover(Protocol):
    async def prove(self, connection: OpenConnection) -> str | None:
        """Ask the service with these credentials; answers what the account is called there.

        Raises Invalid with what to do: wrong, revoked, of too low a role; Unavailable where it did not answer.
        """
