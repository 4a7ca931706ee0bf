"""What was delivered to us before: services send the same twice, and each effect is to happen once.

    if not await first_delivery(uow, "zendesk", event_id):
        return                      # it was here, and what follows from it was done

The mark is written in the transaction of the effects, so that there is never the one without the other.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from domain.storage import Reader, UnitOfWork
from domain.values.ids import AccountId
from domain.values.record import Record


class ReceivedWebhook(Record):
    """That it was taken in. Kept for longer than any service goes on sending the same."""

    id: str
    at: datetime


async def is_first_delivery(uow: UnitOfWork, source: str, delivery_id: str) -> bool:
    """Whether this account sees this delivery of this source for the first time; from now on it was seen."""
    mark = _mark(uow.account_id, source, delivery_id)
    if await uow.get(ReceivedWebhook, mark) is not None:
        return False
    uow.save(ReceivedWebhook(id=mark, at=uow.now))
    return True


async def was_delivered(reader: Reader, account_id: AccountId, source: str, delivery_id: str) -> bool:
    """Whether it was seen, as far as is committed: no is not certain."""
    return await reader.get(ReceivedWebhook, _mark(account_id, source, delivery_id)) is not None


def _mark(account_id: AccountId, source: str, delivery_id: str) -> str:
    return hashlib.sha256(f"{account_id}|{source}|{delivery_id}".encode()).hexdigest()
