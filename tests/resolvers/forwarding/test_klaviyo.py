"""Business events recorded in an account's Klaviyo, in its format, each once."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from dev.fakes.faults import cut_after, failing, responding, wrong_body
from dev.fakes.klaviyo import FULL, KEY, Klaviyo, refused, too_fast
from dev.fakes.receiver import WebhookReceiver
from domain.imports.model import ImportedConversation, ImportedMessage, ImportedTransfer
from domain.model.conversation import AuthorKind, Visitor
from tests.harness.program import Json, Program, Shop, identity_token
from tests.resolvers.forwarding.endpoints import forward, forward_until_quiet, subscribe

LOOK = """{ klaviyo { displayName connectedAt checkedAt problem forwarding {
  id nextAttemptAt failingSince attempts { outcome httpStatus error }
  deadLetters { totalCount nodes { id httpStatus error event { id } } } } } }"""
CARD = {"productId": "p1", "title": "Kettle", "sku": "K-1", "price": {"amount": "19.90", "currency": "EUR"}}


async def connect(baton: Program, shop: Shop, key: str = KEY) -> Json:
    connection: Json = (await baton.done(shop.owner, "connectKlaviyo", apiKey=key))["connection"]
    return connection


async def shown(baton: Program, shop: Shop) -> Json:
    found: Json = (await baton.data(shop.owner, LOOK))["klaviyo"]
    return found


async def test_the_four_events_as_klaviyo_takes_them(baton: Program, shop: Shop, klaviyo: Klaviyo) -> None:
    connected = await connect(baton, shop)
    assert (connected["displayName"], connected["problem"]) == ("Acme Shoes", None)
    talk = await baton.start(
        shop, "Which kettle?", anonymousId="b1", email="ann@example.com", phone="+393331234567", profileId="c77"
    )
    await baton.reply(talk, "This one.", products=[CARD], tags=["kettles"], skill="advice")
    baton.clock.move(timedelta(seconds=30))
    await baton.done(talk.token, "closeConversation", conversationId=talk.id)
    other = await baton.start(shop, "A human!", channel="SMS", phone="+393337654321")
    asked = {"conversationId": other.id, "epoch": 1, "reason": "EXPLICIT_ASK", "reasonDetail": "Angry"}
    await baton.done(shop.agent, "requestHandoff", **asked)
    assert await forward(baton) == 5
    rows = await baton.database["business_events"].find({"account": shop.id}).sort("seq").to_list()
    ann, phone = {"email": "ann@example.com"}, {"phone_number": "+393337654321"}
    chat = {"ConversationId": talk.key, "Channel": "WEB_CHAT", "IdentityVerified": False}
    sms = {"ConversationId": other.key, "Channel": "SMS", "IdentityVerified": False}
    product = {"ProductID": "p1", "ProductName": "Kettle", "SKU": "K-1", "Price": 19.9, "Currency": "EUR"}
    recommended = {"Products": [product], "ProductIds": ["p1"], "ProductNames": ["Kettle"]}
    resolved = {"FinalSkill": "advice", "Tags": ["kettles"], "ResolutionSeconds": 0}
    early, late = "2026-06-07T12:00:00+00:00", "2026-06-07T12:00:30+00:00"
    expected = [
        ("Started Conversation with Customer Agent", ann, {**chat, "FirstMessage": "Which kettle?"}, early),
        ("Received Product Recommendation from Customer Agent", ann, {**chat, **recommended}, early),
        ("Conversation with Customer Agent Resolved", ann, {**chat, **resolved}, late),
        ("Started Conversation with Customer Agent", phone, {**sms, "FirstMessage": "A human!"}, late),
        (
            "Conversation with Customer Agent Escalated",
            phone,
            {**sms, "Reason": "EXPLICIT_ASK", "ReasonDetail": "Angry"},
            late,
        ),
    ]
    assert klaviyo.recorded == [
        {
            "metric": {"data": {"type": "metric", "attributes": {"name": name}}},
            "profile": {"data": {"type": "profile", "attributes": profile}},
            "properties": properties,
            "time": time,
            "unique_id": row["_id"],
        }
        for (name, profile, properties, time), row in zip(expected, rows, strict=True)
    ]
    sent = klaviyo.calls("POST /api/events")[0]
    assert sent.headers["content-type"] == sent.headers["accept"] == "application/vnd.api+json"
    assert (sent.headers["revision"], sent.headers["authorization"]) == ("2026-07-15", f"Klaviyo-API-Key {KEY}")
    assert len(klaviyo.calls("GET /api/accounts")) == 1


async def test_a_claim_is_marked_and_a_proof_is_not(baton: Program, shop: Shop, klaviyo: Klaviyo) -> None:
    """The mark is about the identifier that is sent: the address is claimed where only the shop's ID is proved."""
    await connect(baton, shop)
    token = await identity_token(baton, shop, "c77")
    await baton.start(shop, "Claimed", email="ann@example.com")
    await baton.start(shop, "Half", email="ann@example.com", identityToken=token)
    await baton.start(shop, "Proved", identityToken=await identity_token(baton, shop, "c78", email="bea@example.com"))
    await baton.start(shop, "By the shop", key=shop.owner, email="cleo@example.com")
    await forward_until_quiet(baton)
    marks = {e["properties"]["FirstMessage"]: e["properties"]["IdentityVerified"] for e in klaviyo.recorded}
    assert marks == {"Claimed": False, "Half": False, "Proved": True, "By the shop": True}


