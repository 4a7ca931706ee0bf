"""STOP and START: what a number asked for holds for all of its conversations on the channel, from that instant on."""

from __future__ import annotations

from domain.conversation import lifecycle
from domain.conversation.aggregate import BATON, Change
from domain.messaging.message_receipts import after_attempt
from domain.model.conversation import Conversation, MessageKind, Visitor
from domain.model.messaging import OptOut, opt_out_id
from domain.model.outbox import OutgoingState
from domain.outbox import ordering
from domain.storage import UnitOfWork
from domain.values.channel import Channel
from domain.values.record import replace


async def stop(uow: UnitOfWork, channel: Channel, number: str, keyword: str) -> None:
    """Nothing more is sent to it: neither what waits nor what comes."""
    place = opt_out_id(uow.account_id, channel, number)
    if await uow.get(OptOut, place) is None:
        uow.save(OptOut(id=place, at=uow.now, keyword=keyword[:40]))
    await _tell(uow, channel, number, stopped=True)


async def start_again(uow: UnitOfWork, channel: Channel, number: str) -> None:
    uow.delete(OptOut, opt_out_id(uow.account_id, channel, number))
    await _tell(uow, channel, number, stopped=False)


async def _tell(uow: UnitOfWork, channel: Channel, number: str, *, stopped: bool) -> None:
    """The open conversation knows, and the team reads it there."""
    keys = lifecycle.open_keys(channel, Visitor(phone=number), trusted=True)
    conversation = await uow.open_conversation(keys)
    if conversation is None or conversation.route is None:
        return
    if stopped:
        for row in await uow.outgoing_in_order(ordering.shopper_key(conversation)):
            if row.state is OutgoingState.PENDING and row.call is None:
                await after_attempt(uow, await ordering.settle(uow, row, OutgoingState.CANCELLED))
    change = Change(uow, await uow.get(Conversation, conversation.id) or conversation)
    change.conversation = replace(change.conversation, route=replace(conversation.route, stopped=stopped))
    word = "STOP: nothing more is sent to them" if stopped else "START: messages are sent to them again"
    change.add_message(BATON, f"The shopper sent {word}.", kind=MessageKind.NOTE)
    await change.commit()
