"""Search by words in any script and by shopper, combined with every filter, compared with a plain scan."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest

from domain.search.query import search_of
from domain.values.errors import Invalid
from resolvers.relay.global_ids import to_global_id
from tests.harness.program import Json, Program, Shop, browser, identity_token
from tests.resolvers.search.random_conversations import (
    CHANNELS,
    TAGS,
    RandomConversations,
    StoredConversation,
    all_stored,
)
from tests.resolvers.test_pages import forwards, ids, listed

LONG = "BATON_LONG" in os.environ
SEEDS = range(20 if LONG else 1)
STEPS, SEARCHES = 110, 60


async def found(baton: Program, shop: Shop, search: str, **more: Any) -> list[str]:
    page = await listed(baton, shop, first=100, filter={"search": search, **more})
    assert page["totalCount"] == len(page["nodes"])
    return ids(page)


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_search_finds_what_a_plain_scan_finds(baton: Program, shop: Shop, seed: int) -> None:
    random_conversations = RandomConversations(baton, shop, seed)
    for _ in range(STEPS):
        await random_conversations.step()
    held = await all_stored(baton, shop)
    hits = 0
    for _ in range(SEARCHES):
        text = random_conversations.search()
        try:
            search = search_of(text, field=())
        except Invalid:
            assert (await baton.ask(shop.owner, "query($s: String) { conversations(filter: {search: $s}) "
                                    "{ totalCount } }", s=text)).codes == ["INVALID"]  # fmt: skip
            continue
        wanted = [(word.forms, word.complete) for word in search.words] if search else []
        given, fits = _filters(random_conversations, held)
        order = {
            "field": random_conversations.random.choice(["STARTED_AT", "LAST_MESSAGE_AT"]),
            "direction": random_conversations.random.choice(["ASC", "DESC"]),
        }
        expected = [h for h in held if h.is_found_by(wanted) and fits(h)]
        at = {"STARTED_AT": lambda h: h.row["started_at"], "LAST_MESSAGE_AT": StoredConversation.last_message_at}[
            order["field"]
        ]
        expected.sort(key=lambda h: (at(h), h.id), reverse=order["direction"] == "DESC")
        pages = [p async for p in forwards(baton, shop, 7, filter={"search": text, **given}, orderBy=order)]
        assert [i for page in pages for i in page] == [to_global_id("Conversation", h.id) for h in expected], text
        hits += len(expected)
    assert hits > SEARCHES / 2, "searches that find nothing prove little"


def _filters(random_conversations: RandomConversations, held: list[StoredConversation]) -> tuple[Json, Any]:
    """Random filters, with the predicates that they stand for."""
    rnd = random_conversations.random
    given: Json = {}
    if rnd.random() < 0.3:
        given["channel"] = rnd.sample(CHANNELS, 2)
    if rnd.random() < 0.3:
        given["tag"] = rnd.sample(TAGS, 2)
    if rnd.random() < 0.1:
        given["untagged"] = True
    if rnd.random() < 0.3:
        given["status"] = rnd.sample(["OPEN", "CLOSED", "RESOLVED_BY_AI"], 2)
    if rnd.random() < 0.3:
        days = sorted(rnd.choice(held).row["started_at"].date() for _ in range(2))
        given["startedOn"] = {"between": {"start": days[0].isoformat(), "end": days[1].isoformat()}}

    def fits(h: StoredConversation) -> bool:
        row, between = h.row, given.get("startedOn", {}).get("between")
        return (
            row["channel"] in given.get("channel", [row["channel"]])
            and ("tag" not in given or bool({*row.get("tags", [])} & {*given["tag"]}))
            and not ("untagged" in given and row.get("tags"))
            and row["status"] in given.get("status", [row["status"]])
            and (between is None or between["start"] <= row["started_at"].date().isoformat() <= between["end"])
        )

    return given, fits


async def test_a_shopper_is_found_by_what_is_known_now(baton: Program, shop: Shop) -> None:
    """An identity is found in conversations before it was known, and in merged profiles."""
    first = await baton.start(shop, "Hello", anonymousId=browser("one"))
    await baton.done(first.token, "closeConversation", conversationId=first.id)
    second = await baton.start(shop, "Again", anonymousId=browser("one"), email="Ann.Smith@example.com", name="Ann")
    both = {first.id, second.id}
    for search in ("ann.smith@example.com", "ann.smith@", "smith", "ANN", "ann again", "example.com"):
        expected = {second.id} if "again" in search else both
        assert set(await found(baton, shop, search)) == expected, search
    third = await baton.start(shop, "On the phone", key=shop.owner, channel="SMS", phone="+393331234567")
    assert set(await found(baton, shop, "333123")) == {third.id}
    ann = {"email": "ann.smith@example.com", "phone": "+393331234567"}
    token = await identity_token(baton, shop, "ann", **ann)
    for each in (second, third):
        await baton.done(each.token, "identifyVisitor", conversationId=each.id, identityToken=token)
    for search in ("+39 333 1234567", "333 1234567 ", "39333", "smith"):
        if search == "333 1234567 ":
            assert set(await found(baton, shop, "3331234567")) == {*both, third.id}
        else:
            assert set(await found(baton, shop, search)) == {*both, third.id}, search
    token = await identity_token(baton, shop, "ann", **ann, name="Ännchen")
    await baton.done(third.token, "identifyVisitor", conversationId=third.id, identityToken=token)
    assert set(await found(baton, shop, "annchen")) == {*both, third.id}
    assert set(await found(baton, shop, "ann ")) == {*both, third.id}  # her own name in the second; a prefix of Ännchen
    assert await found(baton, shop, "browser") == []


async def test_a_name_that_is_no_longer_hers_finds_nothing(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, "Rose is what I want", anonymousId="browser", name="Rose")
    await baton.done(started.token, "identifyVisitor", conversationId=started.id, name="Violet")
    assert await found(baton, shop, "violet") == [started.id]
    assert await found(baton, shop, "rose") == [started.id]  # she wrote it
    await baton.done(started.token, "identifyVisitor", conversationId=started.id, name="Lily")
    assert await found(baton, shop, "violet") == []


async def test_words_of_every_author_are_found(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, "alpha")
    await baton.reply(started, "beta", tags=["gamma"], products=[{"productId": "p", "title": "delta"}])
    await baton.done(shop.support, "addNote", conversationId=started.id, text="epsilon")
    for word in ("alpha", "beta", "delta", "epsilon", "alpha epsilon beta"):
        assert await found(baton, shop, word) == [started.id], word
    for word in ("gamma", "status", ":status:OPEN", "all", "alpha zeta", "lpha", "alph "):
        assert await found(baton, shop, word) == [], word
    for key in (shop.agent, shop.analyst, shop.partners["conversations:read"]):  # type: ignore[index]
        listing = '{ conversations(filter: {search: "epsi"}) { nodes { id } } }'
        assert (await baton.data(key, listing))["conversations"]["nodes"] == [{"id": started.id}]


async def test_a_blank_search_finds_everything(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, "alpha")
    for search in ("", "  ", None):
        page = await listed(baton, shop, filter={"search": search})
        assert (ids(page), page["totalCount"]) == ([started.id], 1)


async def test_searches_that_are_refused(baton: Program, shop: Shop) -> None:
    await baton.start(shop, "alpha")
    for search in ("x" * 10_000, "?", ".*", "a\x00b", " ".join("abcdefghijk")):
        answer = await baton.ask(
            shop.owner, "query($s: String) { conversations(filter: {search: $s}) { totalCount } }", s=search
        )
        assert [e["extensions"] for e in answer.errors] == [{"code": "INVALID", "path": ["filter", "search"]}], search


async def test_searches_that_look_like_code_are_words(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, 'a $where clause: {"$gt": ""} and ^.*x.*$ (a+)+$')
    assert await found(baton, shop, "$where") == [started.id]
    assert await found(baton, shop, '{"$gt": ""}') == [started.id]
    for search in (".*where", "^a", "w.*e", "wh?re", "/where/i", '{"$ne": null}', "where OR nothing", "$regex"):
        assert (await found(baton, shop, search) == [started.id]) == (search in (".*where", "^a")), search


async def test_long_messages_are_found_by_their_first_words(baton: Program, shop: Shop) -> None:
    words = [f"w{n}" for n in range(3_000)]
    started = await baton.start(shop, " ".join(words))
    assert await found(baton, shop, "w0 w1999 ") == [started.id]
    assert await found(baton, shop, "w2000 ") == []
    for _ in range(3):
        await baton.mutate(started.token, "sendMessage", conversationId=started.id, text="y" * 32_000)
    assert await found(baton, shop, "y" * 100) == [started.id]


@pytest.mark.parametrize(("few", "often"), [(300, 5), (10, 5), (10, 1_000)])
async def test_a_beginning_of_very_many_words(
    baton: Program, shop: Shop, few: int, often: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More words match a prefix than the index can merge. The order is correct in all cases: few conversations match,
    most of the last ones match, or neither."""
    monkeypatch.setattr("integrations.mongo.search.query_planner._FEW", few)
    monkeypatch.setattr("integrations.mongo.search.query_planner._OFTEN", often)
    made = []
    for n in range(40):
        payload = await baton.mutate_brief(
            shop.widget, "startConversation", channel="WEB_CHAT", text=" ".join(f"many{n}x{k}" for k in range(5))
        )
        made.append(payload["conversation"]["id"])
        baton.clock.move(timedelta(seconds=1))
    other = await baton.start(shop, "few, and not so many")
    assert await found(baton, shop, "many") == [other.id, *made[::-1]]
    assert await found(baton, shop, "many5") == [made[5]]
    assert await found(baton, shop, "many1") == [*made[19:9:-1], made[1]]  # 55 words
    assert await found(baton, shop, "many few") == [other.id] == await found(baton, shop, "few many")


