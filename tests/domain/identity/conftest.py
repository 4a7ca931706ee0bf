"""An account in memory with identity keys, and a real JWKS address on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest

from dev.fakes.key_set import KeySet, SigningKey, new_key
from dev.fakes.server import serving
from domain.identity.key_sets import KeySets
from domain.identity.service import IdentityKeyService, UpdatedIdentityKeys, UpdateIdentityKeys
from domain.identity.verifier import KeyedIdentityVerifier
from domain.model.account import Account
from domain.model.credentials import Credential
from domain.model.identity import IdentityKeys, ProvedIdentity
from domain.principal import Principal, PrincipalKind, StaffRole
from domain.reactions import REACTIONS
from domain.values.errors import Invalid
from domain.values.ids import AccountId, CredentialId, new_id
from integrations.jwks import HttpKeySetClient
from integrations.secrets.fernet import FernetVault
from tests.harness.memory_shop import NOON
from tests.harness.memory_unit_of_work import MemoryStorage

FIELD = ("visitor", "identity_token")


class Directory:
    async def page(self, *, after: str, limit: int) -> Sequence[tuple[AccountId, IdentityKeys]]:
        return []


class IdentityAccount:
    """The services of one account. Its clock is that of its storage."""

    def __init__(self, client: HttpKeySetClient) -> None:
        self.id = AccountId(new_id())
        self.storage = MemoryStorage(Account(id=self.id, name="Acme", created_at=NOON), now=NOON, reactions=REACTIONS)
        vault = FernetVault(lambda: [b"k" * 32])
        self.key_sets = KeySets(client=client, clock=self)
        self.keys = IdentityKeyService(
            storage=self.storage, vault=vault, key_sets=self.key_sets, directory=Directory(), private_networks=True
        )
        self.verifier = KeyedIdentityVerifier(
            storage=self.storage,
            vault=vault,
            key_sets=self.key_sets,
            clock=self,
            audiences=lambda account_id: (f"global-{account_id}", account_id),
        )
        key = Credential(
            id=CredentialId(new_id()), kind=PrincipalKind.STAFF, token_hash="of the owner's key", created_at=NOON
        )
        self.storage.keep(key)
        self.owner = Principal(kind=PrincipalKind.STAFF, account_id=self.id, credential_id=key.id, role=StaffRole.OWNER)

    def now(self) -> datetime:
        return self.storage.now

    def wait(self, **span: float) -> None:
        self.storage.wait(timedelta(**span))

    async def update(self, *, key: str | None = None, **change: Any) -> UpdatedIdentityKeys:
        return await self.keys.update(self.owner, UpdateIdentityKeys(**change), key)

    async def new_secret(self, **change: Any) -> tuple[str, str]:
        """Create a secret. Returns its id and its text."""
        created = (await self.update(new_secret=True, **change)).created
        assert created is not None
        return created.id, created.secret

    def claims(self, **other: Any) -> dict[str, Any]:
        """Claims that are right, with others in place of them; a claim of None is left out."""
        now = int(self.now().timestamp())
        claims = {"sub": "customer-7", "aud": self.id, "iat": now, "exp": now + 3_600, **other}
        return {name: value for name, value in claims.items() if value is not None}

    def signed(self, secret: str, *, kid: str | None = None, **claims: Any) -> str:
        headers = {} if kid is None else {"kid": kid}
        return jwt.encode(self.claims(**claims), secret, algorithm="HS256", headers=headers)

    async def verify(self, token: str) -> ProvedIdentity:
        return await self.verifier.verify(self.id, token, field=FIELD)

    async def refusal(self, token: str) -> str:
        with pytest.raises(Invalid) as refused:
            await self.verify(token)
        assert refused.value.field == FIELD
        return refused.value.message


@pytest.fixture
async def client() -> AsyncIterator[HttpKeySetClient]:
    opened = HttpKeySetClient(private_networks=True)
    yield opened
    opened.close()


@pytest.fixture
def account(client: HttpKeySetClient) -> IdentityAccount:
    return IdentityAccount(client)


@pytest.fixture(scope="module")
def pair() -> SigningKey:
    return new_key("one")


@pytest.fixture
async def published(pair: SigningKey) -> AsyncIterator[KeySet]:
    """The shop's JWKS address, with one key."""
    fake = KeySet(pair)
    async with serving(fake) as fake.url:
        yield fake
