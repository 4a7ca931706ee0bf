"""Lists of business events: of the account, of a shopper, by day, and their counts by type."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.harness.program import Program, Shop

FEED = """query($first: Int, $after: String, $filter: EventFilter) {
  events(first: $first, after: $after, filter: $filter) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id type name at cursor channel conversation { id } profile { id } } } }"""
METRICS = "query($search: String) { eventMetrics(search: $search) { type name count lastAt } }"
CARD = {"productId": "p1", "title": "Kettle"}
STARTED, RESOLVED = "CONVERSATION_STARTED", "CONVERSATION_RESOLVED"
ESCALATED, RECOMMENDED = "CONVERSATION_ESCALATED", "PRODUCT_RECOMMENDED"


async def _happenings(baton: Program, shop: Shop) -> list[str]:
    """Ids of three conversations; an hour passes before each event: STARTED, RECOMMENDED, RESOLVED; STARTED,
    ESCALATED; STARTED."""

    def later() -> None:
        baton.clock.move(timedelta(hours=1))

    first = await baton.start(shop, email="ann@example.com")
    later()
    await baton.reply(first, products=[CARD])
    later()
    await baton.done(first.token, "closeConversation", conversationId=first.id)
    later()
    second = await baton.start(shop, channel="SMS", key=shop.owner, phone="+393331234567")
    later()
    await baton.done(shop.agent, "requestHandoff", conversationId=second.id, epoch=1, reason="OTHER")
    later()
    third = await baton.start(shop, email="bob@example.com")
    return [first.id, second.id, third.id]


async def test_newest_first_and_page_by_page(baton: Program, shop: Shop) -> None:
    ids = await _happenings(baton, shop)
    feed = (await baton.data(shop.analyst, FEED))["events"]
    assert [(node["type"], node["conversation"]["id"]) for node in feed["nodes"]] == [
        (STARTED, ids[2]),
        (ESCALATED, ids[1]),
        (STARTED, ids[1]),
        (RESOLVED, ids[0]),
        (RECOMMENDED, ids[0]),
        (STARTED, ids[0]),
    ]
    assert feed["nodes"][0]["name"] == "Started Conversation with Customer Agent"
    assert feed["totalCount"] == 6

    seen: list[Any] = []
    after = None
    while True:
        page = (await baton.data(shop.analyst, FEED, first=4, after=after))["events"]
        seen += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
        await baton.start(shop, email=f"new{len(seen)}@example.com")  # new events do not shift pages
    assert [node["id"] for node in seen] == [node["id"] for node in feed["nodes"]]
    node = await baton.data(shop.analyst, "query($id: ID!) { node(id: $id) { id } }", id=seen[3]["id"])
    assert node["node"]["id"] == seen[3]["id"]


async def test_by_type_channel_shopper_and_days(baton: Program, shop: Shop) -> None:
    ids = await _happenings(baton, shop)

    async def types(**given: Any) -> list[str]:
        feed = (await baton.data(shop.owner, FEED, filter=given))["events"]
        assert feed["totalCount"] == len(feed["nodes"])
        return [node["type"] for node in feed["nodes"]]

    assert await types(type=[ESCALATED, RESOLVED]) == [ESCALATED, RESOLVED]
    assert await types(channel=["SMS"]) == [ESCALATED, STARTED]
    assert await types(type=[STARTED], channel=["WEB_CHAT"]) == [STARTED, STARTED]
    ann = (await baton.data(shop.owner, FEED, filter={"type": [RESOLVED]}))["events"]["nodes"][0]["profile"]["id"]
    assert await types(profileId=ann) == [RESOLVED, RECOMMENDED, STARTED]
    of_ann = "query($id: ID!) { node(id: $id) { ... on Profile { events { totalCount nodes { type } } } } }"
    own = (await baton.data(shop.owner, of_ann, id=ann))["node"]["events"]
    assert (own["totalCount"], [node["type"] for node in own["nodes"]]) == (3, [RESOLVED, RECOMMENDED, STARTED])

    # Noon of 7 June in UTC is 02:00 of 8 June in Kiritimati, and 01:00 of 7 June in Pago Pago.
    await baton.done(shop.owner, "updateAccount", timeZone="Pacific/Kiritimati")
    day = {"between": {"start": "2026-06-08", "end": "2026-06-08"}}
    assert len(await types(on=day)) == 6
    assert await types(on=day, type=[ESCALATED]) == [ESCALATED]
    await baton.done(shop.owner, "updateAccount", timeZone="Pacific/Pago_Pago")
    assert await types(on=day) == []
    assert await types(on={"preset": "TODAY"}) == await types()
    assert ids


async def test_how_often_each_type_happened(baton: Program, shop: Shop) -> None:
    before = (await baton.data(shop.analyst, METRICS, search="Customer Agent"))["eventMetrics"]
    assert [(metric["count"], metric["lastAt"]) for metric in before] == [(0, None)] * 4
    await _happenings(baton, shop)
    metrics = (await baton.data(shop.analyst, METRICS, search="customer AGENT"))["eventMetrics"]
    assert [(metric["type"], metric["name"], metric["count"]) for metric in metrics] == [
        (STARTED, "Started Conversation with Customer Agent", 3),
        (RESOLVED, "Conversation with Customer Agent Resolved", 1),
        (ESCALATED, "Conversation with Customer Agent Escalated", 1),
        (RECOMMENDED, "Received Product Recommendation from Customer Agent", 1),
    ]
    newest = (await baton.data(shop.analyst, FEED, first=1))["events"]["nodes"][0]
    assert metrics[0]["lastAt"] == newest["at"]
    only = (await baton.data(shop.analyst, METRICS, search="recommend"))["eventMetrics"]
    assert [metric["type"] for metric in only] == [RECOMMENDED]
    assert (await baton.data(shop.analyst, METRICS, search=".*"))["eventMetrics"] == []


async def test_invalid_queries_are_refused(baton: Program, shop: Shop) -> None:
    for given, path in (
        ({"type": []}, ["filter", "type"]),
        ({"channel": []}, ["filter", "channel"]),
        ({"on": {"between": {"start": "2026-06-08", "end": "2026-06-07"}}}, ["filter", "on", "between"]),
        ({"on": {"between": {"start": "1500-06-08", "end": "2026-06-07"}}}, ["filter", "on", "between"]),
    ):
        answer = await baton.ask(shop.owner, FEED, filter=given)
        [error] = answer.errors
        assert (error["extensions"]["code"], error["extensions"]["path"]) == ("INVALID", path)
    assert (await baton.ask(shop.owner, METRICS, search="a" * 201)).codes == ["INVALID"]
    assert (await baton.ask(shop.owner, FEED, after="nonsense")).codes == ["INVALID"]


async def test_a_shopper_sees_no_events_of_its_profile(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, email="ann@example.com")
    asked = "query($id: ID!) { conversation(id: $id) { profile { events { totalCount } } } }"
    assert (await baton.ask(started.token, asked, id=started.id)).codes == ["FORBIDDEN"]
