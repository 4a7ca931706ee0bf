"""Crediting of orders, within a transaction: after a touch, an order, a refund, or a new identity of a shopper.

Each of them decides the credit again. So the result depends on what happened, and not on the order of the reports.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from domain.account.lookup import account_of
from domain.commerce.attribution import (
    BuyerTouches,
    claimed_keys,
    conversation_key,
    find_credit,
    kept_credit,
    keys_of,
    later_credit,
    named_profiles,
    plain_keys,
    profile_keys,
    sale_of,
    spans_of,
    supersedes,
    terms_of,
    touches_of_buyer,
)
from domain.conversation.aggregate import Change
from domain.conversation.events import DeliveryProgressed, IdentityExtended
from domain.erased import ErasureHashes
from domain.events import OrderChanged, TouchRecorded
from domain.model.account import LONGEST_WINDOW, TouchKind
from domain.model.commerce import Order, Purchase, Refund, Touch, order_key, sale_id
from domain.model.conversation import AuthorKind, Conversation
from domain.model.messaging import MessageDelivery, Progress
from domain.model.profile import PROVED_KINDS
from domain.profile.merging import whole_profile
from domain.storage import UnitOfWork
from domain.values.channel import Channel
from domain.values.ids import ConversationId, named_id
from domain.values.record import replace

MOST_SALES = 500  # of one conversation: an identity with more orders within a window is a till, not a shopper
_LATEST = 100  # touches looked at for an order; the last one is credited, so more are not needed
_MOST_TOUCHES = 1_000  # of one shopper that are looked at when a new identity is known


async def load_order(uow: UnitOfWork, order_id: str) -> Order:
    """Return the order with the account's id, or a new one without content."""
    key = order_key(uow.account_id, order_id)
    return await uow.get(Order, key) or Order(id=key, order_id=order_id)


async def apply_order(
    uow: UnitOfWork, order: Order, purchase: Purchase | None, refunds: Iterable[Refund] = ()
) -> Order:
    """Apply a report of an order or its refunds, if it is new, and decide the credit again. Returns the order."""
    before = order
    if purchase is not None and order.erased:
        purchase = replace(purchase, keys=())
    if purchase is not None and supersedes(purchase, order.purchase):
        order = replace(order, purchase=purchase, terms=order.terms or terms_of(await account_of(uow)))
    order = replace(order, refunds=_with(order, refunds))
    if order == before:
        return order
    if order.purchase != before.purchase:
        credit = kept_credit(order) if order.erased else find_credit(order, await touches_for(uow, order))
        order = replace(order, credit=credit)
    return await save_order(uow, before, order)


async def without_erased_buyer(uow: UnitOfWork, hashes: ErasureHashes, order: Order, purchase: Purchase) -> Order:
    """Return the order, as one whose buyer was erased if the purchase was placed before its buyer was: a shop may
    report it for the first time afterwards."""
    identities = [key for key in purchase.keys if key.startswith(PROVED_KINDS)]
    if order.erased or not await hashes.were_erased(uow, identities, since=purchase.placed_at):
        return order
    return replace(order, erased=True)


async def erase_buyer(uow: UnitOfWork, order: Order) -> None:
    """Erase the buyer of an order. Its credit, which is an amount, stays."""
    purchase = order.purchase and replace(order.purchase, keys=())
    erased = replace(order, purchase=purchase, erased=True)
    if erased != order:
        await save_order(uow, order, erased)


def _with(order: Order, told: Iterable[Refund]) -> tuple[Refund, ...]:
    """Add refunds, sorted by id. If one is reported with several amounts, the greatest in the order's currency
    counts."""
    currency = order.purchase.total.currency if order.purchase else None

    def place(refund: Refund) -> tuple[bool, Decimal, datetime]:
        return refund.amount.currency == currency, refund.amount.amount, refund.refunded_at

    refunds: dict[str, Refund] = {}
    for refund in (*order.refunds, *told):
        same = refunds.get(refund.id)
        if same is None or place(refund) > place(same):
            refunds[refund.id] = refund
    return tuple(refunds[refund_id] for refund_id in sorted(refunds))


def new_touch(conversation: Conversation, kind: TouchKind, at: datetime, reference: str) -> Touch:
    """Make a touch. The id follows from conversation, kind and reference, so that a repeated report is the same
    touch."""
    return Touch(
        id=named_id(conversation.id, kind, reference),
        conversation_id=conversation.id,
        touched_at=at,
        channel=conversation.channel,
        kind=kind,
        keys=keys_of(conversation),
    )


async def record_touch(uow: UnitOfWork, touch: Touch) -> Touch:
    """Save a touch, unless it exists, and credit orders that were placed after it but reported before it. Returns the
    saved touch."""
    known = await uow.get(Touch, touch.id)
    if known is not None:
        return known
    uow.save(touch)
    uow.emit(TouchRecorded(touch=replace(touch, keys=())))
    conversation = await uow.get(Conversation, touch.conversation_id)
    profile = None if conversation is None else await whole_profile(uow, conversation.profile_id)
    if profile is None:
        return touch
    keys = (*plain_keys(touch), *profile.keys, *profile_keys([profile]))
    span = touch.touched_at, touch.touched_at + LONGEST_WINDOW
    for order in await uow.orders_placed(keys, *span, limit=MOST_SALES):
        await _credit(uow, order, touches_of_buyer(order, [touch], profile))
    return touch


