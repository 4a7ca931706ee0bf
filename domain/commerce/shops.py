"""Orders that a connected shop system reports by webhook, each once and in any order; and erasure of buyers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from decimal import Decimal

from domain.audit.changes import values
from domain.audit.recording import connection_target, record
from domain.commerce import crediting
from domain.commerce.attribution import buyer_keys
from domain.commerce.ports import Orders
from domain.commerce.service import check_instant
from domain.erased import ErasureHashes
from domain.model.audit import AuditAction
from domain.model.commerce import Order, OrderSource, Purchase, Refund, order_key
from domain.model.connected_services import Service
from domain.model.conversation import Conversation, Visitor
from domain.principal import Vendor
from domain.storage import Storage, UnitOfWork
from domain.values.ids import AccountId, ConversationId
from domain.values.money import check_rounded
from domain.values.record import Record, replace
from domain.values.text import check_label
from domain.webhook_dedup import is_first_delivery

_SERVICE = Service.SHOPIFY  # the only shop system
_NOTHING = Decimal(0)
_PAGE = 100  # orders per transaction when buyers are erased


class OrderUpdate(Record):
    """A report about one order: its content, refunds, or both."""

    order_id: str
    purchase: Purchase | None = None
    refunds: tuple[Refund, ...] = ()
    came_from: ConversationId | None = None  # by the cart; ignored if it is a test, or there is none


class ShopService:
    """Applies reports of shop systems."""

    def __init__(self, *, storage: Storage, orders: Orders, hashes: ErasureHashes) -> None:
        self._storage = storage
        self._hashes = hashes
        self._orders = orders

    async def apply_update(
        self, account_id: AccountId, source: OrderSource, delivery_id: str | None, word: OrderUpdate, *, shop: str
    ) -> bool:
        """Apply a report of the shop with this domain. Returns False if this delivery was applied before. Raises
        `Invalid`, `Unavailable`."""
        order_id = check_label(word.order_id, field="id")
        refunds = tuple(
            replace(refund, amount=check_rounded(refund.amount, field=("refunds", "amount"), least=_NOTHING))
            for refund in word.refunds
        )
        bought = word.purchase and replace(
            word.purchase, shop=shop, total=check_rounded(word.purchase.total, field="total", least=_NOTHING)
        )

        async def change(uow: UnitOfWork) -> bool:
            if delivery_id is not None and not await is_first_delivery(uow, source.value, delivery_id):
                return False
            order = await crediting.load_order(uow, order_id)
            purchase = bought and await _with_hint(uow, bought, word.came_from)
            if purchase is not None:
                check_instant(purchase.placed_at, uow.now, field="placed_at")
                order = await crediting.without_erased_buyer(uow, self._hashes, order, purchase)
            await crediting.apply_order(uow, order, purchase, refunds)
            return True

        return await self._storage.write(account_id, change)

    async def forget_customer(
        self,
        account_id: AccountId,
        source: OrderSource,
        customer: Sequence[Visitor],
        order_ids: Iterable[str],
        *,
        shop: str | None,
    ) -> int:
        """Erase the buyer of these orders, and of all others that the customer is known to have placed. `shop`: only of
        orders that the shop with this domain has reported. Returns how many orders there were. Raises `Unavailable`."""
        keys = tuple(key for visitor in customer for key in buyer_keys(visitor))
        named = [order_key(account_id, order_id) for order_id in order_ids]
        found = await self._orders.bought_by(account_id, source, keys, shop=shop) if keys else []
        return await self._erase(account_id, list(dict.fromkeys([*named, *found])), shop=shop)

    async def forget_all(
        self,
        account_id: AccountId,
        source: OrderSource,
        *,
        shop: str | None,
        buyers: Callable[[Sequence[str]], Awaitable[int]],
    ) -> tuple[int, int]:
        """Erase the buyers of all orders; `shop`: of those that the shop with this domain has reported. After an
        interruption it continues. `buyers` is called with the keys of the buyers of each page before their orders lose
        them, and returns how many shoppers these are.

        Returns how many orders and how many shoppers there were. Raises `Unavailable`, and what `buyers` raises.
        """
        count = shoppers = 0
        while page := await self._orders.with_buyers(account_id, source, shop=shop, limit=_PAGE):
            orders = await self._storage.read(account_id).get_many(Order, page)
            keys = dict.fromkeys(key for order in orders.values() if order.purchase for key in order.purchase.keys)
            shoppers += await buyers(tuple(keys))
            count += await self._erase(account_id, page, shop=shop)
        return count, shoppers

    async def _erase(self, account_id: AccountId, keys: Sequence[str], *, shop: str | None) -> int:
        async def change(uow: UnitOfWork) -> int:
            named = [order for key in keys if (order := await uow.get(Order, key)) is not None]
            found = [order for order in named if shop is None or (order.purchase and order.purchase.shop == shop)]
            for order in found:
                await crediting.erase_buyer(uow, order)
            target = connection_target(account_id, _SERVICE)
            await record(uow, Vendor(name=_SERVICE.spoken), AuditAction.ERASED, target, values(orders=len(found)))
            return len(found)

        return await self._storage.write(account_id, change)


async def _with_hint(uow: UnitOfWork, purchase: Purchase, came_from: ConversationId | None) -> Purchase:
    conversation = None if came_from is None else await uow.get(Conversation, came_from)
    if conversation is None or conversation.is_test:
        return purchase
    return replace(purchase, keys=(*purchase.keys, *buyer_keys(Visitor(), conversation)))
