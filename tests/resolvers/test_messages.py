from __future__ import annotations

from datetime import timedelta

import pytest

from tests.harness.program import Program, Shop

CARD = {
    "productId": "p1",
    "title": "Red shoe",
    "url": "https://shop.example/p1",
    "imageUrl": "https://shop.example/p1.png",
    "price": {"amount": "19.90", "currency": "EUR"},
    "sku": "RED-1",
}


async def test_messages_are_numbered_and_the_agents_labels_kept(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, "Do you have red shoes?")
    baton.clock.move(timedelta(seconds=5))
    await baton.reply(started, "Yes.", skill="catalogue", tags=["shoes", "red", "shoes"])
    baton.clock.move(timedelta(seconds=5))
    assert (await baton.say(started, "Which?"))["message"]["sequence"] == 3
    payload = await baton.reply(started, "These.", skill="recommend", tags=["size", "red"], products=[CARD])
    assert payload["message"] == {
        "id": payload["message"]["id"],
        "sequence": 4,
        "kind": "PRODUCT_RECOMMENDATION",
        "author": {"kind": "AI_AGENT", "name": "Assistant", "staff": None},
        "text": "These.",
        "sentAt": "2026-06-07T12:00:10.000Z",
        "products": [CARD],
        "actions": [],
        "delivery": None,
        "originalMail": None,
        "attachments": [],
        "via": None,
        "templateSid": None,
        "redactedAt": None,
    }
    conversation = payload["conversation"]
    assert conversation["tags"] == ["shoes", "red", "size"]
    assert (conversation["initialSkill"], conversation["finalSkill"]) == ("catalogue", "recommend")
    assert (conversation["messageCount"], conversation["version"]) == (4, 4)
    assert (conversation["startedAt"], conversation["lastMessageAt"]) == (
        "2026-06-07T12:00:00.000Z",
        "2026-06-07T12:00:10.000Z",
    )


async def test_what_people_said_last_is_not_what_baton_told_the_shopper(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, "Can I talk to a human?")
    given = {"conversationId": started.id, "epoch": 1, "reason": "EXPLICIT_ASK"}
    await baton.done(shop.agent, "requestHandoff", **given)

    async def last(token: str) -> tuple[str, str]:
        asked = "query($id: ID!) { conversation(id: $id) { lastMessage { kind } lastSpoken { text } } }"
        found = (await baton.data(token, asked, id=started.id))["conversation"]
        return found["lastMessage"]["kind"], found["lastSpoken"]["text"]

    for token in (shop.owner, started.token):
        assert await last(token) == ("HANDOFF_OFFER", "Can I talk to a human?")
    await baton.done(shop.owner, "addNote", conversationId=started.id, text="He is in a hurry")
    assert await last(shop.owner) == ("NOTE", "He is in a hurry")
    assert await last(started.token) == ("HANDOFF_OFFER", "Can I talk to a human?")