async def record_delivery_touch(change: Change, event: DeliveryProgressed) -> None:
    """Record the touch that the delivery of one of the agent's messages is, if it is one."""
    if event.message.author.kind is not AuthorKind.AI_AGENT:
        return
    for kind in _delivery_touches(event.before, event.after):
        touch = new_touch(change.conversation, kind, change.uow.now, event.message.id)
        await record_touch(change.uow, touch)


async def reattribute_conversation(change: Change, _: IdentityExtended) -> None:
    """Reattribute the orders of the conversation's shopper. The conversation is committed already."""
    await reattribute(change.uow, change.conversation.id)


async def reattribute(uow: UnitOfWork, conversation_id: ConversationId) -> None:
    """Decide the credit of the shopper's orders again, because more is known of who the shopper is: an order may have
    been earned here, or elsewhere by the shopper's touches."""
    conversation = await uow.get(Conversation, conversation_id)
    profile = None if conversation is None else await whole_profile(uow, conversation.profile_id)
    if conversation is None or profile is None:
        return
    found = await uow.touches((*profile_keys([profile]), conversation_key(conversation.id)), None, limit=_MOST_TOUCHES)
    touches = [_renamed(uow, touch, conversation) for touch in found]
    if not touches:
        return
    keys = dict.fromkeys((*profile.keys, *(key for touch in touches for key in plain_keys(touch))))
    span = min(t.touched_at for t in touches), max(t.touched_at for t in touches) + LONGEST_WINDOW
    for order in await uow.orders_placed(tuple(keys), *span, limit=MOST_SALES):
        await _credit(uow, order, touches_of_buyer(order, touches, profile))


def _renamed(uow: UnitOfWork, touch: Touch, conversation: Conversation) -> Touch:
    """Add the identities that its shopper has given since."""
    if touch.conversation_id != conversation.id:
        return touch
    renamed = replace(touch, keys=keys_of(conversation, touch.keys))
    if renamed != touch:
        uow.save(renamed)
    return renamed


async def _credit(uow: UnitOfWork, order: Order, touches: BuyerTouches) -> None:
    """Consider more touches for an order."""
    credit = later_credit(order.credit, find_credit(order, touches))
    if credit != order.credit:
        await save_order(uow, order, replace(order, credit=credit))


async def touches_for(uow: UnitOfWork, order: Order) -> BuyerTouches:
    """Return the touches that the order can be credited to: claimed ones only if no touch is the buyer's own, so that
    no number of claims hides it."""
    spans = spans_of(order)
    if order.purchase is None or not spans:
        return BuyerTouches()
    keys = order.purchase.keys
    named = [await whole_profile(uow, profile_id) for profile_id in named_profiles(keys)]
    owners = [*await uow.profiles_with(keys), *(profile for profile in named if profile is not None)]
    own = await uow.touches((*keys, *profile_keys(owners)), spans, limit=_LATEST)
    claimed = [] if own else await uow.touches(claimed_keys(keys), spans, limit=_LATEST)
    return BuyerTouches(own=tuple(own), claimed=tuple(claimed))


async def save_order(uow: UnitOfWork, before: Order, order: Order) -> Order:
    """Save an order, and move its sale to the conversation that it is credited to. Returns the order."""
    source = before.credit.conversation_id if before.credit else None
    target = order.credit.conversation_id if order.credit else None
    earner = await uow.get(Conversation, target) if target else None
    if earner is None or (target != source and len(earner.sales) >= MOST_SALES):
        order, target = replace(order, credit=None), None
    loser = await uow.get(Conversation, source) if source and source != target else None
    if loser is not None:
        change = Change(uow, loser)
        change.drop_sale(sale_id(loser.id, order.id))
        await change.commit()
    sale = sale_of(order)
    if earner is not None and sale is not None:
        change = Change(uow, earner)
        change.put_sale(sale)
        await change.commit()
    uow.save(order)
    uow.emit(OrderChanged(order_id=order.order_id, credit=order.credit))
    return order


def _delivery_touches(before: MessageDelivery, after: MessageDelivery) -> tuple[TouchKind, ...]:
    """The touches that may earn a sale its credit: an SMS arrived, a WhatsApp message was opened."""
    arrived = (Progress.DELIVERED, Progress.READ)
    if after.channel is Channel.SMS:
        return (TouchKind.SMS_DELIVERY,) if after.progress in arrived and before.progress not in arrived else ()
    opened = after.progress is Progress.READ and before.progress is not Progress.READ
    return (TouchKind.WHATSAPP_OPEN,) if opened else ()