async def test_import_is_found(baton: Program, shop: Shop) -> None:
    from domain.imports.model import ImportedConversation, ImportedMessage
    from domain.model.conversation import AuthorKind, Visitor

    item = ImportedConversation(
        source="test",
        key="1",
        messages=(
            ImportedMessage(author=AuthorKind.SHOPPER, text="Where is my Größentabelle?"),
            ImportedMessage(author=AuthorKind.AI_AGENT, text="Hier."),
        ),
        visitor=Visitor(email="kim@example.com"),
        tags=("sizes",),
    )
    await baton.baton.history.import_batch(shop.id, [item])
    [imported] = await found(baton, shop, "grossentab")
    assert await found(baton, shop, "kim@example.com hier ", tag=["sizes"], status=["OPEN"]) == [imported]


async def test_nothing_of_another_account_is_found(baton: Program, shop: Shop, rival: Shop) -> None:
    mine = await baton.start(shop, "secret word", email="ann@example.com")
    theirs = await baton.start(rival, "secret word", email="ann@example.com")
    for search in ("secret", "ann@example.com"):
        assert await found(baton, shop, search) == [mine.id]
        assert await found(baton, rival, search) == [theirs.id]


async def test_conversations_without_a_tag(baton: Program, shop: Shop) -> None:
    """Their list is that of the number in a report, now and in the past, in each order and beside other conditions."""
    lists = """query($at: DateTime, $moved: ConversationOrderField!, $status: [ConversationStatus!]) {
      conversations(first: 9, asOf: $at, filter: {untagged: true, status: $status},
                    orderBy: {field: $moved, direction: DESC}) { totalCount nodes { id } }
      metrics(range: {preset: TODAY}, asOf: $at) { asOf series(groupBy: TAG) { key total } } }"""

    async def listed(expected: set[str], **given: object) -> str:
        for moved in ("STARTED_AT", "LAST_MESSAGE_AT"):
            answer = await baton.data(shop.owner, lists, moved=moved, **given)
            found = {row["id"] for row in answer["conversations"]["nodes"]}
            assert (found, answer["conversations"]["totalCount"]) == (expected, len(expected)), (moved, given)
            series = {row["key"]: row["total"] for row in answer["metrics"]["series"]}
            assert "status" in given or series.get("", 0) == len(expected)
        as_of: str = answer["metrics"]["asOf"]
        return as_of

    plain, tagged = await baton.start(shop, "alpha"), await baton.start(shop, "beta", anonymousId=browser("two"))
    before = await listed({plain.id, tagged.id})
    baton.clock.move(timedelta(minutes=1))
    await baton.reply(tagged, "gamma", tags=["sizes"])
    await listed({plain.id})
    await listed({plain.id, tagged.id}, at=before)
    await listed({plain.id}, status=["OPEN"])
    await listed(set(), status=["CLOSED"])
    assert await found(baton, shop, "alpha", untagged=True) == [plain.id]
    assert await found(baton, shop, "beta", untagged=True) == []
    assert await found(baton, shop, "alpha", untagged=True, tag=["sizes"]) == []
    assert await found(baton, shop, "beta", untagged=False) == [tagged.id]
