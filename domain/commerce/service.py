"""The commands of commerce: touches, orders, refunds. Each checks the permission and the input, and makes one change.

Orders and refunds are identified by the account's own ids: a repeated report changes nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.commerce import crediting
from domain.commerce.attribution import buyer_keys, sale_of, stated_at
from domain.commerce.commands import Credited, RecordOrder, RecordProductClick, RecordRefund, RecordTouch
from domain.conversation.aggregate import load_conversation
from domain.erased import ErasureHashes
from domain.idempotency import Result, run_once
from domain.model.account import DEFAULT_ATTRIBUTION, TouchKind
from domain.model.commerce import Order, Purchase, Refund, Touch
from domain.model.conversation import Conversation, Message, Visitor
from domain.model.credentials import BrowserTokens, is_browser_token
from domain.principal import Permission, Principal
from domain.profile.identity import check_visitor
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, Field, Invalid, NotFound
from domain.values.ids import is_test_id, new_id
from domain.values.money import check_payment
from domain.values.record import replace
from domain.values.text import check_label

CLOCK_SKEW = timedelta(minutes=5)  # a browser's or a shop's clock may run ahead of ours by as much
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)  # an earlier instant is more likely a wrong unit
_LEAST = Decimal("0.001")  # of a refund: the smallest unit of any currency
_MOST_PRODUCTS = 500
_MOST_REFUNDS = 1_000

_TOUCHES = frozenset((term.channel, term.touch) for term in DEFAULT_ATTRIBUTION)


class CommerceService:
    """Records touches, orders and refunds."""

    def __init__(self, *, storage: Storage, browser_tokens: BrowserTokens, hashes: ErasureHashes) -> None:
        self._storage = storage
        self._hashes = hashes
        self._browser_tokens = browser_tokens

    async def record_click(self, principal: Principal, command: RecordProductClick, key: str | None = None) -> Touch:
        """Record a click on a product card. Returns the touch; that of a test conversation is not kept. Raises
        `NotFound` for a message of another conversation, `Invalid` for a product that the message does not show,
        `Conflict`, `Forbidden`."""
        principal.require(Permission.SPEAK_AS_SHOPPER)

        async def act(uow: UnitOfWork) -> Result:
            return {"touch": (await crediting.record_touch(uow, await _click(uow, principal, command))).id}

        async def change(uow: UnitOfWork) -> Touch:
            if is_test_id(principal.conversation_id or ""):
                return await _click(uow, principal, command)  # checked, and forgotten
            return await _touch(uow, await run_once(uow, principal, key, command, lambda: act(uow)))

        return await self._storage.write(principal.account_id, change)

    async def record_touch(self, principal: Principal, command: RecordTouch, key: str | None = None) -> Touch:
        """Record a touch that another system saw. A repeated report of the same instant is the same touch. Returns it.
        Raises `NotFound`, `Invalid`, `Conflict`, `Forbidden`."""
        principal.require(Permission.RECORD_ORDERS)

        async def act(uow: UnitOfWork) -> Result:
            conversation = await load_conversation(uow, command.conversation_id)
            if conversation.is_test:
                raise Conflict("No sale can be credited to a test conversation.", field="conversation_id")
            if (conversation.channel, command.touch) not in _TOUCHES:
                raise Invalid(f"{command.touch} does not exist on {conversation.channel}.", field="touch")
            at = _happened(command.at, conversation.started_at, uow.now, field="at")
            touch = crediting.new_touch(conversation, command.touch, at, reference=at.isoformat())
            return {"touch": (await crediting.record_touch(uow, touch)).id}

        async def change(uow: UnitOfWork) -> Touch:
            return await _touch(uow, await run_once(uow, principal, key, command, lambda: act(uow)))

        return await self._storage.write(principal.account_id, change)

    async def record_order(self, principal: Principal, command: RecordOrder) -> list[Credited]:
        """Record an order. A later report, by `updated_at`, replaces an earlier one.

        Returns the credited sale, or nothing. Raises `Conflict` if the order was recorded with other content,
        `Invalid`, `Forbidden`.
        """
        principal.require(Permission.RECORD_ORDERS)
        order_id = check_label(command.order_id, field="order_id")
        purchase = _purchase(command, self._buyer(principal, command.buyer))

        async def change(uow: UnitOfWork) -> list[Credited]:
            check_instant(purchase.placed_at, uow.now, field="placed_at")
            check_instant(stated_at(purchase), uow.now, field="updated_at")
            order = await crediting.load_order(uow, order_id)
            known = order.purchase
            told = known is not None and replace(known, source=purchase.source, shop=None)
            if known and told != purchase and (command.updated_at is None or stated_at(known) == command.updated_at):
                raise Conflict(
                    "This order was recorded with other content. If it has changed since, say when it changed.",
                    field="order_id",
                )
            new = None if told == purchase else purchase
            if new is not None:
                order = await crediting.without_erased_buyer(uow, self._hashes, order, new)
            return await _credited(uow, await crediting.apply_order(uow, order, new))

        return await self._storage.write(principal.account_id, change)

    def _buyer(self, principal: Principal, given: Visitor) -> Visitor:
        """Return the buyer, with the browser whose token the shop passes on as the anonymous id. A token that was not
        made here names no browser; the order counts nevertheless. Raises `Invalid`."""
        buyer, token = check_visitor(given, field=()), given.anonymous_id or ""
        if not is_browser_token(token):
            return buyer
        return replace(buyer, browser_id=self._browser_tokens.browser(principal.account_id, token))

    async def record_refund(self, principal: Principal, command: RecordRefund) -> list[Credited]:
        """Record a refund. It may arrive before its order.

        Returns the credited sale less refunds, or nothing. Raises `Conflict` if the refund was recorded with other
        content, `Invalid`, `Forbidden`.
        """
        principal.require(Permission.RECORD_ORDERS)
        order_id = check_label(command.order_id, field="order_id")
        refund = Refund(
            id=check_label(command.refund_id, field="refund_id"),
            amount=check_payment(command.amount, field="amount", least=_LEAST),
            refunded_at=command.refunded_at,
        )

        async def change(uow: UnitOfWork) -> list[Credited]:
            check_instant(refund.refunded_at, uow.now, field="refunded_at")
            order = await crediting.load_order(uow, order_id)
            _check_refund(order, refund)
            return await _credited(uow, await crediting.apply_order(uow, order, None, [refund]))

        return await self._storage.write(principal.account_id, change)


async def _click(uow: UnitOfWork, principal: Principal, command: RecordProductClick) -> Touch:
    """Return the touch that the click is. Raises `NotFound`, `Invalid`."""
    message = await uow.get(Message, command.message_id)
    if message is None or message.conversation_id != principal.conversation_id:
        raise NotFound("No such message.", field="message_id")
    if command.product_id not in {card.product_id for card in message.products}:
        raise Invalid("This message does not show that product.", field="product_id")
    at = _happened(command.clicked_at or uow.now, message.sent_at, uow.now, field="clicked_at")
    conversation = await load_conversation(uow, message.conversation_id)
    touch = crediting.new_touch(conversation, TouchKind.PRODUCT_CARD_CLICK, at, reference=new_id())
    return replace(touch, message_id=message.id, product_id=command.product_id)


async def _touch(uow: UnitOfWork, result: Result) -> Touch:
    touch = await uow.get(Touch, result["touch"])
    if touch is None:
        raise NotFound("No such touch.")
    return touch


async def _credited(uow: UnitOfWork, order: Order) -> list[Credited]:
    sale = sale_of(order)
    conversation = order.credit and await uow.get(Conversation, order.credit.conversation_id)
    return [Credited(sale=sale, conversation=conversation)] if sale and conversation else []


def _purchase(command: RecordOrder, buyer: Visitor) -> Purchase:
    if len(command.product_ids) > _MOST_PRODUCTS:
        raise Invalid(f"Give at most {_MOST_PRODUCTS} products.", field="product_ids")
    if command.updated_at is not None and command.updated_at < command.placed_at:
        raise Invalid("The order cannot change before it is placed.", field="updated_at")
    return Purchase(
        placed_at=command.placed_at,
        total=check_payment(command.total, field="total", least=Decimal(0)),
        keys=buyer_keys(buyer),
        product_ids=tuple(
            check_label(product, field=("product_ids", str(index))) for index, product in enumerate(command.product_ids)
        ),
        updated_at=command.updated_at,
    )


def _check_refund(order: Order, refund: Refund) -> None:
    known = order.find_refund(refund.id)
    if known is not None and known != refund:
        raise Conflict("This refund was recorded with other content.", field="refund_id")
    if known is None and len(order.refunds) >= _MOST_REFUNDS:
        raise Conflict(f"An order has at most {_MOST_REFUNDS:,} refunds.", field="order_id")
    if order.purchase is not None and order.purchase.total.currency != refund.amount.currency:
        raise Invalid(f"The order was paid in {order.purchase.total.currency}.", field=("amount", "currency"))


def check_instant(at: datetime, now: datetime, *, field: Field) -> None:
    if at > now + CLOCK_SKEW:
        raise Invalid("This instant is in the future. Give the instant at which it happened.", field=field)
    if at < _FIRST:
        raise Invalid("This instant is before 1970. Give the instant at which it happened.", field=field)


def _happened(at: datetime, earliest: datetime, now: datetime, *, field: Field) -> datetime:
    """When a touch was, by a clock that may be a little wrong."""
    if at > now + CLOCK_SKEW:
        raise Invalid("The touch is in the future. Give the instant at which it happened.", field=field)
    if at < earliest - CLOCK_SKEW:
        raise Invalid("The touch is earlier than what was touched. Give the instant at which it happened.", field=field)
    return min(max(at, earliest), max(now, earliest))
