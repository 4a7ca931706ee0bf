"""The delivery of messages to the shopper's own channel, as the outbox and the carriers report it.

commit() ─▶ WAITING ─▶ SENT ─▶ DELIVERED ─▶ READ
               └─────────┴─▶ FAILED: a note tells the team, once
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

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
    """Apply an attempt to deliver messages to the deliveries shown on them: one message, or the replies of a mail."""
    if row.message_id is None:
        return
    ids: list[str] = [row.message_id]
    if row.first_sequence is not None:
        later = await uow.messages_after(row.conversation_id, row.first_sequence - 1)
        ids = [m.id for m in later if m.is_staff_reply and m.sequence <= row.last_sequence]
    found = [delivery for message_id in ids if (delivery := await uow.get(MessageDelivery, message_id)) is not None]
    await _keep(uow, [(delivery, _after_attempt(delivery, row)) for delivery in found])


def _after_attempt(delivery: MessageDelivery, row: Outgoing) -> MessageDelivery:
    if row.state is OutgoingState.DELIVERED:
        by_number = row.destination is Destination.TWILIO and row.external_id
        parts = {part.external_id: part for part in delivery.parts}
        for external_id in row.external_id.split() if row.external_id and by_number else ():
            parts.setdefault(external_id, MessagePart(external_id=external_id, progress=Progress.SENT))
        known = replace(delivery, parts=tuple(parts.values()), error=None)
        return replace(known, progress=_of_parts(known.parts) or Progress.SENT)
    if row.state is OutgoingState.PENDING:
        return replace(delivery, progress=Progress.WAITING, error=row.error)
    return replace(delivery, progress=Progress.FAILED, error=row.error or STOPPED)


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
            await _keep(uow, [(delivery, told)])
            return True

        return await self._storage.write(account_id, change)


async def record_bounce(uow: UnitOfWork, message_id: str, reason: str) -> bool:
    """Record that an outgoing mail came back. Returns whether there is such a message."""
    delivery = await uow.get(MessageDelivery, message_id)
    if delivery is None:
        return False
    await _keep(uow, [(delivery, replace(delivery, progress=Progress.FAILED, error=reason))])
    return True


def _of_parts(parts: tuple[MessagePart, ...]) -> Progress | None:
    """The progress of a message by its parts: failed if one of them failed, else that of the slowest."""
    if any(part.progress is Progress.FAILED for part in parts):
        return Progress.FAILED
    return min((part.progress for part in parts), key=lambda p: p.rank, default=None)


async def _keep(uow: UnitOfWork, states: Sequence[tuple[MessageDelivery, MessageDelivery]]) -> None:
    """Save the deliveries of one conversation that changed, of their states before and after. One note tells of all
    that failed."""
    changed = [(before, after) for before, after in states if after != before]
    messages = {before.id: await uow.get(Message, before.id) for before, _ in changed}
    conversation = await uow.get(Conversation, changed[0][0].conversation_id) if changed else None
    if conversation is None or conversation.erased_at is not None or None in messages.values():
        return
    change = Change(uow, conversation)
    failed: list[tuple[Message, MessageDelivery]] = []
    for before, after in changed:
        change.put_delivery(replace(after, at=uow.now))
        if after.progress is Progress.FAILED and before.progress is not Progress.FAILED:
            failed.append((cast("Message", messages[before.id]), after))
    if failed:
        change.add_message(BATON, _failure_note(failed), kind=MessageKind.NOTE)
    await change.commit()
    for before, after in changed:
        message = cast("Message", messages[before.id])
        await change.publish(DeliveryProgressed(message=message, before=before, after=after))


def _failure_note(failed: list[tuple[Message, MessageDelivery]]) -> str:
    numbers = [message.sequence for message, _ in failed]
    _, last = failed[-1]
    name = _NAMES.get(last.channel, "e-mail")
    if len(numbers) == 1:
        return f"Message {numbers[0]} was not delivered by {name}: {last.error}"
    listed = f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
    return f"Messages {listed} were not delivered by {name}: {last.error}"
