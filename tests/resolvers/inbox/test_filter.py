"""Lists of tickets that a filter narrows."""

from __future__ import annotations

import pytest

from domain.principal import StaffRole
from resolvers.relay.global_ids import to_global_id
from tests.harness.chat import Chat
from tests.harness.program import Json, Program, Shop

_INBOX = """query($view: InboxView, $filter: TicketFilter, $first: Int, $after: String) {
  inbox(view: $view, filter: $filter, first: $first, after: $after) {
    totalCount nodes { conversation { id } } pageInfo { hasNextPage endCursor } } }"""


async def _found(baton: Program, key: str, filter: Json | None, view: str = "ALL") -> list[str]:
    inbox = (await baton.data(key, _INBOX, view=view, filter=filter))["inbox"]
    found = [node["conversation"]["id"] for node in inbox["nodes"]]
    assert inbox["totalCount"] == len(found)
    return found


async def test_a_filter_narrows_every_view(baton: Program, shop: Shop) -> None:
    by_text = await Chat.of(baton, shop, channel="SMS")
    by_app = await Chat.of(baton, shop, channel="WHATSAPP")
    tagged = {"conversationId": by_text.id, "epoch": 1, "text": "Which boots?", "tags": ["Boots", "Size"]}
    await baton.done(shop.agent, "postAgentMessage", **tagged)
    for chat in (by_text, by_app):
        await chat.request()
    await by_app.take()
    me = to_global_id("Staff", shop.staff[StaffRole.SUPPORT])
    both = [by_app.id, by_text.id]

    async def found(view: str = "ALL", **conditions: object) -> list[str]:
        return await _found(baton, shop.support, conditions, view)

    assert await _found(baton, shop.support, None) == await found() == both
    assert await found(channel=["SMS"]) == await found(tag=["Nothing", "Size"]) == [by_text.id]
    assert await found(channel=["SMS", "WHATSAPP"]) == await found(unread=True) == both
    assert await found(channel=["SMS"], tag=["Nothing"]) == []
    assert await found(assigneeId=me) == await found("MINE", assigneeId=me) == [by_app.id]
    assert await found("UNASSIGNED", assigneeId=me) == []
    await by_app.on_ticket("markTicketRead")
    assert await found(unread=True) == [by_text.id]
    assert await found(unread=False) == [by_app.id]
    assert await found(unread=None) == both


async def test_pages_of_a_filtered_list(baton: Program, shop: Shop) -> None:
    for number in range(6):
        chat = await Chat.of(baton, shop, channel="SMS" if number % 2 else "WHATSAPP")
        await chat.request()
    seen: list[str] = []
    after: str | None = None
    for number in range(3):
        given = {"filter": {"channel": ["SMS"]}, "first": 1, "after": after}
        page = (await baton.data(shop.support, _INBOX, **given))["inbox"]
        seen += [node["conversation"]["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        assert page["pageInfo"]["hasNextPage"] is (number < 2)
    assert seen == await _found(baton, shop.support, {"channel": ["SMS"]})


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"channel": []}, "INVALID"),
        ({"tag": [str(number) for number in range(101)]}, "INVALID"),
        ({"assigneeId": "nobody"}, "INVALID"),
    ],
)
async def test_wrong_conditions(baton: Program, shop: Shop, given: Json, code: str) -> None:
    result = await baton.ask(shop.support, _INBOX, filter=given)
    assert result.codes == [code]


async def test_a_stream_of_no_state(baton: Program, shop: Shop) -> None:
    result = await baton.ask(shop.support, "{ inbox(state: []) { totalCount } }")
    assert result.codes == ["INVALID"]
