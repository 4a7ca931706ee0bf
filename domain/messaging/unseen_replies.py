"""Replies of the team to a shopper who left the chat: they go by mail, to the address that the shopper left in it.

    a reply ─▶ row and timer ──┬─ due, the shopper was there since ─▶ the row goes
                               ├─ due, no address or no mail server ─▶ the row goes
                               └─ due, not seen ─▶ one mail with all replies that were not seen
    the shopper answers by mail ─▶ later replies are mailed at once, until the shopper writes in the chat again

The server knows of a shopper who is there by two things: a visitor token of the conversation was used, or a live stream
under one was sent the reply (`domain/account/visits.py`).

The address is the one of this conversation alone: what its shopper said in it, or what somebody who vouches said of the
shopper. The profile's other addresses are never used, so that nobody who claims something in another conversation can
redirect this one. docs/guides/channels.md has the reasons.
"""

from __future__ import annotations

from datetime import datetime

from domain.account.lookup import account_of
from domain.conversation.aggregate import Change
from domain.conversation.events import MessageWritten, ShopperWrote
from domain.conversation.routing import email_route, should_send_externally
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.conversation import Conversation, Message
from domain.model.messaging import MessageDelivery, Progress, Route, UnseenReplies
from domain.outbox import ordering
from domain.storage import Storage, Timer, TimerKind, UnitOfWork
from domain.timers import timer_of
from domain.values.channel import Channel
from domain.values.contacts import email_key
from domain.values.ids import AccountId, ConversationId
from domain.values.record import replace


async def watch_reply(change: Change, event: MessageWritten) -> None:
    """Set the timer that mails a reply in a web chat, unless an earlier unseen reply has set it."""
    uow, conversation, message = change.uow, change.conversation, event.message
    if not _is_watched(conversation, message) or await _mail_server(uow) is None:
        return
    after = (await account_of(uow)).mail_replies_after
    if after is not None and await uow.get(UnseenReplies, conversation.id) is None:
        _watch(uow, conversation.id, message.sequence, uow.now + after)


async def note_channel(change: Change, event: ShopperWrote) -> None:
    """Note whether the shopper of a web chat wrote by mail: replies then go there at once."""
    conversation, by_mail = change.conversation, event.message.via is Channel.EMAIL
    route = conversation.route
    if conversation.channel is Channel.WEB_CHAT and route is not None and route.mailed_last is not by_mail:
        change.conversation = replace(conversation, route=replace(route, mailed_last=by_mail))


class UnseenReplyAlarm:
    """The handler of the timer."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def mail(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: enqueue one mail with the replies that the shopper has not seen, or move the timer if
        only the earlier ones were seen. Raises `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held is None or uow.now < held.due_at:
                return  # another process handled it
            row = await uow.get(UnseenReplies, timer.subject)
            replies = await _unseen(uow, row) if row is not None else []
            after = (await account_of(uow)).mail_replies_after
            if replies and after is not None and uow.now < replies[0].sent_at + after:
                _watch(uow, ConversationId(timer.subject), replies[0].sequence, replies[0].sent_at + after)
                return
            uow.delete(Timer, timer.id)
            if row is not None:
                uow.delete(UnseenReplies, row.id)
            if replies and after is not None:
                await _mail(uow, replies)

        await self._storage.write(account_id, change)


def _watch(uow: UnitOfWork, conversation_id: ConversationId, first: int, due_at: datetime) -> None:
    uow.save(UnseenReplies(id=conversation_id, first=first))
    uow.save(timer_of(conversation_id, TimerKind.MAIL_REPLIES, due_at))


def _is_watched(conversation: Conversation, message: Message) -> bool:
    """Whether only the chat window shows a reply of staff. The shop's own server delivers what it carries."""
    in_chat = conversation.channel is Channel.WEB_CHAT and not conversation.carried
    return in_chat and message.is_staff_reply and not should_send_externally(conversation, message)


async def _unseen(uow: UnitOfWork, row: UnseenReplies) -> list[Message]:
    """The replies since the shopper was last there."""
    later = [m for m in await uow.messages_after(row.id, row.first - 1) if m.is_staff_reply]
    return [m for m in later if row.seen_at is None or m.sent_at > row.seen_at]


async def _mail(uow: UnitOfWork, replies: list[Message]) -> None:
    conversation = await uow.get(Conversation, replies[0].conversation_id)
    route = None if conversation is None or conversation.erased_at is not None else await _route(uow, conversation)
    if conversation is None or route is None or route.stopped:
        return
    change = Change(uow, conversation)
    change.conversation = replace(conversation, route=route)
    for message in replies:
        change.put_delivery(
            MessageDelivery(
                id=message.id,
                conversation_id=conversation.id,
                channel=conversation.channel,
                progress=Progress.WAITING,
                at=uow.now,
            )
        )
    await ordering.send_replies(change, replies)
    await change.commit()


async def _route(uow: UnitOfWork, conversation: Conversation) -> Route | None:
    """The route to the address of the conversation; `None` without an address or a mail server. An address that the
    shopper gave later begins another thread."""
    address, server = conversation.visitor.email, await _mail_server(uow)
    if address is None or server is None:
        return None
    route = conversation.route
    if route is None or email_key(route.shopper_address) != email_key(address):
        return email_route(server, address)
    return route


async def _mail_server(uow: UnitOfWork) -> ConnectedService | None:
    return await uow.get(ConnectedService, connected_service_id(uow.account_id, Service.EMAIL))
