"""The list of the audit log: pages, filters, permission, and accounts."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from resolvers.relay.global_ids import to_global_id
from tests.harness.program import Json, Program, Shop
from tests.resolvers.audit.test_actions import LOG, entries
from tests.resolvers.test_nodes import NODE


async def greet(baton: Program, key: str, text: str) -> None:
    assert (await baton.mutate(key, "updateAccount", greeting=text))["errors"] == []


def greetings(found: list[Json]) -> list[str]:
    return [entry["changes"][0]["after"] for entry in found]


async def pages(baton: Program, key: str, *, first: int, after: str | None = None, **given: Any) -> list[list[Json]]:
    found: list[list[Json]] = []
    while True:
        page = (await baton.data(key, LOG, filter=given, first=first, after=after))["auditLog"]
        found.append(page["nodes"])
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


async def test_pages_show_each_entry_once_newest_first(baton: Program, shop: Shop) -> None:
    """Also if several have the same time."""
    for n in range(10):
        await greet(baton, shop.owner, f"{n}")
        baton.clock.move(timedelta(seconds=n % 3))
    found = [entry for page in await pages(baton, shop.owner, first=3, actions=["SETTINGS_UPDATED"]) for entry in page]
    assert greetings(found) == [f"{n}" for n in range(9, -1, -1)]
    assert found == await entries(baton, shop, actions=["SETTINGS_UPDATED"])
    numbers = [entry["number"] for entry in await entries(baton, shop)]
    assert numbers == list(range(len(numbers), 0, -1))


async def test_pages_under_concurrent_writes(baton: Program, second: Program, shop: Shop) -> None:
    """Each entry that was there when the first page was read comes once; newer ones come before it."""
    for n in range(30):
        await greet(baton, shop.owner, f"{n}")
    stop = asyncio.Event()

    async def write(program: Program) -> None:
        n = 0
        while not stop.is_set():
            n += 1
            await greet(program, shop.admin, f"later {n}")

    writers = [asyncio.create_task(write(program)) for program in (baton, second)]
    read = await asyncio.gather(*(pages(program, shop.owner, first=1) for program in (baton, second) for _ in range(2)))
    stop.set()
    await asyncio.gather(*writers)
    for found in read:
        numbers = [entry["number"] for page in found for entry in page]
        assert numbers == list(range(numbers[0], 0, -1))
    assert len(await entries(baton, shop, actions=["SETTINGS_UPDATED"])) > 35, "nothing was written meanwhile"


async def test_filters(baton: Program, shop: Shop) -> None:
    began = baton.clock.now()
    await greet(baton, shop.owner, "owner")
    baton.clock.move(timedelta(minutes=1))
    await greet(baton, shop.admin, "admin")
    baton.clock.move(timedelta(minutes=1))
    await baton.done(shop.manager, "updateHandoffSettings", offerText="Shall I?")

    async def shown(**given: Any) -> list[str]:
        return greetings(
            await entries(baton, shop, **{"actions": ["SETTINGS_UPDATED", "HANDOFF_SETTINGS_UPDATED"], **given})
        )

    [admin] = await entries(
        baton, shop, actions=["SETTINGS_UPDATED"], actor=to_global_id("ApiKey", shop.keys["admin"].credential.id)
    )
    later = (began + timedelta(minutes=1)).isoformat()
    assert await shown() == ["Shall I?", "admin", "owner"]
    assert await shown(actor=admin["actor"]["staffId"]) == await shown(actor=admin["actor"]["keyId"]) == ["admin"]
    assert await shown(target=shop.global_id) == ["admin", "owner"]
    assert await shown(**{"from": later}) == ["Shall I?", "admin"]
    assert await shown(until=later) == ["owner"]
    assert await shown(**{"from": later}, actor=admin["actor"]["keyId"], target=admin["target"]["targetId"]) == [
        "admin"
    ]
    assert await shown(actor="nobody") == await shown(target=to_global_id("Staff", "0" * 26)) == []
    found = (await baton.data(shop.owner, "query($id: ID!) { node(id: $id) { id __typename } }", id=admin["id"]))[
        "node"
    ]
    assert found == {"id": admin["id"], "__typename": "AuditEntry"}


async def test_wrong_arguments(baton: Program, shop: Shop) -> None:
    for given, path in (
        ({"filter": {"actions": []}}, ["auditLog", "filter", "actions"]),
        ({"first": 101}, ["auditLog", "first"]),
        ({"after": "nonsense"}, ["auditLog", "after"]),
    ):
        answer = await baton.ask(shop.owner, LOG, **given)
        assert (answer.codes, answer.data) == (["INVALID"], {"auditLog": None}), path


async def test_only_owners_and_admins_read_it(baton: Program, shop: Shop) -> None:
    await greet(baton, shop.owner, "Hi")
    [entry] = await entries(baton, shop, actions=["SETTINGS_UPDATED"])
    for name in ("manager", "support", "analyst", "agent", "widget"):
        key = shop.tokens[name]
        assert (await baton.ask(key, LOG)).codes == ["FORBIDDEN"], name
        answer = await baton.ask(key, NODE, id=entry["id"])
        assert (answer.data, answer.codes) == ({"node": None}, ["FORBIDDEN"]), name


async def test_nothing_crosses_accounts(baton: Program, shop: Shop, rival: Shop) -> None:
    await greet(baton, shop.owner, "ours")
    await greet(baton, rival.owner, "theirs")
    [ours] = await entries(baton, shop, actions=["SETTINGS_UPDATED"])
    [theirs] = await entries(baton, rival, actions=["SETTINGS_UPDATED"])
    assert greetings([ours, theirs]) == ["ours", "theirs"]
    for given in (
        {"actor": theirs["actor"]["staffId"]},
        {"actor": theirs["actor"]["keyId"]},
        {"target": theirs["target"]["targetId"]},
    ):
        assert await entries(baton, shop, **given) == []
    found = await baton.ask(shop.owner, NODE, id=theirs["id"])
    assert (found.data, found.codes) == ({"node": None}, ["NOT_FOUND"])
