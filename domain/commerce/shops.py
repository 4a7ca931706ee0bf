"""What a connected shop system tells of orders, by itself and signed: each word once, in whichever order it comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from domain.commerce import crediting
from domain.commerce.attribution import buyer_keys
from domain.commerce.ports import Orders
from domain.commerce.service import check_instant
from domain.model.commerce import Order, OrderSource, Purchase, Refund, order_key
from domain.model.conversation import Conversation, Visitor
from domain.storage import Storage, UnitOfWork
from domain.values.ids import AccountId, ConversationId
from domain.values.money import check_rounded
from domain.values.record import Record, replace
from domain.values.text import check_label
from domain.webhook_dedup import is_first_delivery

_NOTHING = Decimal(0)
_PAGE = 100  # orders that one transaction erases the buyers of


class OrderUpdate(Record):
    """What is said of one order: what it is now, refunds of it, or both."""

    order_id: str
    purchase: Purchase | None = None
    refunds: tuple[Refund, ...] = ()
    came_from: ConversationId | None = None  # the cart says so; a conversation that is not there says nothing


class ShopService:
    def __init__(self, *, storage: Storage, orders: Orders) -> None:
        self._storage = storage
        self._orders = orders

    async def apply_update(
        self, account_id: AccountId, source: OrderSource, delivery_id: str | None, word: OrderUpdate
    ) -> bool:
        """Take it in; False where this delivery was taken in before. Raises Invalid."""
        order_id = check_label(word.order_id, field="id")
        refunds = tuple(
            replace(refund, amount=check_rounded(refund.amount, field=("refunds", "amount"), least=_NOTHING))
            for refund in word.refunds
        )
        bought = word.purchase and replace(
            word.purchase, total=check_rounded(word.purchase.total, field="total", least=_NOTHING)
        )

        async def change(uow: UnitOfWork) -> bool:
            if delivery_id is not None and not await is_first_delivery(uow, source.value, delivery_id):
                return False
            order = await crediting.load_order(uow, order_id)
            purchase = bought and await _with_hint(uow, bought, word.came_from)
            if purchase is not None:
                check_instant(purchase.placed_at, uow.now, field="placed_at")
            await crediting.apply_order(uow, order, purchase, refunds)
            return True

        return await self._storage.write(account_id, change)

    async def forget_customer(
        self, account_id: AccountId, source: OrderSource, customer: Sequence[Visitor], order_ids: Iterable[str]
    ) -> int:
        """Erase who bought these orders, and all others that this customer is known to have placed; answers how many
        they were."""
        keys = tuple(key for visitor in customer for key in buyer_keys(visitor))
        named = [order_key(account_id, order_id) for order_id in order_ids]
        found = await self._orders.bought_by(account_id, source, keys) if keys else []
        return await self._erase(account_id, list(dict.fromkeys([*named, *found])))

    async def forget_all(self, account_id: AccountId, source: OrderSource) -> int:
        """Erase who bought any of the shop's orders. Broken off, it goes on where it was."""
        count = 0
        while page := await self._orders.with_buyers(account_id, source, limit=_PAGE):
            count += await self._erase(account_id, page)
        return count

    async def _erase(self, account_id: AccountId, keys: Sequence[str]) -> int:
        async def change(uow: UnitOfWork) -> int:
            found = [order for key in keys if (order := await uow.get(Order, key)) is not None]
            for order in found:
                await crediting.erase_buyer(uow, order)
            return len(found)

        return await self._storage.write(account_id, change)


async def _with_hint(uow: UnitOfWork, purchase: Purchase, came_from: ConversationId | None) -> Purchase:
    conversation = None if came_from is None else await uow.get(Conversation, came_from)
    if conversation is None:
        return purchase
    return replace(purchase, keys=(*purchase.keys, *buyer_keys(Visitor(), conversation)))
