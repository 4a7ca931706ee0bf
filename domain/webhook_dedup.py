"""Deduplication of webhooks: services deliver at least once, and each effect has to happen once.

    if not await is_first_delivery(uow, "zendesk", event_id):
        return  # received before, and its effects are committed

The mark is written in the transaction of the effects, so that neither exists without the other.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from domain.storage import Reader, UnitOfWork
from domain.values.ids import AccountId
from domain.values.record import Record, replace

_RENEWED = timedelta(days=1)  # age from which a repeated delivery renews its mark, which ends after 30 days


class ReceivedWebhook(Record):
    """The mark of a webhook that was processed. It is kept for longer than any service retries, as of the last time."""

    id: str
    at: datetime


async def is_first_delivery(uow: UnitOfWork, source: str, delivery_id: str) -> bool:
    """Mark a delivery of `source` as received. Returns whether the account received it for the first time."""
    mark = _mark(uow.account_id, source, delivery_id)
    known = await uow.get(ReceivedWebhook, mark)
    if known is not None:
        if uow.now - known.at > _RENEWED:
            uow.save(replace(known, at=uow.now))
        return False
    uow.save(ReceivedWebhook(id=mark, at=uow.now))
    return True


async def was_delivered(reader: Reader, account_id: AccountId, source: str, delivery_id: str) -> bool:
    """Whether a delivery was received before, as far as is committed. False is not certain: it may be in progress."""
    return await reader.get(ReceivedWebhook, _mark(account_id, source, delivery_id)) is not None


def _mark(account_id: AccountId, source: str, delivery_id: str) -> str:
    return hashlib.sha256(f"{account_id}|{source}|{delivery_id}".encode()).hexdigest()
