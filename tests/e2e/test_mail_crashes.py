"""SIGKILL while mails with files arrive: each is sent again until its answer is 200, and is there once."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from api.webhooks.email import signature
from dev.fakes.smtp import PASSWORD, USER, mail_server
from domain.model.attachments import ATTEMPT_LIFE
from tests.e2e.clients import calling
from tests.e2e.processes import Json, Machine, Server

ROUNDS = 20 if "BATON_LONG" in os.environ else 1
SENDERS = 4
SECRET = "hook-secret-of-the-mail-server"
FILE = b"%PDF-1.4\n" + bytes(600_000)
CONNECT = """mutation($input: ConnectChannelInput!) { connectChannel(input: $input) {
  connection { webhookUrl } errors { message path } } }"""


def mail_of(number: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"ann{number}@customer.example", USER, "My order"
    mail["Message-ID"] = f"<{number}@customer.example>"
    mail.set_content(f"Mail {number}")
    mail.add_attachment(FILE, maintype="application", subtype="pdf", filename="bill.pdf")
    return mail.as_bytes()


async def sent(http: httpx.AsyncClient, url: str, number: int) -> int | None:
    """Send a mail once. Returns the status of the response; None without one."""
    raw, now = mail_of(number), str(int(time.time()))
    headers = {"x-baton-timestamp": now, "x-baton-signature": signature(SECRET, now, raw)}
    try:
        return (await http.post(url, content=raw, headers=headers)).status_code
    except httpx.TransportError:
        return None


async def kill_while_files_arrive(server: Server, database: AsyncDatabase[Json], over: asyncio.Event) -> None:
    for _ in range(ROUNDS):
        while not await database["attachments"].count_documents({"state": "RECEIVING"}):  # noqa: ASYNC110 - of a process
            await asyncio.sleep(0.002)
        await server.kill()
        await server.start()
    over.set()


@pytest.mark.timeout(60 + 15 * ROUNDS)
async def test_each_mail_is_there_once_whenever_the_server_dies(
    machine: Machine,
    shared_mongo: dict[str, str],
    mongo_client: AsyncMongoClient[dict[str, Any]],
    database_name: str,
) -> None:
    database = mongo_client[database_name]
    server = await machine.serve(**shared_mongo, BATON_SMTP_PRIVATE_NETWORKS="true")
    over, statuses, interrupted = asyncio.Event(), dict[int, int | None](), set[int]()
    async with mail_server() as sink, httpx.AsyncClient(timeout=60) as http:
        given = {"host": sink.host, "port": sink.port, "security": "NONE", "user": USER, "password": PASSWORD}
        email = {**given, "fromAddress": USER, "hookSecret": SECRET, "repliesMailedBy": "BATON"}
        async with calling(server.url) as caller:
            connected = await caller.ask(server.keys["ownerKey"], CONNECT, input={"email": email})
        path = httpx.URL(connected["connectChannel"]["connection"]["webhookUrl"]).path
        url = str(httpx.URL(server.url).copy_with(path=path))

        async def sender(first: int) -> None:
            number = first
            while not over.is_set():
                statuses[number] = await sent(http, url, number)
                if statuses[number] is None:
                    interrupted.add(number)
                    await asyncio.sleep(0.05)
                else:  # 503: its file is being received, as far as the next server knows
                    number += SENDERS

        async with asyncio.TaskGroup() as tasks:
            for first in range(SENDERS):
                tasks.create_task(sender(first))
            tasks.create_task(kill_while_files_arrive(server, database, over))
        assert set(statuses.values()) <= {200, 503, None}
        assert interrupted, "no mail was under way"
        await let_attempts_end(database)
        unanswered = [number for number, status in statuses.items() if status != 200]
        for number in unanswered:
            while await sent(http, url, number) != 200:  # noqa: ASYNC110 - it is sent at each turn
                await asyncio.sleep(0.05)

    received = await database["received_mails"].find().to_list()
    assert sorted(row["reference"] for row in received) == sorted(f"<{n}@customer.example>" for n in statuses)
    messages = await database["messages"].find({"author.kind": "SHOPPER"}).to_list()
    assert sorted(row["_id"] for row in messages) == sorted(row["_id"] for row in received)
    files = await database["attachments"].find().to_list()
    assert [(row["state"], row["size"]) for row in files] == [("ATTACHED", len(FILE))] * len(statuses)
    kept = {f"{row['account']}/{row['_id']}/{row['blob']}" for row in files}
    assert set(await database["blobs.chunks"].distinct("files_id")) == kept
    ended = await machine.command("doctor", "--json", **shared_mongo, BATON_DATA=str(server.data))
    assert (ended.code, ended.out.strip()) == (0, "[]"), ended


async def let_attempts_end(database: AsyncDatabase[Json]) -> None:
    """Count the attempts of the dead server as broken off now, rather than after ten minutes."""
    rows = await database["attachments"].find({"state": "RECEIVING"}).to_list()
    for row in rows:
        earlier = row["lease_renewed_at"] - ATTEMPT_LIFE - timedelta(seconds=1)
        await database["attachments"].update_one({"_id": row["_id"]}, {"$set": {"lease_renewed_at": earlier}})
