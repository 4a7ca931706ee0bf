"""No list of conversations, with any filter and order, reads many more rows than it returns or is stale."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from domain.model.conversation import AuthorKind, Controller, ControllerKind, Conversation, ConversationStatus, Visitor
from domain.search.query import search_of
from domain.search.terms import day_terms
from domain.storage import ConversationQuery, ConversationSort
from domain.values.channel import Channel
from domain.values.ids import AccountId, ConversationId, ProfileId
from domain.values.paging import Slice
from integrations.mongo.client import MongoDatabase, connect
from integrations.mongo.collections import entity_document
from integrations.mongo.indexes import create_indexes
from integrations.mongo.search.listing import ConversationList
from integrations.mongo.search.query_planner import SelectivityCache
from integrations.mongo.search.search_index import slot_of

ACCOUNT = AccountId("A" * 26)
ROWS, PAGE = 2_000, 10
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def row(number: int) -> dict[str, Any]:
    """Every 2nd one has a word, every 20th a tag, every 200th is open; last messages and starts differ in order."""
    started = FIRST + timedelta(hours=number)
    last = started + timedelta(minutes=number * 7 % 60)
    terms = {":all", f":channel:{'SMS' if number % 2 else 'EMAIL'}", "order" if number % 2 else "return", "often"}
    terms |= {
        ":status:OPEN" if number % 200 == 0 else ":status:CLOSED",
        *day_terms(started, started + timedelta(seconds=1)),
    }
    terms |= {f":month:{started:%Y-%m}", f":profile:{number % 50}", f"number{number}", f"@shopper{number % 40}"}
    terms |= {":tag:rare"} if number % 20 == 0 else set()
    return {
        "_id": f"{number:026d}",
        "account": ACCOUNT,
        "terms": sorted(terms),
        "started_at": started,
        "last_message_at": last,
        "last_message_slot": slot_of(last),
        "seq": number,
        "created_seq": number,
        "last_message_positions": [{"seq": number, "at": last}],
    }


def conversation(key: str) -> dict[str, Any]:
    its = Conversation(
        id=ConversationId(key),
        channel=Channel.SMS,
        status=ConversationStatus.CLOSED,
        profile_id=ProfileId("P" * 26),
        visitor=Visitor(),
        first_question="",
        started_at=FIRST,
        last_message_at=FIRST,
        last_speaker=AuthorKind.SHOPPER,
        controller=Controller(kind=ControllerKind.NOBODY, epoch=2, since=FIRST),
    )
    return entity_document(ACCOUNT, its)


@pytest.fixture
async def database(
    mongo_uri: str, database_name: str, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[MongoDatabase]:
    database = connect(mongo_uri, database=database_name)
    await create_indexes(database)
    rows = [row(number) for number in range(ROWS)]
    await database.collection("conversation_terms").insert_many(rows)
    words = {term for each in rows for term in each["terms"] if not term.startswith(":")}
    await database.collection("vocabulary").insert_many(
        [{"_id": f"{ACCOUNT}:{word}", "account": ACCOUNT} for word in words]
    )
    await database.collection("accounts").insert_one({"_id": ACCOUNT})
    await database.collection("account_state").insert_one({"_id": ACCOUNT, "seq": ROWS})
    yield database
    await database.close()


@asynccontextmanager
async def profiled(plain: AsyncDatabase[dict[str, Any]]) -> AsyncIterator[list[dict[str, Any]]]:
    """Fill the list, at the end, with MongoDB's profile of what was read of the conversations and their terms."""
    seen: list[dict[str, Any]] = []
    await plain.command("profile", 2)
    yield seen
    await plain.command("profile", 0)
    collections = [f"{plain.name}.{name}" for name in ("conversation_terms", "conversations")]
    seen += await plain["system.profile"].find({"ns": {"$in": collections}}).to_list()
    await plain.drop_collection("system.profile")  # the next test has the same database


FILTERS: dict[str, dict[str, Any]] = {
    "none": {},
    "status": {"statuses": (ConversationStatus.OPEN,)},
    "channel": {"channels": (Channel.SMS,)},
    "tag": {"tags": ("rare", "none")},
    "profile": {"profile_ids": (ProfileId("7"), ProfileId("8"))},
    "days": {"started_from": FIRST + timedelta(days=20), "started_before": FIRST + timedelta(days=22)},
    "months": {"started_from": FIRST, "started_before": FIRST + timedelta(days=70)},
    "word": {"search": search_of("order ", field=())},
    "rare word": {"search": search_of("number77 ", field=())},
    "beginning": {"search": search_of("orde", field=())},
    "shopper": {"search": search_of("shopper7 ", field=())},
    "words": {"search": search_of("often return ", field=())},
    "a word of some days long ago": {
        "search": search_of("order ", field=()),
        "started_from": FIRST + timedelta(days=2),
        "started_before": FIRST + timedelta(days=22),
    },
    "all": {
        "search": search_of("ord", field=()),
        "channels": (Channel.SMS,),
        "started_from": FIRST,
        "started_before": FIRST + timedelta(days=80),
    },
}
SORTS = list(itertools.product(ConversationSort, (True, False)))


