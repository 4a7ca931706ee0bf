from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient

from integrations.mongo.event_log.log import HEADS
from tests.harness.clock import ManualClock
from tests.harness.operations import mutation
from tests.harness.program import running
from tests.harness.stopwatch import Stopwatch

_DIES_IN_A_TRANSACTION = """
import asyncio, os, signal, sys, time
from integrations.mongo.client import connect

async def main():
    uri, name, heads, account = sys.argv[1:]
    database = connect(uri, database=name)
    async with database.start_session() as session:
        await session.start_transaction()
        await database.collection(heads).update_one({"_id": account}, {"$inc": {"seq": 1}}, session=session)
        print(time.monotonic(), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_the_leases_of_a_dead_process_end_soon(
    mongo_uri: str, database_name: str, mongo_client: AsyncMongoClient[dict[str, Any]], tmp_path: Path
) -> None:
    async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock()) as program:
        shop = await program.open_shop("Shop")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _DIES_IN_A_TRANSACTION, mongo_uri, database_name, HEADS, shop.id),
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
        assert process.returncode == -signal.SIGKILL
        given = {"input": {"channel": "WEB_CHAT", "text": "Is anybody there?"}}
        with Stopwatch() as watch:
            answer = await program.ask(shop.widget, mutation("startConversation"), **given)
        held = time.monotonic() - float(out)

    assert (answer.status, answer.errors) == (200, [])
    assert answer.data["startConversation"]["errors"] == []
    assert held > 2, "held for three seconds"
    assert watch.seconds < 30, "freed before anybody was refused"
