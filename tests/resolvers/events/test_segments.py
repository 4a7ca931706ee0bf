"""Segments: shoppers by their actions, compared with a plain scan of all events and orders."""

from __future__ import annotations

import os
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from resolvers.relay.global_ids import to_global_id
from tests.harness.program import Json, Program, Shop, browser, identity_token

SEEDS = range(40) if "BATON_LONG" in os.environ else range(3)
STEPS = 60
TYPES = ("CONVERSATION_STARTED", "CONVERSATION_RESOLVED", "CONVERSATION_ESCALATED", "PRODUCT_RECOMMENDED")
SEGMENT = """query($input: SegmentInput!, $first: Int, $after: String) {
  segment(input: $input, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id email } } }"""
CARD = {"productId": "p1", "title": "Kettle"}


class Town:
    """Random actions of a few shoppers: talking, recommendations, escalations, closing, orders, identification; and
    of staff: merging and splitting profiles."""

    def __init__(self, program: Program, shop: Shop, chance: random.Random) -> None:
        self.program = program
        self.shop = shop
        self.chance = chance
        self.open: dict[int, Any] = {}

    async def step(self) -> None:
        person = self.chance.randrange(3)
        started = self.open.get(person)
        self.program.clock.move(timedelta(hours=self.chance.choice((1, 5, 30))))
        if self.chance.random() < 0.25:
            await self._buy(person)
        elif self.chance.random() < 0.15:
            await self._tidy()
        elif started is None:
            own, address = {"anonymousId": browser(f"{person}")}, {"email": f"p{person}@example.com"}
            visitor = self.chance.choice((own, address, own | address))
            self.open[person] = await self.program.mutate_brief(
                self.shop.owner, "startConversation", channel="WEB_CHAT", text="Hi", visitor=visitor
            )
        else:
            await self._go_on(person, started)

    async def _go_on(self, person: int, started: Json) -> None:
        where = {"conversationId": started["conversation"]["id"]}
        token, agent = started["visitorToken"], self.shop.agent
        match self.chance.randrange(4):
            case 0:
                await self.program.mutate_brief(
                    agent, "postAgentMessage", **where, epoch=1, text="Look", products=[CARD]
                )
            case 1:
                await self.program.errors_of(agent, "requestHandoff", **where, epoch=1, reason="OTHER")
            case 2:
                given = {"email": f"p{person}@example.com"}  # two profiles were merged
                await self.program.mutate_brief(token, "identifyVisitor", **where, **given)
            case _:
                await self.program.mutate_brief(token, "closeConversation", **where)
                del self.open[person]

    async def _tidy(self) -> None:
        """Merge any two profiles, or split any part off; some of it is refused."""
        rows = (await self.program.everything())["profiles"]
        one, other = (to_global_id("Profile", self.chance.choice(rows)["_id"]) for _ in range(2)) if rows else ("", "")
        if self.chance.random() < 0.5:
            await self.program.errors_of(self.shop.owner, "mergeProfiles", profileId=one, intoProfileId=other)
        else:
            await self.program.errors_of(self.shop.owner, "splitProfile", profileId=one)

    async def _buy(self, person: int) -> None:
        who = self.chance.choice(({"email": f"p{person}@example.com"}, {"anonymousId": browser(f"{person}")}))
        placed = self.program.clock.now() - timedelta(hours=self.chance.choice((0, 1, 50)))
        total = {"amount": "10.00", "currency": "EUR"}
        await self.program.errors_of(
            self.shop.owner,
            "recordOrder",
            orderId=str(self.chance.randrange(10**9)),
            placedAt=placed.isoformat().replace("+00:00", "Z"),
            total=total,
            **who,
        )

    def conditions(self) -> list[Json]:
        kinds = [
            lambda: {"did": {"event": self.chance.choice(TYPES), "withinDays": self.chance.randint(1, 20)}},
            lambda: {"didNot": {"event": self.chance.choice(TYPES), "withinDays": self.chance.randint(1, 20)}},
            lambda: {"bought": {"withinDays": self.chance.randint(1, 20)}},
            lambda: {"didNotBuySince": self.chance.choice(TYPES)},
        ]
        return [self.chance.choice(kinds)() for _ in range(self.chance.randint(1, 3))]


