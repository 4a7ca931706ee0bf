"""More mails than anybody writes: two machines that answer each other, and say in no header that they are machines."""

from __future__ import annotations

from datetime import timedelta

from domain.conversation.aggregate import BATON, Change
from domain.model.conversation import AuthorKind, MessageKind

_MOST, _WITHIN = 30, timedelta(hours=1)
_CALMED = f"More than {_MOST} mails came within an hour: those that follow are not taken in until it is calmer."


async def is_flooded(change: Change) -> bool:
    """Whether one more would be too many. It is not taken in then, and so not answered; the team is told, once."""
    uow, conversation = change.uow, change.before
    if conversation.sequence < _MOST:
        return False
    recent = await uow.messages_after(conversation.id, conversation.sequence - 4 * _MOST)
    recent = [m for m in recent if m.sent_at > uow.now - _WITHIN]
    if sum(m.author.kind is AuthorKind.SHOPPER for m in recent) < _MOST:
        return False
    if not any(m.text == _CALMED for m in recent):
        telling = Change(uow, conversation)
        telling.add_message(BATON, _CALMED, kind=MessageKind.NOTE)
        await telling.commit()
    return True
