"""Files are scanned on their way to the store. Infected ones are refused, and nothing is taken unscanned."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.clamd import EICAR, FakeClamd, clamd
from domain.attachments.commands import IncomingFile
from domain.attachments.service import claim_incoming
from domain.conversation.aggregate import Change, load_conversation
from domain.conversation.service import add_shopper_message
from domain.model.attachments import Attachment, AttachmentState
from domain.storage import UnitOfWork
from domain.values.errors import Unavailable
from domain.values.ids import ConversationId
from tests.harness.clock import ManualClock
from tests.harness.files import PNG, create, download, put, upload
from tests.harness.program import Program, Shop, running

INFECTED = PNG + bytes(100_000) + EICAR


@pytest.fixture
async def scanner() -> AsyncIterator[FakeClamd]:
    async with clamd() as fake:
        yield fake


@pytest.fixture
async def baton(
    mongo_uri: str,
    database_name: str,
    tmp_path: Path,
    mongo_client: AsyncMongoClient[dict[str, Any]],
    scanner: FakeClamd,
) -> AsyncIterator[Program]:
    clock = ManualClock()
    async with running(mongo_uri, database_name, tmp_path, mongo_client, clock, scanner=scanner.address) as program:
        yield program


async def once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def test_an_infected_upload_is_refused_for_good(baton: Program, shop: Shop, scanner: FakeClamd) -> None:
    started = await baton.start(shop)
    await upload(baton, started.token)
    created = await create(baton, started.token, INFECTED)
    refused = await put(baton, created["url"], INFECTED)
    assert refused.status_code == 422
    assert "Eicar-Test-Signature" in refused.text
    assert scanner.scanned == [len(PNG), len(INFECTED)]
    assert await baton.database["blobs.files"].count_documents({}) == 1
    assert await baton.database["blobs.chunks"].count_documents({}) == 1
    assert (await put(baton, created["url"], PNG)).status_code == 409
    [error] = await baton.errors_of(
        started.token,
        "sendMessage",
        conversationId=started.id,
        text="x",
        attachments=[created["attachmentId"]],
    )
    assert error["code"] == "INVALID"
    assert "Eicar-Test-Signature" in error["message"]


@pytest.mark.parametrize("fault", ["silent", "too small", "away"])
async def test_nothing_is_taken_unscanned(baton: Program, shop: Shop, scanner: FakeClamd, fault: str) -> None:
    started = await baton.start(shop)
    created = await create(baton, started.token, PNG)
    scanner.silent, scanner.stream_max_length = fault == "silent", 10 if fault == "too small" else 1 << 20
    if fault == "away":
        scanner.stop()
    response = await put(baton, created["url"], PNG)
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert await baton.database["blobs.chunks"].count_documents({}) == 0


async def test_a_message_names_an_infected_file_that_a_channel_brought(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    attachments = baton.baton.services.attachments
    wishes = [IncomingFile(name=f"{n}.png", content_type="image/png", source=f"mail:1:{n}") for n in range(2)]
    rows = [
        await attachments.take_in(shop.id, wish, once(content))
        for wish, content in zip(wishes, (INFECTED, PNG), strict=True)
    ]
    again = await attachments.take_in(shop.id, wishes[1], once(b"other bytes"))
    assert again == rows[1]

    async def change(uow: UnitOfWork) -> None:
        conversation = await load_conversation(uow, ConversationId(started.key))
        aggregate = Change(uow, conversation)
        await add_shopper_message(aggregate, "Two files", await claim_incoming(uow, rows))
        await aggregate.commit()

    await baton.baton.services.storage.write(shop.id, change)
    query = """query($id: ID!) { conversation(id: $id) { lastMessage {
      attachments { name contentType bytes url problem } } } }"""
    for key, reason in ((shop.support, "Eicar-Test-Signature"), (started.token, None)):
        shown = (await baton.data(key, query, id=started.id))["conversation"]["lastMessage"]["attachments"]
        assert [file["name"] for file in shown] == ["0.png", "1.png"]
        assert shown[0]["url"] is None
        assert reason is None or reason in shown[0]["problem"]
        assert (await download(baton, shown[1]["url"])).content == PNG
    stored = await baton.baton.services.storage.read(shop.id).get(Attachment, rows[0].id)
    assert stored is not None
    assert (stored.state, stored.blob, stored.expires_at) == (AttachmentState.ATTACHED, None, None)


async def test_a_channel_brings_a_file_again_after_an_outage(baton: Program, shop: Shop, scanner: FakeClamd) -> None:
    scanner.silent = True
    attachments = baton.baton.services.attachments
    wish = IncomingFile(name="a.png", content_type="image/png", source="twilio:MM1:0")
    with pytest.raises(Unavailable):
        await attachments.take_in(shop.id, wish, once(PNG))
    scanner.silent = False
    row = await attachments.take_in(shop.id, wish, once(PNG))
    assert (row.state, row.size, row.content_type) == (AttachmentState.STORED, len(PNG), "image/png")
