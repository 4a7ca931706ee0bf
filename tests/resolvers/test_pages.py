from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.harness.program import Program, Shop, Started

LIST = """query($first: Int, $after: String, $last: Int, $before: String, $filter: ConversationFilter,
  $orderBy: ConversationOrder) { conversations(first: $first, after: $after, last: $last, before: $before,
  filter: $filter, orderBy: $orderBy) { totalCount edges { cursor node { id } } nodes { id }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
MESSAGES = """query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { conversation(id: $id) {
  messages(first: $first, after: $after, last: $last, before: $before) { totalCount edges { cursor } nodes { sequence }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
MINUTE = timedelta(minutes=1)
MILLISECOND = timedelta(milliseconds=1)
LAST_MESSAGE = {"field": "LAST_MESSAGE_AT", "direction": "DESC"}


async def several(baton: Program, shop: Shop, count: int) -> list[Started]:
    """Conversations, oldest first, with pairs of the same instant."""
    made = []
    for n in range(count):
        made.append(await started_unwatched(baton, shop, f"question {n}"))
        baton.clock.move(MINUTE * (n % 2))
    return made


async def started_unwatched(baton: Program, shop: Shop, text: str, **more: Any) -> Started:
    payload = await baton.mutate(shop.widget, "startConversation", **{"channel": "WEB_CHAT", "text": text, **more})
    assert payload["errors"] == []
    return Started(
        shop=shop,
        id=payload["conversation"]["id"],
        token=payload["visitorToken"],
        conversation=payload["conversation"],
        message=payload["message"],
    )


async def listed(baton: Program, shop: Shop, **arguments: Any) -> dict[str, Any]:
    page: dict[str, Any] = (await baton.data(shop.owner, LIST, **arguments))["conversations"]
    assert [edge["node"] for edge in page["edges"]] == page["nodes"]
    cursors = [edge["cursor"] for edge in page["edges"]]
    assert (page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]) == (
        (cursors[0], cursors[-1]) if cursors else (None, None)
    )
    return page


def ids(page: dict[str, Any]) -> list[str]:
    return [node["id"] for node in page["nodes"]]


async def forwards(baton: Program, shop: Shop, size: int, **more: Any) -> AsyncIterator[list[str]]:
    after, more_to_come = None, True
    while more_to_come:
        page = await listed(baton, shop, first=size, after=after, **more)
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        after, more_to_come = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        yield ids(page)


async def backwards(baton: Program, shop: Shop, size: int, **more: Any) -> AsyncIterator[list[str]]:
    before, more_to_come = None, True
    while more_to_come:
        page = await listed(baton, shop, last=size, before=before, **more)
        assert page["pageInfo"]["hasNextPage"] == (before is not None)
        before, more_to_come = page["pageInfo"]["startCursor"], page["pageInfo"]["hasPreviousPage"]
        yield ids(page)


async def test_pages_both_ways_show_each_once_in_order(baton: Program, shop: Shop) -> None:
    made = sorted(await several(baton, shop, 7), key=lambda s: (s.conversation["startedAt"], s.key))
    oldest_first = [started.id for started in made]
    for direction, expected in (("ASC", oldest_first), ("DESC", oldest_first[::-1])):
        for field in ("STARTED_AT", "LAST_MESSAGE_AT"):
            order = {"field": field, "direction": direction}
            for size in (1, 3, 7, 100):
                seen = [page async for page in forwards(baton, shop, size, orderBy=order)]
                assert list(chain(*seen)) == expected
                assert [len(page) for page in seen] == [min(size, 7 - at) for at in range(0, 7, size)]
                seen = [page async for page in backwards(baton, shop, size, orderBy=order)]
                assert list(chain(*seen[::-1])) == expected
    assert ids(await listed(baton, shop)) == oldest_first[::-1]


async def test_rows_that_come_in_meanwhile_move_no_page(baton: Program, shop: Shop) -> None:
    made = [started.id for started in await several(baton, shop, 9)]
    seen: list[str] = []
    async for page in forwards(baton, shop, 2, orderBy={"field": "STARTED_AT", "direction": "DESC"}):
        seen += page
        baton.clock.move(MINUTE)
        await started_unwatched(baton, shop, "meanwhile")
    assert sorted(seen) == sorted(made)
    assert len(set(seen)) == len(seen)


async def test_rows_that_move_are_never_repeated_and_hide_no_other(baton: Program, shop: Shop) -> None:
    made = await several(baton, shop, 9)
    seen: list[str] = []
    moved: set[str] = set()
    pages = 0
    async for page in forwards(baton, shop, 2, orderBy=LAST_MESSAGE):
        seen += page
        baton.clock.move(MINUTE)
        mover = made[2 * pages % 9]  # alternately a listed and an unlisted one
        pages += 1
        moved.add(mover.id)
        await baton.mutate(mover.token, "sendMessage", conversationId=mover.id, text="I write again")
    assert len(set(seen)) == len(seen)
    assert {started.id for started in made} - moved <= set(seen)


async def test_cursor_is_good_when_its_row_has_moved(baton: Program, shop: Shop) -> None:
    made = await several(baton, shop, 5)
    page = await listed(baton, shop, first=2, orderBy=LAST_MESSAGE)
    baton.clock.move(MINUTE)
    for started in made[3:]:
        await baton.mutate(started.token, "sendMessage", conversationId=started.id, text="Up")
    rest = await listed(baton, shop, first=10, after=page["pageInfo"]["endCursor"], orderBy=LAST_MESSAGE)
    assert set(ids(page) + ids(rest)) == {started.id for started in made}
    assert len(ids(page) + ids(rest)) == 5


async def test_pages_of_messages(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    for n in range(29):
        await baton.mutate(started.token, "sendMessage", conversationId=started.id, text=f"{n}")

    async def page(**arguments: Any) -> tuple[list[int], bool, bool, dict[str, Any]]:
        found = (await baton.data(started.token, MESSAGES, id=started.id, **arguments))["conversation"]["messages"]
        assert found["totalCount"] == 30
        info = found["pageInfo"]
        return [node["sequence"] for node in found["nodes"]], info["hasNextPage"], info["hasPreviousPage"], info

    numbers, next_, previous, info = await page()
    assert (numbers, next_, previous) == (list(range(1, 26)), True, False)
    assert (await page(after=info["endCursor"]))[:3] == (list(range(26, 31)), False, True)
    numbers, next_, previous, info = await page(last=4)
    assert (numbers, next_, previous) == ([27, 28, 29, 30], False, True)
    numbers, next_, previous, info = await page(last=4, before=info["startCursor"])
    assert (numbers, next_, previous) == ([23, 24, 25, 26], True, True)
    middle = (await page(first=10))[3]["endCursor"]
    assert (await page(first=100, after=middle, before=info["startCursor"]))[0] == list(range(11, 23))
    assert (await page(first=1, after=(await page(last=1))[3]["endCursor"]))[:3] == ([], False, True)


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"first": 0}, ["first"]),
    ({"first": -1}, ["first"]),
    ({"first": 101}, ["first"]),
    ({"last": 0}, ["last"]),
    ({"last": 101}, ["last"]),
    ({"first": 1, "last": 1}, ["last"]),
    ({"after": ""}, ["after"]),
    ({"after": "nonsense"}, ["after"]),
    ({"before": "é😀"}, ["before"]),
    ({"filter": {"status": []}}, ["filter", "status"]),
    ({"filter": {"channel": []}}, ["filter", "channel"]),
    ({"filter": {"tag": []}}, ["filter", "tag"]),
    ({"filter": {"tag": ["t"] * 101}}, ["filter", "tag"]),
    ({"filter": {"profileId": "nonsense"}}, ["filter", "profileId"]),
    (
        {"filter": {"startedOn": {"between": {"start": "2026-06-08", "end": "2026-06-07"}}}},
        ["filter", "startedOn", "between"],
    ),
    (
        {"filter": {"startedOn": {"between": {"start": "2016-01-01", "end": "2026-06-07"}}}},
        ["filter", "startedOn", "between"],
    ),
]


