"""Exports: the same rows as the list, complete or in pages, for permitted callers only."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from api.export.rows import COLUMNS
from domain.events import MessageRedacted, ShopperErased
from domain.model.conversation import Conversation, Message
from domain.storage import UnitOfWork
from domain.values.ids import CredentialId
from domain.values.record import replace
from integrations.mongo.collections import entity_of
from tests.e2e.processes import until
from tests.harness.program import Json, Program, Shop
from tests.resolvers.search.random_conversations import RandomConversations
from tests.resolvers.test_pages import several
from tests.resolvers.test_permissions import ALL, READERS

TABLE = """query($filter: ConversationFilter, $after: String) { conversations(
  first: 2, after: $after, filter: $filter, orderBy: {field: STARTED_AT, direction: ASC}) {
  pageInfo { hasNextPage endCursor } edges { cursor node {
    id channel status displayName identityVerified firstQuestion tags initialSkill finalSkill startedAt
    lastMessageAt closedAt messageCount profile { id verified externalId name email phone }
    messages(first: 100) { nodes { sequence kind author { kind name } text sentAt
      attachments { name contentType bytes url }
      products { productId title url price { amount currency } sku } } } } } } }"""


async def export(baton: Program, key: str | None, **given: Any) -> httpx.Response:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    return await baton.http.request("POST", "/export", content=json.dumps(given).encode(), headers=headers)


async def rows(baton: Program, shop: Shop, **given: Any) -> list[Json]:
    response = await export(baton, shop.owner, **given)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/x-ndjson; charset=utf-8")
    assert response.text == "" or response.text.endswith("\n")
    return [json.loads(line) for line in response.text.split("\n")[:-1]]


async def table(baton: Program, shop: Shop, given: Json) -> list[Json]:
    shown: list[Json] = []
    after, more = None, True
    while more:
        page = (await baton.data(shop.owner, TABLE, filter=given, after=after))["conversations"]
        for edge in page["edges"]:
            node = edge["node"]
            shown.append({"cursor": edge["cursor"], **node, "messages": node["messages"]["nodes"]})
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return shown


FILTERS: list[Json] = [
    {},
    {"search": "order"},
    {"channel": ["SMS", "EMAIL"], "tag": ["order"]},
    {"status": ["CLOSED"], "startedOn": {"preset": "LAST_90_DAYS"}},
    {"search": "nothing has this"},
]


@pytest.fixture
async def busy(baton: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop with conversations of all kinds, exported in small pages and parts."""
    monkeypatch.setattr("resolvers.conversation.export._ROWS", 3)
    monkeypatch.setattr("api.export.stream._CHUNK", 500)
    monkeypatch.setattr("integrations.mongo.storage.transcripts._BATCH", 5)
    random_conversations = RandomConversations(baton, shop, seed=5)
    for _ in range(45):
        await random_conversations.step()
    return shop


async def test_it_is_the_table(baton: Program, busy: Shop) -> None:
    for given in FILTERS:
        shown = await table(baton, busy, given)
        assert await rows(baton, busy, filter=given) == shown
        backwards = await rows(baton, busy, filter=given, order="DESC")
        plain = [{**row, "cursor": ""} for row in shown]
        assert [{**row, "cursor": ""} for row in backwards] == plain[::-1]
        for row in shown[:1]:
            assert len(row["messages"]) >= row["messageCount"]
    assert len(await rows(baton, busy)) > 8
    kinds = {message["kind"] for row in await rows(baton, busy) for message in row["messages"]}
    assert "NOTE" in kinds
    without = await rows(baton, busy, notes=False)
    assert {m["kind"] for row in without for m in row["messages"]} == kinds - {"NOTE"}
    assert all(len(row["messages"]) == row["messageCount"] for row in without)


