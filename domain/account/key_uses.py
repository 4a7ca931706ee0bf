"""When keys were last used, to five minutes: noted in memory at each authentication, and written together by a loop.

So no request writes, and a key costs one write in five minutes and process, however often it is used. A process that
dies loses the notes of the last half minute; the next use makes up for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from domain.model.credentials import Credential
from domain.values.ids import AccountId, CredentialId
from domain.values.record import Record

PRECISION = timedelta(minutes=5)
_MOST = 10_000  # keys that are remembered; with more, some are written more often


class KeyUse(Record):
    account_id: AccountId
    key_id: CredentialId
    at: datetime


class KeyUseStore(Protocol):
    async def save(self, uses: Sequence[KeyUse]) -> None:
        """Set `last_used_at` of the keys, unless it is later already. Raises `Unavailable`."""


class KeyUses:
    def __init__(self) -> None:
        self._noted: dict[CredentialId, datetime] = {}
        self._waiting: dict[CredentialId, KeyUse] = {}

    def note(self, account_id: AccountId, credential: Credential, now: datetime) -> None:
        """Note that a key was used. Credentials that are no keys are left out."""
        if not credential.is_key:
            return
        at = max(_rounded_down(now), credential.created_at)
        if self._noted.get(credential.id) == at:
            return
        if len(self._noted) >= _MOST:
            self._noted.clear()
        self._noted[credential.id] = at
        self._waiting[credential.id] = KeyUse(account_id=account_id, key_id=credential.id, at=at)

    async def write(self, store: KeyUseStore) -> None:
        """Write the notes since the last call. If that fails, they wait for the next one. Raises `Unavailable`."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        try:
            await store.save(list(waiting.values()))
        except BaseException:
            self._waiting = waiting | self._waiting
            raise


def _rounded_down(now: datetime) -> datetime:
    seconds = PRECISION.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
