"""Input is stored exactly or refused with the path of the error; it never causes an internal error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from resolvers.relay.global_ids import to_global_id
from tests.harness.operations import mutation
from tests.harness.program import Answer, Json, Program, Shop
from tests.resolvers.test_pages import LIST

KEPT = [
    "a" * 10_000,  # one word
    "😀" * 8_000,
    "👩🏽‍🚀 👨‍👩‍👧‍👦 🏳️‍🌈 e\u0301 \u00e9",  # joined emoji; a letter composed and decomposed: stored as is
    "مرحبا، أين طلبي؟ \u202e\u2067abc\u2069",
    "שלום \u200f123",
    "中文 日本語 한국어 ไทย",
    "Zalgo h̷̢̛̤͓̗̩̰̺͇͕e̸̡̯͉̣̟͖̺",
    "line\nbreak\r\ntab\there",
    "  spaces around  ",
    '<script>alert(1)</script> & "quotes" \' \\ / $where {$gt: 1}',
    "\u200b\ufeff zero width",
    "\U0010ffff\ufffe noncharacters",
    "x" * 32_000,
]
REFUSED = [
    "",
    " ",
    "\n\t\r ",
    "\u3000\u2003",  # white space of other scripts
    "x" * 32_001,
    "nul\u0000",
    "bell\u0007",
    "escape\u001b[31m",
    "delete\u007f",
    "c1 \u0085",
]


async def post_raw(baton: Program, key: str, body: str) -> Answer:
    """Raw JSON, which may contain what no encoder writes."""
    response = await baton.post_bytes(key, body.encode("utf-8", "surrogatepass"))
    return Answer(status=response.status_code, body=response.json())


async def test_texts_are_kept_exactly(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    for text in KEPT:
        said = await baton.mutate(started.token, "sendMessage", conversationId=started.id, text=text)
        answered = await baton.mutate(shop.agent, "postAgentMessage", conversationId=started.id, text=text, epoch=1)
        assert said["errors"] == answered["errors"] == []
        assert said["message"]["text"] == answered["message"]["text"] == text
    read = "query($id: ID!) { conversation(id: $id) { messages(first: 100) { nodes { text } } } }"
    nodes = (await baton.data(started.token, read, id=started.id))["conversation"]["messages"]["nodes"]
    assert [node["text"] for node in nodes[1:]] == [text for text in KEPT for _ in range(2)]
    first = await baton.mutate(shop.widget, "startConversation", channel="SMS", text=KEPT[2])
    assert first["conversation"]["firstQuestion"] == KEPT[2]


async def test_texts_that_cannot_be_are_refused(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    before = await baton.everything()
    for text in REFUSED:
        calls: list[tuple[str, str, Json]] = [
            (shop.widget, "startConversation", {"channel": "SMS"}),
            (started.token, "sendMessage", {"conversationId": started.id}),
            (shop.agent, "postAgentMessage", {"conversationId": started.id, "epoch": 1}),
        ]
        for key, name, given in calls:
            payload = await baton.mutate(key, name, **given, text=text)
            assert [(e["code"], e["path"]) for e in payload["errors"]] == [("INVALID", ["input", "text"])], repr(text)
            assert payload["message"] is None
    assert await baton.everything() == before


CARD = {"productId": "p1", "title": "Shoe"}
LONG_URL = "https://shop.example/" + "x" * 3000
PICTURE = "data:image/png;base64,AA"
WINDOW = {"channel": "SMS", "touch": "SMS_CLICK", "enabled": True, "window": "@"}
LABELS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("startConversation", {"visitor": {"name": "a\nb"}}, ["visitor", "name"]),
    ("startConversation", {"visitor": {"name": ""}}, ["visitor", "name"]),
    ("startConversation", {"visitor": {"name": "x" * 201}}, ["visitor", "name"]),
    ("startConversation", {"visitor": {"name": "\u0000"}}, ["visitor", "name"]),
    ("startConversation", {"visitor": {"anonymousId": " "}}, ["visitor", "anonymousId"]),
    ("startConversation", {"visitor": {"anonymousId": "x" * 10_000}}, ["visitor", "anonymousId"]),
    ("startConversation", {"visitor": {"profileId": "\u0001"}}, ["visitor", "profileId"]),
    ("startConversation", {"visitor": {"email": "nobody"}}, ["visitor", "email"]),
    ("startConversation", {"visitor": {"email": ""}}, ["visitor", "email"]),
    ("startConversation", {"visitor": {"email": "a@b@example.com"}}, ["visitor", "email"]),
    ("startConversation", {"visitor": {"email": "a@" + "x" * 400 + ".example"}}, ["visitor", "email"]),
    ("startConversation", {"visitor": {"email": "a\u0000@example.com"}}, ["visitor", "email"]),
    ("startConversation", {"visitor": {"phone": "0333 1234567"}}, ["visitor", "phone"]),
    ("startConversation", {"visitor": {"phone": "+39"}}, ["visitor", "phone"]),
    ("startConversation", {"visitor": {"phone": "+999999999999999999"}}, ["visitor", "phone"]),
    ("startConversation", {"visitor": {"phone": "1" * 10_000}}, ["visitor", "phone"]),
    ("startConversation", {"visitor": {"phone": "call me"}}, ["visitor", "phone"]),
    ("startConversation", {"locale": ""}, ["locale"]),
    ("startConversation", {"locale": "x" * 36}, ["locale"]),
    ("startConversation", {"idempotencyKey": ""}, ["idempotencyKey"]),
    ("startConversation", {"idempotencyKey": "x" * 201}, ["idempotencyKey"]),
    ("startConversation", {"idempotencyKey": "\u0000"}, ["idempotencyKey"]),
    ("postAgentMessage", {"skill": ""}, ["skill"]),
    ("postAgentMessage", {"skill": "x\ty"}, ["skill"]),
    ("postAgentMessage", {"tags": ["fine", " "]}, ["tags", "1"]),
    ("postAgentMessage", {"tags": ["x" * 201]}, ["tags", "0"]),
    ("postAgentMessage", {"tags": ["t"] * 51}, ["tags"]),
    ("postAgentMessage", {"products": [CARD] * 21}, ["products"]),
    ("postAgentMessage", {"products": [{**CARD, "title": ""}]}, ["products", "0", "title"]),
    ("postAgentMessage", {"products": [{**CARD, "title": "x" * 501}]}, ["products", "0", "title"]),
    ("postAgentMessage", {"products": [CARD, {**CARD, "productId": ""}]}, ["products", "1", "productId"]),
    ("postAgentMessage", {"products": [{**CARD, "sku": "\u0007"}]}, ["products", "0", "sku"]),
    ("postAgentMessage", {"products": [{**CARD, "url": "javascript:alert(1)"}]}, ["products", "0", "url"]),
    ("postAgentMessage", {"products": [{**CARD, "url": "//shop.example"}]}, ["products", "0", "url"]),
    ("postAgentMessage", {"products": [{**CARD, "url": "https://"}]}, ["products", "0", "url"]),
    ("postAgentMessage", {"products": [{**CARD, "url": "https://a b.example"}]}, ["products", "0", "url"]),
    ("postAgentMessage", {"products": [{**CARD, "url": "https://shop.example/\u0000"}]}, ["products", "0", "url"]),
    ("postAgentMessage", {"products": [{**CARD, "url": LONG_URL}]}, ["products", "0", "url"]),
    ("postAgentMessage", {"products": [{**CARD, "imageUrl": PICTURE}]}, ["products", "0", "imageUrl"]),
    *(
        ("postAgentMessage", {"products": [{**CARD, "price": price}]}, ["products", "0", "price", path])
        for price, path in [
            ({"amount": "-0.01", "currency": "EUR"}, "amount"),
            ({"amount": "1" * 19, "currency": "EUR"}, "amount"),
            ({"amount": "0." + "0" * 18 + "1", "currency": "EUR"}, "amount"),
            ({"amount": "1", "currency": "euro"}, "currency"),
            ({"amount": "1", "currency": ""}, "currency"),
        ]
    ),
    ("identifyVisitor", {"email": "nobody"}, ["email"]),
    ("identifyVisitor", {"phone": "12"}, ["phone"]),
    ("identifyVisitor", {"name": "\u0000"}, ["name"]),
    ("identifyVisitor", {"profileId": ""}, ["profileId"]),
]  # fmt: skip


async def test_labels_that_cannot_be_are_refused(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    own: dict[str, tuple[str, dict[str, Any]]] = {
        "startConversation": (shop.widget, {"channel": "SMS", "text": "Hi"}),
        "postAgentMessage": (shop.agent, {"conversationId": started.id, "text": "Hi", "epoch": 1}),
        "identifyVisitor": (started.token, {"conversationId": started.id}),
    }
    before = await baton.everything()
    for name, given, path in LABELS:
        key, sound = own[name]
        payload = await baton.mutate(key, name, **{**sound, **given})
        assert [(e["code"], e["path"]) for e in payload["errors"]] == [("INVALID", ["input", *path])], (name, given)
        assert payload["conversation"] is None
    assert await baton.everything() == before


async def test_labels_are_kept_exactly_but_for_space_around(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, name="  José 👩🏽‍🚀 أحمد  ", email="Ünï@exämple.com")
    assert started.conversation["displayName"] == "José 👩🏽‍🚀 أحمد"
    assert started.conversation["profile"]["email"] == "Ünï@exämple.com"
    payload = await baton.reply(
        started,
        tags=["größe", " größe ", "GRÖSSE"],
        products=[
            {**CARD, "url": "https://shop.example/s%20x?a=1&b=ü#z", "price": {"amount": "10.00", "currency": "JPY"}}
        ],
    )
    assert payload["conversation"]["tags"] == ["größe", "GRÖSSE"]
    [card] = payload["message"]["products"]
    assert (card["url"], card["price"]) == (
        "https://shop.example/s%20x?a=1&b=ü#z",
        {"amount": "10.00", "currency": "JPY"},
    )


BAD_IDS = [
    "",
    " ",
    "x",
    "=",
    "====",
    "é",
    "😀",
    "a" * 10_000,
    "Q29udmVyc2F0aW9u",
    "nul\u0000",
    "..",
    "%00",
    "-1",
    "null",
]


async def test_ids_that_never_were(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    bad = [*BAD_IDS, to_global_id("Conversation", ""), to_global_id("Conversation", "{$ne: 1}"), started.id + "\n"]
    unknown = [to_global_id("Conversation", "0" * 26), to_global_id("Conversation", "A"), started.message["id"]]
    before = await baton.everything()
    for conversation_id, code in [*((key, "INVALID") for key in bad), *((key, "NOT_FOUND") for key in unknown)]:
        query = "query($id: ID!) { conversation(id: $id) { id } node(id: $id) { __typename } }"
        answer = await baton.ask(shop.owner, query, id=conversation_id)
        if conversation_id != started.message["id"]:
            assert answer.data == {"conversation": None, "node": None}
            assert answer.codes == [code, "NOT_FOUND"], conversation_id
        calls: list[tuple[str, str, Json]] = [
            (started.token, "sendMessage", {"text": "Hi"}),
            (shop.agent, "postAgentMessage", {"text": "Hi", "epoch": 1}),
            (started.token, "identifyVisitor", {"name": "Ann"}),
            (shop.owner, "closeConversation", {}),
        ]
        for key, name, given in calls:
            payload = await baton.mutate(key, name, conversationId=conversation_id, **given)
            # A shopper only reaches the own conversation, and learns nothing of others, not even by errors.
            assert [e["code"] for e in payload["errors"]] == [code], (name, conversation_id)
    assert await baton.everything() == before


async def test_padded_id_is_the_id(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    padded = started.id + "=" * (-len(started.id) % 4)
    found = await baton.data(shop.owner, "query($id: ID!) { conversation(id: $id) { id } }", id=padded)
    assert found == {"conversation": {"id": started.id}}


SURROGATE = r"\ud800"


async def test_lone_surrogates_are_refused_wherever_they_stand(baton: Program, shop: Shop) -> None:
    """JSON can encode a lone surrogate, which no text may contain."""
    started = await baton.start(shop)
    before = await baton.everything()
    for key, name, given in [
        (shop.widget, "startConversation", {"channel": "SMS", "text": "@"}),
        (shop.widget, "startConversation", {"channel": "@", "text": "Hi"}),
        (shop.widget, "startConversation", {"channel": "SMS", "text": "Hi", "visitor": {"name": "@"}}),
        (shop.widget, "startConversation", {"channel": "SMS", "text": "Hi", "visitor": {"email": "@"}}),
        (shop.widget, "startConversation", {"channel": "SMS", "text": "Hi", "visitor": {"phone": "@"}}),
        (shop.widget, "startConversation", {"channel": "SMS", "text": "Hi", "idempotencyKey": "@"}),
        (shop.widget, "startConversation", {"channel": "SMS", "text": "Hi", "@": 1}),
        (started.token, "sendMessage", {"conversationId": "@", "text": "Hi"}),
        (started.token, "recordProductClick", {"messageId": started.message["id"], "productId": "@"}),
        (shop.agent, "postAgentMessage", {"conversationId": started.id, "epoch": 1, "text": "Hi", "tags": ["@"]}),
        (shop.owner, "updateAccount", {"timeZone": "@"}),
        (shop.owner, "updateAccount", {"currency": "@"}),
        (shop.owner, "updateAccount", {"awayMessage": "@"}),
        (shop.owner, "updateAccount", {"holidays": ["@"]}),
        (shop.owner, "updateAccount", {"attribution": [WINDOW]}),
    ]:  # fmt: skip
        body = json.dumps({"query": mutation(name), "variables": {"input": given}}).replace("@", SURROGATE)
        answer = await post_raw(baton, key, body)
        assert refusal_codes(answer) <= {"INVALID", "BAD_USER_INPUT", "BAD_REQUEST", "NOT_FOUND"}, (given, answer)
    for variables in ({"filter": {"tag": ["@"]}}, {"after": "@"}, {"filter": {"profileId": "@"}}, {"@": 1}):
        body = json.dumps({"query": LIST, "variables": variables}).replace("@", SURROGATE)
        answer = await post_raw(baton, shop.owner, body)
        assert "INTERNAL" not in json.dumps(answer.body), answer
    assert await baton.everything() == before


def refusal_codes(answer: Answer) -> set[str]:
    codes = {error["extensions"]["code"] for error in answer.errors}
    for payload in answer.data.values():
        codes |= {error["code"] for error in (payload or {}).get("errors", [])}
    assert codes, answer
    return codes


PRICE = {"amount": "1", "currency": "EUR"}
START = mutation("startConversation")
SEND = mutation("sendMessage")
AGENT = mutation("postAgentMessage")
CLICK = mutation("recordProductClick")
UPDATE = mutation("updateAccount")


async def test_variables_of_a_wrong_type(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    sound: Json = {"conversationId": started.id, "text": "Hi"}
    click: Json = {"messageId": started.message["id"], "productId": "p1"}
    before = await baton.everything()
    calls: list[tuple[str, str, Any]] = [
        (shop.widget, START, None),
        (shop.widget, START, []),
        (shop.widget, START, "text"),
        (shop.widget, START, {}),
        (shop.widget, START, {"channel": "FAX", "text": "Hi"}),
        (shop.widget, START, {"channel": "web_chat", "text": "Hi"}),
        (shop.widget, START, {"channel": ["SMS"], "text": "Hi"}),
        (shop.widget, START, {"channel": "SMS", "text": None}),
        (shop.widget, START, {"channel": "SMS", "text": 7}),
        (shop.widget, START, {"channel": "SMS", "text": ["Hi"]}),
        (shop.widget, START, {"channel": "SMS", "text": {"$gt": ""}}),
        (shop.widget, START, {"channel": "SMS", "text": "Hi", "extra": 1}),
        (shop.widget, START, {"channel": "SMS", "text": "Hi", "visitor": "me"}),
        (started.token, SEND, {**sound, "conversationId": {"$ne": None}}),
        (started.token, SEND, {**sound, "conversationId": 1.5}),
        (started.token, SEND, {**sound, "conversationId": None}),
        (shop.agent, AGENT, {**sound, "epoch": "1"}),
        (shop.agent, AGENT, {**sound, "epoch": 1.5}),
        (shop.agent, AGENT, {**sound, "epoch": 2**31}),
        (shop.agent, AGENT, {**sound, "epoch": True}),
        *(
            (shop.agent, AGENT, {**sound, "epoch": 1, "products": [{**CARD, "price": {**PRICE, "amount": amount}}]})
            for amount in (19.9, 7, "", "1,5", "1e3", "NaN", "Infinity", "+1", " 1", "٣", "1.", ".5", "1" * 41)
        ),
        *(
            (started.token, CLICK, {**click, "clickedAt": at})
            for at in (
                "", "now", 0, "2026-06-07", "2026-06-07T12:00:00", "2026-06-07 12:00:00Z", "2026-06-31T12:00:00Z",
                "2026-06-07T25:00:00Z", "2026-06-07T12:00:60Z", "0001-01-01T00:00:00+23:59",
                "9999-12-31T23:59:59-23:59", "2026-06-07T12:00:00+24:00", "10000-01-01T00:00:00Z",
                "٢٠٢٦-06-07T12:00:00Z",
            )
        ),
        *(
            (shop.owner, UPDATE, {"holidays": [day]})
            for day in ("", "2026-6-7", "2026-02-29", "20260607", "2026-W23-7", "0000-01-01", None, 20260607)
        ),
        (shop.owner, UPDATE, {"agentLive": "yes"}),
        (shop.owner, UPDATE, {"channels": [None]}),
        (shop.owner, UPDATE, {"businessWeek": [{"weekday": "1", "opensAt": "09:00", "closesAt": "17:00"}]}),
    ]  # fmt: skip
    for key, document, given in calls:
        answer = await baton.ask(key, document, input=given)
        assert answer.codes, given
        assert set(answer.codes) == {"BAD_USER_INPUT"}, (given, answer)
        assert "data" not in answer.body
        assert not any("Error" in error["message"] or "Traceback" in error["message"] for error in answer.errors)
    assert await baton.everything() == before


@pytest.mark.parametrize(
    "at", ["2026-06-07t12:00:00z", "2026-06-07T14:00:00.123456789+02:00", "2026-06-07T12:00:00.1Z"]
)
async def test_instants_as_rfc_3339_writes_them(baton: Program, shop: Shop, at: str) -> None:
    started = await baton.start(shop)
    shown = await baton.reply(started, products=[CARD])
    payload = await baton.done(
        started.token, "recordProductClick", messageId=shown["message"]["id"], productId="p1", clickedAt=at
    )
    assert payload["recorded"] is True


async def test_numbers_for_ids_are_what_graphql_says_they_are(baton: Program, shop: Shop) -> None:
    """GraphQL accepts an integer as an ID. It is not an id of this server."""
    started = await baton.start(shop)
    payload = await baton.command(started.token, "sendMessage", conversationId=7, text="Hi")
    assert [(e["code"], e["path"]) for e in payload["errors"]] == [("INVALID", ["input", "conversationId"])]
    await baton.done(started.token, "sendMessage", conversationId=started.id, text="Hi", idempotencyKey=7)
    again = await baton.done(started.token, "sendMessage", conversationId=started.id, text="Hi", idempotencyKey="7")
    assert again["message"]["sequence"] == 2
