"""Commands a second, and the round trips to MongoDB of each command."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

from pymongo import AsyncMongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent, register
from pymongo.write_concern import WriteConcern

from api.app import Baton, build
from api.bootstrap.database import prepare
from api.bootstrap.ports import open_ports
from api.settings import Settings
from benchmarks.report import Table, percentiles
from benchmarks.server import UNLIMITED
from domain.account.service import new_staff_member
from domain.account.settings import AccountChange
from domain.conversation.commands import (
    CloseConversation,
    IdentifyVisitor,
    PostAgentMessage,
    SendMessage,
    StartConversation,
    Started,
)
from domain.model.conversation import Channel, Visitor
from domain.principal import Principal, Scope, StaffRole
from domain.values.ids import AccountId

_SECONDS = 3.0
_CALLERS = 50
_ROUNDS = 3


async def measure(uri: str) -> list[Table]:
    counter = _Counter()
    register(counter)
    name = f"bench_{uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), mongodb_database=name, **UNLIMITED)
        await prepare(settings, uri)
        async with open_ports(settings, uri) as ports:
            baton = build(settings, ports)
            tables = [await _round_trips(baton, counter), await _rates(baton, uri, name)]
    async with AsyncMongoClient[dict[str, object]](uri) as client:
        await client.drop_database(name)
    return tables


class _Counter(CommandListener):
    def __init__(self) -> None:
        self.commands: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        """Note the command with its collection, those of the change stream excepted."""
        of_a_stream = event.command_name == "getMore" or "$changeStream" in str(event.command.get("pipeline", ""))
        if not of_a_stream:
            target = event.command[event.command_name]
            self.commands.append(f"{event.command_name} {target}" if isinstance(target, str) else event.command_name)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass


class _Shop:
    """An account, and whoever acts in it."""

    def __init__(
        self, baton: Baton, account_id: AccountId, owner: Principal, agent: Principal, widget: Principal
    ) -> None:
        self.baton = baton
        self.account_id = account_id
        self.owner = owner
        self.agent = agent
        self._widget = widget

    @classmethod
    async def open(cls, baton: Baton) -> _Shop:
        accounts = baton.services.accounts
        account = await accounts.create("Bench", staff=[new_staff_member("Ada", "ada@example.com", StaffRole.OWNER)])
        owner = (await baton.services.storage.read(account.id).staff())[0]
        keys = [
            await accounts.create_staff_key(account.id, owner.id),
            await accounts.create_scoped_key(account.id, [Scope.AGENT]),
            await accounts.create_publishable_key(account.id),
        ]
        return cls(baton, account.id, *[await accounts.principal_of(key.token) for key in keys])

    async def start(self) -> tuple[Started, Principal]:
        started = await self.begin(Visitor(anonymous_id=uuid4().hex))
        return started, await self.baton.services.accounts.principal_of(started.visitor_token)

    async def begin(self, visitor: Visitor, key: str | None = None) -> Started:
        command = StartConversation(channel=Channel.WEB_CHAT, text="Hello", visitor=visitor)
        return await self.baton.services.conversations.start(self._widget, command, key=key)


async def _round_trips(baton: Baton, counter: _Counter) -> Table:
    shop = await _Shop.open(baton)
    services = baton.services
    found: dict[tuple[str, str | None], list[str]] = {}
    for key in (None, None, "key"):  # the first time, the words and tags are new to the account
        started, shopper = await shop.start()
        at = started.conversation.id
        commands: dict[str, Callable[[], Awaitable[object]]] = {
            "startConversation": lambda key=key: shop.begin(Visitor(), key and uuid4().hex),
            "startConversation, with a secret and an e-mail": lambda key=key: shop.begin(
                Visitor(anonymous_id=uuid4().hex, email=f"{uuid4().hex}@example.com"), key
            ),
            "sendMessage": lambda key=key, at=at, who=shopper: services.conversations.send_message(
                who, SendMessage(conversation_id=at, text="And?"), key=key
            ),
            "postAgentMessage": lambda key=key, at=at: services.agent.post(
                shop.agent, PostAgentMessage(conversation_id=at, epoch=1, text="Soon.", tags=("orders",)), key=key
            ),
            "identifyVisitor": lambda key=key, at=at, who=shopper: services.conversations.identify(
                who, IdentifyVisitor(conversation_id=at, visitor=Visitor(email=f"{uuid4().hex}@example.com")), key=key
            ),
            "updateAccount": lambda key=key: services.accounts.update(
                shop.owner, AccountChange(greeting=f"Hi! {uuid4().hex}"), key=key
            ),
            "closeConversation": lambda key=key, at=at, who=shopper: services.conversations.close(
                who, CloseConversation(conversation_id=at), key=key
            ),
        }
        for name, run in commands.items():
            counter.commands.clear()
            await run()
            found[name, key] = counter.commands.copy()
    rows = [(name, "yes" if key else "no", f"{len(each)}", ", ".join(each)) for (name, key), each in found.items()]
    return Table(
        title="Round trips to MongoDB",
        note="For one command alone, through the service, with words and tags that the account has had before. "
        "A request over HTTP adds the look-up of its credential where the process does not know it. The visitors of "
        "`startConversation` are new: they bring nothing, or a secret of their own and an e-mail address that the "
        "account has not had.",
        head=("command", "idempotency key", "round trips", "which"),
        rows=sorted(rows),
    )


async def _rates(baton: Baton, uri: str, database: str) -> Table:
    """Return medians over alternating rounds, so that a busy moment of the machine affects all alike."""
    one = await _Shop.open(baton)
    many = [await _Shop.open(baton) for _ in range(_CALLERS)]
    hot = [(one, *await one.start()) for _ in range(_CALLERS)]
    spread = [(shop, *await shop.start()) for shop in many]
    results: dict[str, list[tuple[float, list[float]]]] = {}
    async with AsyncMongoClient[dict[str, object]](uri, w="majority") as client:
        bare = client[database].get_collection("bare", write_concern=WriteConcern("majority"))
        for _ in range(_ROUNDS):
            for name, callers in (
                ("one bare insert, majority", [lambda: bare.insert_one({"text": "And?"})] * _CALLERS),
                ("sendMessage, one account", [_sender(*caller) for caller in hot]),
                (f"sendMessage, {_CALLERS} accounts", [_sender(*caller) for caller in spread]),
            ):
                results.setdefault(name, []).append(await _rate(callers))
    base = statistics.median(rate for rate, _ in results["one bare insert, majority"])
    rows = []
    for name, rounds in results.items():
        rate = statistics.median(rate for rate, _ in rounds)
        latencies = [latency for _, each in rounds for latency in each]
        rows.append((name, f"{rate:,.0f}", f"{rate / base:.2f}", *percentiles(latencies)))
    return Table(
        title="Commands a second",
        note=f"{_CALLERS} callers in one process, each with a conversation, through the service; {_ROUNDS} rounds of "
        f"{_SECONDS:.0f} s each, medians. Each command is a transaction's worth of message, conversation and events.",
        head=("what", "a second", "ratio", "p50 ms", "p99 ms"),
        rows=rows,
    )


def _sender(shop: _Shop, started: Started, shopper: Principal) -> Callable[[], Awaitable[object]]:
    command = SendMessage(conversation_id=started.conversation.id, text="And?")
    return lambda: shop.baton.services.conversations.send_message(shopper, command)


async def _rate(callers: list[Callable[[], Awaitable[object]]]) -> tuple[float, list[float]]:
    latencies: list[float] = []
    ends = time.perf_counter() + _SECONDS

    async def call(once: Callable[[], Awaitable[object]]) -> None:
        while (began := time.perf_counter()) < ends:
            await once()
            latencies.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(call(once) for once in callers))
    return len(latencies) / (time.perf_counter() - began), latencies
