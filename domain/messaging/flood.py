"""Protection against mail loops: two machines that reply to each other, without a header that says so.

Mails that continue a conversation are counted there. A mail that proves nothing begins a conversation of its own, so
such mails are counted by their sender's address, apart from proved ones: the forger of an address holds up no honest
mail.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.conversation.aggregate import BATON, Change
from domain.model.conversation import AuthorKind, Conversation, Message, MessageKind
from domain.model.messaging import MailSender, mail_sender_id
from domain.storage import UnitOfWork
from domain.values.ids import ConversationId

_MOST, _WITHIN = 30, timedelta(hours=1)
_FLOODED = f"More than {_MOST} mails arrived within an hour. Further mails are ignored until there are fewer."


async def is_flooded(change: Change) -> bool:
    """Whether another mail would exceed the limit of the conversation. It is ignored then, and a note tells the team,
    once."""
    uow, conversation = change.uow, change.before
    if conversation.sequence < _MOST:
        return False
    recent = await _recent(uow, conversation)
    if sum(m.author.kind is AuthorKind.SHOPPER for m in recent) < _MOST:
        return False
    await _note(uow, conversation, recent)
    return True


async def is_sender_flooded(uow: UnitOfWork, address: str) -> bool:
    """Whether another mail that proves nothing would exceed the limit of its sender. It is ignored then, and a note in
    the sender's last conversation tells the team, once."""
    sender = await uow.get(MailSender, mail_sender_id(uow.account_id, address))
    if sender is None or len(_within(sender.times, uow.now)) < _MOST:
        return False
    conversation = await uow.get(Conversation, sender.conversation_id)
    if conversation is not None:
        await _note(uow, conversation, await _recent(uow, conversation))
    return True


async def count_mail(uow: UnitOfWork, address: str, conversation_id: ConversationId) -> None:
    """Count a mail that proves nothing, which began this conversation."""
    sender_id = mail_sender_id(uow.account_id, address)
    known = await uow.get(MailSender, sender_id)
    times = (*(_within(known.times, uow.now) if known else ()), uow.now)[-_MOST:]
    uow.save(MailSender(id=sender_id, at=uow.now, conversation_id=conversation_id, times=times))


def _within(times: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    return tuple(at for at in times if at > now - _WITHIN)


async def _recent(uow: UnitOfWork, conversation: Conversation) -> list[Message]:
    messages = await uow.messages_after(conversation.id, conversation.sequence - 4 * _MOST)
    return [m for m in messages if m.sent_at > uow.now - _WITHIN]


async def _note(uow: UnitOfWork, conversation: Conversation, recent: list[Message]) -> None:
    if not any(m.text == _FLOODED for m in recent):
        change = Change(uow, conversation)
        change.add_message(BATON, _FLOODED, kind=MessageKind.NOTE)
        await change.commit()
