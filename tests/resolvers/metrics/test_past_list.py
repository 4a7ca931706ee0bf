"""A list of the past has the state that a conversation had then, also after it has changed."""

from __future__ import annotations

from datetime import timedelta

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
