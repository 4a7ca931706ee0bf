"""STOP and START: a number opts out of messages on a channel, or in again, for all of its conversations."""

from __future__ import annotations

from collections.abc import Iterable

from domain.conversation import lifecycle
from domain.conversation.aggregate import BATON, Change
from domain.messaging.message_receipts import apply_attempt
from domain.model.conversation import Conversation, MessageKind, Visitor
from domain.model.messaging import OptOut, opt_out_id
from domain.model.outbox import OutgoingState
from domain.outbox import ordering
from domain.storage import UnitOfWork
from domain.values.channel import Channel
from domain.values.contacts import phone_forms
from domain.values.record import replace


async def stop(uow: UnitOfWork, channel: Channel, number: str, keyword: str) -> None:
    """Opt a number out: waiting messages are cancelled, and later ones are not sent."""
    place = opt_out_id(uow.account_id, channel, number)
    if await uow.get(OptOut, place) is None:
        uow.save(OptOut(id=place, at=uow.now, keyword=keyword[:40]))
    await _update_conversation(uow, channel, number, stopped=True)


async def start_again(uow: UnitOfWork, channel: Channel, number: str, *, also: Iterable[str] = ()) -> None:
    """Opt a number in again. `also`: ids of opt-outs that end as well."""
    for place in (*(opt_out_id(uow.account_id, channel, form) for form in phone_forms(number)), *also):
        if await uow.get(OptOut, place) is not None:
            uow.delete(OptOut, place)
    await _update_conversation(uow, channel, number, stopped=False)


async def _update_conversation(uow: UnitOfWork, channel: Channel, number: str, *, stopped: bool) -> None:
    """Set the state of the open conversation, and add a note for the team."""
    keys = lifecycle.proved_open_keys(channel, Visitor(phone=number).vouched())
    conversation = next(iter(await uow.open_conversations(keys)), None)
    if conversation is None or conversation.route is None:
        return
    if stopped:
        for row in await uow.outgoing_in_order(ordering.shopper_key(conversation)):
            if row.state is OutgoingState.PENDING and row.call is None:
                await apply_attempt(uow, await ordering.settle(uow, row, OutgoingState.CANCELLED))
    change = Change(uow, await uow.get(Conversation, conversation.id) or conversation)
    change.conversation = replace(change.conversation, route=replace(conversation.route, stopped=stopped))
    word = "STOP: no more messages are sent" if stopped else "START: messages are sent again"
    change.add_message(BATON, f"The shopper sent {word}.", kind=MessageKind.NOTE)
    await change.commit()