async def test_only_for_accounts_that_connect_it_and_from_then_on(
    baton: Program, shop: Shop, rival: Shop, klaviyo: Klaviyo
) -> None:
    await baton.start(shop, "Before", anonymousId="b0")
    await connect(baton, shop)
    await baton.start(shop, "Ours", anonymousId="b1")
    await baton.start(rival, "Theirs", anonymousId="b1")
    await baton.start(shop, "Of somebody who says nothing")
    assert await forward(baton) == 2
    [event] = klaviyo.recorded
    assert event["properties"]["FirstMessage"] == "Ours"
    assert event["profile"]["data"]["attributes"] == {"anonymous_id": "b1"}
    assert (await baton.data(rival.owner, "{ klaviyo { displayName } }"))["klaviyo"] is None


async def test_tried_again_it_counts_once(baton: Program, shop: Shop, klaviyo: Klaviyo) -> None:
    await connect(baton, shop)
    faults = [cut_after(), failing(502), too_fast(30), too_fast(None), wrong_body(), cut_after()]
    for fault in faults:
        klaviyo.faults.add(fault, on="POST /api/events")
    for n in (1, 2):
        await baton.start(shop, f"Question {n}", anonymousId=f"b{n}")
    await forward_until_quiet(baton)
    assert [e["properties"]["FirstMessage"] for e in klaviyo.recorded] == ["Question 1", "Question 2"]
    calls = klaviyo.calls("POST /api/events")
    assert len(calls) == 7  # what came with a wrong body was 202 all the same
    assert len({call.body for call in calls}) == 2
    found = (await shown(baton, shop))["forwarding"]
    assert (found["failingSince"], found["deadLetters"]["totalCount"]) == (None, 0)


async def test_how_long_to_wait_is_klaviyos_to_say(baton: Program, shop: Shop, klaviyo: Klaviyo) -> None:
    await connect(baton, shop)
    klaviyo.faults.add(too_fast(90), on="POST /api/events")
    await baton.start(shop, "Hello", anonymousId="b1")
    assert await forward(baton) == 0
    assert (await shown(baton, shop))["forwarding"]["nextAttemptAt"] == "2026-06-07T12:01:30.000Z"