class Plainly:
    """All profiles with their events and orders, read from the raw documents."""

    def __init__(self, rows: dict[str, list[Json]], account: str, now: datetime) -> None:
        self.now = now
        profiles = [p for p in rows["profiles"] if p["account"] == account]
        into = {p["_id"]: p.get("merged_into") for p in profiles}

        def heir(profile_id: str) -> str:
            while into[profile_id]:
                profile_id = into[profile_id]
            return profile_id

        self.profiles = [p for p in profiles if not p.get("merged_into")]
        self.events: dict[str, list[tuple[str, datetime]]] = {p["_id"]: [] for p in self.profiles}
        for event in rows.get("business_events", []):
            self.events[heir(event["conversation"]["profile_id"])].append((event["type"], event["at"]))
        self.orders = [order["purchase"] for order in rows.get("orders", [])]

    def members(self, conditions: list[Json]) -> list[str]:
        found = [p["_id"] for p in self.profiles if all(self._holds(p, c) for c in conditions)]
        return [to_global_id("Profile", profile_id) for profile_id in sorted(found)]

    def _holds(self, profile: Json, condition: Json) -> bool:
        [(kind, given)] = condition.items()
        own = {*profile.get("keys", []), *profile.get("claims", [])}
        bought = [o["placed_at"] for o in self.orders if own & set(o["keys"])]
        if kind == "bought":
            return any(at >= self.now - timedelta(days=given["withinDays"]) for at in bought)
        wanted = given if kind == "didNotBuySince" else given["event"]
        times = [at for name, at in self.events[profile["_id"]] if name == wanted]
        if kind == "didNotBuySince":
            return bool(times) and not any(at >= max(times) for at in bought)
        lately = any(at >= self.now - timedelta(days=given["withinDays"]) for at in times)
        return lately if kind == "did" else not lately


