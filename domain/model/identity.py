"""Proofs of who a shopper is (docs/product-rules.md, section 7), and the keys of an account that verify them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from domain.values.ids import AccountId
from domain.values.record import Record, SecretRecord


class ProvedIdentity(Record):
    """What the shop vouches for, in the stored form of each value. `None`: the proof does not say."""

    external_id: str  # the shop's own ID of the customer
    email: str | None = None
    phone: str | None = None
    name: str | None = None


class IdentitySecret(Record):
    """A secret with which the shop signs tokens (HS256). Its text is in `IdentityKeys.sealed`, under the id."""

    id: str  # the `kid` of its tokens
    created_at: datetime
    ends_at: datetime | None = None  # a rotation ends the earlier secrets

    def valid(self, now: datetime) -> bool:
        return self.ends_at is None or now < self.ends_at


class IdentityKeys(SecretRecord):
    """The keys of an account that verify identity tokens. There is at most one record for an account."""

    hidden: ClassVar[tuple[str, ...]] = ("sealed",)

    id: AccountId
    sealed: str  # the secrets by id, encrypted by the vault
    secrets: tuple[IdentitySecret, ...] = ()  # in the order of their creation
    jwks_url: str | None = None  # where the shop publishes its public keys (RFC 7517)
    jwks_set_at: datetime | None = None
    version: int = 1

    def valid_secrets(self, now: datetime) -> tuple[IdentitySecret, ...]:
        return tuple(secret for secret in self.secrets if secret.valid(now))


def sealing_place_of_identity_keys(account_id: AccountId) -> str:
    """The place that the secrets of an account are bound to."""
    return f"{account_id}identity"
