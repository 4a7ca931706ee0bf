"""Accounts are isolated: every field that takes an id is called with another account's id."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from api.graphql.executor import LiveSubscription
from api.realtime.frame_cache import Frame, FrameGroup
from domain.messaging.commands import IncomingText
from domain.model.connected_services import Service
from domain.values.channel import Channel
from resolvers.relay.global_ids import parse_global_id
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.files import upload
from tests.harness.outbox import connect
from tests.harness.program import Json, Program, Shop, Started
from tests.resolvers.tenancy_calls import CALLS, FREE, Call, Ids, places
from tests.resolvers.test_nodes import everything_with_an_id
from tests.resolvers.test_pages import LIST, MESSAGES

REFUSED = {"NOT_FOUND", "INVALID", "FORBIDDEN"}
CARD = {"productId": "p1", "title": "Card of the tenant"}


def test_every_place_is_known() -> None:
    assert set(places()) == set(CALLS) | FREE


SALES = "{ metrics(range: {preset: TODAY}) { sales { pageInfo { endCursor } } } }"


class Tenant:
    """An account with an object of every type, and the words that only it has."""

    def __init__(self, shop: Shop, started: Started, ids: Ids, words: set[str]) -> None:
        self.shop = shop
        self.started = started
        self.ids = ids
        self.words = words

    @property
    def tokens(self) -> dict[str, str]:
        return {**self.shop.tokens, "shopper": self.started.token}


async def tenant(baton: Program, name: str) -> Tenant:
    shop = await baton.open_shop(name)
    words = {f"{name} {word}" for word in ("question", "answer", "tag", "visitor", "summary")}
    closed = await baton.start(shop, f"{name} question", anonymousId=f"{name} past", name=f"{name} visitor")
    ids = await everything_with_an_id(baton, closed)
    started = await baton.start(shop, f"{name} question", anonymousId=f"{name} one", name=f"{name} visitor")
    shown = await baton.reply(started, f"{name} answer", tags=[f"{name} tag"], products=[CARD])
    texted = await baton.start(shop, f"{name} question", channel="SMS", phone="+393331234567")
    asked = {"conversationId": texted.id, "epoch": 1, "reason": "OTHER", "summary": f"{name} summary"}
    handoff = (await baton.done(shop.agent, "requestHandoff", **asked))["handoff"]
    tickets = (await baton.data(shop.owner, "{ inbox { nodes { id } pageInfo { endCursor } } }"))["inbox"]
    await connect(baton, shop, Service.ZENDESK)
    await baton.done(shop.owner, "updateHandoffSettings", helpdesk="ZENDESK")
    passed_on = await baton.start(shop, f"{name} question", channel="SMS", phone="+393331234568")
    await baton.done(shop.agent, "requestHandoff", **{**asked, "conversationId": passed_on.id})
    audit = (await baton.data(shop.owner, "{ auditLog { nodes { id } pageInfo { endCursor } } }"))["auditLog"]
    rows = "{ outgoing(state: PENDING) { nodes { id } pageInfo { endCursor } } }"
    outgoing = (await baton.data(shop.owner, rows))["outgoing"]
    file = await upload(baton, started.token, name=f"{name} question.png")
    await baton.done(started.token, "sendMessage", conversationId=started.id, text=f"{name} file", attachments=[file])
    turns = (await baton.data(shop.owner, "{ agentTurns { pageInfo { endCursor } } }"))["agentTurns"]["pageInfo"]
    passed_over = await one_passed_over(baton, shop, f"{name} question")
    knowledge = await with_knowledge(baton, shop, name)
    page = (await baton.data(shop.owner, LIST, first=1))["conversations"]["pageInfo"]
    messages = (await baton.data(shop.owner, MESSAGES, id=started.id))["conversation"]["messages"]["pageInfo"]
    happened = await baton.data(
        shop.owner,
        "{ events { pageInfo { endCursor } } segment(input: {all: [{didNotBuySince: CONVERSATION_STARTED}]}) "
        "{ pageInfo { endCursor } } }",
    )
    await baton.done(started.token, "recordProductClick", messageId=shown["message"]["id"], productId="p1")
    bought = {"orderId": "1", "total": {"amount": "1", "currency": "EUR"}, "placedAt": "2026-06-07T12:00:00Z"}
    [sale] = (await baton.done(shop.owner, "recordOrder", **bought, anonymousId=f"{name} one"))["sales"]
    sessions = (await baton.data(shop.owner, "{ sessions { pageInfo { endCursor } } }"))["sessions"]["pageInfo"]
    keys = (await baton.data(shop.owner, "{ account { keys { pageInfo { endCursor } } } }"))["account"]["keys"][
        "pageInfo"
    ]
    sales = (await baton.data(shop.owner, SALES))["metrics"]["sales"]["pageInfo"]
    partner = await with_a_partner(baton, shop, name)
    words.add(f"{name} partner")
    return Tenant(
        shop,
        started,
        {
            **ids,
            "Conversation": started.id,
            "Message": shown["message"]["id"],
            "Attachment": file,
            "Profile": started.conversation["profile"]["id"],
            "Handoff": handoff["id"],
            "Ticket": tickets["nodes"][0]["id"],
            "Outgoing": outgoing["nodes"][0]["id"],
            "outgoingCursor": outgoing["pageInfo"]["endCursor"],
            "PassedOver": passed_over["nodes"][0]["id"],
            "passedOverCursor": passed_over["pageInfo"]["endCursor"],
            "AuditEntry": audit["nodes"][0]["id"],
            "auditCursor": audit["pageInfo"]["endCursor"],
            "turnsCursor": turns["endCursor"],
            "ticketsCursor": tickets["pageInfo"]["endCursor"],
            "conversationsCursor": page["endCursor"],
            "eventsCursor": happened["events"]["pageInfo"]["endCursor"],
            "segmentCursor": happened["segment"]["pageInfo"]["endCursor"],
            "messagesCursor": messages["startCursor"],
            "AttributedSale": sale["id"],
            "sessionsCursor": sessions["endCursor"],
            "keysCursor": keys["endCursor"],
            "salesCursor": sales["endCursor"],
            "streamCursor": shown["conversation"]["streamCursor"],
            **partner,
            **knowledge,
        },
        words,
    )


async def with_knowledge(baton: Program, shop: Shop, name: str) -> Ids:
    """An article and a product."""
    given = {"title": f"{name} question", "text": f"{name} answer", "language": "en"}
    article = (await baton.done(shop.owner, "createArticle", **given))["article"]
    await baton.done(shop.owner, "saveProducts", products=[{"productId": name, "title": f"{name} answer"}])
    asked = await baton.start(shop, f"{name} question about penguins", channel="SMS", phone="+393331234569")
    await baton.done(shop.agent, "requestHandoff", conversationId=asked.id, epoch=1, reason="KNOWLEDGE_GAP")
    read = """{ articles { pageInfo { endCursor } } catalog { nodes { id } pageInfo { endCursor } }
      knowledgeGaps { nodes { id } pageInfo { endCursor } } }"""
    found = await baton.data(shop.owner, read)
    return {
        "Article": article["id"],
        "CatalogProduct": found["catalog"]["nodes"][0]["id"],
        "KnowledgeGap": found["knowledgeGaps"]["nodes"][0]["id"],
        "gapsCursor": found["knowledgeGaps"]["pageInfo"]["endCursor"],
        "articlesCursor": found["articles"]["pageInfo"]["endCursor"],
        "catalogCursor": found["catalog"]["pageInfo"]["endCursor"],
    }


async def one_passed_over(baton: Program, shop: Shop, text: str) -> Json:
    """The list of messages that were passed over, with one text message of a sender without a number."""
    incoming = IncomingText(
        external_id=text, channel=Channel.SMS, sender="PARCELS", recipient="", messaging_service=None, text=text
    )
    await baton.baton.services.incoming.receive_text(shop.id, incoming)
    found: Json = (await baton.data(shop.owner, "{ passedOver { nodes { id } pageInfo { endCursor } } }"))["passedOver"]
    return found


async def with_a_partner(baton: Program, shop: Shop, name: str) -> Ids:
    """An endpoint with two dead letters."""
    wish = {
        "url": "https://partner.example/hooks",
        "topics": ["CONVERSATION_STARTED"],
        "description": f"{name} partner",
    }
    endpoint = (await baton.done(shop.owner, "createWebhookEndpoint", **wish))["endpoint"]
    events = await baton.database["business_events"].find({"account": shop.id}).sort("seq").to_list()
    key = endpoint_of(endpoint["id"])
    rows = [
        {"_id": key + e["_id"], "account": shop.id, "forwarding_id": key, "event_id": e["_id"], "seq": e["seq"]}
        for e in events[:2]
    ]
    given_up = {"at": baton.clock.now(), "error": "It answered HTTP 500."}
    await baton.database["dead_letters"].insert_many([{**row, **given_up} for row in rows])
    document = """query($id: ID!) { node(id: $id) { ... on WebhookEndpoint { forwarding {
      id deadLetters { nodes { id } pageInfo { endCursor } } } } } }"""
    forwarding = (await baton.data(shop.owner, document, id=endpoint["id"]))["node"]["forwarding"]
    letters = forwarding["deadLetters"]
    return {
        "WebhookEndpoint": endpoint["id"],
        "Forwarding": forwarding["id"],
        "DeadLetter": letters["nodes"][0]["id"],
        "deadLettersCursor": letters["pageInfo"]["endCursor"],
    }


def endpoint_of(global_id: str) -> str:
    parsed = parse_global_id(global_id)
    assert parsed is not None
    return parsed[1]


async def of_account(baton: Program, shop: Shop) -> dict[str, list[Json]]:
    everything = await baton.everything()
    return {
        name: [row for row in rows if shop.id in (row.get("account"), row["_id"])] for name, rows in everything.items()
    }


async def test_nothing_crosses(baton: Program) -> None:
    ours, theirs = await tenant(baton, "Ours"), await tenant(baton, "Theirs")
    before = await of_account(baton, theirs.shop)
    assert all(before[name] for name in ("conversations", "messages", "profiles", "business_events", "events"))
    asked = 0
    for place, calls in CALLS.items():
        for call in calls(theirs.ids, ours.ids):
            answer = await refused(baton, ours.tokens[call.key], call)
            asked += 1
            answered = json.dumps(answer, ensure_ascii=False)
            told = theirs.words | {theirs.shop.id, theirs.started.key}
            assert not [word for word in told if word in answered], place
            assert json.dumps(answer["errors"]).find(theirs.shop.id) < 0
    assert asked >= len(CALLS)
    assert await of_account(baton, theirs.shop) == before


async def refused(baton: Program, key: str, call: Call) -> dict[str, Any]:
    """The response, which must be a refusal. A stream must begin with a refusal."""
    if call.document.startswith("subscription"):
        live = await ConsistencyChecker(baton).subscribe(key, call.document, call.variables)
        if isinstance(live, LiveSubscription):
            items = await first_items(baton, live, 2)
            assert items == [
                {"__typename": "StreamReady", "resumed": False},
                {"__typename": "StreamReset", "reason": "UNKNOWN_CURSOR"},
            ]
            return {"data": items, "errors": []}
        answer: dict[str, Any] = {"data": live.data, "errors": live.errors}
    else:
        body = (await baton.ask(key, call.document, **call.variables)).body
        answer = {"data": body.get("data"), "errors": body.get("errors", [])}
    codes = [error["extensions"]["code"] for error in answer["errors"]]
    for payload in (answer["data"] or {}).values():
        if isinstance(payload, dict) and "errors" in payload:
            assert [value for name, value in payload.items() if name != "errors" and value] == []
            codes += [error["code"] for error in payload["errors"]]
        elif isinstance(payload, list):
            assert payload == [None] * len(payload)
        elif isinstance(payload, dict):
            assert list(payload.values()) == [None], payload  # the caller's own, without content
        else:
            assert payload is None
    assert codes, (call, answer)
    assert set(codes) <= REFUSED, (call, codes)
    return answer


class Sink:
    """The sink of the hub's stream in this test."""

    def __init__(self) -> None:
        self.operation_id = "1"
        self.resume: str | None = None
        self.positions: dict[str, int] = {}
        self.payloads: asyncio.Queue[str] = asyncio.Queue()

    async def send(self, payload: str, cursor: str) -> None:
        self.payloads.put_nowait(payload)

    def try_send(self, frame: Frame, cursor: str) -> bool:
        self.payloads.put_nowait(frame.payload(cursor))
        return True

    def try_send_group(self, group: FrameGroup, prefix: str) -> bool:
        return False

    def send_signal(self, key: str, payload: str, finish: Callable[[str], tuple[str, str]]) -> None:
        self.payloads.put_nowait(finish(payload)[0])

    def drop_signal(self, key: str) -> None:
        """This sink has no queue."""

    def drop_signals(self) -> None:
        """This sink has no queue."""


