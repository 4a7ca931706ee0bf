"""Subscriptions: their events and payloads. The transports are tested in tests/api."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api.graphql.executor import OperationResult
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.program import Program, Shop, browser, identity_token

EVENTS = """subscription($filter: EventFilter) { events(filter: $filter) { __typename ... on EventHappened { cursor
  event { __typename id type name at cursor channel conversation { id } snapshot { status messageCount }
  ... on ConversationStartedEvent { initialSkill firstMessage }
  ... on ConversationResolvedEvent { finalSkill tags resolutionSeconds }
  ... on ProductRecommendedEvent { products { productId title } } } } } }"""
CARD = {"productId": "p1", "title": "Shoe"}


async def events(baton: Program, shop: Shop, **given: Any) -> list[dict[str, Any]]:
    items = await ConsistencyChecker(baton).follow(shop.analyst, EVENTS, {"filter": given or None})
    for item in items:
        assert item["__typename"] == "EventHappened"
        assert item["cursor"] == item["event"]["cursor"]
    return [item["event"] for item in items]


async def test_business_events_come_once_each_and_carry_what_the_rules_say(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, "Shoes?", anonymousId=browser("one"))
    await baton.start(shop, "Hello?", anonymousId=browser("one"))  # the same conversation: not started again
    baton.clock.move(timedelta(seconds=90))
    await baton.reply(started, "These", skill="catalogue", tags=["shoes", "red"], products=[CARD])
    await baton.reply(started, "And so on", skill="closing")
    baton.clock.move(timedelta(hours=50))
    await baton.baton.workers.timers.fire_due()
    found = await events(baton, shop)
    assert [{k: v for k, v in event.items() if k not in ("id", "cursor")} for event in found] == [
        {
            "__typename": "ConversationStartedEvent",
            "type": "CONVERSATION_STARTED",
            "name": "Started Conversation with Customer Agent",
            "at": "2026-06-07T12:00:00.000Z",
            "channel": "WEB_CHAT",
            "conversation": {"id": started.id},
            "snapshot": {"status": "OPEN", "messageCount": 1},
            "initialSkill": None,
            "firstMessage": "Shoes?",
        },
        {
            "__typename": "ProductRecommendedEvent",
            "type": "PRODUCT_RECOMMENDED",
            "name": "Received Product Recommendation from Customer Agent",
            "at": "2026-06-07T12:01:30.000Z",
            "channel": "WEB_CHAT",
            "conversation": {"id": started.id},
            "snapshot": {"status": "OPEN", "messageCount": 3},
            "products": [CARD],
        },
        {
            "__typename": "ConversationResolvedEvent",
            "type": "CONVERSATION_RESOLVED",
            "name": "Conversation with Customer Agent Resolved",
            "at": "2026-06-09T12:01:30.000Z",
            "channel": "WEB_CHAT",
            "conversation": {"id": started.id},
            "snapshot": {"status": "RESOLVED_BY_AI", "messageCount": 4},
            "finalSkill": "closing",
            "tags": ["shoes", "red"],
            "resolutionSeconds": 90,
        },
    ]
    for event in found:
        document = "query($id: ID!) { node(id: $id) { ... on BusinessEvent { id cursor } } }"
        assert (await baton.data(shop.analyst, document, id=event["id"]))["node"] == {
            "id": event["id"],
            "cursor": event["cursor"],
        }


async def test_conversation_of_an_event_is_the_present_one(baton: Program, shop: Shop) -> None:
    """A normalised cache has one state per id: an old state would overwrite the newer one."""
    started = await baton.start(shop, "Shoes?")
    await baton.reply(started, "These", skill="catalogue", tags=["shoes"])
    document = """{ events { nodes { conversation { id status tags messageCount version }
      snapshot { status tags messageCount version } } } }"""
    [event] = (await baton.data(shop.owner, document))["events"]["nodes"]
    asked = "query($id: ID!) { conversation(id: $id) { id status tags messageCount version } }"
    now = (await baton.data(shop.owner, asked, id=started.id))["conversation"]
    assert event["conversation"] == now
    assert (now["tags"], now["messageCount"]) == (["shoes"], 2)
    then = event["snapshot"]
    assert (then["status"], then["tags"], then["messageCount"]) == ("OPEN", [], 1)
    assert then["version"] < now["version"]


async def test_filters_of_events(baton: Program, shop: Shop) -> None:
    chat = await baton.start(shop, email="ann@example.com")
    sms = await baton.start(shop, channel="SMS", email="bea@example.com")
    await baton.reply(sms, "Look", products=[CARD])

    async def found(**given: Any) -> list[tuple[str, str]]:
        return [(event["type"], event["conversation"]["id"]) for event in await events(baton, shop, **given)]

    both = [("CONVERSATION_STARTED", chat.id), ("CONVERSATION_STARTED", sms.id), ("PRODUCT_RECOMMENDED", sms.id)]
    assert await found() == both
    assert await found(type=["CONVERSATION_STARTED"]) == both[:2]
    assert await found(channel=["SMS", "EMAIL"]) == both[1:]
    assert await found(channel=["SMS"], type=["PRODUCT_RECOMMENDED", "CONVERSATION_ESCALATED"]) == both[2:]
    assert await found(profileId=chat.conversation["profile"]["id"]) == both[:1]


async def test_events_of_a_shopper_whose_profiles_became_one(baton: Program, shop: Shop) -> None:
    """By the id of either profile, including older conversations."""
    first = await baton.start(shop, key=shop.owner, email="ann@example.com")
    second = await baton.start(shop, phone="+393331234567")
    token = await identity_token(baton, shop, "ann", email="ann@example.com")
    await baton.done(second.token, "identifyVisitor", conversationId=second.id, identityToken=token)
    for started in (first, second):
        profile_id = started.conversation["profile"]["id"]
        assert [e["conversation"]["id"] for e in await events(baton, shop, profileId=profile_id)] == [
            first.id,
            second.id,
        ]


async def test_events_that_cannot_be_followed(baton: Program, shop: Shop, rival: Shop) -> None:
    started, foreign = await baton.start(shop), await baton.start(rival)
    for given, code, path in [
        ({"type": []}, "INVALID", "type"),
        ({"channel": []}, "INVALID", "channel"),
        ({"profileId": "nonsense"}, "INVALID", "profileId"),
        ({"profileId": started.id}, "NOT_FOUND", "profileId"),
        ({"profileId": foreign.conversation["profile"]["id"]}, "NOT_FOUND", "profileId"),
    ]:
        answer = await ConsistencyChecker(baton).subscribe(shop.owner, EVENTS, {"filter": given})
        assert isinstance(answer, OperationResult), given
        assert [error["extensions"] for error in answer.errors] == [{"code": code, "path": ["filter", path]}], given


async def test_conversation_that_cannot_be_followed(baton: Program, shop: Shop, rival: Shop) -> None:
    mine, other, foreign = await baton.start(shop), await baton.start(shop), await baton.start(rival)
    document = "subscription($id: ID!) { conversation(id: $id) { ... on StreamItem { cursor } } }"
    for key, conversation_id, code in [
        (mine.token, other.id, "NOT_FOUND"),
        (mine.token, foreign.id, "NOT_FOUND"),
        (shop.owner, foreign.id, "NOT_FOUND"),
        (shop.owner, mine.message["id"], "NOT_FOUND"),
        (shop.owner, "nonsense", "INVALID"),
        (shop.widget, mine.id, "FORBIDDEN"),
    ]:
        answer = await ConsistencyChecker(baton).subscribe(key, document, {"id": conversation_id})
        assert [error["extensions"]["code"] for error in answer.errors] == [code], (key, code)


async def test_snapshot_is_good_when_the_log_no_longer_reaches_back(baton: Program, shop: Shop) -> None:
    """A stream that is quiet for longer than the retention of events: its cursor advances to existing ones."""
    quiet = await baton.start(shop)
    await baton.start(shop)
    baton.clock.move(timedelta(days=10))
    await baton.baton.workers.maintenance.trim()
    busy = await baton.start(shop)
    checker = ConsistencyChecker(baton)
    view = await checker.snapshot(shop.owner, quiet.id)
    assert view.conversation is not None
    head = await baton.baton.services.log.head(shop.id)
    position = checker.position(shop.id, view.conversation["streamCursor"])
    assert (position.epoch, position.seq) == (head.epoch, head.seq)
    assert head.floor > 0
    await baton.done(shop.support, "addNote", conversationId=quiet.id, text="She called again")
    await checker.check(shop.owner, quiet.id, view)
    await checker.check(shop.owner, busy.id, await checker.snapshot(shop.owner, busy.id))
