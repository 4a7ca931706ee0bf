"""Random histories over the API: whatever strangers claim, they read, write and change nothing of a shopper's.

`tests/domain/identity/test_strangers.py` has the larger run, in memory; this one has the database, its indexes, and
what the API shows.
"""

from __future__ import annotations

import os
import random
from datetime import timedelta
from typing import Any

import jwt
import pytest

from tests.harness.program import Json, Program, Shop

SEEDS = range(20) if "BATON_LONG" in os.environ else range(2)
STEPS = 30
ANN = {"profileId": "7311442200001", "email": "ann@example.com", "phone": "+393331234567", "name": "Ann"}
BEA = {"profileId": "7311442200002", "email": "bea@example.com", "phone": "+393331234568", "name": "Bea"}
MAL = {"email": "mal@evil.example", "phone": "+15005550001", "name": "Mallory"}
NAT = {"email": "nat@evil.example", "phone": "+15005550002", "name": "Nathan"}
SHOPPERS, STRANGERS = {"ann": ANN, "bea": BEA}, {"mal": MAL, "nat": NAT}
SEEN = """query($id: ID!) { conversation(id: $id) {
  displayName profile { name email phone externalId conversations { nodes { id } } }
  messages(first: 100) { nodes { text author { kind } } }
} }"""
PROFILES = "query($id: ID!) { conversation(id: $id) { profile { id verified name email phone externalId } } }"


