"""The guidance over the API: reads, changes, and rules at work on the database."""

from __future__ import annotations

from typing import Any

from tests.harness.chat import codes
from tests.harness.program import Program, Shop

READ = """{ guidance { brandSummary tone customTone communicationRules version escalationRules { title description
  enabled conditions { combine phrases topics sentiment orderValue { amount currency } repetitions shopperMessages } }
} }"""
EMPTY = {
    "brandSummary": None,
    "tone": "NEUTRAL",
    "customTone": None,
    "communicationRules": [],
    "escalationRules": [],
    "version": 1,
}
CONDITIONS = {
    "combine": "ANY",
    "phrases": ["refund*"],
    "topics": ["Returns"],
    "sentiment": "VERY_NEGATIVE",
    "orderValue": {"amount": "500.00", "currency": "EUR"},
    "repetitions": 3,
    "shopperMessages": 9,
}
REFUNDS = {"title": "Refunds", "conditions": {"phrases": ["refund*"]}}
HANDOFFS = "query($id: ID!) { conversation(id: $id) { handoffs { reason reasonDetail state } status } }"


async def test_it_is_read_as_it_was_changed(baton: Program, shop: Shop) -> None:
    assert (await baton.data(shop.owner, READ))["guidance"] == EMPTY
    rules = [
        {"title": "Everything", "description": "All of it.", "enabled": True, "conditions": CONDITIONS},
        {"title": "The agent's", "description": "Be kind.", "enabled": False, "conditions": None},
    ]
    given: dict[str, Any] = {"brandSummary": "Lamps", "tone": "CUSTOM", "customTone": "Like a keeper."}
    given |= {"communicationRules": ["Be brief."], "escalationRules": rules}
    changed = await baton.done(shop.manager, "updateGuidance", **given, expectedVersion=1)
    assert {**EMPTY, **given, "version": 2}.items() <= changed["guidance"].items()
    for key in (shop.agent, shop.support, shop.analyst):
        assert (await baton.data(key, READ))["guidance"] == {**given, "version": 2}
    nulls = dict.fromkeys((*given, "expectedVersion"))
    kept = (await baton.done(shop.owner, "updateGuidance", **{**nulls, "tone": "PLAYFUL"}))["guidance"]
    assert (kept["brandSummary"], kept["customTone"], kept["communicationRules"]) == (None, None, ["Be brief."])
    assert (kept["tone"], kept["version"], len(kept["escalationRules"])) == ("PLAYFUL", 3, 2)


async def test_refused_changes_write_nothing(baton: Program, shop: Shop) -> None:
    refused = await baton.command(shop.owner, "updateGuidance", tone="PLAYFUL", expectedVersion=7)
    assert codes(refused) == [("CONFLICT", ["input", "expectedVersion"])]
    wrong = {**REFUNDS, "conditions": {"orderValue": {"amount": "1", "currency": "XYZ"}}}
    refused = await baton.command(shop.owner, "updateGuidance", escalationRules=[REFUNDS, {**wrong, "title": "B"}])
    where = ["input", "escalationRules", "1", "conditions", "orderValue", "currency"]
    assert codes(refused) == [("INVALID", where)]
    refused = await baton.command(shop.support, "updateGuidance", tone="PLAYFUL")
    assert codes(refused) == [("FORBIDDEN", None)]
    assert (await baton.data(shop.owner, READ))["guidance"] == EMPTY


async def test_a_matching_message_hands_over(baton: Program, shop: Shop) -> None:
    await baton.done(shop.owner, "updateGuidance", escalationRules=[REFUNDS])
    started = await baton.start(shop, "Hello")
    said = {"conversationId": started.id, "text": "I want a REFUND", "idempotencyKey": "1"}
    for _ in range(2):  # the second changes nothing
        await baton.done(started.token, "sendMessage", **said)
    conversation = (await baton.data(shop.owner, HANDOFFS, id=started.id))["conversation"]
    rule = {"reason": "ESCALATION_RULE", "reasonDetail": "Refunds"}
    assert conversation == {"handoffs": [{**rule, "state": "OFFERED"}], "status": "OPEN"}
    by_text = await baton.start(shop, "Refunded?", channel="SMS", phone="+393331234567")
    conversation = (await baton.data(shop.owner, HANDOFFS, id=by_text.id))["conversation"]
    assert conversation == {"handoffs": [{**rule, "state": "DELIVERED"}], "status": "NOT_RESOLVED_BY_AI"}
    late = await baton.command(shop.agent, "postAgentMessage", conversationId=by_text.id, text="Yes.", epoch=1)
    assert codes(late) == [("NOT_IN_CONTROL", ["input", "epoch"])]


async def test_rules_of_another_process_hold(baton: Program, second: Program, shop: Shop) -> None:
    """The other process has the account in its cache."""
    await baton.start(shop, "Hello")
    await second.done(shop.owner, "updateGuidance", escalationRules=[REFUNDS])
    started = await baton.start(shop, "A refund!")
    [handoff] = (await baton.data(shop.owner, HANDOFFS, id=started.id))["conversation"]["handoffs"]
    assert handoff["reasonDetail"] == "Refunds"
    await second.done(shop.owner, "updateGuidance", escalationRules=[])
    other = await baton.start(shop, "A refund!", anonymousId="another browser's own secret")
    assert (await baton.data(shop.owner, HANDOFFS, id=other.id))["conversation"]["handoffs"] == []
