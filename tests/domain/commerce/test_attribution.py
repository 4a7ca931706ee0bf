"""The touch that an order is credited to, and the rest after refunds, on values alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.commerce.attribution import (
    BuyerTouches,
    find_credit,
    later_credit,
    sale_of,
    stated_at,
    supersedes,
    terms_of,
)
from domain.model.account import DEFAULT_ATTRIBUTION, Account, TouchKind
from domain.model.commerce import (
    Order,
    Purchase,
    PurchaseState,
    Refund,
    Touch,
    conversation_of_sale,
    order_key,
    sale_id,
)
from domain.values.channel import Channel
from domain.values.errors import Invalid
from domain.values.ids import AccountId, ConversationId, new_id
from domain.values.money import CURRENCIES, Money, check_payment
from domain.values.record import replace

NOON = datetime(2026, 6, 7, 12, tzinfo=UTC)
ACCOUNT = Account(id=AccountId("A"), name="Shop", created_at=NOON)
HOURS = st.integers(-140, 10).map(lambda hours: NOON + timedelta(hours=hours))
TERMS = st.sampled_from(DEFAULT_ATTRIBUTION)
touches = st.builds(
    lambda term, at, conversation: Touch(
        id=f"{term.touch}{at}{conversation}",
        conversation_id=ConversationId(conversation),
        touched_at=at,
        channel=term.channel,
        kind=term.touch,
    ),
    TERMS,
    HOURS,
    st.sampled_from(["C1", "C2", "C3"]),
)
purchases = st.builds(
    lambda at, updated, total, state: Purchase(
        placed_at=at,
        total=Money(amount=Decimal(total), currency="EUR"),
        updated_at=None if updated is None else at + timedelta(hours=updated),
        state=state,
    ),
    HOURS,
    st.none() | st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from(PurchaseState),
)


def own(found: list[Touch]) -> BuyerTouches:
    return BuyerTouches(own=tuple(found))


def ordered(purchase: Purchase | None = None) -> Order:
    purchase = purchase or Purchase(placed_at=NOON, total=Money(amount=Decimal("30.00"), currency="EUR"))
    return Order(id=order_key("A", "1"), order_id="1", purchase=purchase, terms=terms_of(ACCOUNT))


@given(st.lists(touches, max_size=12))
def test_credit_is_the_same_in_any_order_and_in_any_pieces(found: list[Touch]) -> None:
    order = ordered()
    whole = find_credit(order, own(found))
    for cut in range(len(found) + 1):
        assert later_credit(find_credit(order, own(found[:cut])), find_credit(order, own(found[cut:]))) == whole
    assert find_credit(order, own(found[::-1])) == whole


@given(st.lists(touches, max_size=12))
def test_credit_is_of_the_last_touch_within_its_window(found: list[Touch]) -> None:
    windows = {(t.channel, t.touch): t.window for t in DEFAULT_ATTRIBUTION if t.enabled}
    good = [
        t.touched_at
        for t in found
        if t.touched_at <= NOON <= t.touched_at + windows.get((t.channel, t.kind), timedelta(-1))
    ]
    credit = find_credit(ordered(), own(found))
    assert (credit.touched_at if credit else None) == max(good, default=None)


@given(st.lists(touches, max_size=6), st.lists(touches, max_size=6))
def test_a_claim_takes_no_order_from_a_touch_of_the_buyer(found: list[Touch], said: list[Touch]) -> None:
    order = ordered()
    claimed = BuyerTouches(claimed=tuple(said))
    whole = find_credit(order, BuyerTouches(own=tuple(found), claimed=tuple(said)))
    assert later_credit(find_credit(order, own(found)), find_credit(order, claimed)) == whole
    if (best := find_credit(order, own(found))) is not None:
        assert whole == best
    elif whole is not None:
        assert whole.by_claim


def test_terms_are_those_that_are_switched_on() -> None:
    assert {(t.channel, t.touch) for t in terms_of(ACCOUNT)} == {
        (Channel.WEB_CHAT, TouchKind.PRODUCT_CARD_CLICK),
        (Channel.SMS, TouchKind.SMS_CLICK),
        (Channel.SMS, TouchKind.SMS_DELIVERY),
        (Channel.WHATSAPP, TouchKind.WHATSAPP_CLICK),
        (Channel.EMAIL, TouchKind.EMAIL_CLICK),
    }


@pytest.mark.parametrize("state", [PurchaseState.UNPAID, PurchaseState.CANCELLED])
def test_unpaid_orders_are_not_credited(state: PurchaseState) -> None:
    order = ordered()
    assert order.purchase is not None
    touch = Touch(id="T", conversation_id=ConversationId("C1"), touched_at=NOON)
    assert find_credit(order, own([touch])) is not None
    assert find_credit(replace(order, purchase=replace(order.purchase, state=state)), own([touch])) is None


@given(st.lists(purchases, min_size=1, max_size=6))
def test_words_about_an_order_come_to_the_same_in_any_order(told: list[Purchase]) -> None:
    def heard(words: list[Purchase]) -> Purchase:
        known: Purchase | None = None
        for word in words:
            if supersedes(word, known):
                known = word
        assert known is not None
        return replace(known, updated_at=stated_at(known))  # the default is the time of the order

    assert heard(told) == heard(told[::-1]) == heard(sorted(told, key=repr))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 2_000), st.sampled_from(["EUR", "USD"])), max_size=8))
def test_the_remaining_amount_is_never_negative(back: list[tuple[int, int, str]]) -> None:
    refunds = tuple(
        Refund(id=str(n), amount=Money(amount=Decimal(cents) / 100, currency=currency), refunded_at=NOON)
        for n, cents, currency in back
    )
    order = replace(ordered(), refunds=refunds)
    left = max(Decimal(3000) - sum(cents for _, cents, currency in back if currency == "EUR"), Decimal(0)) / 100
    assert order.purchase is not None
    net = order.net(order.purchase.total)
    assert (net.amount, net.currency, net.amount.as_tuple().exponent) == (left, "EUR", -2)


def test_sale_says_where_it_is_kept() -> None:
    conversation = ConversationId(new_id())
    touch = Touch(id="T", conversation_id=conversation, touched_at=NOON)
    order = ordered()
    sale = sale_of(replace(order, credit=find_credit(order, own([touch]))))
    assert sale is not None
    assert sale.id == sale_id(conversation, order.id)
    assert sale.id.isalnum()
    assert conversation_of_sale(sale.id) == conversation


def test_orders_of_two_accounts_are_two() -> None:
    assert order_key("A", "1") == order_key("A", "1")
    assert (
        len({order_key("A", "1"), order_key("B", "1"), order_key("A", "2"), order_key("A1", ""), order_key("", "A1")})
        == 5
    )


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_amounts_have_the_decimals_of_their_currency(currency: str) -> None:
    decimals = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "TND": 3, "EUR": 2, "HUF": 2}.get(currency)
    paid = check_payment(Money(amount=Decimal("7"), currency=currency), field=("here",), least=Decimal(0))
    places = -int(paid.amount.as_tuple().exponent)
    assert places in (0, 2, 3)
    assert decimals in (None, places)
    assert check_payment(Money(amount=Decimal("7.0000"), currency=currency), field=("here",), least=Decimal(0)) == paid
    finer = Decimal(1).scaleb(-places - 1)
    with pytest.raises(Invalid) as refused:
        check_payment(Money(amount=finer, currency=currency), field=("here",), least=Decimal(0))
    assert refused.value.field == ("here", "amount")