async def test_pages_that_cannot_be(baton: Program, shop: Shop) -> None:
    for arguments, path in WRONG:
        answer = await baton.ask(shop.owner, LIST, **arguments)
        assert answer.data == {"conversations": None}
        assert [e["extensions"] for e in answer.errors] == [{"code": "INVALID", "path": path}], arguments


async def test_cursor_of_another_list_is_none(baton: Program, shop: Shop) -> None:
    started, other = await several(baton, shop, 2)
    of_conversations = (await listed(baton, shop, first=1))["pageInfo"]["endCursor"]
    by_last_message = (await listed(baton, shop, first=1, orderBy=LAST_MESSAGE))["pageInfo"]["endCursor"]
    messages = await baton.data(shop.owner, MESSAGES, id=other.id)
    of_messages = messages["conversation"]["messages"]["pageInfo"]["endCursor"]
    for cursor in (by_last_message, of_messages, of_conversations[:-1], of_conversations + "A"):
        assert (await baton.ask(shop.owner, LIST, after=cursor)).codes == ["INVALID"]
    for cursor in (of_conversations, of_messages):
        assert (await baton.ask(shop.owner, MESSAGES, id=started.id, after=cursor)).codes == ["INVALID"]


async def test_filters(baton: Program, shop: Shop) -> None:
    red = await baton.start(shop, "red", key=shop.owner, email="ann@example.com")
    await baton.reply(red, tags=["shoes", "red"])
    blue = await baton.start(shop, "blue", key=shop.owner, channel="SMS", email="ann@example.com")
    await baton.reply(blue, tags=["shoes", "blue"])
    await baton.done(blue.token, "closeConversation", conversationId=blue.id)
    bare = await baton.start(shop, "bare")
    await baton.done(bare.token, "closeConversation", conversationId=bare.id)

    async def found(**given: Any) -> set[str]:
        page = await listed(baton, shop, filter=given)
        assert page["totalCount"] == len(page["nodes"])
        names = {red.id: "red", blue.id: "blue", bare.id: "bare"}
        return {names[key] for key in ids(page)}

    ann = red.conversation["profile"]["id"]
    assert await found() == {"red", "blue", "bare"}
    assert await found(status=["OPEN"]) == {"red"}
    assert await found(status=["RESOLVED_BY_AI", "CLOSED"]) == {"blue", "bare"}
    assert await found(status=["NOT_RESOLVED_BY_AI"]) == set()
    assert await found(channel=["SMS", "EMAIL"]) == {"blue"}
    assert await found(tag=["red", "nothing"]) == {"red"}
    assert await found(tag=["shoes"]) == {"red", "blue"}
    assert await found(tag=["shoes"], status=["OPEN"], channel=["WEB_CHAT"]) == {"red"}
    assert await found(tag=["shoes"], status=["CLOSED"]) == set()
    assert await found(profileId=ann) == {"red", "blue"}
    assert await found(startedOn={"preset": "TODAY"}) == {"red", "blue", "bare"}
    assert await found(startedOn={"preset": "YESTERDAY"}) == set()
    assert await found(status=None, channel=None, tag=None, startedOn=None, profileId=None) == {"red", "blue", "bare"}


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("Europe/Rome", "2026-03-28T23:00", "2026-03-29T22:00"),  # 23 hours
        ("Europe/Rome", "2026-10-24T22:00", "2026-10-25T23:00"),  # 25
        ("Asia/Kolkata", "2026-06-06T18:30", "2026-06-07T18:30"),
        ("Asia/Beirut", "2026-03-28T22:00", "2026-03-29T21:00"),  # the clocks jump at midnight: the day begins at 1:00
    ],
)
async def test_local_days(baton: Program, shop: Shop, zone: str, start: str, end: str) -> None:
    await baton.done(shop.owner, "updateAccount", timeZone=zone)
    begins, ends = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end))
    made = {}
    for instant in (begins - MILLISECOND, begins, ends - MILLISECOND, ends):
        baton.clock.set(instant)
        made[(await started_unwatched(baton, shop, "Hello")).id] = instant
    day = (begins + timedelta(hours=12)).astimezone(ZoneInfo(zone)).date().isoformat()
    for given in ({"between": {"start": day, "end": day}}, {"preset": "TODAY"}):
        baton.clock.set(begins)
        page = await listed(baton, shop, filter={"startedOn": given})
        assert [made[key] for key in ids(page)] == [ends - MILLISECOND, begins]