async def test_it_goes_on_where_it_was_cut(baton: Program, busy: Shop) -> None:
    whole = (await export(baton, busy.owner)).content
    expected = [json.loads(line) for line in whole.splitlines()]
    for cut in (0, 1, len(whole) // 3, len(whole) // 2, len(whole) - 1, len(whole)):
        kept = [json.loads(line) for line in whole[:cut].split(b"\n")[:-1]]
        rest = await rows(baton, busy, **({"after": kept[-1]["cursor"]} if kept else {}))
        assert kept + rest == expected, cut


async def test_csv_is_read_back(baton: Program, busy: Shop) -> None:
    shown = await rows(baton, busy)
    response = await export(baton, busy.owner, format="csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"].endswith('.csv"')
    head, *read = list(csv.reader(io.StringIO(response.content.decode(), newline=""), strict=True))
    assert tuple(head) == COLUMNS
    assert len(read) == len(shown)
    for cells, row in zip(read, shown, strict=True):
        got = dict(zip(COLUMNS, cells, strict=True))
        assert got["id"] == row["id"]
        assert got["cursor"] == row["cursor"]
        assert got["tags"].removeprefix("'") == "; ".join(row["tags"])
        assert got["firstQuestion"].removeprefix("'") == row["firstQuestion"]
        assert got["phone"] == ("'" + row["profile"]["phone"] if row["profile"]["phone"] else "")
        assert got["messageCount"] == str(row["messageCount"])
        for message in row["messages"]:
            assert f"[{message['sentAt']}] {message['author']['name']} (" in got["transcript"]
            assert message["text"] in got["transcript"]
    resumed = await export(baton, busy.owner, format="csv", after=read[2][-1])
    assert list(csv.reader(io.StringIO(resumed.content.decode(), newline=""))) == [head, *read[3:]]


async def test_no_cell_is_a_formula(baton: Program, shop: Shop) -> None:
    wicked = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "＝1", '-2+3,4\n"=5"']
    for text in wicked:
        started = await baton.start(shop, text, name=text.replace("\n", " "))
        await baton.reply(started, text, tags=["=tag"], skill="@skill")
    response = await export(baton, shop.owner, format="csv", bom=True)
    assert response.content.startswith(b"\xef\xbb\xbfid,")
    _, *read = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline=""), strict=True))
    assert [row[4] for row in read] == ["'" + text for text in wicked]
    for row in read:
        assert not any(value[:1] in "=+-@\t\r\n＝" for value in row if value)
        assert row[5] == "'=tag"


async def test_a_long_conversation_comes_in_parts(baton: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.mongo.storage.transcripts._BATCH", 4)
    started = await baton.start(shop, "0")
    for n in range(1, 18):
        await baton.mutate_brief(started.token, "sendMessage", conversationId=started.id, text=f"{n}")
    other = await baton.start(shop, "other")
    first, second = await rows(baton, shop)
    assert [message["text"] for message in first["messages"]] == [f"{n}" for n in range(18)]
    assert (second["id"], len(second["messages"])) == (other.id, 1)


async def test_it_is_compressed_where_that_is_taken(baton: Program, shop: Shop) -> None:
    await several(baton, shop, 3)
    headers = {"authorization": f"Bearer {shop.owner}", "accept-encoding": "br, gzip;q=0.5"}
    async with baton.http.stream("GET", "/export", headers=headers) as response:
        assert response.headers["content-encoding"] == "gzip"
        raw = b"".join([part async for part in response.aiter_raw()])
    assert gzip.decompress(raw) == (await export(baton, shop.owner)).content
    headers["accept-encoding"] = "gzip;q=0"
    async with baton.http.stream("GET", "/export", headers=headers) as response:
        assert "content-encoding" not in response.headers


async def test_asked_for_by_address(baton: Program, shop: Shop) -> None:
    await several(baton, shop, 3)
    given = {"channel": ["WEB_CHAT"]}
    address = f"/export?filter={quote(json.dumps(given))}&notes=false&order=DESC"
    headers = {"authorization": f"Bearer {shop.owner}", "accept": "text/csv"}
    by_get = await baton.http.request("GET", address, headers=headers)
    by_post = await export(baton, shop.owner, filter=given, notes=False, order="DESC", format="csv")
    assert by_get.content == by_post.content
    assert by_get.headers["content-type"] == "text/csv; charset=utf-8"


async def test_who_may(baton: Program, shop: Shop, rival: Shop) -> None:
    started = await baton.start(shop, "Hello")
    await baton.start(rival, "Not yours")
    tokens = {**shop.tokens, "shopper": started.token}
    for kind in ALL:
        response = await export(baton, tokens[kind])
        if kind in READERS:
            assert [json.loads(line)["id"] for line in response.text.splitlines()] == [started.id], kind
        else:
            assert (response.status_code, response.json()["errors"][0]["extensions"]) == (403, {"code": "FORBIDDEN"})
    for nobody in (None, "nonsense"):
        response = await export(baton, nobody)
        assert response.status_code == 401
        assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    theirs = json.loads((await export(baton, rival.owner)).text)["cursor"]
    assert (await export(baton, shop.owner, after=theirs)).status_code == 400


WRONG: list[tuple[Any, list[str]]] = [
    ({"format": "xlsx"}, ["format"]),
    ({"order": "UP"}, ["order"]),
    ({"after": 1}, ["after"]),
    ({"after": "nonsense"}, ["after"]),
    ({"notes": "no"}, ["notes"]),
    ({"bom": 1}, ["bom"]),
    ({"first": 10}, ["first"]),
    ({"filter": []}, ["filter"]),
    ({"filter": {"status": ["GONE"]}}, ["filter", "status", "0"]),
    ({"filter": {"nothing": 1}}, ["filter"]),
    ({"filter": {"search": "?"}}, ["filter", "search"]),
    ({"filter": {"tag": []}}, ["filter", "tag"]),
    ({"filter": {"profileId": "nonsense"}}, ["filter", "profileId"]),
    ({"filter": {"startedOn": {"between": {"start": "2026-06-08", "end": "2026-06-07"}}}},
     ["filter", "startedOn", "between"]),
    ([], ["body"]),
]  # fmt: skip


async def test_invalid_exports_are_refused(baton: Program, shop: Shop) -> None:
    headers = {"authorization": f"Bearer {shop.owner}"}
    for body, path in WRONG:
        response = await baton.http.request("POST", "/export", content=json.dumps(body).encode(), headers=headers)
        [error] = response.json()["errors"]
        assert (response.status_code, error["extensions"]) == (400, {"code": "INVALID", "path": path}), (body, error)
    response = await baton.http.request("POST", "/export", content=b"{", headers=headers)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["path"]) == (400, ["body"])
    response = await baton.http.request("POST", "/export", content=b"x" * 70_000, headers=headers)
    assert response.status_code == 413
    response = await baton.http.request("DELETE", "/export", headers=headers)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")
    for address, path in (("?filter={", "filter"), ("?notes=maybe", "notes"), ("?order=ASC&order=ASC", "order")):
        response = await baton.http.request("GET", f"/export{address}", headers=headers)
        assert response.json()["errors"][0]["extensions"]["path"] == [path]


