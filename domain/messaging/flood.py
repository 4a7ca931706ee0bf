"""Protection against mail loops: two machines that reply to each other, without a header that says so."""

from __future__ import annotations

from datetime import timedelta

from domain.conversation.aggregate import BATON, Change
from domain.model.conversation import AuthorKind, MessageKind

_MOST, _WITHIN = 30, timedelta(hours=1)
_FLOODED = f"More than {_MOST} mails arrived within an hour. Further mails are ignored until there are fewer."


async def is_flooded(change: Change) -> bool:
    """Whether another mail would exceed the limit. It is ignored then, and a note tells the team, once."""
    uow, conversation = change.uow, change.before
    if conversation.sequence < _MOST:
        return False
    recent = await uow.messages_after(conversation.id, conversation.sequence - 4 * _MOST)
    recent = [m for m in recent if m.sent_at > uow.now - _WITHIN]
    if sum(m.author.kind is AuthorKind.SHOPPER for m in recent) < _MOST:
        return False
    if not any(m.text == _FLOODED for m in recent):
        telling = Change(uow, conversation)
        telling.add_message(BATON, _FLOODED, kind=MessageKind.NOTE)
        await telling.commit()
    return True
