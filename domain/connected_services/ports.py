"""Ports of connected services: a vault for secrets, credential verifiers, and reads across accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.model.connected_services import ConnectedService, UnsealedConnection, VerificationResult
from domain.values.errors import DomainError
from domain.values.ids import AccountId


class CannotOpen(DomainError):
    """Secrets cannot be decrypted. The text says what the operator can do, and contains no key and no secret."""


class Vault(Protocol):
    """Encrypts secrets with the first of the operator's keys, and decrypts with any of them.

    Each ciphertext is bound to its `place` (additional authenticated data), so it cannot be moved to another record.
    """

    def seal(self, secrets: dict[str, str], *, place: str) -> str:
        """Return the ciphertext. Raises `CannotOpen` if the operator configured no key."""

    def open(self, sealed: str, *, place: str) -> dict[str, str]:
        """Return the secrets. Raises `CannotOpen` if the key is not among the operator's, or the place is another."""

    def is_current(self, sealed: str) -> bool:
        """Return whether the first key sealed it."""


class CredentialVerifier(Protocol):
    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        """Call the service with these credentials, within a time-out of its own, and return what it says of them.

        Raises `Invalid` with advice if they are wrong, revoked, or lack permissions; `Unavailable` if the service does
        not respond.
        """


class ConnectedServiceDirectory(Protocol):
    """Reads across accounts. Every method raises `Unavailable` if the database does not respond."""

    async def find_by_token_hash(self, hook_hash: str) -> tuple[AccountId, ConnectedService] | None:
        """Return the connection whose webhook token has this hash, or None."""

    async def page(self, *, after: str, limit: int) -> Sequence[tuple[AccountId, ConnectedService]]:
        """Return connections in the order of their ids, after the id `after`."""
