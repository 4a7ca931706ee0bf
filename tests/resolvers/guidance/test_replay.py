"""Replay over the API, on the database: numbers and lists agree, orders and profiles are found, parts continue."""

from __future__ import annotations

from typing import Any

from tests.harness.program import Json, Program, Shop

COUNT = "count conversations { totalCount edges { outcome rule sequence node { id } } }"
SCORE = f"""conversations {{ {COUNT} }} truePositives {{ {COUNT} }} falsePositives {{ {COUNT} }}
  falseNegatives {{ {COUNT} }} trueNegatives {{ {COUNT} }} precision recall"""
REPLAY = f"""query($rules: [EscalationRuleInput!], $limit: Int! = 2000, $after: String) {{
  ruleReplay(input: {{range: {{preset: TODAY}}, rules: $rules, limit: $limit, after: $after}}) {{
    hasNextPage endCursor total {{ {SCORE} }}
    byRule {{ title score {{ conversations {{ count }} truePositives {{ count }} precision }} }}
    byTopic {{ topic score {{ conversations {{ count }} recall }} }}
    byReason {{ reason score {{ conversations {{ count }} recall }} }}
  }}
}}"""
REFUNDS = {"title": "Refunds", "conditions": {"phrases": ["refund*"]}}


async def _replay(baton: Program, key: str, **given: Any) -> Json:
    found: Json = (await baton.data(key, REPLAY, **given))["ruleReplay"]
    return found


async def _shoppers(baton: Program, shop: Shop) -> dict[str, str]:
    """Start a conversation for each outcome of the rule, and return their IDs by the text."""
    ids = {}
    for n, text in enumerate(("A refund, handed over", "refunded", "handed over", "Hello")):
        started = await baton.start(shop, text, key=shop.owner, channel="SMS", phone=f"+39333123456{n}")
        ids[text] = started.id
        answer = {"conversationId": started.id, "text": "Yes?", "epoch": 1, "tags": ["Returns"] if n < 2 else []}
        await baton.done(shop.agent, "postAgentMessage", **answer)
        if "handed over" in text:
            asked = {"conversationId": started.id, "epoch": 1, "reason": "KNOWLEDGE_GAP"}
            await baton.done(shop.agent, "requestHandoff", **asked)
    return ids


async def test_numbers_and_their_lists(baton: Program, shop: Shop) -> None:
    ids = await _shoppers(baton, shop)
    found = await _replay(baton, shop.analyst, rules=[REFUNDS])
    total = found["total"]
    assert (total["precision"], total["recall"], found["hasNextPage"], found["endCursor"]) == (0.5, 0.5, False, None)
    lists = {
        name: [row["node"]["id"] for row in part["conversations"]["edges"]]
        for name, part in total.items()
        if isinstance(part, dict)
    }
    assert lists == {
        "conversations": list(ids.values()),
        "truePositives": [ids["A refund, handed over"]],
        "falsePositives": [ids["refunded"]],
        "falseNegatives": [ids["handed over"]],
        "trueNegatives": [ids["Hello"]],
    }
    for part in total.values():
        if isinstance(part, dict):
            assert part["count"] == part["conversations"]["totalCount"] == len(part["conversations"]["edges"])
    [first, *_] = total["truePositives"]["conversations"]["edges"]
    assert (first["outcome"], first["rule"], first["sequence"]) == ("TRUE_POSITIVE", "Refunds", 1)
    assert found["byRule"] == [
        {"title": "Refunds", "score": {"conversations": {"count": 2}, "truePositives": {"count": 1}, "precision": 0.5}}
    ]
    assert found["byTopic"] == [
        {"topic": None, "score": {"conversations": {"count": 2}, "recall": 0.0}},
        {"topic": "Returns", "score": {"conversations": {"count": 2}, "recall": 1.0}},
    ]
    assert found["byReason"] == [{"reason": "KNOWLEDGE_GAP", "score": {"conversations": {"count": 2}, "recall": 0.5}}]


async def test_parts_and_the_accounts_own_rules(baton: Program, shop: Shop) -> None:
    await _shoppers(baton, shop)
    assert (await baton.ask(shop.owner, REPLAY)).codes == ["INVALID"]  # no rules yet
    await baton.done(shop.owner, "updateGuidance", escalationRules=[REFUNDS])
    whole = await _replay(baton, shop.owner)
    counts, after = [], None
    while True:
        part = await _replay(baton, shop.owner, limit=3, after=after)
        counts.append(part["total"]["conversations"]["count"])
        after = part["endCursor"]
        if after is None:
            break
    assert counts == [3, 1]
    assert whole["total"]["conversations"]["count"] == 4


async def test_topics_repetitions_and_orders(baton: Program, shop: Shop) -> None:
    await _shoppers(baton, shop)
    for order_id, phone, total in (("1", "+393331234563", "500.00"), ("2", "+393331234562", "499.99")):
        await baton.done(
            shop.owner,
            "recordOrder",
            orderId=order_id,
            placedAt="2026-06-07T11:00:00Z",
            total={"amount": total, "currency": "EUR"},
            phone=phone,
        )
    worth = {"title": "Worth", "conditions": {"orderValue": {"amount": "500", "currency": "EUR"}}}
    found = await _replay(baton, shop.owner, rules=[worth])
    assert [row["rule"] for row in found["total"]["conversations"]["conversations"]["edges"]] == [
        None,
        None,
        None,
        "Worth",
    ]
    topic = {"title": "Topic", "conditions": {"topics": ["returns"]}}
    found = await _replay(baton, shop.owner, rules=[topic])
    assert found["total"]["falsePositives"]["count"] == 0  # no message after the tag


async def test_nothing_of_another_account(baton: Program, shop: Shop) -> None:
    await _shoppers(baton, shop)
    other = await baton.open_shop("Other")
    found = await _replay(baton, other.owner, rules=[REFUNDS])
    assert found["total"]["conversations"]["count"] == 0


async def test_wrong_rules(baton: Program, shop: Shop) -> None:
    wrong = [REFUNDS, {"title": "B", "conditions": {"repetitions": 1}}]
    answer = await baton.ask(shop.owner, REPLAY, rules=wrong)
    assert answer.codes == ["INVALID"]
    answer = await baton.ask(shop.owner, REPLAY, rules=[REFUNDS], limit=20_000)
    assert answer.codes == ["INVALID"]