class Reader:
    """An ASGI client that controls when it reads."""

    def __init__(self, baton: Program, key: str) -> None:
        self.taken: list[bytes] = []
        self.status = 0
        self.whole = False
        self.aborted = False
        self.reads = asyncio.Semaphore(0)
        self.waiting = asyncio.Event()
        self._gone = asyncio.Event()
        self._asked = False
        self._app = baton.baton.app
        self._headers = [(b"authorization", f"Bearer {key}".encode())]

    def abort(self) -> None:
        self.aborted = True

    def leave(self) -> None:
        self._gone.set()

    async def run(self) -> None:
        scope: MutableMapping[str, Any] = {
            "type": "http", "method": "GET", "path": "/export", "raw_path": b"/export", "query_string": b"",
            "headers": self._headers, "http_version": "1.1", "scheme": "http", "server": ("baton", 80),
            "client": ("test", 1), "root_path": "", "extensions": {"baton.abort": {"abort": self.abort}},
        }  # fmt: skip
        await self._app(scope, self._receive, self._send)

    async def _receive(self) -> Json:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self.waiting.set()
        await self.reads.acquire()
        self.waiting.clear()
        self.taken.append(message["body"])
        self.whole = self.whole or not message.get("more_body")


async def test_a_reader_that_stops_holds_nothing_but_a_page(
    baton: Program, busy: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = len(await rows(baton, busy))
    pages = 0
    from resolvers.conversation.export import ExportSource, Page

    read = ExportSource.next

    async def counted(self: ExportSource) -> Page:
        nonlocal pages
        pages += 1
        return await read(self)

    monkeypatch.setattr(ExportSource, "next", counted)
    reader = Reader(baton, busy.owner)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reader.run())
        await reader.waiting.wait()
        assert (reader.status, pages) == (200, 1)
        reader.reads.release()
        await asyncio.sleep(0)
        await reader.waiting.wait()
        assert pages <= 2 < total / 3
        assert await statuses(baton, busy, 2) == [200, 429]  # at most two at once
        reader.leave()
    assert (reader.whole, reader.aborted) == (False, True)
    assert await statuses(baton, busy, 1) == [200]


