"""A handoff from the request to the decision: what is shown, stored and emitted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.events import BusinessEvent, EventType
from tests.harness.chat import Chat, codes
from tests.harness.program import Program, Shop, browser

NOON = "2026-06-07T12:00:00.000Z"  # a Sunday, outside business hours


async def escalations(baton: Program, shop: Shop) -> list[BusinessEvent]:
    log = baton.baton.services.log
    events = await log.read(shop.id, after=0, upto=1_000_000, topics=None, limit=1_000_000)
    bodies = [event.body for event in events if isinstance(event.body, BusinessEvent)]
    return [body for body in bodies if body.type is EventType.CONVERSATION_ESCALATED]


async def texts(baton: Program, chat: Chat) -> list[tuple[str, str]]:
    document = "query($id: ID!) { conversation(id: $id) { messages { nodes { kind text } } } }"
    data = await baton.data(chat.started.token, document, id=chat.id)
    return [(message["kind"], message["text"]) for message in data["conversation"]["messages"]["nodes"]]


async def test_offer_is_shown_and_the_yes_kept_word_for_word(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, email="ann@example.com")
    asked = await chat.request(reasonDetail="No such article", summary="Wants boots.", skill="catalogue")
    assert {k: v for k, v in asked["handoff"].items() if k not in ("id", "conversation")} == {
        "state": "OFFERED",
        "method": "HELPDESK",
        "helpdesk": "INBOX",
        "reason": "KNOWLEDGE_GAP",
        "requestedAt": NOON,
        "consent": None,
        "reasonDetail": "No such article",
        "summary": "Wants boots.",
        "ticket": None,
    }
    assert asked["conversation"]["status"] == "OPEN"
    offer = asked["conversation"]["lastMessage"]
    assert (offer["kind"], offer["author"]["kind"]) == ("HANDOFF_OFFER", "SYSTEM")
    assert offer["actions"] == [
        {"action": "accept", "label": "Yes, connect me with an agent"},
        {"action": "decline", "label": "No, thanks"},
    ]
    baton.clock.move(timedelta(minutes=1))
    answered = await chat.accept()
    assert answered["handoff"]["consent"] == {
        "decision": "ACCEPTED",
        "wording": offer["text"],
        "actionLabel": "Yes, connect me with an agent",
        "locale": "en",
        "channel": "WEB_CHAT",
        "offeredAt": NOON,
        "decidedAt": "2026-06-07T12:01:00.000Z",
        "settingsVersion": 1,
    }
    assert (answered["handoff"]["state"], answered["handoff"]["summary"]) == ("DELIVERED", None)
    [event] = await escalations(baton, shop)
    assert (event.reason, event.reason_detail, event.conversation.final_skill) == (
        "KNOWLEDGE_GAP",
        "No such article",
        "catalogue",
    )


@pytest.mark.parametrize("channel", ["SMS", "WHATSAPP", "EMAIL"])
async def test_other_channels_ask_nobody(baton: Program, shop: Shop, channel: str) -> None:
    chat = await Chat.of(baton, shop, channel=channel)
    asked = await chat.request()
    assert (asked["handoff"]["state"], asked["handoff"]["consent"]) == ("DELIVERED", None)
    assert asked["conversation"]["controller"] == {"kind": "QUEUE", "epoch": 2, "since": NOON, "staff": None}
    assert len(await escalations(baton, shop)) == 1


async def test_escalated_once_however_often_a_human_is_asked_for(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, channel="SMS")
    for _ in range(3):
        await chat.request()
        await chat.take()
        await chat.give_back()
    row = await chat.row()
    assert (len(row.handoffs), len(row.past_tickets), row.controller.epoch) == (3, 2, 10)
    assert len(await escalations(baton, shop)) == 1


async def test_message_is_shown_with_its_links_and_the_agent_goes_on(baton: Program, shop: Shop) -> None:
    text = "Call us: tel:+390212345678 or [write](mailto:help@shop.example)."
    await baton.done(shop.owner, "updateHandoffSettings", method="MESSAGE", customMessage=text)
    chat = await Chat.of(baton, shop)
    shown = await chat.request(reason="ESCALATION_RULE")
    assert (shown["handoff"]["state"], shown["handoff"]["helpdesk"]) == ("MESSAGE_SHOWN", None)
    assert (shown["conversation"]["status"], shown["conversation"]["ticket"]) == ("NOT_RESOLVED_BY_AI", None)
    assert (shown["conversation"]["lastMessage"]["kind"], shown["conversation"]["lastMessage"]["text"]) == (
        "CUSTOM_MESSAGE",
        text,
    )
    assert (await chat.post())["errors"] == []
    await chat.leave()
    assert (await chat.row()).status == "NOT_RESOLVED_BY_AI"
    assert [event.reason for event in await escalations(baton, shop)] == ["ESCALATION_RULE"]


async def test_an_offer_that_is_refused_lets_the_agent_resolve(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop)
    await chat.request()
    declined = await chat.decline()
    assert (declined["handoff"]["state"], declined["handoff"]["consent"]["decision"]) == ("DECLINED", "DECLINED")
    assert declined["handoff"]["consent"]["actionLabel"] == "No, thanks"
    await chat.post()
    await chat.leave()
    assert (await chat.row()).status == "RESOLVED_BY_AI"
    assert await escalations(baton, shop) == []


async def test_the_first_answer_counts(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, email="ann@example.com")
    await chat.request()
    first = await chat.accept()
    before = await baton.everything()
    assert (await chat.accept())["handoff"] == first["handoff"]
    assert await baton.everything() == before
    assert codes(await chat.decline()) == [("CONFLICT", ["input", "accept"])]
    await chat.take()
    assert codes(await chat.withdraw()) == [("CONFLICT", ["input", "handoffId"])]


async def test_yes_that_comes_too_late_by_a_late_timer(baton: Program, shop: Shop) -> None:
    """After 48 hours a conversation is closed, even before its timer ran."""
    chat = await Chat.of(baton, shop, email="ann@example.com")
    await chat.request()
    baton.clock.move(timedelta(hours=49))
    assert codes(await chat.accept()) == [("CONFLICT", ["input", "accept"])]
    assert codes(await chat.withdraw()) == [("CONFLICT", ["input", "handoffId"])]
    assert codes(await chat.request(epoch=1)) == [("NOT_IN_CONTROL", ["input", "epoch"])]
    assert await baton.baton.workers.timers.fire_due() == 1
    assert await chat.standing() == "EXPIRED NOBODY - CLOSED"


async def test_somebody_elses_offer_is_not_there(baton: Program, shop: Shop, rival: Shop) -> None:
    chat, other, foreign = await Chat.of(baton, shop), await Chat.of(baton, shop), await Chat.of(baton, rival)
    await chat.request()
    handoff_id = await chat.handoff_id()
    for stranger in (other, foreign):
        for name, more in (("answerHandoffOffer", {"accept": True}), ("withdrawHandoff", {})):
            refused = await stranger.do(stranger.started.token, name, handoffId=handoff_id, **more)
            assert codes(refused) == [("NOT_FOUND", ["input", "handoffId"])]
    refused = await chat.do(chat.started.token, "answerHandoffOffer", handoffId=chat.id, accept=True)
    assert codes(refused) == [("NOT_FOUND", ["input", "handoffId"])]
    refused = await chat.do(shop.agent, "answerHandoffOffer", handoffId=handoff_id, accept=True)
    assert codes(refused) == [("FORBIDDEN", None)]
    assert await chat.standing() == "OFFERED AI_AGENT - OPEN"


@pytest.mark.parametrize("when", ["offered", "awaiting", "queued"])
async def test_taken_back(baton: Program, shop: Shop, when: str) -> None:
    chat = await Chat.of(baton, shop, **({"email": "ann@example.com"} if when == "queued" else {}))
    await chat.request()
    if when != "offered":
        await chat.accept()
    baton.clock.move(timedelta(minutes=5))
    back = await chat.withdraw()
    assert back["handoff"]["state"] == "WITHDRAWN"
    consent = back["handoff"]["consent"]
    assert consent is None if when == "offered" else consent["decision"] == "WITHDRAWN"
    row = await chat.row()
    assert (row.controller.kind, row.controller.epoch) == ("AI_AGENT", 3 if when == "queued" else 1)
    assert (row.status == "OPEN") == (when == "offered")
    assert (await chat.withdraw())["errors"] == []
    assert (await chat.post())["errors"] == []


async def test_identity_goes_on_by_itself(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop)
    await chat.request()
    asked = await chat.accept()
    assert (asked["handoff"]["state"], asked["conversation"]["lastMessage"]["kind"]) == (
        "AWAITING_IDENTITY",
        "IDENTITY_REQUEST",
    )
    assert asked["conversation"]["controller"]["kind"] == "AI_AGENT"
    assert codes(await chat.identify(email="nobody")) == [("INVALID", ["input", "email"])]
    assert codes(await chat.identify(phone="123")) == [("INVALID", ["input", "phone"])]
    assert await chat.standing() == "AWAITING_IDENTITY AI_AGENT - NOT_RESOLVED_BY_AI"
    await chat.identify(phone="+39 333 1234567")
    assert await chat.standing() == "AWAITING_IDENTITY AI_AGENT - NOT_RESOLVED_BY_AI"
    await chat.identify(email="Ann@Example.com")
    assert await chat.standing() == "DELIVERED QUEUE OPEN NOT_RESOLVED_BY_AI"
    assert len(await escalations(baton, shop)) == 1
    assert (await chat.row()).visitor.phone == "+393331234567"


async def test_identity_by_a_second_start_of_the_same_shopper(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, anonymousId=browser("ann"))
    await chat.request()
    await chat.accept()
    await baton.start(shop, "Here I am", anonymousId=browser("ann"), email="ann@example.com")
    assert await chat.standing() == "DELIVERED QUEUE OPEN NOT_RESOLVED_BY_AI"


async def test_agent_in_the_queue_is_refused_and_its_text_kept(baton: Program, shop: Shop) -> None:
    """The agent is refused even with the current epoch, because knowing the epoch is not having control."""
    chat = await Chat.of(baton, shop, channel="SMS")
    await chat.request()
    for epoch in (1, 2):
        refused = await chat.post(epoch=epoch, text=f"Under {epoch}")
        assert codes(refused) == [("NOT_IN_CONTROL", ["input", "epoch"])]
        assert refused["errors"][0]["controller"] == {"kind": "QUEUE", "epoch": 2, "since": NOON, "staff": None}
        assert codes(await chat.request(epoch=epoch)) == [("NOT_IN_CONTROL", ["input", "epoch"])]
    assert codes(await chat.post(epoch=3)) == [("INVALID", ["input", "epoch"])]
    assert codes(await chat.request(epoch=3)) == [("INVALID", ["input", "epoch"])]
    document = "query($id: ID!) { conversation(id: $id) { drafts { text epoch writtenAt } } }"
    kept = (await baton.data(shop.support, document, id=chat.id))["conversation"]["drafts"]
    assert kept == [{"text": f"Under {epoch}", "epoch": epoch, "writtenAt": NOON} for epoch in (1, 2)]
    for key in (shop.analyst, shop.agent, chat.started.token):
        assert (await baton.data(key, document, id=chat.id))["conversation"]["drafts"] == []


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"summary": " "}, "summary"),
        ({"summary": "x" * 10_001}, "summary"),
        ({"reasonDetail": "\u200b"}, "reasonDetail"),
        ({"reasonDetail": "x" * 1_001}, "reasonDetail"),
        ({"skill": "two\nlines"}, "skill"),
        ({"skill": "x" * 201}, "skill"),
        ({"epoch": 0}, "epoch"),
        ({"epoch": 2}, "epoch"),
        ({"idempotencyKey": " "}, "idempotencyKey"),
    ],
)
async def test_bad_requests(baton: Program, shop: Shop, wrong: dict[str, Any], path: str) -> None:
    chat = await Chat.of(baton, shop)
    refused = await chat.request(**wrong)
    assert codes(refused) == [("NOT_IN_CONTROL" if wrong.get("epoch") == 0 else "INVALID", ["input", path])]
    assert (refused["handoff"], refused["conversation"]) == (None, None)


async def test_who_may_ask_for_a_human(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop)
    given = {"conversationId": chat.id, "epoch": 1, "reason": "OTHER"}
    for key in (shop.widget, chat.started.token, shop.support, shop.analyst):
        assert codes(await baton.command(key, "requestHandoff", **given)) == [("FORBIDDEN", None)]


async def test_a_human_is_asked_for_so_often_and_no_more(baton: Program, shop: Shop) -> None:
    await baton.done(shop.owner, "updateHandoffSettings", method="MESSAGE", customMessage="Call us.")
    chat = await Chat.of(baton, shop, watched=False)
    for _ in range(100):
        await chat.request()
    assert codes(await chat.request()) == [("CONFLICT", ["input", "conversationId"])]
    assert len((await chat.row()).handoffs) == 100


async def test_same_request_and_answer_sent_again_are_done_once(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, email="ann@example.com")
    asked = await chat.request(epoch=1, idempotencyKey="k")
    answered = await chat.accept(idempotencyKey="k")
    before = await baton.everything()
    again = await chat.request(epoch=1, idempotencyKey="k")
    assert again["handoff"]["id"] == asked["handoff"]["id"]
    assert (await chat.accept(idempotencyKey="k"))["handoff"] == answered["handoff"]
    assert await baton.everything() == before
    assert codes(await chat.decline(idempotencyKey="k")) == [("CONFLICT", ["input", "idempotencyKey"])]


@pytest.mark.parametrize("channel", ["WEB_CHAT", "SMS"])
async def test_all_that_is_shown(baton: Program, shop: Shop, channel: str) -> None:
    chat = await Chat.of(baton, shop, channel=channel, watched=False)
    await chat.request()
    if channel == "WEB_CHAT":
        await chat.accept()
        await chat.identify()
    kinds = [kind for kind, _ in await texts(baton, chat)]
    before = ["HANDOFF_OFFER", "IDENTITY_REQUEST"] if channel == "WEB_CHAT" else []
    assert kinds == ["TEXT", *before, "NOTICE"]