async def first_items(baton: Program, live: LiveSubscription, count: int) -> list[dict[str, Any]]:
    hub, sink = baton.baton.hub, Sink()
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(hub.run()), tasks.create_task(hub.stream(live, sink))]
        payloads = [json.loads(await sink.payloads.get()) for _ in range(count)]
        for task in running:
            task.cancel()
    return [item for payload in payloads for item in payload["data"].values()]


async def test_credentials_of_one_account_see_only_its_own(baton: Program) -> None:
    ours, theirs = await tenant(baton, "Ours"), await tenant(baton, "Theirs")
    document = """{ account { name staff { email } } me { email } conversations { totalCount nodes { displayName tags
      messages { nodes { text } } profile { name conversations { totalCount } } } } }"""
    for kind, key in ours.tokens.items():
        body = json.dumps((await baton.ask(key, document)).body)
        assert not [word for word in theirs.words | {"theirs.example"} if word in body], kind
    started = await baton.mutate(
        ours.shop.widget, "startConversation", channel="WEB_CHAT", text="Hi", visitor={"anonymousId": "Theirs one"}
    )
    assert started["conversation"]["messageCount"] == 1


async def test_same_visitor_in_two_accounts_is_two_shoppers(baton: Program, shop: Shop, rival: Shop) -> None:
    visitor = {"anonymousId": "one", "profileId": "x1", "email": "ann@example.com", "phone": "+393331234567"}
    one, two = await baton.start(shop, **visitor), await baton.start(rival, **visitor)
    assert one.id != two.id
    assert one.conversation["profile"]["id"] != two.conversation["profile"]["id"]
    for started in (one, two):
        listed = await baton.data(started.shop.owner, "{ conversations { totalCount nodes { id } } }")
        assert listed == {"conversations": {"totalCount": 1, "nodes": [{"id": started.id}]}}
