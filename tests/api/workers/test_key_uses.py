"""The loop that writes when keys were last used: at the end of the process too, and whatever goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from api.workers.key_uses import KeyUseWriter
from domain.account.key_uses import KeyUse, KeyUses
from domain.model.credentials import Credential
from domain.principal import PrincipalKind
from domain.values.ids import AccountId, CredentialId

NOON = datetime(2026, 6, 8, 12, 0, tzinfo=UTC)
KEY = Credential(id=CredentialId("k"), kind=PrincipalKind.AGENT, token_hash="h", created_at=NOON)


class Store:
    def __init__(self) -> None:
        self.tried = asyncio.Event()
        self.saved: list[str] = []

    async def save(self, uses: Sequence[KeyUse]) -> None:
        if not self.tried.is_set():
            self.tried.set()
            raise RuntimeError("The disk is on fire.")
        self.saved += [use.key_id for use in uses]


async def test_it_writes_at_the_end_also_after_a_failure() -> None:
    uses, store, stop = KeyUses(), Store(), asyncio.Event()
    uses.note(AccountId("a"), KEY, NOON)
    running = asyncio.create_task(KeyUseWriter(uses=uses, store=store).run(stop))
    await store.tried.wait()
    assert not running.done()
    stop.set()
    await running
    assert store.saved == ["k"]
