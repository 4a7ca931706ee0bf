"""Business events to webhook endpoints: content, order, and repetition."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dev.fakes.faults import cut_after, cut_before, failing, responding, too_many
from dev.fakes.receiver import WebhookReceiver
from tests.harness.program import Program, Shop, identity_token
from tests.resolvers.forwarding.endpoints import (
    events_of,
    forward,
    forward_until_quiet,
    read_endpoint,
    start_conversations,
    subscribe,
)

CARD = {
    "productId": "p1",
    "title": "Kettle",
    "url": "https://shop.example/kettle",
    "price": {"amount": "19.90", "currency": "EUR"},
}
EVENT = """query($id: ID!) { node(id: $id) { ... on BusinessEvent { id type name at cursor channel
  conversation: snapshot { channel status displayName identityVerified firstQuestion tags initialSkill finalSkill
    startedAt lastMessageAt closedAt messageCount version }
  profile { id verified externalId name email phone displayName } }
  ... on ConversationStartedEvent { initialSkill firstMessage }
  ... on ConversationResolvedEvent { finalSkill tags resolutionSeconds }
  ... on ConversationEscalatedEvent { tags skill reason reasonDetail }
  ... on ProductRecommendedEvent { products { productId title url imageUrl price { amount currency } sku } } } }"""


async def test_each_event_as_the_graph_has_it(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    await subscribe(baton, shop, receiver)
    talk = await baton.start(shop, "Which kettle? " * 100, anonymousId="b1", email="ann@example.com", name="Ann")
    await baton.reply(talk, "This one.", products=[CARD], tags=["kettles"], skill="advice")
    await baton.done(talk.token, "closeConversation", conversationId=talk.id)
    other = await baton.start(shop, "A human!", channel="SMS", phone="+393331234567")
    asked = {"conversationId": other.id, "epoch": 1, "reason": "EXPLICIT_ASK", "summary": "Wants one"}
    await baton.done(shop.agent, "requestHandoff", **asked)
    assert await forward(baton) == 5
    assert [message["type"] for message in receiver.messages] == [
        "conversation.started",
        "product.recommended",
        "conversation.resolved",
        "conversation.started",
        "conversation.escalated",
    ]
    assert receiver.ids == await events_of(baton, shop)
    for received, message in zip(receiver.received, receiver.messages, strict=True):
        assert received.headers["content-type"] == "application/json; charset=utf-8"
        assert received.headers["webhook-id"] == message["data"]["id"]
        assert received.headers["webhook-timestamp"] == str(int(baton.clock.now().timestamp()))
        assert message["timestamp"] == message["data"]["at"]
        node = (await baton.data(shop.owner, EVENT, id=message["data"]["id"]))["node"]
        told = message["data"]
        for name, value in node.items():
            shown = {k: told[name][k] for k in value} if isinstance(value, dict) else told[name]
            assert shown == value, name
        assert set(told) == set(node)
    assert receiver.messages[1]["data"]["products"][0]["price"] == {"amount": "19.90", "currency": "EUR"}
    assert {tuple(message["data"]["profile"]["verifiedFields"]) for message in receiver.messages} == {()}
    resolved = receiver.messages[2]["data"]["conversation"]
    assert (resolved["status"], resolved["tags"], resolved["messageCount"]) == ("RESOLVED_BY_AI", ["kettles"], 2)


async def test_what_is_proved_is_marked(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    await subscribe(baton, shop, receiver)
    token = await identity_token(baton, shop, "vic")
    await baton.start(shop, identityToken=token, email="claimed@x.example")
    await baton.start(shop, profileId="vic")
    assert await forward(baton) == 2
    proved, claimed = (message["data"] for message in receiver.messages)
    assert (proved["profile"]["verified"], proved["profile"]["verifiedFields"]) == (True, ["externalId"])
    assert (claimed["profile"]["verified"], claimed["profile"]["verifiedFields"]) == (False, [])
    assert [data["conversation"]["identityVerified"] for data in (proved, claimed)] == [True, False]


async def test_only_what_was_asked_for_and_only_from_then_on(
    baton: Program, shop: Shop, receiver: WebhookReceiver
) -> None:
    [before] = await start_conversations(baton, shop, 1)
    await subscribe(baton, shop, receiver, topics=["CONVERSATION_RESOLVED"])
    [after] = await start_conversations(baton, shop, 1, first=2)
    for talk in (before, after):
        await baton.reply(talk)
        await baton.done(talk.token, "closeConversation", conversationId=talk.id)
    assert await forward(baton) == 3  # the start of the other conversation was skipped
    assert [(m["type"], m["data"]["conversation"]["id"]) for m in receiver.messages] == [
        ("conversation.resolved", before.id),
        ("conversation.resolved", after.id),
    ]
    assert await forward(baton) == 0


async def test_from_a_cursor_and_again_from_it(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    await start_conversations(baton, shop, 4)
    ids = await events_of(baton, shop)
    nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on BusinessEvent { cursor } } }"
    cursors = [node["cursor"] for node in (await baton.data(shop.owner, nodes, ids=ids))["nodes"]]
    endpoint = await subscribe(baton, shop, receiver, after=cursors[1])
    assert await forward(baton) == 2
    assert receiver.ids == ids[2:]
    forwarding = (await read_endpoint(baton, shop, endpoint))["forwarding"]
    assert forwarding["cursor"] == cursors[3]
    moved = await baton.done(shop.owner, "redeliverEvents", forwardingId=forwarding["id"], after=cursors[0])
    assert moved["forwarding"]["cursor"] == cursors[0]
    assert await forward(baton) == 3
    assert [m["data"]["id"] for m in receiver.messages] == [*ids[2:], *ids[1:]]
    # The position may also move ahead: the events in between are skipped.
    receiver.faults.add(failing())
    await start_conversations(baton, shop, 1, first=5)
    await forward(baton)
    last = (await baton.data(shop.owner, nodes, ids=(await events_of(baton, shop))[-1:]))["nodes"][0]["cursor"]
    await baton.done(shop.owner, "redeliverEvents", forwardingId=forwarding["id"], after=last)
    assert await forward(baton) == 0
    assert len(receiver.messages) == 5


async def test_a_failed_row_is_retried_unchanged_and_later_rows_wait(
    baton: Program, shop: Shop, receiver: WebhookReceiver
) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    faults = [failing(500), cut_before(), cut_after(), too_many(retry_after=120), responding(404, {}), failing(503)]
    for fault in faults:
        receiver.faults.add(fault)
    await start_conversations(baton, shop, 3)
    ids = await events_of(baton, shop)
    waits, at = [], baton.clock.now()
    for _ in faults:
        assert await forward(baton) == 0
        assert await forward(baton) == 0  # not before it is due
        [row] = await baton.database["forwardings"].find().to_list()
        waits.append((row["due_at"] - baton.clock.now()).total_seconds())
        baton.clock.set(row["due_at"])
    assert await forward(baton) == 3
    for wait, delay in zip(waits, (5, 15, 60, 180, 600, 1800), strict=True):
        assert delay <= wait <= delay * 1.1
    assert receiver.ids == ids
    sent = receiver.received
    assert [r.headers["webhook-id"] for r in sent] == [ids[0]] * 7 + ids[1:]
    assert len({r.body for r in sent[:7]}) == 1
    attempts = (await read_endpoint(baton, shop, endpoint))["forwarding"]["attempts"]
    assert [(a["outcome"], a["httpStatus"], a["error"]) for a in attempts] == [
        ("retrying", 500, "It returned HTTP 500."),
        ("retrying", None, "It closed the connection before it responded."),
        ("retrying", None, "It closed the connection before it responded."),
        ("retrying", 429, "It returned HTTP 429."),
        ("retrying", 404, "It returned HTTP 404."),
        ("retrying", 503, "It returned HTTP 503."),
        *[("delivered", 204, None)] * 3,
    ]
    assert attempts[0]["at"] == at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


async def test_a_receiver_says_when_to_come_back(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    await subscribe(baton, shop, receiver)
    for fault in (failing(503, retry_after=900), failing(503, retry_after=999_999)):
        receiver.faults.add(fault)
    await start_conversations(baton, shop, 1)
    waits = []
    for _ in range(2):
        await forward(baton)
        [row] = await baton.database["forwardings"].find().to_list()
        waits.append(row["due_at"] - baton.clock.now())
        baton.clock.set(row["due_at"])
    assert waits == [timedelta(minutes=15), timedelta(hours=6)]
    assert await forward(baton) == 1


async def test_down_for_days_and_then_everything_once_in_order(
    baton: Program, shop: Shop, receiver: WebhookReceiver
) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    back = baton.clock.now() + timedelta(days=2, hours=20)
    receiver.faults.plan = lambda _: failing() if baton.clock.now() < back else None
    for n in range(10):
        await start_conversations(baton, shop, 3, first=3 * n + 1)
        assert await forward(baton) == 0
        [row] = await baton.database["forwardings"].find().to_list()
        assert row["due_at"] - baton.clock.now() <= timedelta(minutes=66)
        baton.clock.set(row["due_at"] if n < 5 else baton.clock.now() + timedelta(hours=11))
    shown = await read_endpoint(baton, shop, endpoint)
    assert shown["problem"] == "Nothing was delivered since 2026-06-07 12:00 UTC: It returned HTTP 503."
    await forward_until_quiet(baton)
    ids = await events_of(baton, shop)
    assert len(ids) == 30
    assert [m["data"]["id"] for m in receiver.messages] == ids
    after = await read_endpoint(baton, shop, endpoint)
    assert (after["problem"], after["forwarding"]["failingSince"]) == (None, None)
    assert after["forwarding"]["deadLetters"]["totalCount"] == 0


async def test_after_three_days_an_event_is_given_up_and_the_next_has_its_turn(
    baton: Program, shop: Shop, receiver: WebhookReceiver
) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 3)
    ids = await events_of(baton, shop)
    receiver.faults.plan = lambda r: failing(500) if r.headers["webhook-id"] == ids[0] else None
    began = baton.clock.now()
    await forward_until_quiet(baton)
    assert timedelta(days=3) <= baton.clock.now() - began <= timedelta(days=3, hours=3)
    assert 70 <= len(receiver.received) - 2 <= 80  # about one attempt an hour
    assert receiver.ids == ids[1:]
    shown = await read_endpoint(baton, shop, endpoint)
    assert shown["problem"] is None
    [letter] = shown["forwarding"]["deadLetters"]["nodes"]
    assert (letter["event"]["id"], letter["httpStatus"], letter["error"]) == (ids[0], 500, "It returned HTTP 500.")
    refused = await baton.done(shop.owner, "retryDeadLetter", deadLetterId=letter["id"])
    assert {k: refused[k] for k in ("delivered", "httpStatus", "error")} == {
        "delivered": False,
        "httpStatus": 500,
        "error": "It returned HTTP 500.",
    }
    receiver.faults.clear()
    taken = await baton.done(shop.owner, "retryDeadLetter", deadLetterId=letter["id"])
    assert {k: taken[k] for k in ("delivered", "httpStatus", "error")} == {
        "delivered": True,
        "httpStatus": 204,
        "error": None,
    }
    assert receiver.ids == [*ids[1:], ids[0]]
    assert (await read_endpoint(baton, shop, endpoint))["forwarding"]["deadLetters"] == {"totalCount": 0, "nodes": []}
    errors = await baton.errors_of(shop.owner, "retryDeadLetter", deadLetterId=letter["id"])
    assert [(e["code"], e["path"]) for e in errors] == [("NOT_FOUND", ["input", "deadLetterId"])]


async def test_dead_letters_have_pages_and_go_when_their_events_are_sent_again(
    baton: Program, shop: Shop, receiver: WebhookReceiver
) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 3)
    ids = await events_of(baton, shop)
    receiver.faults.plan = lambda _: failing(500)
    for _ in range(3):
        await give_up(baton)
    forwarding = (await read_endpoint(baton, shop, endpoint))["forwarding"]
    letters = forwarding["deadLetters"]
    assert [letter["event"]["id"] for letter in letters["nodes"]] == ids[::-1]
    page = """query($id: ID!, $after: String) { node(id: $id) { ... on Forwarding {
      deadLetters(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } } }"""
    first = (await baton.data(shop.owner, page, id=forwarding["id"]))["node"]["deadLetters"]
    second = (await baton.data(shop.owner, page, id=forwarding["id"], after=first["pageInfo"]["endCursor"]))["node"]
    assert [n["id"] for n in first["nodes"] + second["deadLetters"]["nodes"]] == [n["id"] for n in letters["nodes"]]
    receiver.faults.clear()
    cursor = letters["nodes"][2]["event"]["cursor"]
    await baton.done(shop.owner, "redeliverEvents", forwardingId=forwarding["id"], after=cursor)
    kept = (await read_endpoint(baton, shop, endpoint))["forwarding"]["deadLetters"]["nodes"]
    assert [letter["event"]["id"] for letter in kept] == ids[:1]
    await forward(baton)
    assert receiver.ids == ids[1:]


async def give_up(baton: Program) -> None:
    """The first waiting event fails, and fails again three days later."""
    await forward(baton)
    baton.clock.move(timedelta(days=3))
    await forward(baton)
    baton.clock.move(timedelta(hours=2))


async def test_gone_switches_it_off_and_switched_on_it_goes_on(
    baton: Program, shop: Shop, receiver: WebhookReceiver
) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 2)
    receiver.faults.add(responding(410, {}))
    assert await forward(baton) == 0
    shown = await read_endpoint(baton, shop, endpoint)
    assert (shown["enabled"], shown["problem"]) == (False, "It returned HTTP 410: it wants no more events.")
    assert shown["forwarding"]["nextAttemptAt"] is None
    assert [a["outcome"] for a in shown["forwarding"]["attempts"]] == ["declined"]
    baton.clock.move(timedelta(days=1))
    assert await forward(baton) == 0
    assert len(receiver.received) == 1
    on = await baton.done(shop.owner, "updateWebhookEndpoint", endpointId=endpoint["id"], enabled=True)
    assert (on["endpoint"]["problem"], on["endpoint"]["version"]) == (None, 3)
    assert await forward(baton) == 2
    assert receiver.ids == await events_of(baton, shop)


async def test_created_twice_under_one_key_it_is_one(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    endpoint = await subscribe(baton, shop, receiver, idempotencyKey="k1")
    given = {"url": endpoint["url"], "topics": endpoint["topics"], "idempotencyKey": "k1"}
    again = await baton.done(shop.owner, "createWebhookEndpoint", **given)
    assert (again["endpoint"], again["secret"]) == (endpoint, None)
    errors = await baton.errors_of(shop.owner, "createWebhookEndpoint", **{**given, "topics": endpoint["topics"][:1]})
    assert [(e["code"], e["path"]) for e in errors] == [("CONFLICT", ["input", "idempotencyKey"])]
    assert await baton.database["webhook_endpoints"].count_documents({}) == 1


async def test_switched_off_what_happens_waits(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    await baton.done(shop.owner, "updateWebhookEndpoint", endpointId=endpoint["id"], enabled=False)
    await start_conversations(baton, shop, 2)
    assert await forward(baton) == 0
    assert receiver.received == []
    await baton.done(shop.owner, "updateWebhookEndpoint", endpointId=endpoint["id"], enabled=True)
    assert await forward(baton) == 2


async def test_a_new_address_gets_what_waits_at_once(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    endpoint = await subscribe(baton, shop, receiver, path="/wrong")
    receiver.faults.add(responding(404, {}), on="POST /wrong", times=9)
    await start_conversations(baton, shop, 2)
    assert await forward(baton) == 0
    given = {"endpointId": endpoint["id"], "url": f"{receiver.url}/right", "topics": ["CONVERSATION_STARTED"]}
    changed = (await baton.done(shop.owner, "updateWebhookEndpoint", **given, expectedVersion=1))["endpoint"]
    assert (changed["url"], changed["topics"]) == (given["url"], given["topics"])
    assert await forward(baton) == 2
    assert [r.path for r in receiver.received] == ["/wrong", "/right", "/right"]
    late = await baton.errors_of(shop.owner, "updateWebhookEndpoint", endpointId=endpoint["id"], expectedVersion=1)
    assert [(e["code"], e["path"]) for e in late] == [("CONFLICT", ["input", "expectedVersion"])]


async def test_redirects_are_not_followed(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    endpoint = await subscribe(baton, shop, receiver, path="/elsewhere")
    await start_conversations(baton, shop, 1)
    assert await forward(baton) == 0
    assert [r.path for r in receiver.received] == ["/elsewhere"]
    [attempt] = (await read_endpoint(baton, shop, endpoint))["forwarding"]["attempts"]
    assert attempt["error"] == ("It returned HTTP 307. Redirects are not followed: enter the URL that it redirects to.")


async def test_deleted_it_gets_nothing_more(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 1)
    receiver.faults.plan = lambda _: failing()
    await give_up(baton)
    assert await baton.database["dead_letters"].count_documents({}) == 1
    deleted = await baton.done(shop.owner, "deleteWebhookEndpoint", endpointId=endpoint["id"])
    assert deleted["deletedId"] == endpoint["id"]
    for name in ("webhook_endpoints", "forwardings", "dead_letters"):
        assert await baton.database[name].count_documents({}) == 0
    assert await forward(baton) == 0
    assert (await baton.data(shop.owner, "{ webhookEndpoints { id } }"))["webhookEndpoints"] == []
    again = await baton.errors_of(shop.owner, "deleteWebhookEndpoint", endpointId=endpoint["id"])
    assert [(e["code"], e["path"]) for e in again] == [("NOT_FOUND", ["input", "endpointId"])]


async def test_the_secret_is_shown_once_and_two_are_good_while_it_changes(
    baton: Program, shop: Shop, receiver: WebhookReceiver
) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    [first] = receiver.secrets
    rotated = await baton.done(shop.owner, "rotateWebhookSecret", endpointId=endpoint["id"])
    second = rotated["secret"]
    assert second != first
    assert rotated["endpoint"]["previousSecretUntil"] == "2026-06-08T12:00:00.000Z"
    third = (await baton.done(shop.owner, "rotateWebhookSecret", endpointId=endpoint["id"]))["secret"]
    for known in ([first], [second], [third]):  # the second one may never have arrived
        receiver.secrets[:] = known
        await start_conversations(baton, shop, 1, first=len(receiver.messages) + 1)
        assert await forward(baton) == 1
    baton.clock.move(timedelta(hours=24))
    receiver.secrets[:] = [second]
    await start_conversations(baton, shop, 1, first=4)
    assert await forward(baton) == 0
    receiver.secrets[:] = [third]
    baton.clock.move(timedelta(minutes=1))
    assert await forward(baton) == 1
    assert len(receiver.received[-1].headers["webhook-signature"].split(" ")) == 1
    everywhere = str(await baton.everything()) + str(await read_endpoint(baton, shop, endpoint))
    for secret in (first, second, third):
        assert secret not in everywhere
        assert secret.removeprefix("whsec_") not in everywhere


async def test_a_test_says_what_it_answered(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    await baton.done(shop.owner, "updateWebhookEndpoint", endpointId=endpoint["id"], enabled=False)

    async def ping() -> dict[str, Any]:
        answer = await baton.done(shop.owner, "pingWebhookEndpoint", endpointId=endpoint["id"])
        assert 0 <= answer.pop("milliseconds") < 6000
        return {name: answer[name] for name in ("httpStatus", "error")}

    assert await ping() == {"httpStatus": 204, "error": None}
    [message] = receiver.messages
    assert message == {"type": "webhook.ping", "timestamp": "2026-06-07T12:00:00.000Z", "data": message["data"]}
    receiver.faults.add(failing(500))
    assert await ping() == {"httpStatus": 500, "error": "It returned HTTP 500."}
    receiver.faults.add(responding(410, {}))
    assert await ping() == {"httpStatus": 410, "error": "It returned HTTP 410: it wants no more events."}
    receiver.secrets[:] = ["whsec_" + "A" * 44]
    assert await ping() == {"httpStatus": 401, "error": "It returned HTTP 401."}
    assert (await read_endpoint(baton, shop, endpoint))["forwarding"]["attempts"] == []