async def _all(program: Program, key: str, conditions: list[Json]) -> list[str]:
    """Read all pages, and check that the count equals their size."""
    found: list[str] = []
    after = None
    while True:
        asked = {"input": {"all": conditions}, "first": 2, "after": after}
        page = (await program.data(key, SEGMENT, **asked))["segment"]
        found += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_segment_is_what_a_plain_reading_finds(baton: Program, shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    town = Town(baton, shop, chance)
    for step in range(STEPS):
        await town.step()
        if step % 20 == 19:
            plainly = Plainly(await baton.everything(), shop.id, baton.clock.now())
            for _ in range(12):
                conditions = town.conditions()
                assert await _all(baton, shop.analyst, conditions) == plainly.members(conditions), conditions
    assert len(await _all(baton, shop.owner, [{"did": {"event": TYPES[0], "withinDays": 365}}])) > 0
    for derived in baton.baton.ports.integrity_checks:
        assert [finding async for finding in derived.examine(lambda _: None)] == []


async def test_recommended_and_has_not_bought_since(baton: Program, shop: Shop, rival: Shop) -> None:
    async def emails() -> list[str]:
        asked = {"all": [{"didNotBuySince": "PRODUCT_RECOMMENDED"}]}
        return [n["email"] for n in (await baton.data(shop.owner, SEGMENT, input=asked))["segment"]["nodes"]]

    for name in ("ann", "bob"):
        await baton.reply(await baton.start(shop, key=shop.owner, email=f"{name}@example.com"), products=[CARD])
    await baton.reply(await baton.start(rival, key=rival.owner, email="ann@example.com"), products=[CARD])
    assert await emails() == ["ann@example.com", "bob@example.com"]
    baton.clock.move(timedelta(hours=1))
    order = {"orderId": "1", "total": {"amount": "5.00", "currency": "EUR"}, "email": "Ann@Example.com"}
    await baton.done(shop.owner, "recordOrder", placedAt="2026-06-07T13:00:00Z", **order)
    assert await emails() == ["bob@example.com"]


async def test_profiles_that_become_one_have_done_what_either_did(baton: Program, shop: Shop) -> None:
    past = await baton.start(shop, anonymousId=browser("one"))
    await baton.reply(past, products=[CARD])
    await baton.done(past.token, "closeConversation", conversationId=past.id)
    await baton.start(shop, key=shop.owner, email="ann@example.com", channel="EMAIL")
    order = {"orderId": "1", "total": {"amount": "5.00", "currency": "EUR"}, "email": "ann@example.com"}
    await baton.done(shop.owner, "recordOrder", placedAt="2026-06-06T12:00:00Z", **order)
    both = [{"did": {"event": "PRODUCT_RECOMMENDED", "withinDays": 1}}, {"bought": {"withinDays": 2}}]
    assert await _all(baton, shop.owner, both) == []
    started = await baton.start(shop, anonymousId=browser("one"))
    token = await identity_token(baton, shop, "ann", email="ann@example.com")
    identified = await baton.done(started.token, "identifyVisitor", conversationId=started.id, identityToken=token)
    assert await _all(baton, shop.owner, both) == [identified["conversation"]["profile"]["id"]]
    await baton.reply(started, products=[CARD])
    assert len(await _all(baton, shop.owner, [*both, {"didNotBuySince": "PRODUCT_RECOMMENDED"}])) == 1


async def test_an_order_that_came_before_its_shopper_was_known(baton: Program, shop: Shop) -> None:
    order = {"orderId": "1", "total": {"amount": "5.00", "currency": "EUR"}, "email": "ann@example.com"}
    await baton.done(shop.owner, "recordOrder", placedAt="2026-06-07T11:00:00Z", **order)
    started = await baton.start(shop, anonymousId=browser("one"))
    bought = {"all": [{"bought": {"withinDays": 1}}]}
    assert (await baton.data(shop.owner, SEGMENT, input=bought))["segment"]["totalCount"] == 0
    token = await identity_token(baton, shop, "ann", email="ann@example.com")
    await baton.done(started.token, "identifyVisitor", conversationId=started.id, identityToken=token)
    assert (await baton.data(shop.owner, SEGMENT, input=bought))["segment"]["totalCount"] == 1


async def test_what_a_shopper_claims_finds_its_orders_and_no_profile(baton: Program, shop: Shop) -> None:
    """Segments would otherwise call a shopper who bought one who did not."""
    proved = await baton.start(shop, key=shop.owner, channel="SMS", email="ann@example.com")
    claims = [await baton.start(shop, anonymousId=browser(name), email="Ann@example.com") for name in ("one", "two")]
    for started in claims:
        await baton.reply(started, products=[CARD])
    baton.clock.move(timedelta(hours=1))
    waiting = {"all": [{"didNotBuySince": "PRODUCT_RECOMMENDED"}]}
    assert (await baton.data(shop.owner, SEGMENT, input=waiting))["segment"]["totalCount"] == 2
    order = {"orderId": "1", "total": {"amount": "5.00", "currency": "EUR"}, "email": "ann@example.com"}
    await baton.done(shop.owner, "recordOrder", placedAt="2026-06-07T13:00:00Z", **order)
    assert (await baton.data(shop.owner, SEGMENT, input=waiting))["segment"]["totalCount"] == 0
    ids = {(started.conversation["profile"]["id"]) for started in (proved, *claims)}
    assert len(ids) == 3
    late = await baton.start(shop, anonymousId=browser("three"))
    await baton.reply(late, products=[CARD])
    await baton.done(late.token, "identifyVisitor", conversationId=late.id, phone="+393331234567")
    assert (await baton.data(shop.owner, SEGMENT, input=waiting))["segment"]["totalCount"] == 1


async def test_invalid_segments_are_refused(baton: Program, shop: Shop) -> None:
    for given, path in (
        ({"all": []}, ["input", "all"]),
        ({"all": [{"bought": {"withinDays": 1}}] * 11}, ["input", "all"]),
        ({"all": [{"bought": {"withinDays": 0}}]}, ["input", "all", "0", "bought", "withinDays"]),
        (
            {"all": [{"bought": {"withinDays": 1}}, {"did": {"event": TYPES[0], "withinDays": 99_999}}]},
            ["input", "all", "1", "did", "withinDays"],
        ),
    ):
        [error] = (await baton.ask(shop.owner, SEGMENT, input=given)).errors
        assert (error["extensions"]["code"], error["extensions"]["path"]) == ("INVALID", path)
    two = {"all": [{"bought": {"withinDays": 1}, "didNotBuySince": TYPES[0]}]}
    assert (await baton.ask(shop.owner, SEGMENT, input=two)).codes == ["BAD_USER_INPUT"]
