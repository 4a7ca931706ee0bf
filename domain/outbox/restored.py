"""Outbox rows that waited in a backup which was restored: they may have left since.

the replaced database says that it left       it is delivered
the replaced database says that it did not    it is sent
nobody can say, and its destination can be    the sender looks there for its effect before it sends
searched (Zendesk, Gorgias, Twilio)
nobody can say: e-mail                        a dead letter, for people to decide on
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from domain.delivery.model import DeliveryResult
from domain.model.outbox import Outgoing
from domain.outbox.service import OutboxService
from domain.values.ids import AccountId
from domain.values.record import Record

_MAYBE_SENT = (
    "A backup was restored. This mail was waiting in it, and may have been sent since. Ask the receiver, and retry it "
    "if it was not."
)


class RestoredRow(Record):
    """A row of which the replaced database says that it left, or of which nobody can say whether it has."""

    account_id: AccountId
    row: Outgoing
    result: DeliveryResult | None  # None: nobody can say


async def settle_rows(outbox: OutboxService, rows: AsyncIterator[RestoredRow]) -> int:
    """Record what is known of the rows, and hold back the others. Returns how many are held. Raises `Unavailable`."""
    held = 0
    async for each in rows:
        if each.result is not None:
            await outbox.record(each.account_id, each.row, each.result)
        else:
            held += await outbox.give_up(each.account_id, each.row.id, _MAYBE_SENT)
    return held
