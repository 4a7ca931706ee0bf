"""Attachments over GraphQL and HTTP: uploaded, attached, seen, downloaded, refused, and swept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from domain.attachments import leases
from domain.attachments.commands import IncomingFile
from domain.model.attachments import ATTEMPT_LIFE, Attachment, AttachmentState
from domain.values.errors import Unavailable
from domain.values.ids import named_id
from tests.harness.files import HTML, PDF, PNG, SVG, create, download, path_of, put, upload
from tests.harness.program import Json, Program, Shop, Started

FILES = ("attachments", "blobs.files", "blobs.chunks")


async def _held(baton: Program) -> list[int]:
    return [await baton.database[name].count_documents({}) for name in FILES]


async def _send(baton: Program, started: Started, *ids: str, text: str = "See here") -> Json:
    given = {"conversationId": started.id, "text": text, "attachments": list(ids)}
    message: Json = (await baton.done(started.token, "sendMessage", **given))["message"]
    return message


async def test_a_shopper_sends_a_file_and_staff_read_it(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    file = await upload(baton, started.token, name="Röchnung\u202egnp.png", kind="text/html")
    message = await _send(baton, started, file, text="")
    [shown] = message["attachments"]
    assert shown == {
        "id": file,
        "name": "Röchnunggnp.png",
        "contentType": "image/png",
        "bytes": len(PNG),
        "url": shown["url"],
        "problem": None,
    }
    query = "query($id: ID!) { node(id: $id) { ... on Attachment { name url } } }"
    node = (await baton.data(shop.support, query, id=file))["node"]
    assert node == {"name": shown["name"], "url": shown["url"]}  # equal for every reader
    response = await download(baton, shown["url"])
    assert (response.status_code, response.content) == (200, PNG)
    assert response.headers["content-type"] == "image/png"
    assert response.headers["content-disposition"] == (
        "inline; filename=\"R_chnunggnp.png\"; filename*=UTF-8''R%C3%B6chnunggnp.png"
    )
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_staff_agents_and_carriers_send_files(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    file = await upload(baton, shop.agent, PDF, name="a.pdf", kind="application/pdf")
    message = (await baton.reply(started, attachments=[file]))["message"]
    assert [a["contentType"] for a in message["attachments"]] == ["application/pdf"]
    note = await upload(baton, shop.owner)
    noted = await baton.done(shop.owner, "addNote", conversationId=started.id, text="", attachments=[note])
    [shown] = noted["message"]["attachments"]
    assert shown["bytes"] == len(PNG)
    query = "query($id: ID!) { node(id: $id) { id } }"
    answer = await baton.ask(started.token, query, id=note)
    assert answer.codes == ["NOT_FOUND"]  # a shopper never sees what a note has


async def test_a_secret_key_starts_a_conversation_with_files(baton: Program, shop: Shop) -> None:
    given = {"channel": "WEB_CHAT", "text": "It is broken", "visitor": {"profileId": "7"}}
    file = await upload(baton, shop.owner)
    again = {**given, "attachments": [file], "idempotencyKey": "once"}
    started = [await baton.done(shop.owner, "startConversation", **again) for _ in range(2)]
    assert [attachment["bytes"] for attachment in started[0]["message"]["attachments"]] == [len(PNG)]
    assert started[1]["message"]["id"] == started[0]["message"]["id"]
    other = await upload(baton, shop.owner)
    continued = await baton.done(shop.owner, "startConversation", **given, attachments=[other])
    assert continued["conversation"]["id"] == started[0]["conversation"]["id"]
    assert len(continued["message"]["attachments"]) == 1

    refused = {
        "INVALID": (shop.owner, [file]),  # a message has it
        "NOT_FOUND": (shop.owner, [await upload(baton, shop.agent)]),
        "FORBIDDEN": (shop.widget, [await upload(baton, shop.owner)]),
    }
    for code, (key, ids) in refused.items():
        errors = await baton.errors_of(key, "startConversation", **given, attachments=ids)
        assert [error["code"] for error in errors] == [code]


@pytest.mark.parametrize(
    ("content", "name", "kind", "inline"),
    [
        (PDF, "a.pdf", "application/pdf", True),
        (SVG, "a.svg", "image/svg+xml", False),
        (HTML, "a.png", "text/html", False),
        (b"MZ" + bytes(300), "setup.exe", "application/octet-stream", False),
        (b"hello", "a.txt", "text/plain", False),
    ],
)
async def test_only_images_and_pdf_are_shown(
    baton: Program, shop: Shop, content: bytes, name: str, kind: str, *, inline: bool
) -> None:
    started = await baton.start(shop)
    file = await upload(baton, started.token, content, name=name, kind="image/png")
    [shown] = (await _send(baton, started, file))["attachments"]
    assert shown["contentType"] == kind
    headers = (await download(baton, shown["url"])).headers
    assert headers["content-disposition"].startswith("inline" if inline else "attachment")
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert ("sandbox" in headers["content-security-policy"]) is (kind != "application/pdf")
    assert headers["x-content-type-options"] == "nosniff"


async def test_an_upload_is_taken_once(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    created = await create(baton, started.token, PNG)
    assert (await put(baton, created["url"], PNG)).status_code == 201
    again = await put(baton, created["url"], PNG)
    assert (again.status_code, again.json()["errors"][0]["extensions"]["code"]) == (409, "CONFLICT")
    file = created["attachmentId"]
    await _send(baton, started, file)
    second = await baton.command(
        started.token, "sendMessage", conversationId=started.id, text="Again", attachments=[file]
    )
    assert [e["path"] for e in second["errors"]] == [["input", "attachments", "0"]]


async def test_a_file_of_another_size_leaves_nothing_and_can_be_sent_again(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    created = await create(baton, started.token, PNG)

    async def pieces(content: bytes) -> AsyncIterator[bytes]:
        yield content

    for wrong in (PNG + b"x", PNG[:-1], b"", pieces(PNG + b"x"), pieces(PNG[:-1])):
        assert (await put(baton, created["url"], wrong)).status_code == 400
    assert await _held(baton) == [1, 0, 0]
    refused = await baton.command(
        started.token, "sendMessage", conversationId=started.id, text="x", attachments=[created["attachmentId"]]
    )
    assert [e["code"] for e in refused["errors"]] == ["INVALID"]  # its bytes are missing
    assert (await put(baton, created["url"], PNG)).status_code == 201
    assert await _held(baton) == [1, 1, 1]


async def test_a_request_that_breaks_off_leaves_nothing(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    big = PNG + bytes(2_000_000)
    created = await create(baton, started.token, big)

    async def broken() -> AsyncIterator[bytes]:
        for start in range(0, 1_000_000, 100_000):
            yield big[start : start + 100_000]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await put(baton, created["url"], broken())
    assert await _held(baton) == [1, 0, 0]
    assert (await put(baton, created["url"], big)).status_code == 201


async def test_files_of_others_are_refused(baton: Program, shop: Shop) -> None:
    one, other = await baton.start(shop, anonymousId="a"), await baton.start(shop, anonymousId="b")
    rival = await baton.open_shop("Rival")
    file = await upload(baton, one.token)
    for key, name, given in (
        (other.token, "sendMessage", {"conversationId": other.id, "text": "x"}),
        (shop.owner, "addNote", {"conversationId": one.id, "text": "x"}),
        (shop.agent, "postAgentMessage", {"conversationId": one.id, "text": "x", "epoch": 1}),
        (rival.owner, "addNote", {"conversationId": (await baton.start(rival)).id, "text": "x"}),
    ):
        payload = await baton.command(key, name, **given, attachments=[file])
        assert [(e["code"], e["path"]) for e in payload["errors"]] == [("NOT_FOUND", ["input", "attachments", "0"])]
    answer = await baton.ask(one.token, "query($id: ID!) { node(id: $id) { id } }", id=file)
    assert answer.codes == ["NOT_FOUND"]  # no message has it


async def test_addresses_end(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    created = await create(baton, started.token, PNG)
    baton.clock.move(timedelta(minutes=30))
    assert (await put(baton, created["url"], PNG)).status_code == 404
    file = await upload(baton, started.token)
    [shown] = (await _send(baton, started, file))["attachments"]
    baton.clock.move(timedelta(minutes=59))
    assert (await download(baton, shown["url"])).status_code == 200
    baton.clock.move(timedelta(hours=1, minutes=1))
    assert (await download(baton, shown["url"])).status_code == 404
    query = "query($id: ID!) { node(id: $id) { ... on Attachment { url } } }"
    anew = (await baton.data(started.token, query, id=file))["node"]["url"]
    assert anew != shown["url"]
    assert (await download(baton, anew)).status_code == 200
    changed = path_of(anew)[:-2] + ("AA" if not anew.endswith("AA") else "BB")
    assert (await baton.call("GET", changed)).status_code == 404
    assert (await baton.call("GET", path_of(anew).replace("/files/", "/uploads/"))).status_code == 405


async def test_ranges(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    content = PNG + bytes(range(256)) * 2_500  # three chunks
    file = await upload(baton, started.token, content)
    [shown] = (await _send(baton, started, file))["attachments"]
    size = len(content)
    for given, start, end in (
        ("bytes=0-9", 0, 10),
        ("bytes=261110-261130", 261_110, 261_131),
        (f"bytes={size - 5}-", size - 5, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=10-{size + 100}", 10, size),
    ):
        response = await download(baton, shown["url"], range=given)
        assert (response.status_code, response.content) == (206, content[start:end]), given
        assert response.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
    for given in ("bytes=5-2", "lines=1-2", "bytes=0-1,4-5", "bytes=-"):
        response = await download(baton, shown["url"], range=given)
        assert (response.status_code, len(response.content)) == (200, size), given
    beyond = await download(baton, shown["url"], range=f"bytes={size}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    head = await baton.http.head(path_of(shown["url"]), headers={"range": "bytes=0-1"})  # ranges are of GET alone
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(size), b"")


async def test_what_no_message_has_is_swept(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    kept = await upload(baton, started.token)
    await upload(baton, started.token)
    await create(baton, started.token, PNG)
    [shown] = (await _send(baton, started, kept))["attachments"]
    baton.clock.move(timedelta(minutes=31))
    await baton.baton.workers.timers.fire_due()
    assert await _held(baton) == [1, 1, 1]
    assert (await download(baton, shown["url"])).status_code == 200
    assert await baton.database["timers"].count_documents({"kind": "ATTACHMENT_EXPIRY"}) == 0


async def test_limits_of_the_account(baton: Program, shop: Shop) -> None:
    given = {"largestAttachment": 100, "attachmentTypes": ["image/*", "application/pdf"]}
    account = (await baton.done(shop.owner, "updateAccount", **given))["account"]
    assert (account["largestAttachment"], account["attachmentTypes"]) == (100, ["application/pdf", "image/*"])
    started = await baton.start(shop)
    for wrong, path in (
        ({"bytes": 101}, "bytes"),
        ({"contentType": "text/html"}, "contentType"),
        ({"bytes": 0}, "bytes"),
    ):
        wish = {"name": "a", "contentType": "image/png", "bytes": 5, **wrong}
        payload = await baton.command(started.token, "createUpload", **wish)
        assert [(e["code"], e["path"]) for e in payload["errors"]] == [("INVALID", ["input", path])]
    created = await create(baton, started.token, HTML)  # declared as an image
    refused = await put(baton, created["url"], HTML)
    assert refused.status_code == 415
    assert "text/html" in refused.text
    for wrong in ({"largestAttachment": 0}, {"largestAttachment": 26_214_401}, {"attachmentTypes": ["png"]}):
        [error] = (await baton.command(shop.owner, "updateAccount", **wrong))["errors"]
        assert error["path"] == ["input", *wrong]


async def test_a_message_has_at_most_ten_files(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    file = await upload(baton, started.token)
    for ids in ([file] * 11, [file, file]):
        payload = await baton.command(
            started.token, "sendMessage", conversationId=started.id, text="x", attachments=ids
        )
        assert [(e["code"], e["path"]) for e in payload["errors"]] == [("INVALID", ["input", "attachments"])]
    blank = await baton.command(started.token, "sendMessage", conversationId=started.id, text=" ")
    assert [e["code"] for e in blank["errors"]] == ["INVALID"]  # a message without files has a text


async def test_an_idempotency_key_gives_the_same_address(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    wish = {"name": "a.png", "contentType": "image/png", "bytes": len(PNG), "idempotencyKey": "upload-1"}
    first = await baton.done(started.token, "createUpload", **wish)
    assert await baton.done(started.token, "createUpload", **wish) == first


async def test_exports_list_files_with_links(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    await _send(baton, started, await upload(baton, started.token))
    headers = {"authorization": f"Bearer {shop.owner}"}
    rows = await baton.http.get("/export?format=ndjson", headers=headers)
    [file] = rows.json()["messages"][1]["attachments"]
    assert (file["name"], file["contentType"], file["bytes"]) == ("photo.png", "image/png", len(PNG))
    baton.clock.move(timedelta(days=7))
    assert (await download(baton, file["url"])).content == PNG
    table = await baton.http.get("/export?format=csv", headers=headers)
    assert "See here\n  - photo.png: https://baton.example/files/" in table.text


async def test_the_doctor_compares_records_and_bytes(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    for _ in range(3):
        await _send(baton, started, await upload(baton, started.token))
    check = baton.baton.ports.integrity_checks[-1]
    assert [finding async for finding in check.examine(lambda _: None)] == []
    chunks, files = baton.database["blobs.chunks"], baton.database["blobs.files"]
    first, second, third = await files.find(sort=[("_id", 1)]).to_list()
    await chunks.delete_many({"files_id": first["_id"]})
    await files.update_one({"_id": second["_id"]}, {"$set": {"length": 1}})
    long_ago = baton.clock.now() - timedelta(days=2)
    await files.insert_one({**third, "_id": f"{shop.id}/{'0' * 26}/x", "uploadDate": long_ago})
    await chunks.insert_one({"files_id": f"{shop.id}/{'0' * 26}/x", "n": 0, "data": b"x"})
    problems = [finding.problem async for finding in check.examine(lambda _: None)]
    assert problems == [
        "no attachment has these bytes",
        "its bytes are not in the store",
        f"the store has 1 bytes in place of {len(PNG)}",
    ]
    assert await check.repair(lambda _: None) == 1
    assert len([finding async for finding in check.examine(lambda _: None)]) == 2


async def test_the_lease_of_a_file_is_renewed_while_it_comes(
    baton: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEWAL", timedelta(milliseconds=20))
    files, end = baton.baton.services.attachments, asyncio.Event()
    file = IncomingFile(name="a.txt", content_type="text/plain", source="test:1")

    async def slow() -> AsyncIterator[bytes]:
        yield b"one "
        await end.wait()
        yield b"two"

    async def renewed() -> bool:
        row = await baton.baton.services.storage.read(shop.id).get(Attachment, named_id(shop.id, "incoming", "test:1"))
        at = None if row is None else row.lease_renewed_at
        return at is not None and at > baton.clock.now() - timedelta(seconds=1)

    first = asyncio.create_task(files.take_in(shop.id, file, slow()))
    for _ in range(3):
        async with asyncio.timeout(60):
            while not await renewed():  # noqa: ASYNC110 - the database has the state
                await asyncio.sleep(0.01)
        with pytest.raises(Unavailable):
            await files.take_in(shop.id, file, slow())
        baton.clock.move(ATTEMPT_LIFE * 0.9)
    end.set()
    stored = await first
    assert (stored.state, stored.size) == (AttachmentState.STORED, 7)
