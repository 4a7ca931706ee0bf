"""Test conversations: the whole path works, nothing of it shows anywhere else, and it is erased without a trace."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from dev.fakes.klaviyo import KEY, Klaviyo
from dev.fakes.receiver import WebhookReceiver
from domain.doctor import Check
from domain.model.connected_services import Service
from domain.principal import StaffRole
from integrations.mongo.collections import ACCOUNT_STATE
from resolvers.relay.global_ids import to_global_id
from tests.harness.chat import Chat, codes
from tests.harness.fingerprints import LOG_HEADS
from tests.harness.outbox import hand_over_to, rows
from tests.harness.program import Json, Program, Shop, identity_token
from tests.resolvers.commerce.shop_backend import ShopBackend
from tests.resolvers.forwarding.endpoints import forward, subscribe
from tests.resolvers.inbox.test_by_itself import open_always
from tests.resolvers.trials.walk import ANN, SECRET, connect_email, seen, start, streamed, walk

LIFE = timedelta(days=7)
OF_TESTS = {  # collections in which a test conversation may write
    *("test_conversations", "test_profiles", "messages", "drafts", "turn_leases", "attachments", "timers"),
    *("blobs.files", "blobs.chunks", "credentials", "idempotency", "events", "signals", LOG_HEADS),
}
OF_REAL_ONES = {  # those in which the same path writes, if the conversation is real
    *("conversations", "conversation_terms", "vocabulary", "tag_dictionary", ACCOUNT_STATE),
    *("business_events", "touches", "knowledge_gaps", "outgoing"),
}
TESTS = "{ testConversations { totalCount nodes { id isTest status ticket { state } profile { name verified } } } }"
READ = "query($id: ID!) { conversation(id: $id) { id isTest displayName status messageCount } }"


@pytest.fixture
async def shop(baton: Program) -> Shop:
    shop = await baton.open_shop("Shop")
    await connect_email(baton, shop)
    await baton.done(shop.support, "setTicketMails", ticketMails="AT_ONCE")
    return shop


async def fire(*programs: Program) -> None:
    for _ in range(3):  # a handler may set a timer that is due at once
        await asyncio.gather(*(program.baton.workers.timers.fire_due() for program in programs))
        assert [program.baton.workers.timers.failures for program in programs] == [0] * len(programs)


async def changed(baton: Program, before: dict[str, str]) -> set[str]:
    """The collections that changed; the audit log has an entry of each export, by which `seen` looks."""
    after = await baton.fingerprints()
    return {name for name in after if before.get(name) != after[name]} - {"audit_entries"}


async def audited(baton: Program) -> set[str]:
    """The actions in the audit log that are on a conversation."""
    found = await baton.database["audit_entries"].find({"target.kind": "CONVERSATION"}).to_list()
    return {entry["action"] for entry in found}


async def findings(baton: Program) -> list[str]:
    """What the doctor finds. Its clock is not the manual one."""
    ports, found = baton.baton.ports, []
    for examined in (ports.doctor, *ports.integrity_checks):
        found += [each async for each in examined.examine(lambda _: None)]
    return [f"{each.check}: {each.problem}" for each in found if each.check not in (Check.CLOCK, Check.WORKER)]


async def head(baton: Program, shop: Shop) -> int:
    return (await baton.baton.ports.log.head(shop.id)).seq


class Ann:
    """A real shopper with a past conversation, in a shop whose events are forwarded."""

    def __init__(self, baton: Program, shop: Shop, profile: str) -> None:
        self.baton, self.shop, self.profile = baton, shop, profile
        self.backend = ShopBackend(baton, shop, shop.owner)

    @classmethod
    async def of(cls, baton: Program, shop: Shop) -> Ann:
        former = await start(baton, shop, visitor=ANN, text="Hello")
        await baton.done(former.started.token, "closeConversation", conversationId=former.id)
        await fire(baton)
        return cls(baton, shop, former.started.conversation["profile"]["id"])

    async def seen(self) -> Json:
        return await seen(self.baton, self.shop, self.profile)

    async def walk(self, *, test: bool) -> tuple[Chat, Json]:
        """Return the conversation, and what was seen while its ticket waited."""
        looks: list[Json] = []

        async def look() -> None:
            looks.append(await self.seen())

        chat = await walk(self.baton, self.shop, test=test, look=look)
        await fire(self.baton)
        return chat, looks[0]

    async def buys(self, order_id: str) -> list[Json]:
        """Record an order of Ann, some minutes later. Returns the sales that it is credited to."""
        self.baton.clock.move(timedelta(minutes=5))
        return await self.backend.order(order_id, email=ANN["email"])


async def test_a_test_conversation_shows_nowhere_and_a_real_one_everywhere(
    baton: Program, shop: Shop, receiver: WebhookReceiver, klaviyo: Klaviyo
) -> None:
    ann = await Ann.of(baton, shop)
    await subscribe(baton, shop, receiver)
    await baton.done(shop.owner, "connectKlaviyo", apiKey=KEY)
    await forward(baton)
    before, hashes, seq = await ann.seen(), await baton.fingerprints(), await head(baton, shop)

    tried, halfway = await ann.walk(test=True)
    assert await changed(baton, hashes) == OF_TESTS
    assert halfway == before
    assert await ann.seen() == before
    assert await audited(baton) == set()
    told = await streamed(baton, shop, seq)
    assert (told["events"], told["inbox"]) == ([], [])
    assert {item["turn"]["conversation"]["isTest"] for item in told["agentTurns"]} == {True}
    logged = await baton.database["events"].find({"seq": {"$gt": seq}}).to_list()
    assert not any("history" in event or {"business", "inbox"} & {*event["topics"]} for event in logged)
    assert (await forward(baton), receiver.received, klaviyo.recorded) == (0, [], [])
    assert await findings(baton) == []
    assert await ann.buys("1") == []
    [row] = (await baton.data(shop.analyst, TESTS))["testConversations"]["nodes"]
    assert row == {
        "id": tried.id,
        "isTest": True,
        "status": "NOT_RESOLVED_BY_AI",
        "ticket": {"state": "CLOSED"},
        "profile": {"name": "Ann", "verified": False},
    }

    before, hashes, seq = await ann.seen(), await baton.fingerprints(), await head(baton, shop)
    _, halfway = await ann.walk(test=False)
    assert await changed(baton, hashes) >= OF_REAL_ONES
    assert await audited(baton) == {"VISITOR_TOKEN_REVOKED"}
    after = await ann.seen()
    assert [name for name in before if before[name] == halfway[name] == after[name]] == []
    told = await streamed(baton, shop, seq)
    assert all(told.values())
    assert {item["turn"]["conversation"]["isTest"] for item in told["agentTurns"]} == {False}
    assert await forward(baton) > 0
    assert receiver.received
    assert klaviyo.recorded
    assert await findings(baton) == []
    assert [sale["orderId"] for sale in await ann.buys("2")] == ["2"]


async def test_it_is_erased_after_seven_days(baton: Program, shop: Shop, second: Program) -> None:
    ann = await Ann.of(baton, shop)
    real = await start(baton, shop, visitor=ANN, idempotencyKey="kept")
    first, _ = await ann.walk(test=True)
    # One that stays open, with a turn that is claimed and a ticket of an earlier handoff.
    open_one = await start(baton, shop, key=shop.agent, test=True, idempotencyKey="open")
    await baton.done(shop.agent, "claimAgentTurn", conversationId=open_one.id, idempotencyKey="turn")
    await fire(baton)
    before = await seen(baton, shop, ann.profile)
    baton.clock.move(LIFE - timedelta(seconds=1))
    await fire(baton, second)
    assert (await baton.data(shop.owner, TESTS))["testConversations"]["totalCount"] == 2

    baton.clock.move(timedelta(seconds=1))
    await fire(baton, second)
    assert (await baton.data(shop.owner, TESTS))["testConversations"] == {"totalCount": 0, "nodes": []}
    for chat in (first, open_one):
        assert (await baton.ask(chat.started.token, READ, id=chat.id)).codes == ["UNAUTHENTICATED"]
        assert (await baton.ask(shop.owner, READ, id=chat.id)).codes == ["NOT_FOUND"]
    await baton.database["signals"].delete_many({})  # MongoDB does it after a minute, by its own clock
    for name, documents in (await baton.everything()).items():
        kept = repr([each for each in documents if real.started.key not in repr(each)])
        assert not re.search("U[0-9A-Z]{25}", kept), name  # the id of a test conversation
        assert SECRET not in kept or name == "vocabulary", name
    assert await baton.database["blobs.files"].count_documents({}) == 0
    assert (await baton.data(shop.owner, READ, id=real.id))["conversation"]["messageCount"] == 1
    assert (await seen(baton, shop, ann.profile))["conversations"] == before["conversations"]
    log, last = baton.baton.ports.log, await head(baton, shop)
    events = await log.read(shop.id, after=0, upto=last, topics=None, limit=10_000)
    assert [event.seq for event in events] == list(range(1, last + 1))
    assert await findings(baton) == []


async def test_who_may_hold_one(baton: Program, shop: Shop) -> None:
    shopper = (await baton.start(shop)).token
    allowed = {"owner", "admin", "manager", "support", "agent"}
    for kind, key in {**shop.tokens, "shopper": shopper}.items():
        payload = await baton.mutate(key, "startConversation", channel="WEB_CHAT", text="Hi", test=True)
        if kind in allowed:
            assert (payload["errors"], payload["conversation"]["isTest"]) == ([], True), kind
            assert payload["conversation"]["displayName"] == "Test shopper"
            read = await baton.data(payload["visitorToken"], READ, id=payload["conversation"]["id"])
            assert read["conversation"]["isTest"]
        else:
            assert codes(payload) == [("FORBIDDEN", ["input", "test"])], kind
            assert "Test conversations are for staff and agents" in payload["errors"][0]["message"]
    unknown = await baton.ask(
        None, 'mutation { startConversation(input: {channel: SMS, text: "a", test: true}) { errors { code } } }'
    )
    assert unknown.codes == ["UNAUTHENTICATED"]
    assert (await baton.data(shop.owner, TESTS))["testConversations"]["totalCount"] == len(allowed)


async def test_before_the_agent_is_live(baton: Program, shop: Shop) -> None:
    rule = {"title": "Refunds", "conditions": {"phrases": ["refund"]}}
    await baton.done(shop.owner, "updateGuidance", escalationRules=[rule])
    await baton.done(shop.owner, "updateAccount", agentLive=False)
    given: Json = {"channel": "WEB_CHAT", "text": "A refund!"}
    refused = await baton.command(shop.owner, "startConversation", **given)
    assert codes(refused) == [("AGENT_NOT_LIVE", ["input", "channel"])]
    chat = await start(baton, shop, text="A refund!", test=True)
    assert await chat.standing() == "OFFERED AI_AGENT - OPEN"


async def test_a_ticket_stays_in_the_inbox_and_is_nobodys_until_it_is_taken(baton: Program, shop: Shop) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    await open_always(baton, shop, assignment="ROUND_ROBIN")
    staff = to_global_id("Staff", shop.staff[StaffRole.SUPPORT])
    await baton.done(shop.owner, "updateStaff", staffId=staff, capacity=1)
    await baton.done(shop.support, "setAvailability", availability="ONLINE")
    chats = [await start(baton, shop, channel="SMS", visitor={"phone": "+393331234567"}, test=True) for _ in range(2)]
    for chat in chats:
        assert codes(await chat.request()) == []
        assert await chat.standing() == "DELIVERED QUEUE OPEN NOT_RESOLVED_BY_AI"
        assert codes(await chat.post()) == [("NOT_IN_CONTROL", ["input", "epoch"])]
    await baton.done(shop.support, "setAvailability", availability="AWAY")
    await baton.done(shop.support, "setAvailability", availability="ONLINE")
    baton.clock.move(timedelta(days=1))
    await fire(baton)
    assert [await chat.standing() for chat in chats] == ["DELIVERED QUEUE OPEN NOT_RESOLVED_BY_AI"] * 2
    for chat in chats:  # more than the member's capacity, in which they do not count
        assert codes(await chat.take()) == []
    real = await start(baton, shop, channel="SMS", visitor={"phone": "+393331234567"})
    await baton.done(shop.owner, "updateHandoffSettings", helpdesk="INBOX")
    assert codes(await real.request()) == []
    assert (await real.row()).controller.staff_id == shop.staff[StaffRole.SUPPORT]
    assert {row.conversation_id for row in await rows(baton, shop)} <= {real.started.key}


async def test_nothing_is_mailed_sent_or_credited(baton: Program, shop: Shop) -> None:
    chat = await start(baton, shop, channel="EMAIL", visitor=ANN, test=True)
    assert codes(await chat.post()) == []
    assert await rows(baton, shop) == []
    confirmed = await baton.command(chat.started.token, "sendEmailConfirmation", conversationId=chat.id)
    assert codes(confirmed) == [("CONFLICT", ["input", "conversationId"])]
    touch = {"conversationId": chat.id, "touch": "EMAIL_CLICK", "at": "2026-06-07T12:00:00Z"}
    assert codes(await baton.command(shop.owner, "recordTouch", **touch)) == [("CONFLICT", ["input", "conversationId"])]


async def test_its_shopper_is_never_a_real_one(baton: Program, shop: Shop) -> None:
    """Whatever is named or proved in it, no profile is found, changed or merged, and no start continues it."""
    token = await identity_token(baton, shop, "ann")
    real = await baton.start(shop, identityToken=token, **ANN)
    profiles = await baton.database["profiles"].find({}, sort=[("_id", 1)]).to_list()
    chat = await start(baton, shop, visitor={**ANN, "profileId": "ann"}, test=True)
    other = await start(baton, shop, visitor={**ANN, "profileId": "ann"}, test=True)
    assert len({real.id, chat.id, other.id}) == 3
    await baton.done(chat.started.token, "identifyVisitor", conversationId=chat.id, identityToken=token)
    document = "query($id: ID!) { conversation(id: $id) { identityVerified profile { id verified email } } }"
    found = (await baton.data(shop.owner, document, id=chat.id))["conversation"]
    profile = found["profile"]
    assert (found["identityVerified"], profile["verified"], profile["email"]) == (True, False, ANN["email"])
    assert await baton.database["profiles"].find({}, sort=[("_id", 1)]).to_list() == profiles
    again = await baton.start(shop, identityToken=token)
    assert again.id == real.id
    for pair in (
        (profile["id"], real.conversation["profile"]["id"]),
        (real.conversation["profile"]["id"], profile["id"]),
    ):
        refused = await baton.command(shop.owner, "mergeProfiles", profileId=pair[0], intoProfileId=pair[1])
        assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]


async def test_turns_of_both_kinds_are_one_list(baton: Program, shop: Shop) -> None:
    chats: list[Chat] = []
    for number in range(5):
        baton.clock.move(timedelta(seconds=1))
        chats.append(await start(baton, shop, visitor={"name": f"{SECRET} {number}"}, test=number % 2 == 0))
    document = "query($first: Int, $after: String) { agentTurns(first: $first, after: $after) { nodes "
    document += "{ conversation { id } } pageInfo { hasNextPage endCursor } } }"
    listed: list[str] = []
    page: dict[str, Any] = {"hasNextPage": True, "endCursor": None}
    while page["hasNextPage"]:
        found = (await baton.data(shop.agent, document, first=2, after=page["endCursor"]))["agentTurns"]
        listed += [turn["conversation"]["id"] for turn in found["nodes"]]
        page = found["pageInfo"]
    assert listed == [chat.id for chat in chats]
