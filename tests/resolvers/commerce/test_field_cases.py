"""Cases from the field on what an order came to. Each names its source, public threads about other products read as
symptoms; *variation* marks inputs that were made up here. The shop's currency is EUR; the order was 100.00."""

from __future__ import annotations

from typing import Any

import pytest

from dev.fakes.shopify import ShopifySender, order, refund
from tests.harness.program import Json, Program, Shop, Started
from tests.resolvers.commerce.shop_backend import ShopBackend
from tests.resolvers.commerce.test_shopify import clicked, connected


@pytest.fixture
async def shopify(baton: Program, shop: Shop) -> ShopifySender:
    return await connected(baton, shop)


def line(subtotal: str, tax: str = "0.00", **more: Any) -> Json:
    return {"id": 5, "quantity": 1, "subtotal": subtotal, "total_tax": tax, **more}


def adjustment(amount: str, tax: str = "0.00", kind: str = "shipping_refund", **more: Any) -> Json:
    return {"id": 6, "amount": amount, "tax_amount": tax, "kind": kind, **more}


def paid(amount: str, currency: str = "EUR", status: str = "success") -> Json:
    return {"id": 7, "kind": "refund", "status": status, "amount": amount, "currency": currency}


def in_both(shop: str, buyer: str) -> Json:
    return {
        "shop_money": {"amount": shop, "currency_code": "EUR"},
        "presentment_money": {"amount": buyer, "currency_code": "USD"},
    }


def given_back(
    *payments: Json, lines: tuple[Json, ...] = (), adjustments: tuple[Json, ...] = (), refund_id: int = 1
) -> Json:
    return refund(
        refund_id,
        "0.00",
        transactions=list(payments),
        refund_line_items=list(lines),
        order_adjustments=list(adjustments),
    )


def updated(*refunds: Json, current: str | None, minute: int = 40) -> Json:
    payload = order(total="100.00", refunds=list(refunds), updated_at=f"2026-06-07T08:{minute}:00-04:00")
    if current is None:
        del payload["current_total_price"]
    else:
        payload["current_total_price"] = current
    return payload


async def sale(backend: ShopBackend, started: Started) -> list[str]:
    return [amount for sales in await backend.amounts(started) for amount in sales.values()]


EDITED = given_back(lines=(line("40.00"),))
SHIPPING = adjustment("-5.00", "-1.10")
LINES_AND_SETS = line("40.00", subtotal_set=in_both("40.00", "44.00"), total_tax_set=in_both("0.00", "0.00"))
SHIPPING_LINE = {"id": 8, "subtotal_amount_set": in_both("5.00", "5.50"), "tax_amount_set": in_both("0.00", "0.00")}