async def test_events_that_klaviyo_refuses_do_not_block_the_rest(baton: Program, shop: Shop, klaviyo: Klaviyo) -> None:
    await connect(baton, shop)
    klaviyo.faults.add(refused("Invalid email", pointer="/data/attributes/profile/email"), on="POST /api/events")
    klaviyo.faults.add(refused("Duplicate", status=409, code="duplicate_profile"), on="POST /api/events")
    for n in (1, 2, 3):
        await baton.start(shop, f"Question {n}", anonymousId=f"b{n}")
    assert await forward(baton) == 3
    assert [e["properties"]["FirstMessage"] for e in klaviyo.recorded] == ["Question 3"]
    found = await shown(baton, shop)
    letters = found["forwarding"]["deadLetters"]["nodes"]
    assert [(letter["httpStatus"], letter["error"]) for letter in letters] == [
        (409, "Klaviyo returned 409: Duplicate (/data/attributes/profile)"),
        (400, "Klaviyo returned 400: Invalid email (/data/attributes/profile/email)"),
    ]
    assert found["problem"] is None
    taken = await baton.done(shop.owner, "retryDeadLetter", deadLetterId=letters[1]["id"])
    assert (taken["delivered"], taken["httpStatus"]) == (True, 202)
    assert (await shown(baton, shop))["forwarding"]["deadLetters"]["totalCount"] == 1


@pytest.mark.parametrize("scopes", [None, frozenset({"accounts:read"})])
async def test_a_key_that_works_no_more_is_a_problem_and_nothing_is_lost(
    baton: Program, shop: Shop, klaviyo: Klaviyo, scopes: frozenset[str] | None
) -> None:
    await connect(baton, shop)
    if scopes is None:
        klaviyo.keys.pop(KEY)
    else:
        klaviyo.keys[KEY] = scopes
    for n in (1, 2):
        await baton.start(shop, f"Question {n}", anonymousId=f"b{n}")
    for _ in range(3):
        assert await forward(baton) == 0
        baton.clock.move(timedelta(hours=1))
    words = "Authentication credentials were not provided." if scopes is None else "Missing scope events:write."
    status = 401 if scopes is None else 403
    assert (await shown(baton, shop))["problem"] == f"Klaviyo returned {status}: {words}"
    assert len(klaviyo.calls("POST /api/events")) == 3  # one an hour
    klaviyo.keys["pk_newer"] = FULL
    again = await connect(baton, shop, "pk_newer")
    assert again["problem"] is None
    assert await forward(baton) == 2
    assert len(klaviyo.recorded) == 2
    klaviyo.keys.pop("pk_newer")
    await baton.start(shop, "Question 3", anonymousId="b3")
    assert await forward(baton) == 0
    klaviyo.keys["pk_newer"] = FULL
    baton.clock.move(timedelta(hours=1))
    assert await forward(baton) == 1
    assert (await shown(baton, shop))["problem"] is None


async def test_history_from_a_file_is_recorded_as_such_and_partners_are_spared(
    baton: Program, shop: Shop, klaviyo: Klaviyo, receiver: WebhookReceiver
) -> None:
    await connect(baton, shop)
    await subscribe(baton, shop, receiver)
    then = baton.clock.now() - timedelta(days=400)
    past = ImportedConversation(
        source="file",
        key="1",
        visitor=Visitor(email="old@example.com"),
        messages=(
            ImportedMessage(author=AuthorKind.SHOPPER, text="A human!", sent_at=then),
            ImportedMessage(author=AuthorKind.AI_AGENT, text="At once.", sent_at=then),
        ),
        transfer=ImportedTransfer(after_sequence=2, summary="Wants one"),
    )
    await baton.baton.history.import_batch(shop.id, [past])
    imported = await baton.database["business_events"].count_documents({"imported": True})
    assert imported >= 1
    await forward(baton)
    assert {event["backfill"] for event in klaviyo.recorded} == {True}
    assert len(klaviyo.recorded) == imported
    assert {event["time"] for event in klaviyo.recorded} == {"2025-05-03T12:00:00+00:00"}
    assert receiver.received == []


