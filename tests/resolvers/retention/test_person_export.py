"""`exportProfile`: all of one shopper, nothing of others, and no secret."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import httpx

from api.app import _budgets
from api.export.person.content import PersonContent
from api.graphql.cost.budget import Budgets
from domain.attachments.ports import blob_key
from domain.model.attachments import Attachment, AttachmentState
from domain.model.conversation import Message
from domain.model.messaging import OptOut, ReceivedMail, opt_out_id
from domain.model.passed_over import PassedOver
from domain.principal import StaffRole
from domain.retention.person import LINK_LIFE, person_of
from domain.storage import UnitOfWork
from domain.values.channel import Channel
from domain.values.ids import AttachmentId, ConversationId, ProfileId, new_id
from domain.values.record import replace
from resolvers.context import Context
from resolvers.relay.global_ids import parse_global_id, to_global_id
from resolvers.scalars import write_instant
from tests.harness.program import Json, Program, Shop, Started, browser
from tests.integrations.mongo.test_stored import made
from tests.resolvers.profile.test_erasing import erase

BYTES = b"\x89PNG of the lamp " * 20_000


async def link_of(baton: Program, shop: Shop, profile_id: str, key: str | None = None) -> str:
    payload = await baton.mutate(key or shop.owner, "exportProfile", profileId=profile_id)
    assert payload["errors"] == []
    return str(payload["url"]).removeprefix("https://baton.example")


async def download(baton: Program, path: str) -> httpx.Response:
    return await baton.http.get(path)


def rows(archive: ZipFile, name: str) -> list[Json]:
    return [json.loads(line) for line in archive.read(name).splitlines()]


async def attach(baton: Program, shop: Shop, talk: Started, name: str) -> None:
    key = parse_global_id(talk.message["id"])
    assert key is not None
    row = Attachment(
        id=AttachmentId(new_id()),
        owner="x",
        name=name,
        content_type="image/png",
        state=AttachmentState.ATTACHED,
        created_at=baton.clock.now(),
        size=len(BYTES),
        blob="b",
        conversation_id=ConversationId(talk.key),
        message_id=key[1],
    )

    async def content() -> AsyncIterator[bytes]:
        yield BYTES

    await baton.baton.ports.attachments.files.write(blob_key(shop.id, row), content(), size=len(BYTES))

    async def change(uow: UnitOfWork) -> None:
        present = await uow.get(Message, key[1])
        assert present is not None
        uow.save(replace(present, attachments=(row.file,)))
        uow.save(row)
        mail = ReceivedMail(
            id=key[1],
            conversation_id=ConversationId(talk.key),
            reference="<1@x>",
            sender="lena@example.com",
            subject="Lamp",
            text="quoted history",
            received_at=baton.clock.now(),
        )
        uow.save(mail)

    await baton.baton.services.storage.write(shop.id, change)


async def test_it_has_all_of_the_shopper_and_nothing_of_others(baton: Program, shop: Shop) -> None:
    lena = {"email": "lena@example.com", "name": "Lena <b>"}
    talk = await baton.start(shop, "Lena's question <script>", key=shop.owner, **lena)
    await attach(baton, shop, talk, "../../etc/lamp.png")
    await baton.reply(talk, "Dear Lena")
    handoff = {"epoch": 1, "reason": "OTHER", "summary": "Lena's summary"}
    offered = await baton.done(shop.agent, "requestHandoff", conversationId=talk.id, **handoff)
    # The file was attached without an event, so a replay of the whole log does not show it.
    accepted = await baton.mutate(talk.token, "answerHandoffOffer", handoffId=offered["handoff"]["id"], accept=True)
    assert accepted["errors"] == []
    await baton.done(shop.owner, "addNote", conversationId=talk.id, text="Lena's note")
    order = {"orderId": "o1", "placedAt": baton.clock.now().isoformat(), "email": "lena@example.com"}
    await baton.done(shop.owner, "recordOrder", **order, total={"amount": "12.50", "currency": "EUR"})
    passed = [made(PassedOver, full=full) for full in (False, True, True)]
    senders = {"ours": "LENA@Example.com", "theirs": "bob@example.com", "taken": "LENA@Example.com"}

    async def pass_over(uow: UnitOfWork) -> None:
        for each, (name, sender) in zip(passed, senders.items(), strict=True):
            into = each.taken_into if name == "taken" else None  # staff have taken this one in since
            uow.save(replace(each, id=name, sender=sender, text=f"{name}: out of office", taken_into=into))

    await baton.baton.services.storage.write(shop.id, pass_over)
    # Another shopper, and a browser that claims to be Lena.
    await baton.start(shop, "Bob's question", key=shop.owner, email="bob@example.com")
    await baton.start(shop, "A claim", anonymousId=browser("eve"), email="lena@example.com")
    rival = await baton.open_shop("Other")
    await baton.start(rival, "A rival's question", key=rival.owner, email="lena@example.com")

    response = await download(baton, await link_of(baton, shop, talk.conversation["profile"]["id"]))
    assert (response.status_code, response.headers["content-type"]) == (200, "application/zip")
    assert response.headers["cache-control"] == "no-store"
    archive = ZipFile(io.BytesIO(response.content))
    assert archive.testzip() is None
    assert [row["text"] for row in rows(archive, "passed_over.ndjson")] == ["ours: out of office"]
    everything = b"".join(archive.read(name) for name in archive.namelist())
    for foreign in (b"Bob", b"A claim", b"rival", b"Owner", browser("eve").encode()):
        assert foreign not in everything
    [profile] = rows(archive, "profiles.ndjson")
    assert (profile["email"], profile["provedIdentities"]) == ("lena@example.com", ["lena@example.com"])
    [conversation] = rows(archive, "conversations.ndjson")
    assert conversation["firstQuestion"] == "Lena's question <script>"
    assert conversation["handoffs"][0]["summary"] == "Lena's summary"
    messages = rows(archive, "messages.ndjson")
    assert [each["sequence"] for each in messages] == list(range(1, len(messages) + 1))
    note = next(each for each in messages if each["text"] == "Lena's note")
    assert note["author"]["name"] == "Team"
    [consent] = rows(archive, "consents.ndjson")
    assert consent["decision"] == "ACCEPTED"
    [mail] = rows(archive, "mails.ndjson")
    assert mail["text"] == "quoted history"
    [bought] = rows(archive, "orders.ndjson")
    assert (bought["orderId"], bought["total"]["amount"]) == ("o1", "12.50")
    assert {each["type"] for each in rows(archive, "activity.ndjson")} >= {"CONVERSATION_STARTED"}
    [attached] = messages[0]["attachments"]
    assert archive.read(attached["file"]) == BYTES
    assert attached["file"].count("/") == 1
    assert ".." not in attached["file"].split("/")
    page = archive.read("index.html").decode()
    assert "<script>" not in page
    assert "Lena&#x27;s question &lt;script&gt;" in page
    assert "Lena &lt;b&gt;" in page

    log = "{ auditLog(filter: {actions: [EXPORTED]}) { nodes { target { kind } changes { field after } } } }"
    entries = (await baton.data(shop.owner, log))["auditLog"]["nodes"]
    assert [(each["target"]["kind"], each["changes"][0]["after"]) for each in entries] == [
        ("ACCOUNT", "profile"),
        ("PROFILE", "profile link"),
    ]


async def test_a_stop_that_outlived_an_erasure_is_exported(baton: Program, shop: Shop) -> None:
    phone = "+393331234567"

    async def stop(uow: UnitOfWork) -> None:
        uow.save(OptOut(id=opt_out_id(shop.id, Channel.SMS, phone), at=uow.now, keyword="STOP"))

    stopped_at = baton.clock.now()
    await baton.baton.services.storage.write(shop.id, stop)
    exported = []
    for _ in range(2):
        talk = await baton.start(shop, "Hello", key=shop.owner, phone=phone)
        profile = talk.conversation["profile"]["id"]
        response = await download(baton, await link_of(baton, shop, profile))
        exported += rows(ZipFile(io.BytesIO(response.content)), "opt_outs.ndjson")
        await erase(baton, shop, profile)
    assert [each["keyword"] for each in exported] == ["STOP", ""]
    assert {each["at"] for each in exported} == {write_instant(stopped_at)}


async def test_a_link_ends(baton: Program, shop: Shop) -> None:
    talk = await baton.start(shop, key=shop.owner, email="lena@example.com")
    profile = talk.conversation["profile"]["id"]
    path = await link_of(baton, shop, profile)
    assert (await download(baton, f"{path[:-2]}AA")).status_code == 404
    assert (await baton.http.post(path)).status_code == 405
    other = await link_of(baton, shop, profile, key=shop.admin)
    await baton.done(shop.owner, "suspendStaff", staffId=to_global_id("Staff", shop.staff[StaffRole.ADMIN]))
    assert (await download(baton, other)).status_code == 403
    assert (await download(baton, path)).status_code == 200
    await baton.mutate(shop.owner, "eraseProfile", profileId=profile)
    for _ in range(50):
        await baton.baton.workers.timers.fire_due()
        baton.clock.move(timedelta(seconds=15))
    assert (await download(baton, path)).status_code == 404
    baton.clock.move(LINK_LIFE)
    assert (await download(baton, path)).status_code == 404


async def test_pieces_are_small_whatever_the_shopper_has(baton: Program, shop: Shop) -> None:
    talk = await baton.start(shop, key=shop.owner, email="lena@example.com")
    for number in range(120):
        text = f"{number} " + "".join(chr(33 + (number * place * 7919) % 90) for place in range(3_000))
        await baton.mutate_brief(talk.token, "sendMessage", conversationId=talk.id, text=text)
    await attach(baton, shop, talk, "lamp.png")
    principal = await baton.baton.services.accounts.principal_of(shop.owner)
    context = Context(services=baton.baton.services, principal=principal)
    key = parse_global_id(talk.conversation["profile"]["id"])
    assert key is not None
    ports: Any = baton.baton.ports
    content = PersonContent(
        context=context,
        budgets=Budgets(_budgets(baton.baton.settings)),
        files=ports.attachments.files,
        records=ports.persons,
        profile=await person_of(context.reader, ProfileId(key[1])),
    )
    sizes = [len(piece) async for piece in content.pieces()]
    assert sum(sizes) > len(BYTES)
    assert max(sizes) < 400_000  # 64 KB, and what one piece of a file adds
