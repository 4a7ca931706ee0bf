"""Converts Shopify's webhook payloads to domain objects (shopify.dev, Admin REST API: Order, Refund).

Numbers are parsed exactly: ids may exceed the integers of a float, and amounts are decimals.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from domain.commerce.attribution import buyer_keys
from domain.commerce.shops import OrderUpdate
from domain.model.commerce import OrderSource, Purchase, PurchaseState, Refund
from domain.model.conversation import Visitor
from domain.values.contacts import check_email, check_phone
from domain.values.errors import Invalid
from domain.values.ids import ConversationId
from domain.values.money import Money
from resolvers.relay.global_ids import parse_global_id

CART_ATTRIBUTE = "baton_conversation"  # note attribute that the widget writes to the cart: the conversation's global id
_PAID = frozenset({"paid", "partially_refunded", "refunded"})
_REFUNDED = frozenset({"success"})
_NOTHING = Decimal(0)


class UnusablePayload(ValueError):
    """The body is not JSON of the shape that Shopify sends."""


def _in_milliseconds(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset")
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


Moment = Annotated[datetime, AfterValidator(_in_milliseconds)]
T = TypeVar("T")
Rows = Annotated[tuple[T, ...], BeforeValidator(lambda value: value or ())]  # an empty list may be sent as null
Id = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]


class _Customer(BaseModel):
    id: Id | None = None
    email: str | None = None
    phone: str | None = None


class _Attribute(BaseModel):
    name: str | None = None
    value: object = None


class _LineItem(BaseModel):
    product_id: Id | None = None


class _Transaction(BaseModel):
    amount: Decimal
    kind: str
    status: str
    currency: str | None = None


class _Amount(BaseModel):
    amount: Decimal
    currency_code: str


class _MoneySet(BaseModel):
    """An amount in the shop's currency and in the buyer's."""

    shop_money: _Amount | None = None
    presentment_money: _Amount | None = None


class _RefundedLine(BaseModel):
    subtotal: Decimal = _NOTHING
    total_tax: Decimal = _NOTHING
    subtotal_set: _MoneySet | None = None
    total_tax_set: _MoneySet | None = None

    @property
    def value(self) -> Decimal:
        """The amount with tax, in the shop's currency."""
        return _in_shop_money(self.subtotal, self.subtotal_set) + _in_shop_money(self.total_tax, self.total_tax_set)


class _Adjustment(BaseModel):
    """A part of a refund that belongs to no line: shipping, or a discrepancy. Negative if the buyer gets it."""

    amount: Decimal = _NOTHING
    tax_amount: Decimal = _NOTHING
    kind: str | None = None
    amount_set: _MoneySet | None = None
    tax_amount_set: _MoneySet | None = None

    @property
    def value(self) -> Decimal:
        """The refunded amount with tax, in the shop's currency."""
        return -_in_shop_money(self.amount, self.amount_set) - _in_shop_money(self.tax_amount, self.tax_amount_set)


class _RefundedShipping(BaseModel):
    """Refunded shipping, which newer versions of the API name here and not among the adjustments."""

    subtotal_amount_set: _MoneySet | None = None
    tax_amount_set: _MoneySet | None = None

    @property
    def value(self) -> Decimal:
        """The amount with tax, in the shop's currency."""
        return _in_shop_money(_NOTHING, self.subtotal_amount_set) + _in_shop_money(_NOTHING, self.tax_amount_set)