async def test_times_never_go_back_though_the_clock_does(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    baton.clock.move(timedelta(hours=-3))
    payload = await baton.reply(started)
    assert payload["message"]["sentAt"] == payload["conversation"]["lastMessageAt"] == "2026-06-07T12:00:00.000Z"
    closed = await baton.done(started.token, "closeConversation", conversationId=started.id)
    assert closed["conversation"]["closedAt"] == "2026-06-07T12:00:00.000Z"


@pytest.mark.parametrize("answered", [False, True])
async def test_close_says_who_had_the_last_word(baton: Program, shop: Shop, answered: bool) -> None:
    started = await baton.start(shop)
    if answered:
        await baton.reply(started)
    payload = await baton.done(started.token, "closeConversation", conversationId=started.id)
    conversation = payload["conversation"]
    assert conversation["status"] == ("RESOLVED_BY_AI" if answered else "CLOSED")
    assert conversation["closedAt"] == "2026-06-07T12:00:00.000Z"
    assert conversation["controller"] == {
        "kind": "NOBODY",
        "epoch": 2,
        "since": "2026-06-07T12:00:00.000Z",
        "staff": None,
    }
    before = await baton.everything()
    again = await baton.done(shop.support, "closeConversation", conversationId=started.id)
    assert again["conversation"] == {**conversation, "profile": again["conversation"]["profile"]}
    assert await baton.everything() == before


async def test_closed_conversation_takes_no_message(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    await baton.done(started.token, "closeConversation", conversationId=started.id)
    said = await baton.command(started.token, "sendMessage", conversationId=started.id, text="Wait")
    assert said == {
        "message": None,
        "conversation": None,
        "errors": [
            {
                "__typename": "Conflict",
                "code": "CONVERSATION_CLOSED",
                "message": "This conversation is closed. Start a new one.",
                "path": ["input", "conversationId"],
            }
        ],
    }
    replied = await baton.command(shop.agent, "postAgentMessage", conversationId=started.id, epoch=2, text="Hm")
    assert [(e["code"], e["path"]) for e in replied["errors"]] == [("CONVERSATION_CLOSED", ["input", "conversationId"])]


async def test_agent_under_an_old_epoch_is_not_shown_and_its_text_is_kept(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    await baton.done(started.token, "closeConversation", conversationId=started.id)
    given = {"conversationId": started.id, "epoch": 1, "text": "Here it is", "products": [CARD], "idempotencyKey": "k"}
    refused = await baton.command(shop.agent, "postAgentMessage", **given)
    assert refused["errors"] == [
        {
            "__typename": "NotInControl",
            "code": "NOT_IN_CONTROL",
            "message": "The agent no longer has this conversation. Its text was kept as a draft. "
            "Read the controller again.",
            "path": ["input", "epoch"],
            "controller": {"kind": "NOBODY", "epoch": 2, "since": "2026-06-07T12:00:00.000Z", "staff": None},
        }
    ]
    assert await baton.command(shop.agent, "postAgentMessage", **given) == refused
    drafts = (await baton.everything())["drafts"]
    assert [(d["account"], d["conversation_id"], d["text"], d["epoch"]) for d in drafts] == [
        (shop.id, started.key, "Here it is", 1)
    ]
    assert [card["product_id"] for card in drafts[0]["products"]] == ["p1"]


@pytest.mark.parametrize("epoch", [2, 1000])
async def test_agent_cannot_write_under_an_epoch_that_is_not_there_yet(baton: Program, shop: Shop, epoch: int) -> None:
    started = await baton.start(shop)
    refused = await baton.command(shop.agent, "postAgentMessage", conversationId=started.id, epoch=epoch, text="Hi")
    assert [(e["code"], e["path"]) for e in refused["errors"]] == [("INVALID", ["input", "epoch"])]
    assert "drafts" not in {name for name, rows in (await baton.everything()).items() if rows}


@pytest.mark.parametrize(
    ("name", "given", "other"),
    [
        ("sendMessage", {"text": "One"}, {"text": "Two"}),
        ("postAgentMessage", {"text": "One", "epoch": 1, "tags": ["a"]}, {"tags": ["b"]}),
        ("identifyVisitor", {"name": "Ann"}, {"name": "Bea"}),
    ],
)
async def test_same_command_sent_again_is_done_once(
    baton: Program, shop: Shop, name: str, given: dict[str, object], other: dict[str, object]
) -> None:
    started = await baton.start(shop)
    key = shop.agent if name == "postAgentMessage" else started.token
    given = {"conversationId": started.id, "idempotencyKey": "k", **given}
    first = await baton.done(key, name, **given)
    before = await baton.everything()
    assert await baton.done(key, name, **given) == first
    assert await baton.everything() == before
    refused = await baton.command(key, name, **{**given, **other})
    assert [(e["code"], e["path"]) for e in refused["errors"]] == [("CONFLICT", ["input", "idempotencyKey"])]


async def test_close_under_a_key_is_done_once(baton: Program, shop: Shop) -> None:
    started, other = await baton.start(shop), await baton.start(shop)
    given = {"conversationId": started.id, "idempotencyKey": "k"}
    first = await baton.done(shop.owner, "closeConversation", **given)
    before = await baton.everything()
    assert await baton.done(shop.owner, "closeConversation", **given) == first
    assert await baton.everything() == before
    refused = await baton.command(shop.owner, "closeConversation", **{**given, "conversationId": other.id})
    assert [(e["code"], e["path"]) for e in refused["errors"]] == [("CONFLICT", ["input", "idempotencyKey"])]


async def test_keys_of_different_callers_and_commands_never_meet(baton: Program, shop: Shop, rival: Shop) -> None:
    one, two, foreign = await baton.start(shop), await baton.start(shop), await baton.start(rival)
    for started in (one, two, foreign):
        await baton.done(started.token, "sendMessage", conversationId=started.id, text=started.id, idempotencyKey="k")
        await baton.done(started.token, "identifyVisitor", conversationId=started.id, name="Ann", idempotencyKey="k")


async def test_late_answer_to_a_repeated_message_shows_the_conversation_of_now(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    given = {"conversationId": started.id, "text": "One", "idempotencyKey": "k"}
    await baton.done(started.token, "sendMessage", **given)
    await baton.done(started.token, "closeConversation", conversationId=started.id)
    again = await baton.done(started.token, "sendMessage", **given)
    assert (again["message"]["sequence"], again["conversation"]["status"]) == (2, "CLOSED")


async def test_product_clicks(baton: Program, shop: Shop) -> None:
    started, other = await baton.start(shop), await baton.start(shop)
    shown = (await baton.reply(started, "Look", products=[CARD]))["message"]["id"]
    plain = (await baton.reply(started, "And?"))["message"]["id"]
    elsewhere = (await baton.reply(other, "Look", products=[CARD]))["message"]["id"]
    baton.clock.move(timedelta(minutes=10))
    given = {"messageId": shown, "productId": "p1", "idempotencyKey": "k"}
    for _ in range(2):
        assert await baton.done(started.token, "recordProductClick", **given) == {"recorded": True, "errors": []}
    touches = (await baton.everything())["touches"]
    assert [(t["conversation_id"], t["product_id"], t["touched_at"].minute) for t in touches] == [
        (started.key, "p1", 10)
    ]
    for wrong, code, path in [
        ({"productId": "p2"}, "INVALID", "productId"),
        ({"messageId": plain}, "INVALID", "productId"),
        ({"messageId": elsewhere}, "NOT_FOUND", "messageId"),
        ({"messageId": started.id}, "NOT_FOUND", "messageId"),
        ({"clickedAt": "2026-06-07T12:15:00.001Z"}, "INVALID", "clickedAt"),
        ({"clickedAt": "2026-06-07T11:54:59.999Z"}, "INVALID", "clickedAt"),
        ({"clickedAt": "0001-01-01T00:00:00Z"}, "INVALID", "clickedAt"),
        ({"clickedAt": "9999-12-31T23:59:59Z"}, "INVALID", "clickedAt"),
    ]:
        refused = await baton.command(started.token, "recordProductClick", **{**given, "idempotencyKey": None, **wrong})
        assert refused["recorded"] is False
        assert [(e["code"], e["path"]) for e in refused["errors"]] == [(code, ["input", path])], wrong


@pytest.mark.parametrize(
    ("clicked", "kept"),
    [("12:14:00", "12:10:00"), ("11:56:00", "12:00:00"), ("12:07:30", "12:07:30")],
)
async def test_click_by_a_browsers_clock_that_is_a_little_wrong(
    baton: Program, shop: Shop, clicked: str, kept: str
) -> None:
    started = await baton.start(shop)
    shown = (await baton.reply(started, "Look", products=[CARD]))["message"]["id"]
    baton.clock.move(timedelta(minutes=10))
    at = f"2026-06-07T{clicked}Z"
    await baton.done(started.token, "recordProductClick", messageId=shown, productId="p1", clickedAt=at)
    touches = (await baton.everything())["touches"]
    assert [t["touched_at"].isoformat() for t in touches] == [f"2026-06-07T{kept}+00:00"]