class Town:
    def __init__(self, baton: Program, shop: Shop, chance: random.Random, secret: str) -> None:
        self.baton = baton
        self.shop = shop
        self.chance = chance
        self.secret = secret
        self.tokens: dict[str, dict[str, str]] = {name: {} for name in (*SHOPPERS, *STRANGERS)}  # by conversation
        self.browsers: dict[str, list[str]] = {name: [] for name in self.tokens}
        self.said: dict[str, set[str]] = {}  # what the person of a conversation claimed or proved there
        self.parts: list[str] = []  # ids of profiles

    async def step(self) -> None:
        self.baton.clock.move(timedelta(minutes=self.chance.choice((1, 30, 60 * 30))))
        match self.chance.randrange(7):
            case 0 | 1:
                who = self.chance.choice(sorted(SHOPPERS))
                await self._start(who, self._some(SHOPPERS[who]), proved=self.chance.random() < 0.7)
            case 2 | 3:
                who, of = self.chance.choice(sorted(STRANGERS)), self.chance.choice(sorted(SHOPPERS))
                await self._start(who, STRANGERS[who] | self._some(SHOPPERS[of]))
            case 4:
                await self._identify(self.chance.choice(sorted(STRANGERS)), proved=False)
            case 5:
                await self._identify(self.chance.choice(sorted(SHOPPERS)), proved=True)
            case _:
                await self._tidy()

    def _some(self, known: Json) -> Json:
        return {name: value for name, value in known.items() if self.chance.random() < 0.6}

    async def _start(self, who: str, claims: Json, *, proved: bool = False) -> None:
        visitor: Json = {} if proved else dict(claims)
        if proved:
            visitor["identityToken"] = self._token(SHOPPERS[who], claims)
        if self.browsers[who] and self.chance.random() < 0.5:
            visitor["browserToken"] = self.browsers[who][-1]
        given = {"channel": "WEB_CHAT", "text": f"by {who}", "visitor": visitor}
        payload = await self.baton.mutate(self.shop.widget, "startConversation", **given)
        assert payload["errors"] == []
        talk = payload["conversation"]["id"]
        self.tokens[who][talk] = payload["visitorToken"]
        self.browsers[who].append(payload["browserToken"])
        self.said.setdefault(talk, set()).update(claims.values(), SHOPPERS[who].values() if proved else ())

    async def _identify(self, who: str, *, proved: bool) -> None:
        if not self.tokens[who]:
            return
        talk, token = self.chance.choice(sorted(self.tokens[who].items()))
        of = SHOPPERS[who] if proved else STRANGERS[who] | self._some(SHOPPERS[self.chance.choice(sorted(SHOPPERS))])
        given = {"identityToken": self._token(of, of)} if proved else of
        await self.baton.errors_of(token, "identifyVisitor", conversationId=talk, **given)
        self.said[talk] |= set(of.values())

    async def _tidy(self) -> None:
        talks = [talk for known in self.tokens.values() for talk in known]
        for talk in talks:
            found = (await self.baton.data(self.shop.owner, PROFILES, id=talk))["conversation"]["profile"]["id"]
            self.parts = list(dict.fromkeys((*self.parts, found)))
        if len(self.parts) < 2:
            return
        one, other = self.chance.sample(self.parts, 2)
        if self.chance.random() < 0.5:
            await self.baton.errors_of(self.shop.owner, "mergeProfiles", profileId=one, intoProfileId=other)
        else:
            await self.baton.errors_of(self.shop.owner, "splitProfile", profileId=one)

    def _token(self, shopper: Json, proof: Json) -> str:
        now = int(self.baton.clock.now().timestamp())
        claims = {name: proof[name] for name in ("email", "phone", "name") if name in proof}
        named = {"sub": shopper["profileId"], "aud": self.shop.global_id, "exp": now + 3600}
        return jwt.encode({**named, **claims}, self.secret, algorithm="HS256")

    async def check(self) -> None:
        foreign = {value for stranger in STRANGERS.values() for value in stranger.values()}
        for who, talks in self.tokens.items():
            for talk, token in talks.items():
                await self._check_view(who, talk, token)
                shown = (await self.baton.data(self.shop.owner, PROFILES, id=talk))["conversation"]["profile"]
                if shown["verified"]:
                    assert not {shown[name] for name in ("name", "email", "phone", "externalId")} & foreign

    async def _check_view(self, who: str, talk: str, token: str) -> None:
        """The person of a conversation reads its own texts and values alone, and no other conversation."""
        answer = await self.baton.ask(token, SEEN, id=talk)
        if answer.codes:
            assert set(answer.codes) == {"UNAUTHENTICATED"}, "its token has ended"
            return
        seen: Any = answer.data["conversation"]
        texts = {m["text"] for m in seen["messages"]["nodes"] if m["author"]["kind"] == "SHOPPER"}
        assert texts == {f"by {who}"}
        profile = seen["profile"]
        values = {profile[name] for name in ("name", "email", "phone", "externalId")} - {None}
        assert values <= self.said[talk]
        assert [node["id"] for node in profile["conversations"]["nodes"]] == [talk]
        for others in (known for name, known in self.tokens.items() if name != who):
            for other in sorted(others)[:3]:
                refused = await self.baton.ask(token, SEEN, id=other)
                assert refused.data == {"conversation": None}
                given = {"conversationId": other, "text": f"by {who}"}
                [error] = await self.baton.errors_of(token, "sendMessage", **given)
                assert error["code"] == "NOT_FOUND"


@pytest.mark.parametrize("seed", SEEDS)
async def test_strangers_get_nothing_of_a_shoppers(baton: Program, shop: Shop, seed: int) -> None:
    created = await baton.mutate(shop.owner, "updateIdentityKeys", newSecret=True)
    town = Town(baton, shop, random.Random(seed), created["created"]["secret"])
    for number in range(STEPS):
        await town.step()
        if number % 10 == 9:
            await town.check()
    for derived in baton.baton.ports.integrity_checks:
        assert [finding async for finding in derived.examine(lambda _: None)] == []
    audited = await baton.database["audit_entries"].find({"action": "PROFILES_MERGED"}).to_list()
    merged = await baton.database["profiles"].find({"merged_into": {"$ne": None}}).to_list()
    assert {row["_id"] for row in merged} <= {entry["changes"][0]["after"] for entry in audited}
