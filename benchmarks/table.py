"""The table of conversations and its search over HTTP, on a shop with a long history; and the size of the search
index."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import httpx
from pymongo import AsyncMongoClient

from benchmarks.caller import Caller
from benchmarks.established import DATABASE, Established
from benchmarks.report import Table, percentiles
from integrations.mongo.search.search_index import TERMS, VOCABULARY

_ROUNDS = 300
_ROWS = 25
_DEEP = 1_000  # pages
_EXPORTED = 20_000  # rows, for the rate of an export

_ROW = "id displayName firstQuestion status channel tags messageCount startedAt lastMessageAt"
_LIST = f"""query ($filter: ConversationFilter, $orderBy: ConversationOrder, $after: String) {{
  conversations(first: {_ROWS}, filter: $filter, orderBy: $orderBy, after: $after) {{
    nodes {{ {_ROW} }} pageInfo {{ endCursor hasNextPage }} }} }}"""
_SKIP = """query ($filter: ConversationFilter, $orderBy: ConversationOrder, $after: String) {
  conversations(first: 100, filter: $filter, orderBy: $orderBy, after: $after) { pageInfo { endCursor } } }"""
_COUNT = "query ($filter: ConversationFilter) { conversations(first: 1, filter: $filter) { totalCount } }"
_SEGMENT = """{ segment(input: {all: [{did: {event: CONVERSATION_ESCALATED, withinDays: 7}}]}, first: 25) {
  nodes { id displayName email } } }"""
_BY_LAST = {"field": "LAST_MESSAGE_AT", "direction": "DESC"}


async def measure(shop: Established) -> list[Table]:
    lists = _lists(await _rare(shop))
    with Caller(shop.running, shop.key) as caller:
        rows = [_timed(caller, name, _LIST, filter=given, orderBy=order) for name, given, order in lists]
        for name, order in (("page 1,000, by start", None), ("page 1,000, by last message", _BY_LAST)):
            after = _deep(caller, shop, order)
            rows.append(_timed(caller, name, _LIST, orderBy=order, after=after))
        for name, filter_by in (("totalCount of all", {}), ("totalCount of a common word", {"search": "order "})):
            rows.append(_timed(caller, name, _COUNT, filter=filter_by))
        rows.append(_timed(caller, "segment: escalated in the last 7 days", _SEGMENT))
    exported = await _export(shop)
    table = Table(
        title=f"The table at {shop.conversations:,} conversations",
        note=f"One account, 365 days (made in {shop.made_in:.0f} s); pages of {_ROWS} with nine fields, over HTTP, "
        f"{_ROUNDS} sequential requests, each after one that warms up. Milliseconds of the whole response, and the "
        "rows of the first page. An export streams NDJSON with the transcripts: " + exported,
        head=("what", "rows", "p50", "p99"),
        rows=rows,
    )
    return [table, await _kept(shop)]


def _lists(rare: str) -> Sequence[tuple[str, dict[str, Any], dict[str, str] | None]]:
    return [
        ("page 1, by start", {}, None),
        ("page 1, by last message", {}, _BY_LAST),
        ("status OPEN, by last message", {"status": ["OPEN"]}, _BY_LAST),
        ("a tag and a channel", {"tag": ["sizes"], "channel": ["SMS"]}, None),
        ("a rare tag, by last message", {"tag": ["topic 55"]}, _BY_LAST),
        ("search: a common word", {"search": "order "}, None),
        ("search: a common word, by last message", {"search": "order "}, _BY_LAST),
        ("search: a common word, half typed", {"search": "ord"}, None),
        ("search: a rare word", {"search": f"{rare} "}, None),
        ("search: an order number, half typed", {"search": rare[:6]}, None),
        ("search: two common words", {"search": "order refund "}, None),
        ("search: a common and a rare word", {"search": f"order {rare} "}, None),
        ("search: one letter", {"search": "o"}, None),
        ("search: a first name, half typed", {"search": "giul"}, None),
        ("search: an e-mail address, half typed", {"search": "anna.1000"}, None),
        ("search: a phone number", {"search": "+39 333 0001000"}, None),
        ("search: a word that is nowhere", {"search": "zzzzzzzz "}, None),
        ("search and tag and status", {"search": "parcel ", "tag": ["returns"], "status": ["CLOSED"]}, None),
    ]


async def _rare(shop: Established) -> str:
    """Return an order number that occurs in a single conversation."""
    async with AsyncMongoClient[dict[str, Any]](shop.uri) as client:
        row = await client[DATABASE]["conversations"].find_one(
            {"account": shop.account_id, "first_question": {"$regex": "#[0-9]{8}$"}}, sort=[("_id", 1)]
        )
    assert row is not None
    return str(row["first_question"])[-8:]


def _timed(caller: Caller, name: str, query: str, **variables: object) -> tuple[str, ...]:
    [shown] = caller.ask(query, **variables).values()
    taken = caller.timed(_ROUNDS, query, **variables)
    return name, f"{shown.get('totalCount', len(shown.get('nodes', ()))):,}", *percentiles(taken)


def _deep(caller: Caller, shop: Established, order: dict[str, str] | None) -> str | None:
    """Return the cursor before page 1,000, or before the last page."""
    after = None
    for _ in range(min(_DEEP - 1, shop.conversations // _ROWS - 1) * _ROWS // 100):
        page = caller.ask(_SKIP, filter={}, orderBy=order, after=after)
        after = page["conversations"]["pageInfo"]["endCursor"]
    return after


async def _export(shop: Established) -> str:
    began, lines, size = time.perf_counter(), 0, 0
    address = shop.running.http.replace("/graphql", "/export")
    headers = {"authorization": f"Bearer {shop.key}", "accept-encoding": "identity"}
    async with (
        httpx.AsyncClient(timeout=60) as client,
        client.stream("GET", address, headers=headers) as response,
    ):
        async for part in response.aiter_bytes():
            lines += part.count(b"\n")
            size += len(part)
            if lines >= _EXPORTED:
                break
    seconds = time.perf_counter() - began
    return f"{lines / seconds:,.0f} conversations and {size / seconds / 1e6:.1f} MB a second."


async def _kept(shop: Established) -> Table:
    async with AsyncMongoClient[dict[str, Any]](shop.uri) as client:
        rows = []
        for name in (TERMS, VOCABULARY, "conversations", "messages"):
            stats = await client[DATABASE].command("collStats", name)
            per = [stats[part] / shop.conversations for part in ("storageSize", "totalIndexSize")]
            rows.append((name, f"{stats['count']:,}", *(f"{each:,.0f}" for each in per)))
    return Table(
        title="Size of the search index",
        note="Bytes on disk a conversation, as MongoDB compresses them, beside the conversations themselves.",
        head=("collection", "documents", "documents, bytes", "indexes, bytes"),
        rows=rows,
    )
