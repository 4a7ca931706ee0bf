"""Several processes that write to one account: their rate together, and the share of each.

Run as a module with arguments, this file is one of the processes.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from uuid import uuid4

from pymongo import AsyncMongoClient

from benchmarks.report import Table, percentiles
from domain.account.service import AccountService
from domain.conversation.commands import SendMessage, StartConversation
from domain.conversation.service import ConversationService
from domain.model.conversation import Channel, Visitor
from domain.model.credentials import BrowserTokens, VisitorTokens
from domain.model.identity import ProvedIdentity
from domain.principal import Principal, PrincipalKind
from domain.reactions import REACTIONS
from domain.values.clock import SystemClock
from domain.values.errors import Field, Invalid
from domain.values.ids import AccountId, ConversationId, CredentialId
from integrations.mongo.client import connect, connect_for_stream
from integrations.mongo.event_log.change_stream import MongoChangeStream
from integrations.mongo.indexes import create_indexes
from integrations.mongo.storage.storage import MongoStorage

_SECONDS = 3.0
_CALLERS = 48
_ROUNDS = 3
_PROCESSES = (1, 2, 4)


async def measure(uri: str) -> Table:
    name = f"bench_{uuid4().hex[:8]}"
    account, conversations = await _prepared(uri, name)
    rounds: dict[int, list[list[list[float]]]] = {count: [] for count in _PROCESSES}
    for _ in range(_ROUNDS):
        for count in _PROCESSES:
            shares = [conversations[number::count] for number in range(count)]
            rounds[count].append(await _together(uri, name, account, shares))
    async with AsyncMongoClient[dict[str, object]](uri) as client:
        await client.drop_database(name)
    return Table(
        title="Several processes on one account",
        note=f"sendMessage by {_CALLERS} callers in all, divided among the processes, each caller with a conversation, "
        f"directly through the service; {_ROUNDS} rounds of {_SECONDS:.0f} s. The shares are those "
        "of the process with the fewest commands, and of the process with the most.",
        head=("processes", "a second", "p50 ms", "p99 ms", "least share", "most"),
        rows=[_row(count, each) for count, each in rounds.items()],
    )


def _row(count: int, rounds: list[list[list[float]]]) -> tuple[str, ...]:
    rate = statistics.median(sum(map(len, processes)) for processes in rounds) / _SECONDS
    latencies = [latency for processes in rounds for process in processes for latency in process]
    shares = [sum(len(processes[number]) for processes in rounds) / len(latencies) for number in range(count)]
    return f"{count}", f"{rate:,.0f}", *percentiles(latencies), f"{min(shares):.0%}", f"{max(shares):.0%}"


async def _prepared(uri: str, name: str) -> tuple[AccountId, list[ConversationId]]:
    database = connect(uri, database=name)
    await create_indexes(database)
    storage = MongoStorage(database=database, clock=SystemClock(), reactions=REACTIONS)
    account = await AccountService(storage=storage, clock=SystemClock()).create("Bench", staff=[])
    widget = Principal(kind=PrincipalKind.WIDGET, account_id=account.id, credential_id=CredentialId("bench"))
    commands = [
        StartConversation(channel=Channel.WEB_CHAT, text="Hello", visitor=Visitor(anonymous_id=f"{number}"))
        for number in range(_CALLERS)
    ]
    started = await asyncio.gather(*(_service(storage).start(widget, command) for command in commands))
    await storage.close()
    await database.close()
    return account.id, [each.conversation.id for each in started]


async def _together(uri: str, name: str, account: AccountId, shares: list[list[ConversationId]]) -> list[list[float]]:
    """Return the latencies of each process's commands. All processes begin when the last is ready."""
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __spec__.name, uri, name, account, *share),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            limit=1 << 26,
        )
        for share in shares
    ]
    for process in processes:
        assert process.stdout is not None
        await process.stdout.readline()
    return [
        json.loads(out) for out, _ in await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    ]


async def _one(uri: str, name: str, account: AccountId, conversations: list[ConversationId]) -> None:
    database = connect(uri, database=name)
    storage = MongoStorage(database=database, clock=SystemClock(), reactions=REACTIONS)
    service, latencies = _service(storage), []
    stream = connect_for_stream(uri, database=name)
    tail, opened = MongoChangeStream(database=stream), asyncio.Event()
    tail.observe(storage)
    following = asyncio.create_task(tail.follow(lambda _: None, lambda *_: None, opened.set))
    await opened.wait()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    ends = time.perf_counter() + _SECONDS

    async def call(conversation: ConversationId) -> None:
        shopper = Principal(
            kind=PrincipalKind.SHOPPER,
            account_id=account,
            credential_id=CredentialId("bench"),
            conversation_id=conversation,
        )
        while (began := time.perf_counter()) < ends:
            await service.send_message(shopper, SendMessage(conversation_id=conversation, text="And?"))
            latencies.append(time.perf_counter() - began)

    await asyncio.gather(*(call(conversation) for conversation in conversations))
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    await storage.close()
    await stream.close()
    await database.close()
    print(json.dumps(latencies))


class _NoTokens:
    async def verify(self, account_id: AccountId, token: str, *, field: Field) -> ProvedIdentity:
        raise Invalid("The benchmark has no identity tokens.", field=field)


def _service(storage: MongoStorage) -> ConversationService:
    return ConversationService(
        storage=storage,
        visitor_tokens=VisitorTokens(b"benchmark" * 4),
        browser_tokens=BrowserTokens(b"benchmark" * 4),
        identities=_NoTokens(),
    )


if __name__ == "__main__":
    asyncio.run(_one(sys.argv[1], sys.argv[2], AccountId(sys.argv[3]), [ConversationId(each) for each in sys.argv[4:]]))