class _Refund(BaseModel):
    id: Id
    order_id: Id | None = None
    created_at: Moment
    transactions: Rows[_Transaction] = ()
    refund_line_items: Rows[_RefundedLine] = ()
    order_adjustments: Rows[_Adjustment] = ()
    refund_shipping_lines: Rows[_RefundedShipping] = ()

    @property
    def paid(self) -> list[_Transaction]:
        """The payments to the buyer that succeeded."""
        return [t for t in self.transactions if t.kind == "refund" and t.status in _REFUNDED]

    @property
    def lines(self) -> Decimal:
        """The value of the returned lines, in the shop's currency."""
        return sum((line.value for line in self.refund_line_items), _NOTHING)

    @property
    def value(self) -> Decimal:
        """The sum of the lines, shipping and adjustments, in the shop's currency."""
        adjusted = sum((adjustment.value for adjustment in self.order_adjustments), _NOTHING)
        if not any(adjustment.kind == "shipping_refund" for adjustment in self.order_adjustments):
            adjusted += sum((shipping.value for shipping in self.refund_shipping_lines), _NOTHING)
        return self.lines + adjusted

    @property
    def shop_currency(self) -> str | None:
        """The shop's currency, if the refund names it."""
        lines = (line.subtotal_set for line in self.refund_line_items)
        adjustments = (adjustment.amount_set for adjustment in self.order_adjustments)
        shipping = (line.subtotal_amount_set for line in self.refund_shipping_lines)
        sets = (*lines, *adjustments, *shipping)
        named = (s.shop_money.currency_code for s in sets if s is not None and s.shop_money)
        return next(named, None)


class _Order(BaseModel):
    id: Id
    created_at: Moment
    updated_at: Moment | None = None
    cancelled_at: Moment | None = None
    currency: str
    total_price: Decimal
    total_price_set: _MoneySet | None = None
    current_total_price: Decimal | None = None  # after edits and returns
    financial_status: str | None = None
    test: bool = False
    email: str | None = None
    contact_email: str | None = None
    phone: str | None = None
    customer: _Customer | None = None
    note_attributes: Rows[_Attribute] = ()
    line_items: Rows[_LineItem] = ()
    refunds: Rows[_Refund] = ()

    @property
    def rate(self) -> Decimal | None:
        """The value of one unit of the buyer's currency in the shop's; None if the order does not say."""
        given = self.total_price_set
        if given is None or given.shop_money is None or given.presentment_money is None:
            return None
        return given.shop_money.amount / given.presentment_money.amount if given.presentment_money.amount else None


class _DataRequest(BaseModel):
    customer: _Customer = Field(default_factory=_Customer)
    orders_requested: Rows[Id] = ()


class _Redaction(BaseModel):
    customer: _Customer = Field(default_factory=_Customer)
    orders_to_redact: Rows[Id] = ()


def redaction_of(body: bytes) -> tuple[list[Visitor], tuple[str, ...]]:
    """Return the buyers to erase, and the ids of their orders. Raises `ValueError`."""
    redaction = _Redaction.model_validate(_parsed(body))
    return _visitors(redaction.customer), redaction.orders_to_redact


def data_request_of(body: bytes) -> tuple[list[Visitor], tuple[str, ...]]:
    """Return the customer of a data request, and the ids of the orders. Raises `ValueError`."""
    request = _DataRequest.model_validate(_parsed(body))
    return _visitors(request.customer), request.orders_requested


def order_update_of(topic: str, body: bytes) -> OrderUpdate | None:
    """Return the update, or None if the topic is not used or the order is a test.

    Raises `Invalid` or `ValueError` (`UnusablePayload`, pydantic's `ValidationError`).
    """
    if topic == "refunds/create":
        refund = _Refund.model_validate(_parsed(body))
        if refund.order_id is None:
            raise UnusablePayload
        return OrderUpdate(order_id=refund.order_id, refunds=_refunds([refund], None, None))
    if not topic.startswith("orders/"):
        return None
    order = _Order.model_validate(_parsed(body))
    if order.test:
        return None
    purchase = Purchase(
        placed_at=order.created_at,
        total=Money(amount=_total(order), currency=order.currency),
        keys=_buyer(order),
        product_ids=tuple(dict.fromkeys(line.product_id for line in order.line_items if line.product_id)),
        state=_state(order),
        updated_at=order.updated_at or order.created_at,
        source=OrderSource.SHOPIFY,
    )
    refunds = _refunds(order.refunds, order.currency, order.rate)
    return OrderUpdate(order_id=order.id, purchase=purchase, refunds=refunds, came_from=_came_from(order))


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, ArithmeticError, RecursionError):
        raise UnusablePayload from None
    if not isinstance(parsed, dict):
        raise UnusablePayload
    return parsed