@pytest.mark.parametrize("name", FILTERS)
async def test_pages_cost_what_they_show(
    database: MongoDatabase, mongo_client: AsyncMongoClient[dict[str, Any]], database_name: str, name: str
) -> None:
    plain = mongo_client[database_name]
    listing = ConversationList(database=database, account_id=ACCOUNT, selectivity=SelectivityCache())
    middle = FIRST + timedelta(days=30)
    async with profiled(plain) as seen:
        for sort, descending in SORTS:
            key = (middle, "0" * 26, ROWS) if sort is ConversationSort.LAST_MESSAGE_AT else (middle, "0" * 26)
            for at in (Slice(limit=PAGE), Slice(limit=PAGE, after=key), Slice(limit=PAGE, before=key, from_end=True)):
                await listing.page(ConversationQuery(sort=sort, descending=descending, **FILTERS[name]), at)
    for op in seen:
        looked_at = max(op.get("keysExamined", 0), op.get("docsExamined", 0))
        assert "COLLSCAN" not in op["planSummary"], op
        counts = op["op"] == "command"
        # Two slots of ten minutes hold few rows here; a merge of many sorted scans looks at one row of each.
        assert looked_at <= (201 if counts else 350), (looked_at, op["planSummary"], op["command"])
        if not counts and op.get("hasSortStage"):
            raise AssertionError(op)
    assert len(seen) >= 3 * len(SORTS)


async def test_a_beginning_of_very_many_words_is_bounded_too(
    database: MongoDatabase, mongo_client: AsyncMongoClient[dict[str, Any]], database_name: str
) -> None:
    plain = mongo_client[database_name]
    listing = ConversationList(database=database, account_id=ACCOUNT, selectivity=SelectivityCache())
    query = ConversationQuery(search=search_of("num", field=()))
    async with profiled(plain) as seen:
        await listing.page(query, Slice(limit=PAGE))
        total = await listing.count(query)
    assert (total.number, total.exact) == (ROWS, True)
    for op in seen:
        assert op.get("docsExamined", 0) <= 2 * ROWS


async def test_a_search_of_very_many_is_counted_to_a_bound(
    database: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.mongo.search.listing._MAX_COUNT", 100)
    listing = ConversationList(database=database, account_id=ACCOUNT, selectivity=SelectivityCache())
    total = await listing.count(ConversationQuery(search=search_of("often ", field=())))
    assert (total.number, total.exact) == (100, False)
    total = await listing.count(ConversationQuery(search=search_of("often number9 ", field=())))
    assert (total.number, total.exact) == (1, True)


async def test_what_is_remembered_of_words_changes_no_answer(database: MongoDatabase) -> None:
    """A rare word becomes frequent while the cache says rare, and the reverse."""
    listing = ConversationList(database=database, account_id=ACCOUNT, selectivity=SelectivityCache())
    query = ConversationQuery(search=search_of("often number9 order ", field=()))

    async def found() -> int:
        """Compare page and count with a plain scan. Returns the count."""
        wanted = {"terms": {"$all": ["often", "number9", "order"]}}
        scan = database.collection("conversation_terms").find(wanted, sort=[("started_at", -1)])
        expected = [each["_id"] for each in await scan.to_list(None)]
        page, total = await listing.page(query, Slice(limit=PAGE)), await listing.count(query)
        assert [each.conversation.id for each in page.items] == expected[:PAGE]
        assert (total.number, total.exact) == (len(expected), True)
        return total.number

    rows = [row(number) for number in range(ROWS, ROWS + 800)]
    conversations = [conversation(each["_id"]) for each in [row(9), *rows]]
    await database.collection("conversations").insert_many(conversations)
    assert await found() == 1
    await database.collection("conversation_terms").insert_many(
        [each | {"terms": [*each["terms"], "number9"]} for each in rows]
    )
    assert await found() == 401
    await database.collection("conversation_terms").update_many({}, {"$pull": {"terms": "order"}})
    assert await found() == 0
