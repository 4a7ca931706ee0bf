"""A list of the past has the state that a conversation had then, also after it has changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations.mongo.stats import history_reader
from tests.harness.chat import Chat
from tests.harness.program import Program, Shop

LIST = "query ($at: DateTime) { conversations(first: 5, asOf: $at) { totalCount nodes { id status closedAt } } }"


async def test_a_conversation_that_was_closed_since_is_open_then(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, watched=False)
    baton.clock.move(timedelta(seconds=5))
    then = baton.clock.now().isoformat().replace("+00:00", "Z")
    baton.clock.move(timedelta(seconds=5))
    await chat.leave()

    past = (await baton.data(shop.owner, LIST, at=then))["conversations"]
    assert past == {"totalCount": 1, "nodes": [{"id": chat.id, "status": "OPEN", "closedAt": None}]}
    now = (await baton.data(shop.owner, LIST))["conversations"]
    assert [node["status"] for node in now["nodes"]] == ["CLOSED"]


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_the_few_that_match_are_found_behind_many_others(
    baton: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch, direction: str
) -> None:
    """By last message, where only some of the others are looked at one by one."""
    monkeypatch.setattr(history_reader, "_LOOKED_AT", 2)
    ask = f"""query ($at: DateTime, $first: Int, $after: String) {{
      conversations(asOf: $at, first: $first, after: $after, filter: {{status: [CLOSED]}},
        orderBy: {{field: LAST_MESSAGE_AT, direction: {direction}}}) {{
        totalCount nodes {{ id }} pageInfo {{ endCursor hasNextPage }} }} }}"""
    started = []
    for number in range(8):
        started.append(await baton.start(shop, anonymousId=f"{number}"))
        baton.clock.move(timedelta(seconds=1))
    closed = started[3:5]
    for each in closed:
        await baton.done(each.token, "closeConversation", conversationId=each.id)
    baton.clock.move(timedelta(seconds=1))
    at = baton.clock.now().isoformat()
    expected = [each.id for each in (closed if direction == "ASC" else closed[::-1])]
    page = (await baton.data(shop.owner, ask, at=at, first=1))["conversations"]
    assert (page["totalCount"], [node["id"] for node in page["nodes"]]) == (2, expected[:1])
    assert page["pageInfo"]["hasNextPage"]
    page = (await baton.data(shop.owner, ask, at=at, first=1, after=page["pageInfo"]["endCursor"]))["conversations"]
    assert [node["id"] for node in page["nodes"]] == expected[1:]
    assert not page["pageInfo"]["hasNextPage"]
