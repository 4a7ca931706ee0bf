"""Touches: a shopper's click on a product card."""

from __future__ import annotations

from datetime import timedelta

from domain.conversation.commands import RecordProductClick
from domain.conversation.model import Message, Touch
from domain.errors import Invalid, NotFound
from domain.events import TouchRecorded
from domain.idempotency import Result, once
from domain.ids import new_id
from domain.principal import Permission, Principal
from domain.storage import Storage, UnitOfWork

_CLOCK_SKEW = timedelta(minutes=5)  # a browser's clock may run ahead of ours by as much


class CommerceService:
    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def record_click(self, principal: Principal, command: RecordProductClick, key: str | None = None) -> Touch:
        """Raises NotFound for another conversation's message, Invalid for a product that the message does not show."""
        principal.require(Permission.SPEAK_AS_SHOPPER)

        async def change(uow: UnitOfWork) -> Touch:
            result = await once(uow, principal, key, command, lambda: _record(uow, principal, command))
            touch = await uow.get(Touch, result["touch"])
            if touch is None:
                raise NotFound("No such touch.")
            return touch

        return await self._storage.write(principal.account_id, change)


async def _record(uow: UnitOfWork, principal: Principal, command: RecordProductClick) -> Result:
    message = await uow.get(Message, command.message_id)
    if message is None or message.conversation_id != principal.conversation_id:
        raise NotFound("No such message.", path=("input", "messageId"))
    if command.product_id not in {card.product_id for card in message.products}:
        raise Invalid("This message does not show that product.", path=("input", "productId"))
    clicked_at = command.clicked_at or uow.now
    if clicked_at > uow.now + _CLOCK_SKEW:
        raise Invalid(
            "The click lies in the future: give the instant at which it happened.", path=("input", "clickedAt")
        )
    if clicked_at < message.sent_at - _CLOCK_SKEW:
        raise Invalid(
            "The click lies before the message: give the instant at which it happened.", path=("input", "clickedAt")
        )
    touch = Touch(
        id=new_id(),
        conversation_id=message.conversation_id,
        message_id=message.id,
        product_id=command.product_id,
        touched_at=min(max(clicked_at, message.sent_at), max(uow.now, message.sent_at)),
    )
    uow.save(touch)
    uow.emit(TouchRecorded(touch=touch))
    return {"touch": touch.id}
