"""The delivery of messages to the shopper's own channel, as the outbox and the carriers report it.

commit() ─▶ WAITING ─▶ SENT ─▶ DELIVERED ─▶ READ
               └─────────┴─▶ FAILED: a note tells the team, once
"""

from __future__ import annotations

from domain.conversation.aggregate import BATON, Change
from domain.conversation.events import DeliveryProgressed
from domain.model.conversation import Conversation, Message, MessageKind
from domain.model.messaging import STOPPED, MessageDelivery, MessagePart, Progress
from domain.model.outbox import Destination, Outgoing, OutgoingState
from domain.storage import Storage, UnitOfWork
from domain.values.ids import AccountId
from domain.values.record import replace

_NAMES = {"SMS": "SMS", "WHATSAPP": "WhatsApp"}


async def apply_attempt(uow: UnitOfWork, row: Outgoing) -> None:
    """Apply an attempt to deliver a message to the delivery shown on it."""
    if row.message_id is None:
        return
    delivery = await uow.get(MessageDelivery, row.message_id)
    if delivery is None:
        return
    if row.state is OutgoingState.DELIVERED:
        by_number = row.destination is Destination.TWILIO and row.external_id
        parts = {part.external_id: part for part in delivery.parts}
        for external_id in row.external_id.split() if row.external_id and by_number else ():
            parts.setdefault(external_id, MessagePart(external_id=external_id, progress=Progress.SENT))
        known = replace(delivery, parts=tuple(parts.values()), error=None)
        await _keep(uow, delivery, replace(known, progress=_of_parts(known.parts) or Progress.SENT))
    elif row.state is OutgoingState.PENDING:
        await _keep(uow, delivery, replace(delivery, progress=Progress.WAITING, error=row.error))
    else:
        await _keep(uow, delivery, replace(delivery, progress=Progress.FAILED, error=row.error or STOPPED))


class DeliveryService:
    """Reports of carriers, which arrive in any order, more than once, or before the outbox has recorded its call."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def record_report(
        self, account_id: AccountId, message_id: str, external_id: str, progress: Progress, error: str | None = None
    ) -> bool:
        """Record the progress of one of the texts that a message was sent as. Returns whether the account has such a
        message. Raises `Unavailable`."""

        async def change(uow: UnitOfWork) -> bool:
            delivery = await uow.get(MessageDelivery, message_id)
            if delivery is None:
                return False
            parts = {part.external_id: part for part in delivery.parts}
            before = parts.get(external_id)
            if before is None or progress.rank > before.progress.rank:
                parts[external_id] = MessagePart(external_id=external_id, progress=progress)
            found = tuple(parts.values())
            overall = _of_parts(found) or progress
            if overall.rank < delivery.progress.rank:
                overall = delivery.progress
            failed = overall is Progress.FAILED
            told = replace(delivery, parts=found, progress=overall, error=(error or delivery.error) if failed else None)
            await _keep(uow, delivery, told)
            return True

        return await self._storage.write(account_id, change)


async def record_bounce(uow: UnitOfWork, message_id: str, reason: str) -> bool:
    """Record that an outgoing mail came back. Returns whether there is such a message."""
    delivery = await uow.get(MessageDelivery, message_id)
    if delivery is None:
        return False
    await _keep(uow, delivery, replace(delivery, progress=Progress.FAILED, error=reason))
    return True


def _of_parts(parts: tuple[MessagePart, ...]) -> Progress | None:
    """The progress of a message by its parts: failed if one of them failed, else that of the slowest."""
    if any(part.progress is Progress.FAILED for part in parts):
        return Progress.FAILED
    return min((part.progress for part in parts), key=lambda p: p.rank, default=None)


async def _keep(uow: UnitOfWork, before: MessageDelivery, after: MessageDelivery) -> None:
    conversation = await uow.get(Conversation, after.conversation_id)
    message = await uow.get(Message, after.id)
    if after == before or conversation is None or message is None:
        return
    change = Change(uow, conversation)
    change.put_delivery(replace(after, at=uow.now))
    if after.progress is Progress.FAILED and before.progress is not Progress.FAILED:
        name = _NAMES.get(after.channel, "e-mail")
        text = f"Message {message.sequence} was not delivered by {name}: {after.error}"
        change.add_message(BATON, text, kind=MessageKind.NOTE)
    await change.commit()
    await change.publish(DeliveryProgressed(message=message, before=before, after=after))
