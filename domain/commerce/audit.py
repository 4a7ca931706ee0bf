"""Check and repair of credits: each order is attributed again, and compared with what is stored.

Both sides are checked: whether each order has the credit that its buyer's touches give, and its conversation the sale;
and whether each sale in a conversation belongs to an order that is credited to it.
"""

from __future__ import annotations

from domain.commerce import crediting
from domain.commerce.attribution import find_credit, kept_credit, sale_of
from domain.conversation.aggregate import Change
from domain.model.commerce import AttributedSale, Credit, Order, order_key, sale_id
from domain.model.conversation import Conversation
from domain.storage import UnitOfWork
from domain.values.record import replace


async def find_order_problems(uow: UnitOfWork, order: Order) -> list[str]:
    """Return what is wrong with the order's credit, in words."""
    expected = await _expected(uow, order)
    if expected != order.credit:
        return [f"order {order.order_id} is credited to {_named(order.credit)} instead of {_named(expected)}"]
    sale = sale_of(order)
    if sale is None or order.credit is None:
        return []
    conversation = await uow.get(Conversation, order.credit.conversation_id)
    if conversation is not None and conversation.find_sale(sale.id) == sale:
        return []
    return [f"order {order.order_id} is credited to {_named(order.credit)}, which does not have the sale"]


async def find_conversation_problems(uow: UnitOfWork, conversation: Conversation) -> list[str]:
    """Return the sales in the conversation that no order is credited with, in words."""
    return [
        f"it has a sale of order {sale.order_id}, which is not credited to it"
        for sale in await _strangers(uow, conversation)
    ]


async def repair_order(uow: UnitOfWork, key: str) -> None:
    """Repair the credit of an order, and its sale in the conversation."""
    order = await uow.get(Order, key)
    if order is None or not await find_order_problems(uow, order):
        return
    right = replace(order, credit=await _expected(uow, order))
    await crediting.save_order(uow, order, right)


async def repair_conversation(uow: UnitOfWork, conversation_id: str) -> None:
    """Remove the sales that no order is credited with."""
    conversation = await uow.get(Conversation, conversation_id)
    if conversation is None:
        return
    change = Change(uow, conversation)
    for sale in await _strangers(uow, conversation):
        change.drop_sale(sale.id)
    await change.commit()


async def _expected(uow: UnitOfWork, order: Order) -> Credit | None:
    if order.erased:
        return kept_credit(order)  # the buyer was erased, so the credit cannot be decided again
    credit = find_credit(order, await crediting.touches_for(uow, order))
    if credit is not None and order.credit is None:
        conversation = await uow.get(Conversation, credit.conversation_id)
        if conversation is not None and len(conversation.sales) >= crediting.MOST_SALES:
            return None
    return credit


async def _strangers(uow: UnitOfWork, conversation: Conversation) -> list[AttributedSale]:
    strangers = []
    for sale in conversation.sales:
        key = order_key(uow.account_id, sale.order_id)
        order = await uow.get(Order, key)
        credited = order is not None and order.credit and order.credit.conversation_id == conversation.id
        if not credited or sale.id != sale_id(conversation.id, key):
            strangers.append(sale)
    return strangers


def _named(credit: Credit | None) -> str:
    if credit is None:
        return "none"
    return f"conversation {credit.conversation_id} ({credit.touch} of {credit.touched_at:%Y-%m-%d %H:%M:%S} UTC)"
