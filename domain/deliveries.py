"""What was delivered to us before: services send the same twice, and each effect is to happen once.

    if not await first_delivery(uow, "zendesk", event_id):
        return                      # it was here, and what follows from it was done

The mark is written in the transaction of the effects, so that there is never the one without the other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from domain.storage import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """That it was taken in. Kept for longer than any service goes on sending the same."""

    id: str
    at: datetime


async def first_delivery(uow: UnitOfWork, source: str, delivery_id: str) -> bool:
    """Whether this account sees this delivery of this source for the first time; from now on it was seen."""
    told = hashlib.sha256(f"{uow.account_id}|{source}|{delivery_id}".encode()).hexdigest()
    if await uow.get(Delivery, told) is not None:
        return False
    uow.save(Delivery(id=told, at=uow.now))
    return True
