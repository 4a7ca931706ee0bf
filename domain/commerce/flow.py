"""What follows from a touch, an order, a refund, or from knowing better who a shopper is: inside one transaction.

Whichever of them comes in last decides anew. So what is credited hangs on what happened, and not on when it was told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from domain.account.model import LONGEST_WINDOW, Account, TouchKind
from domain.commerce.attribution import (
    buyers_touches,
    conversation_key,
    earned,
    keys_of,
    later,
    named_profiles,
    profile_keys,
    sale_of,
    spans_of,
    supersedes,
    terms_of,
)
from domain.commerce.model import Order, Purchase, Refund, Touch, order_key, sale_id
from domain.conversation.change import Change
from domain.conversation.model import Conversation
from domain.errors import NotFound
from domain.events import OrderChanged, TouchRecorded
from domain.ids import ConversationId, named_id
from domain.profile.model import Profile
from domain.storage import UnitOfWork

MOST_SALES = 500  # of one conversation: an identity that buys more within a window is a till's, and no shopper's
_LATEST = 100  # touches that could earn an order; the last one does, so that more are never needed
_MOST_TOUCHES = 1_000  # of one shopper that are looked at when it becomes known who that is


async def order_at(uow: UnitOfWork, order_id: str) -> Order:
    """The order, or one of which nothing is known yet."""
    key = order_key(uow.account_id, order_id)
    return await uow.get(Order, key) or Order(id=key, order_id=order_id)


async def told(uow: UnitOfWork, order: Order, purchase: Purchase | None, refunds: Iterable[Refund] = ()) -> Order:
    """A word about an order came in, or of refunds of it: kept if it is news, and the credit decided anew."""
    before = order
    if purchase is not None and supersedes(purchase, order.purchase):
        order = replace(order, purchase=purchase, terms=order.terms or terms_of(await _account(uow)))
    known = {refund.id: refund for refund in (*order.refunds, *refunds)}
    order = replace(order, refunds=tuple(sorted(known.values(), key=lambda refund: refund.id)))
    if order == before:
        return order
    if order.purchase != before.purchase:
        order = replace(order, credit=earned(order, await _touches_for(uow, order)))
    return await _keep(uow, before, order)


def new_touch(conversation: Conversation, kind: TouchKind, at: datetime, reference: str) -> Touch:
    """The same reference is the same touch, however often it is told of."""
    return Touch(
        id=named_id(conversation.id, kind, reference),
        conversation_id=conversation.id,
        touched_at=at,
        channel=conversation.channel,
        kind=kind,
        keys=keys_of(conversation),
    )


async def touched(uow: UnitOfWork, touch: Touch) -> Touch:
    """Keep it, and credit what was ordered after it and told of before it. Known already: nothing is done."""
    known = await uow.get(Touch, touch.id)
    if known is not None:
        return known
    uow.save(touch)
    uow.emit(TouchRecorded(touch=touch))
    conversation = await uow.get(Conversation, touch.conversation_id)
    profile = None if conversation is None else await _latest(uow, conversation.profile_id)
    shoppers = () if profile is None else (*profile.keys, *profile_keys([profile]))
    span = touch.touched_at, touch.touched_at + LONGEST_WINDOW
    for order in await uow.orders_placed((*touch.keys, *shoppers), *span, limit=MOST_SALES):
        await _credit(uow, order, [touch])
    return touch


async def recognised(uow: UnitOfWork, conversation_id: ConversationId) -> None:
    """More is known now of who the shopper is: what it bought may have been earned here, or elsewhere by its touches.

    Whoever changed the conversation has kept it before.
    """
    conversation = await _conversation(uow, conversation_id)
    profile = await _latest(uow, conversation.profile_id)
    if profile is None:
        return
    found = await uow.touches((*profile_keys([profile]), conversation_key(conversation.id)), None, limit=_MOST_TOUCHES)
    touches = [_renamed(uow, touch, conversation) for touch in found]
    if not touches:
        return
    keys = dict.fromkeys((*profile.keys, *(key for touch in touches for key in touch.keys)))
    span = min(t.touched_at for t in touches), max(t.touched_at for t in touches) + LONGEST_WINDOW
    for order in await uow.orders_placed(tuple(keys), *span, limit=MOST_SALES):
        await _credit(uow, order, buyers_touches(order, touches, profile))


def _renamed(uow: UnitOfWork, touch: Touch, conversation: Conversation) -> Touch:
    """With what its shopper has said of itself since."""
    if touch.conversation_id != conversation.id:
        return touch
    renamed = replace(touch, keys=keys_of(conversation, touch.keys))
    if renamed != touch:
        uow.save(renamed)
    return renamed


async def _credit(uow: UnitOfWork, order: Order, touches: Sequence[Touch]) -> None:
    """With touches that were not considered before."""
    credit = later(order.credit, earned(order, touches))
    if credit != order.credit:
        await _keep(uow, order, replace(order, credit=credit))


async def _touches_for(uow: UnitOfWork, order: Order) -> list[Touch]:
    spans = spans_of(order)
    if order.purchase is None or not spans:
        return []
    keys = order.purchase.keys
    named = [await _latest(uow, profile_id) for profile_id in named_profiles(keys)]
    owners = [*await uow.profiles_with(keys), *(profile for profile in named if profile is not None)]
    return await uow.touches((*keys, *profile_keys(owners)), spans, limit=_LATEST)


async def _keep(uow: UnitOfWork, before: Order, order: Order) -> Order:
    """The order, and its sale where the credit has it: in the one conversation, and no longer in another."""
    source = before.credit.conversation_id if before.credit else None
    target = order.credit.conversation_id if order.credit else None
    if target is not None and target != source and not await _has_room(uow, target):
        order, target = replace(order, credit=None), None
    if source is not None and source != target:
        change = Change(uow, await _conversation(uow, source))
        change.drop_sale(sale_id(source, order.id))
        change.keep()
    sale = sale_of(order)
    if target is not None and sale is not None:
        change = Change(uow, await _conversation(uow, target))
        change.put_sale(sale)
        change.keep()
    uow.save(order)
    uow.emit(OrderChanged(order=order))
    return order


async def _has_room(uow: UnitOfWork, conversation_id: ConversationId) -> bool:
    return len((await _conversation(uow, conversation_id)).sales) < MOST_SALES


async def _conversation(uow: UnitOfWork, conversation_id: ConversationId) -> Conversation:
    conversation = await uow.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound("The conversation that earned the order is no longer there.")
    return conversation


async def _account(uow: UnitOfWork) -> Account:
    account = await uow.get(Account, uow.account_id)
    if account is None:
        raise NotFound("No such account.")
    return account


async def _latest(uow: UnitOfWork, profile_id: str) -> Profile | None:
    """The profile, or the one it was merged into."""
    profile = await uow.get(Profile, profile_id)
    while profile is not None and profile.merged_into is not None:
        profile = await uow.get(Profile, profile.merged_into)
    return profile
