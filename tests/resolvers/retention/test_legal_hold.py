"""A legal hold keeps a conversation from redaction, and is told to those who work for the shop alone."""

from __future__ import annotations

from tests.harness.program import Program, Shop
from tests.resolvers.profile.test_erasing import findings, found_in, run_erasures

HOLD = "query($id: ID!) { conversation(id: $id) { legalHold { reason since setBy { name address } } } }"
LOG = "{ auditLog(filter: {actions: [LEGAL_HOLD_SET, LEGAL_HOLD_RELEASED]}) { nodes { action changes { after } } } }"


async def test_what_is_held_is_not_redacted(baton: Program, shop: Shop) -> None:
    talk = await baton.start(shop, "zanzibar", key=shop.owner)
    held = {"conversationId": talk.id, "held": True}
    await baton.done(shop.owner, "setLegalHold", **held, reason="Case 1")
    found = (await baton.data(shop.analyst, HOLD, id=talk.id))["conversation"]["legalHold"]
    assert (found["reason"], found["setBy"]) == ("Case 1", {"name": "Owner", "address": None})
    assert (await baton.data(talk.token, HOLD, id=talk.id))["conversation"]["legalHold"] is None
    refused = await baton.command(shop.owner, "redactMessage", messageId=talk.message["id"])
    [error] = refused["errors"]
    assert (error["code"], error["path"]) == ("CONFLICT", ["input", "messageId"])

    await baton.done(shop.owner, "setLegalHold", **held, reason="Case 2")
    again = (await baton.data(shop.owner, HOLD, id=talk.id))["conversation"]["legalHold"]
    assert (again["reason"], again["since"]) == ("Case 2", found["since"])
    await baton.done(shop.owner, "setLegalHold", conversationId=talk.id, held=False, reason="Closed")
    assert (await baton.data(shop.owner, HOLD, id=talk.id))["conversation"]["legalHold"] is None
    await baton.done(shop.owner, "redactMessage", messageId=talk.message["id"])
    entries = (await baton.data(shop.owner, LOG))["auditLog"]["nodes"]
    assert [(each["action"], each["changes"][0]["after"]) for each in entries] == [
        ("LEGAL_HOLD_RELEASED", "Closed"),
        ("LEGAL_HOLD_SET", "Case 2"),
        ("LEGAL_HOLD_SET", "Case 1"),
    ]


async def test_a_hold_needs_a_reason(baton: Program, shop: Shop) -> None:
    talk = await baton.start(shop)
    [error] = await baton.errors_of(shop.owner, "setLegalHold", conversationId=talk.id, held=True)
    assert (error["code"], error["path"]) == ("INVALID", ["input", "reason"])


async def test_a_test_conversation_is_not_held(baton: Program, shop: Shop) -> None:
    test = await baton.mutate(shop.owner, "startConversation", channel="WEB_CHAT", text="Hi", test=True)
    given = {"conversationId": test["conversation"]["id"], "held": True, "reason": "Case 1"}
    assert [error["code"] for error in await baton.errors_of(shop.owner, "setLegalHold", **given)] == ["CONFLICT"]


RECORD = """query($id: ID!) { node(id: $id) { ... on Erasure { finishedAt heldConversations
  mentions { place recordId } } } }"""


async def test_an_erasure_leaves_what_is_held_until_the_hold_ends(baton: Program, shop: Shop) -> None:
    lena = {"email": "lena.quux@example.com", "name": "Lena Quuxington"}
    said = f"zanzibar, says Lena Quuxington, {lena['email']}"
    held = await baton.start(shop, said, key=shop.owner, channel="EMAIL", **lena)
    other = await baton.start(shop, "honolulu, says Lena Quuxington", key=shop.owner, channel="WEB_CHAT", **lena)
    await baton.done(shop.owner, "setLegalHold", conversationId=held.id, held=True, reason="Case 1")
    begun = await baton.mutate(shop.owner, "eraseProfile", profileId=other.conversation["profile"]["id"])
    await run_erasures(baton)
    record = (await baton.data(shop.owner, RECORD, id=begun["erasure"]["id"]))["node"]
    assert record["heldConversations"] == [held.id]
    assert record["finishedAt"] is not None
    assert record["mentions"] == []  # what is held is not searched for in vain, round after round
    stored = await baton.database["erasures"].find_one({})
    assert stored is not None
    assert stored["rounds"] == 1
    assert [each async for each in baton.baton.services.erasure_check.examine(lambda _: None)] == []
    assert await found_in(baton, "honolulu") == set()
    places = {place for place, _ in await found_in(baton, "zanzibar")}
    assert {"messages", "conversations", "events", "business_events", "vocabulary", "conversation_terms"} <= places
    assert await findings(baton) == []

    await baton.mutate(shop.owner, "setLegalHold", conversationId=held.id, held=False)
    await run_erasures(baton)
    assert await found_in(baton, "zanzibar", "lena.quux", "Quuxington") == set()
    assert await findings(baton) == []


PROFILE = "query($id: ID!) { node(id: $id) { ... on Profile { name email phone } } }"


async def test_a_shopper_who_goes_on_in_what_is_held_is_erased_when_the_hold_ends(baton: Program, shop: Shop) -> None:
    """The conversation is still open, so its visitor token still adds to it: nothing gets into the emptied profile."""
    lena = {"email": "lena.quux@example.com", "name": "Lena Quuxington"}
    held = await baton.start(shop, "zanzibar", key=shop.owner, **lena)
    profile = held.conversation["profile"]["id"]
    await baton.done(shop.owner, "setLegalHold", conversationId=held.id, held=True, reason="Case 1")
    await baton.mutate(shop.owner, "eraseProfile", profileId=profile)
    await run_erasures(baton)
    await baton.done(
        held.token, "identifyVisitor", conversationId=held.id, name="Lena Quuxington", phone="+39333111222"
    )
    await baton.done(shop.owner, "identifyVisitor", conversationId=held.id, **lena)
    found = (await baton.data(shop.owner, PROFILE, id=profile))["node"]
    assert found == {"name": None, "email": None, "phone": None}
    assert await baton.database["profiles"].count_documents({"keys.0": {"$exists": True}}) == 0

    await baton.mutate(shop.owner, "setLegalHold", conversationId=held.id, held=False)
    await run_erasures(baton)
    assert await found_in(baton, "zanzibar", "lena.quux", "Quuxington", "333111222") == set()
    assert await findings(baton) == []


async def test_a_profile_that_got_something_after_its_erasure_is_erased_again(baton: Program, shop: Shop) -> None:
    """Earlier versions let a conversation under a legal hold write into the emptied profile."""
    talk = await baton.start(shop, "zanzibar", key=shop.owner, email="lena.quux@example.com")
    profile = talk.conversation["profile"]["id"]
    first = await baton.mutate(shop.owner, "eraseProfile", profileId=profile)
    await run_erasures(baton)
    given = {"name": "Lena Quuxington", "keys": ["e:lena.quux@example.com"]}
    await baton.database["profiles"].update_one({"erased_at": {"$exists": True}}, {"$set": given})
    second = await baton.mutate(shop.owner, "eraseProfile", profileId=profile)
    assert second["erasure"]["id"] != first["erasure"]["id"]
    await run_erasures(baton)
    assert await found_in(baton, "lena.quux", "Quuxington") == set()
    third = await baton.mutate(shop.owner, "eraseProfile", profileId=profile)
    assert third["erasure"]["id"] == second["erasure"]["id"]