async def test_long_texts_are_cut_to_what_klaviyo_takes(baton: Program, shop: Shop, klaviyo: Klaviyo) -> None:
    await connect(baton, shop)
    await baton.start(shop, "🫖" * 32_000, anonymousId="b1")
    assert await forward(baton) == 1
    [event] = klaviyo.recorded
    assert len(event["properties"]["FirstMessage"].encode()) == 100_000


REFUSED = {
    "": "The text is blank. Write something.",
    "AbC123": "Enter a private key, which starts with pk_. The public key is the short site id.",
    "pk_a b": "A key is ASCII letters, digits and punctuation without spaces: copy it again.",
    "pk_é": "A key is ASCII letters, digits and punctuation without spaces: copy it again.",
    "pk_" + "a" * 300: "The text has 303 characters; at most 200 are allowed.",
    "pk_unknown": "Klaviyo refuses this key: copy it from Settings, API keys.",
    "pk_lesser": "This key lacks permissions: give it the scopes accounts:read and events:write.",
}


async def test_keys_that_are_refused(
    baton: Program, shop: Shop, klaviyo: Klaviyo, caplog: pytest.LogCaptureFixture
) -> None:
    klaviyo.keys["pk_lesser"] = frozenset({"events:write"})
    for key, message in REFUSED.items():
        with caplog.at_level(logging.DEBUG):
            payload = await baton.command(shop.owner, "connectKlaviyo", apiKey=key)
        [error] = payload["errors"]
        assert (error["code"], error["path"], error["message"]) == ("INVALID", ["input", "apiKey"], message)
        assert await shown(baton, shop) is None
        assert len(key) < 4 or key not in caplog.text


async def test_a_klaviyo_that_is_none_or_does_not_answer(baton: Program, shop: Shop, klaviyo: Klaviyo) -> None:
    for fault in (wrong_body(), responding(200, {"data": []}), responding(200, [])):
        klaviyo.faults.add(fault)
        errors = await baton.errors_of(shop.owner, "connectKlaviyo", apiKey=KEY)
        assert [(e["code"], e["path"]) for e in errors] == [("INVALID", ["input", "apiKey"])]
    before = await baton.everything()
    klaviyo.faults.add(failing(503))
    answer = await baton.ask(
        shop.owner,
        "mutation($given: String!) { connectKlaviyo(input: {apiKey: $given}) { errors { code } } }",
        given=KEY,
    )
    assert answer.codes == ["UNAVAILABLE"]
    assert await baton.everything() == before


async def test_left_it_gets_nothing_and_forgets_where_it_stood_unless_asked(
    baton: Program, shop: Shop, klaviyo: Klaviyo
) -> None:
    await connect(baton, shop)
    await baton.done(shop.owner, "disconnectKlaviyo", keepPlace=True)
    await baton.start(shop, "Meanwhile", anonymousId="b1")
    assert await forward(baton) == 0
    assert await shown(baton, shop) is None
    await connect(baton, shop)
    assert await forward(baton) == 1
    await baton.done(shop.owner, "disconnectKlaviyo")
    await baton.start(shop, "Never told", anonymousId="b2")
    await connect(baton, shop)
    assert await forward(baton) == 0
    assert [e["properties"]["FirstMessage"] for e in klaviyo.recorded] == ["Meanwhile"]
    await baton.done(shop.owner, "disconnectKlaviyo")
    errors = await baton.errors_of(shop.owner, "disconnectKlaviyo")
    assert [(e["code"], e["path"]) for e in errors] == [("NOT_FOUND", ["input"])]
    for name in ("connected_services", "forwardings", "dead_letters"):
        assert await baton.database[name].count_documents({}) == 0
    assert KEY not in str(await baton.everything())
