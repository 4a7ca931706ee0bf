"""Uses of keys: a key waits once, and what could not be written waits for the next time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from domain.account.key_uses import KeyUse, KeyUses
from domain.model.credentials import Credential
from domain.principal import PrincipalKind
from domain.values.errors import Unavailable
from domain.values.ids import AccountId, ConversationId, CredentialId

NOON = datetime(2026, 6, 8, 12, 0, tzinfo=UTC)
ACCOUNT = AccountId("shop")
KEY = Credential(id=CredentialId("k"), kind=PrincipalKind.AGENT, token_hash="h", created_at=NOON)


class Store:
    def __init__(self) -> None:
        self.down = False
        self.saved: list[tuple[str, datetime]] = []

    async def save(self, uses: Sequence[KeyUse]) -> None:
        if self.down:
            raise Unavailable("down")
        self.saved += [(use.key_id, use.at) for use in uses]


async def test_a_key_is_written_once_in_five_minutes() -> None:
    uses, store = KeyUses(), Store()
    for seconds in range(0, 900, 10):
        uses.note(ACCOUNT, KEY, NOON + timedelta(seconds=seconds))
        await uses.write(store)
    assert store.saved == [("k", NOON + timedelta(minutes=minutes)) for minutes in (0, 5, 10)]


async def test_it_was_never_used_before_it_was_created() -> None:
    uses, store = KeyUses(), Store()
    created = NOON + timedelta(minutes=3)
    young = Credential(id=CredentialId("y"), kind=PrincipalKind.AGENT, token_hash="h", created_at=created)
    uses.note(ACCOUNT, young, NOON + timedelta(minutes=4))
    await uses.write(store)
    assert store.saved == [("y", created)]


async def test_what_is_no_key_is_left_out() -> None:
    uses, store = KeyUses(), Store()
    token = Credential(
        id=CredentialId("v"),
        kind=PrincipalKind.SHOPPER,
        token_hash="h",
        created_at=NOON,
        conversation_id=ConversationId("c"),
    )
    uses.note(ACCOUNT, token, NOON)
    await uses.write(store)
    assert store.saved == []


async def test_an_outage_loses_nothing() -> None:
    uses, store = KeyUses(), Store()
    uses.note(ACCOUNT, KEY, NOON)
    store.down = True
    with pytest.raises(Unavailable):
        await uses.write(store)
    store.down = False
    uses.note(ACCOUNT, KEY, NOON + timedelta(minutes=7))
    await uses.write(store)
    assert store.saved == [("k", NOON + timedelta(minutes=5))]
