"""Ports of identity tokens: what verifies them, and where the keys come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from domain.model.identity import IdentityKeys, ProvedIdentity
from domain.values.errors import DomainError, Field
from domain.values.ids import AccountId
from domain.values.record import Record


class IdentityVerifier(Protocol):
    """Verifies what the shop signed. Call it before the transaction, since it may read keys over the network."""

    async def verify(self, account_id: AccountId, token: str, *, field: Field) -> ProvedIdentity:
        """Return what an identity token proves.

        Raises `Invalid` with the reason, at `field`, for a token that is malformed, wrong, expired or of another
        account; `Unavailable` if the account's keys cannot be read now.
        """


class NoKeySet(DomainError):
    """A JWKS address returned no keys that can be used. The text says why."""


class KeySetDocument(Record):
    """The response of a JWKS address."""

    body: bytes
    max_age: timedelta | None = None  # for which it may be cached, as the response says


class KeySetClient(Protocol):
    async def fetch(self, url: str) -> KeySetDocument:
        """Return what a JWKS address responds. Raises `NoKeySet` if it does not respond, responds with an error or with
        too much, or lies in a network where Baton may not go."""


class IdentityKeyDirectory(Protocol):
    async def page(self, *, after: str, limit: int) -> Sequence[tuple[AccountId, IdentityKeys]]:
        """Return the keys of all accounts in the order of their ids, after the id `after`. Raises `Unavailable`."""