def _refuse(_: str) -> object:
    raise UnusablePayload


def _state(order: _Order) -> PurchaseState:
    if order.cancelled_at is not None:
        return PurchaseState.CANCELLED
    return PurchaseState.PAID if order.financial_status in _PAID else PurchaseState.UNPAID


def _buyer(order: _Order) -> tuple[str, ...]:
    """The buyer keys of every identity in the order. Invalid addresses and numbers are omitted."""
    ordered_by = _Customer(email=order.email, phone=order.phone)
    contact = _Customer(email=order.contact_email)
    visitors = [v for c in (order.customer or _Customer(), ordered_by, contact) for v in _visitors(c)]
    return tuple(dict.fromkeys(key for visitor in visitors for key in buyer_keys(visitor)))


def _visitors(customer: _Customer) -> list[Visitor]:
    email = phone = None
    with suppress(Invalid):
        email = check_email(customer.email, field=()) if customer.email else None
    with suppress(Invalid):
        phone = check_phone(customer.phone, field=()) if customer.phone else None
    return [Visitor(external_id=customer.id, email=email, phone=phone)]


def _in_shop_money(amount: Decimal, given: _MoneySet | None) -> Decimal:
    return amount if given is None or given.shop_money is None else given.shop_money.amount


def _total(order: _Order) -> Decimal:
    """The total of the order after its edits and before its refunds, which are subtracted elsewhere.

    `current_total_price` is the total after edits and after returned lines. A refund without a payment is an edit: its
    lines were removed before they were paid, so they stay subtracted. The lines of a refund that was paid are added
    again, as far as they are subtracted, also where less than their value was paid back (a restocking fee).
    """
    if order.current_total_price is None:
        return order.total_price
    removed = sum((refund.value for refund in order.refunds if not refund.transactions), _NOTHING)
    paid_back = [refund for refund in order.refunds if refund.paid]
    returned = sum(
        (max(refund.lines, refund.value, _paid_amount(refund, order.currency, order.rate)) for refund in paid_back),
        _NOTHING,
    )
    subtracted = max(order.total_price - order.current_total_price - max(removed, _NOTHING), _NOTHING)
    return order.current_total_price + min(subtracted, returned)


def _paid_amount(refund: _Refund, currency: str | None, rate: Decimal | None) -> Decimal:
    """The refunded amount in the shop's currency: the payments, or if the buyer was paid in another currency, the lines
    and adjustments; without any, the payments at the order's `rate`."""
    paid = sum((t.amount for t in refund.paid), _NOTHING)
    foreign = currency is not None and bool({t.currency for t in refund.paid if t.currency} - {currency})
    if not paid or not foreign:
        return paid
    if refund.value or rate is None or currency is None:
        return refund.value
    return Money(amount=paid * rate, currency=currency).in_minor_units().amount


def _refunds(refunds: Iterable[_Refund], currency: str | None, rate: Decimal | None) -> tuple[Refund, ...]:
    """The refunded amounts, in the order's currency. A refund that is reported alone names the currency itself, in its
    lines or else in its payments."""
    result = []
    for refund in refunds:
        own = currency or refund.shop_currency
        money = Money(
            amount=_paid_amount(refund, own, rate),
            currency=own or next((t.currency for t in refund.paid if t.currency), ""),
        )
        if money.amount > 0:
            result.append(Refund(id=refund.id, amount=money, refunded_at=refund.created_at))
    return tuple(result)


def _came_from(order: _Order) -> ConversationId | None:
    for attribute in order.note_attributes:
        if attribute.name == CART_ATTRIBUTE and isinstance(attribute.value, str):
            parsed = parse_global_id(attribute.value)
            if parsed is not None and parsed[0] == "Conversation":
                return ConversationId(parsed[1])
    return None