async def test_days_at_the_ends_of_the_calendar(baton: Program, shop: Shop) -> None:
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        await baton.done(shop.owner, "updateAccount", timeZone=zone)
        for day, codes in (
            ("0001-01-01", ["INVALID"]),
            ("1970-01-01", []),
            ("2200-01-01", []),
            ("9999-12-31", ["INVALID"]),
        ):
            given = {"startedOn": {"between": {"start": day, "end": day}}}
            assert (await baton.ask(shop.owner, LIST, filter=given)).codes == codes


async def test_days_are_given_in_one_way(baton: Program, shop: Shop) -> None:
    between = {"start": "2026-06-07", "end": "2026-06-07"}
    for wrong in ({}, {"preset": None}, {"preset": "TODAY", "between": between}, {"between": {"start": "2026-06-07"}}):
        assert (await baton.ask(shop.owner, LIST, filter={"startedOn": wrong})).codes == ["BAD_USER_INPUT"]


async def test_list_while_conversations_are_closed(baton: Program, shop: Shop) -> None:
    made = await several(baton, shop, 6)
    open_only = {"status": ["OPEN"]}
    seen: list[str] = []
    async for page in forwards(baton, shop, 2, filter=open_only):
        seen += page
        closing = [started for started in made if started.id in page]
        await asyncio.gather(*(baton.mutate(s.token, "closeConversation", conversationId=s.id) for s in closing))
    assert sorted(seen) == sorted(started.id for started in made)