async def statuses(baton: Program, shop: Shop, count: int) -> list[int]:
    """The ids of exports that run concurrently."""
    readers = [Reader(baton, shop.owner) for _ in range(count)]
    async with asyncio.TaskGroup() as tasks:
        for reader in readers:
            tasks.create_task(reader.run())
            await reader.waiting.wait()
        for reader in readers:
            for _ in range(1_000):
                reader.reads.release()
    return [reader.status for reader in readers]


async def test_a_key_that_is_revoked_ends_it(baton: Program, busy: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.export.stream.STALLED_SECONDS", 300.0)  # else it would end for want of a reader
    key, kept = busy.keys["analyst"], busy.keys["manager"]
    reader, other = Reader(baton, key.token), Reader(baton, kept.token)
    async with asyncio.TaskGroup() as tasks:
        hub = tasks.create_task(baton.baton.hub.run())
        others = tasks.create_task(other.run())
        tasks.create_task(reader.run())
        await reader.waiting.wait()
        await other.waiting.wait()
        await baton.baton.hub.opened(await baton.baton.services.accounts.principal_of(key.token))
        await baton.baton.services.keys.revoke(None, busy.id, CredentialId(key.credential.id))
        await until(lambda: reader.aborted)
        assert not other.aborted
        for _ in range(1_000):
            other.reads.release()
        await others
        hub.cancel()
    assert (reader.whole, other.whole) == (False, True)


async def test_it_ends_when_a_shopper_is_erased(
    baton: Program, busy: Shop, rival: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that was read before may have the shopper. The exports of other accounts go on."""
    monkeypatch.setattr("api.export.stream.STALLED_SECONDS", 300.0)  # else it would end for want of a reader
    await baton.start(rival)
    reader, other = Reader(baton, busy.owner), Reader(baton, rival.owner)
    async with asyncio.TaskGroup() as tasks:
        hub = tasks.create_task(baton.baton.hub.run())
        others = tasks.create_task(other.run())
        tasks.create_task(reader.run())
        await reader.waiting.wait()
        await other.waiting.wait()
        await baton.baton.hub.opened(await baton.baton.services.accounts.principal_of(busy.owner))

        async def tell(uow: UnitOfWork) -> None:
            uow.emit(ShopperErased())

        await baton.baton.ports.storage.write(busy.id, tell)
        await until(lambda: reader.aborted)
        assert not other.aborted
        for _ in range(1_000):
            other.reads.release()
        await others
        hub.cancel()
    assert (reader.whole, other.whole) == (False, True)


async def test_it_goes_on_when_only_a_file_is_deleted(
    baton: Program, busy: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the retention of attachments does; the words of the message are removed afterwards, which ends it."""
    monkeypatch.setattr("api.export.stream.STALLED_SECONDS", 300.0)  # else it would end for want of a reader
    talk = await baton.start(busy, key=busy.owner)
    message = entity_of(Message, await baton.database["messages"].find_one({"conversation_id": talk.key}) or {})
    conversation = entity_of(Conversation, await baton.database["conversations"].find_one({"_id": talk.key}) or {})
    reader = Reader(baton, busy.owner)
    async with asyncio.TaskGroup() as tasks:
        hub = tasks.create_task(baton.baton.hub.run())
        tasks.create_task(reader.run())
        await reader.waiting.wait()
        principal = await baton.baton.services.accounts.principal_of(busy.owner)
        await baton.baton.hub.opened(principal)
        for left in (message, replace(message, redacted_at=baton.clock.now())):
            assert not reader.aborted

            async def tell(uow: UnitOfWork, left: Message = left) -> None:
                uow.emit(MessageRedacted(message=left, conversation=conversation))

            await baton.baton.ports.storage.write(busy.id, tell)
            await asyncio.sleep(0.3)
        await until(lambda: reader.aborted)
        hub.cancel()


async def test_it_ends_when_its_key_expires(baton: Program, busy: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.export.stream.STALLED_SECONDS", 300.0)  # else it would end for want of a reader
    ends = (baton.clock.now() + timedelta(seconds=1)).isoformat()
    key = await baton.command(busy.owner, "createKey", scopes=["CONVERSATIONS_READ"], expiresAt=ends)
    reader = Reader(baton, key["token"])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reader.run())
        await reader.waiting.wait()
        await until(lambda: reader.aborted)
    assert (reader.status, reader.whole) == (200, False)
