"""What connections need of the outside: a vault for secrets, a proof of credentials, and a look across accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.model.connected_services import ConnectedService, UnsealedConnection, VerificationResult
from domain.values.errors import DomainError
from domain.values.ids import AccountId


class CannotOpen(DomainError):
    """The secrets cannot be had; the text says what the operator can do. No key and no secret is in it."""


class Vault(Protocol):
    """Encrypts under the operator's keys, the first of which seals. What one process sealed any other with that key
    opens; and only as what it was sealed for: `place` is bound in."""

    def seal(self, secrets: dict[str, str], *, place: str) -> str: ...

    def open(self, sealed: str, *, place: str) -> dict[str, str]:
        """Raises CannotOpen where the key that sealed it is not among the operator's, or the place is another."""

    def is_current(self, sealed: str) -> bool:
        """Whether the newest key sealed it."""


class CredentialVerifier(Protocol):
    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        """Ask the service with these credentials, within a time of its own.

        Raises Invalid with what to do: wrong, revoked, of too low a role; Unavailable where it did not answer.
        """


class ConnectedServiceDirectory(Protocol):
    """Across accounts: for who calls us and says no more than a token, and for the operator."""

    async def find_by_token_hash(self, hook_hash: str) -> tuple[AccountId, ConnectedService] | None: ...

    async def page(self, *, after: str, limit: int) -> Sequence[tuple[AccountId, ConnectedService]]:
        """In the order of their ids, behind that one."""
