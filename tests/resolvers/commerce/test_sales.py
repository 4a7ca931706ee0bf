from __future__ import annotations

from datetime import timedelta

from tests.program import Program
from tests.resolvers.commerce.selling import Till

NODE = "query($id: ID!) { node(id: $id) { ... on AttributedSale { id orderId amount { amount currency } } } }"


async def test_order_after_a_click_is_a_sale_that_explains_itself(baton: Program, till: Till) -> None:
    shown = await till.shown(email="Ann@Example.com")
    baton.clock.move(timedelta(minutes=10))
    await till.click(shown)
    baton.clock.move(timedelta(hours=2))
    [sale] = await till.order(email="ann@example.COM")
    assert await till.sales(shown[0]) == [{**sale, "conversation": {"id": shown[0].id}}]
    assert {name: value for name, value in sale.items() if name != "id"} == {
        "orderId": "1001",
        "amount": {"amount": "30.00", "currency": "EUR"},
        "placedAt": "2026-06-07T14:10:00.000Z",
        "touch": "PRODUCT_CARD_CLICK",
        "touchedAt": "2026-06-07T12:10:00.000Z",
        "window": "P1D",
    }
    assert await baton.data(till.shop.analyst, NODE, id=sale["id"]) == {
        "node": {"id": sale["id"], "orderId": "1001", "amount": {"amount": "30.00", "currency": "EUR"}}
    }
