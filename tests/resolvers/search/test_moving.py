"""Pages in the order of the last message while messages arrive: each conversation once, at its first position."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import timedelta
from typing import Any

import pytest

from tests.e2e.processes import until
from tests.harness.program import Program, Shop, Started
from tests.resolvers.test_pages import backwards, forwards, ids, listed, several, started_unwatched

LAST = {
    "DESC": {"field": "LAST_MESSAGE_AT", "direction": "DESC"},
    "ASC": {"field": "LAST_MESSAGE_AT", "direction": "ASC"},
}
SECOND = timedelta(seconds=1)


class Writer:
    """Writes to random conversations all the time, and sometimes starts a new one."""

    def __init__(self, baton: Program, shop: Shop, made: list[Started], seed: int) -> None:
        self._baton = baton
        self._shop = shop
        self._made = made
        self._random = random.Random(seed)
        self.written = 0
        self.stopped = False

    async def run(self) -> None:
        while not self.stopped:
            await self.write()

    async def write(self) -> None:
        self._baton.clock.move(SECOND * self._random.choice([0, 1, 60, 1_000]))
        if self._random.random() < 0.1:
            await started_unwatched(self._baton, self._shop, "a question that came meanwhile")
        else:
            chosen = self._random.choice(self._made)
            await self._baton.mutate_brief(chosen.token, "sendMessage", conversationId=chosen.id, text="question again")
        self.written += 1


@pytest.mark.parametrize(
    ("direction", "given"),
    [("DESC", {}), ("ASC", {"search": "question"}), ("DESC", {"channel": ["WEB_CHAT"], "search": "ques"})],
)
async def test_each_is_shown_once_where_it_stood_while_a_writer_runs(
    baton: Program, shop: Shop, second: Program, direction: str, given: dict[str, Any]
) -> None:
    made = await several(baton, shop, 15)
    before = ids(await listed(baton, shop, first=100, orderBy=LAST[direction], filter=given))
    assert len(before) == 15
    writer = Writer(second, shop, made, seed=len(given))
    running = asyncio.create_task(writer.run())
    try:
        seen: list[str] = []
        async for page in forwards(baton, shop, 3, orderBy=LAST[direction], filter=given):
            seen += page
            at = writer.written
            await until(lambda at=at: writer.written >= at + 3)  # type: ignore[misc]
    finally:
        writer.stopped = True
        await running
    old = [key for key in seen if key in before]
    assert len(set(seen)) == len(seen), "repeated"
    assert set(old) == set(before), "skipped"
    assert writer.written > 10


@pytest.mark.parametrize("seed", range(10 if "BATON_LONG" in os.environ else 1))
@pytest.mark.parametrize("direction", ["DESC", "ASC"])
async def test_the_list_is_what_it_was_at_its_first_page(baton: Program, shop: Shop, direction: str, seed: int) -> None:
    made = await several(baton, shop, 12)
    order = LAST[direction]
    writer = Writer(baton, shop, made, seed)
    for walk, backward in ((forwards, False), (backwards, True)):
        was = ids(await listed(baton, shop, first=100, orderBy=order))
        seen = []
        async for page in walk(baton, shop, 5, orderBy=order):
            seen.append(page)
            for _ in range(6):
                await writer.write()
        flat = [key for page in (reversed(seen) if backward else seen) for key in page]
        assert flat == was


async def test_between_two_cursors(baton: Program, shop: Shop) -> None:
    made = await several(baton, shop, 9)
    page = await listed(baton, shop, first=100, orderBy=LAST["DESC"])
    was, cursors = ids(page), [edge["cursor"] for edge in page["edges"]]
    for started in (made[0], made[4], made[8]):
        baton.clock.move(SECOND)
        await baton.mutate(started.token, "sendMessage", conversationId=started.id, text="Up")
    part = await listed(baton, shop, after=cursors[1], before=cursors[7], orderBy=LAST["DESC"])
    assert ids(part) == was[2:7]
    part = await listed(baton, shop, last=2, after=cursors[1], before=cursors[7], orderBy=LAST["DESC"])
    assert ids(part) == was[5:7]


async def test_a_conversation_that_moves_very_often_stays_in_the_list(baton: Program, shop: Shop) -> None:
    made = await several(baton, shop, 4)
    page = await listed(baton, shop, first=2, orderBy=LAST["DESC"])
    for _ in range(60):
        baton.clock.move(SECOND)
        await baton.mutate_brief(made[0].token, "sendMessage", conversationId=made[0].id, text="And?")
    rest = await listed(baton, shop, first=10, after=page["pageInfo"]["endCursor"], orderBy=LAST["DESC"])
    assert sorted(ids(page) + ids(rest)) == sorted(started.id for started in made)


async def test_a_list_that_changed_too_much_must_be_restarted(
    baton: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.mongo.search.by_last_message._MAX_MOVED", 3)
    made = await several(baton, shop, 6)
    page = await listed(baton, shop, first=1, orderBy=LAST["DESC"])
    for started in made[:4]:
        await baton.mutate_brief(started.token, "sendMessage", conversationId=started.id, text="Up")
    answer = await baton.ask(
        shop.owner,
        "query($a: String) { conversations(after: $a, orderBy: {field: LAST_MESSAGE_AT, direction: DESC}) "
        "{ nodes { id } } }",
        a=page["pageInfo"]["endCursor"],
    )
    assert [e["extensions"] for e in answer.errors] == [{"code": "INVALID", "path": ["after"]}]