CASES = {
    # Sources: BCApps#7447, medusa#13705, ShopifySharp#742.
    "order-edited-down": ([updated(EDITED, current="60.00")], "60.00"),
    # Source: variation of medusa#13705.
    "order-edited-down-later": (
        [updated(current="100.00"), updated(given_back(lines=(line("20.42", "4.08"),)), current="75.50", minute=41)],
        "75.50",
    ),
    # Variations of medusa#13705: a line was added; the edited order was refunded as well.
    "order-edited-up": ([updated(current="130.00")], "130.00"),
    "edited-and-refunded": (
        [updated(EDITED, given_back(paid("10.00"), lines=(line("10.00"),), refund_id=2), current="50.00")],
        "50.00",
    ),
    "edited-and-goodwill": ([updated(EDITED, given_back(paid("10.00"), refund_id=2), current="60.00")], "50.00"),
    "restocking-fee": ([updated(given_back(paid("35.00"), lines=(line("40.00"),)), current="60.00")], "65.00"),
    # Sources: BCApps#5596, gumroad#5687, #5846, go-shopify#250.
    "refund-goodwill-in-buyers-currency": (
        [
            updated(
                given_back(paid("10.90", "USD"), adjustments=(adjustment("-10.00", kind="refund_discrepancy"),)),
                current=None,
            )
        ],
        "90.00",
    ),
    # Sources: variations of go-shopify#250.
    "refund-shipping-in-buyers-currency": (
        [updated(given_back(paid("6.70", "USD"), adjustments=(SHIPPING,)), current=None)],
        "93.90",
    ),
    "refund-lines-and-shipping-in-buyers-currency": (
        [
            updated(
                given_back(paid("49.50", "USD"), lines=(line("40.00"),), adjustments=(adjustment("-5.00"),)),
                current=None,
            )
        ],
        "55.00",
    ),
    "lines-in-buyers-currency-with-current-total": (
        [updated(given_back(paid("44.00", "USD"), lines=(LINES_AND_SETS,)), current="60.00")],
        "60.00",
    ),
    "failed-in-buyers-currency": (
        [updated(given_back(paid("44.00", "USD", "failure"), lines=(LINES_AND_SETS,)), current=None)],
        "100.00",
    ),
    # Variations: less was paid back than the lines came to, with the difference as an adjustment; shipping as newer
    # versions of the API name it; and a refund of which only the payment is told, at the rate of the order.
    "restocking-fee-with-discrepancy": (
        [
            updated(
                given_back(
                    paid("35.00"), lines=(line("40.00"),), adjustments=(adjustment("5.00", kind="refund_discrepancy"),)
                ),
                current="60.00",
            )
        ],
        "65.00",
    ),
    "restocking-fee-in-buyers-currency": (
        [
            updated(
                given_back(
                    paid("38.50", "USD"),
                    lines=(line("40.00"),),
                    adjustments=(adjustment("5.00", kind="refund_discrepancy"),),
                ),
                current="60.00",
            )
        ],
        "65.00",
    ),
    "shipping-lines-in-buyers-currency": (
        [
            updated(
                given_back(paid("49.50", "USD"), lines=(line("40.00"),)) | {"refund_shipping_lines": [SHIPPING_LINE]},
                current=None,
            )
        ],
        "55.00",
    ),
    "shipping-named-twice-counts-once": (
        [
            updated(
                given_back(paid("49.50", "USD"), lines=(line("40.00"),), adjustments=(adjustment("-5.00"),))
                | {"refund_shipping_lines": [SHIPPING_LINE]},
                current=None,
            )
        ],
        "55.00",
    ),
    "payment-alone-in-buyers-currency": (
        [
            updated(given_back(paid("11.00", "USD")), current="100.00")
            | {"total_price_set": in_both("100.00", "110.00"), "presentment_currency": "USD"}
        ],
        "90.00",
    ),
    # Controls.
    "refund-of-a-line-counts-once": (
        [updated(given_back(paid("40.00"), lines=(line("40.00"),)), current="60.00")],
        "60.00",
    ),
    "refund-that-failed": ([updated(given_back(paid("12.50", status="failure")), current="100.00")], "100.00"),
    "order-unedited": ([updated(current="100.00")], "100.00"),
}


@pytest.mark.parametrize(("reports", "right"), CASES.values(), ids=CASES)
async def test_what_an_order_came_to(
    baton: Program, shop: Shop, shopify: ShopifySender, reports: list[Json], right: str
) -> None:
    backend = ShopBackend(baton, shop, shop.owner)
    started = await clicked(backend)
    for report in reports:
        await shopify.tell("orders/updated", report)
    assert await sale(backend, started) == [f"{right} EUR"]


TOLD_ALONE = {
    # Source: variation of gumroad#5846.
    "refund-told-alone-in-buyers-currency": (given_back(paid("44.00", "USD"), lines=(LINES_AND_SETS,)), "60.00"),
    # Variations: shipping alone, with the amounts in both currencies; and the shop's currency.
    "shipping-told-alone-in-buyers-currency": (
        given_back(
            paid("6.70", "USD"),
            adjustments=(
                adjustment(
                    "-5.50", "-1.20", amount_set=in_both("-5.00", "-5.50"), tax_amount_set=in_both("-1.10", "-1.20")
                ),
            ),
        ),
        "93.90",
    ),
    "refund-usual": (given_back(paid("12.50")), "87.50"),
}


@pytest.mark.parametrize(("told", "right"), TOLD_ALONE.values(), ids=TOLD_ALONE)
@pytest.mark.parametrize("and_with_its_order", [False, True])
async def test_a_refund_that_is_told_alone(
    baton: Program, shop: Shop, shopify: ShopifySender, told: Json, right: str, and_with_its_order: bool
) -> None:
    backend = ShopBackend(baton, shop, shop.owner)
    started = await clicked(backend)
    await shopify.tell("orders/create", updated(current="100.00"))
    await shopify.tell("refunds/create", told)
    if and_with_its_order:
        await shopify.tell("orders/updated", updated(told, current=None, minute=41))
    assert await sale(backend, started) == [f"{right} EUR"]
