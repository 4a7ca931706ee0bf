"""A server as a user runs it, an account that is attacked, another account's honest caller, and the attacker.

    report = await stage.attack("nested queries", nested_queries, 4)
    assert report.faults() == []

The attacker is a function that runs in a process of its own, with a lower priority, since in reality it has another
machine. It gets the `Target` first, and returns how often each kind of outcome occurred.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.history import generate
from integrations.mongo.server.embedded import EmbeddedMongo
from integrations.mongo.server.mongod import running_pid
from resolvers.relay.global_ids import to_global_id
from tests.attack.bystander import Sample
from tests.attack.report import BACK, Latency, Report
from tests.e2e.clients import START
from tests.e2e.processes import Json, Machine, Server

CALM_SECONDS = float(os.environ.get("BATON_ATTACK_CALM") or 6)
_WARM_SECONDS = 2.0  # in which the server compiles and caches what every server does
_LEAST_SECONDS = 3.0  # of the span whose latencies are an attack's: some are refused at once
_SETTLE_SECONDS = 20.0  # for the memory to return
_TALKS = 10  # shoppers of the honest account
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The knowledge of the attacker: the port, and the keys that the attack is about."""

    port: int
    publishable: str
    owner: str
    agent: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def websocket(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"


Attack = Callable[..., Coroutine[Any, Any, Counter[str]]]


class Stage:
    def __init__(self, machine: Machine, server: Server, attackers: ProcessPoolExecutor) -> None:
        self._machine = machine
        self.server = server
        self.target = Target(port=server.port, publishable="", owner="", agent="")
        self._attackers = attackers
        self._bystander: asyncio.subprocess.Process | None = None

    async def open(self, account_id: str | None = None) -> None:
        """Open the honest account, and let its caller begin. `account_id`: the attacked account, if not the demo's."""
        self.target = await self._target(account_id)
        owner = ("--owner-name", "Bea", "--owner-email", "bea@honest.example")
        account = (await self._baton("account", "create", "Honest", *owner, "--json")).json
        of_account = ("--account", account["accountId"], "--json")
        widget = (await self._baton("keys", "create", "--publishable", *of_account)).json["key"]
        talks = [await self._start(widget, f"honest-shopper-{number}") for number in range(_TALKS)]
        given = {"port": self.server.port, "key": account["ownerKey"], "talks": talks}
        self._bystander = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.attack.bystander", json.dumps(given)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=_ROOT,
            limit=64 << 20,
        )

    async def connected(self, service: str, **given: object) -> str:
        """Connect a service to the attacked account, and return the path of its hook."""
        mutation, kind = {"email": ("connectChannel", "Channel"), "shopify": ("connectShopify", "Shopify")}[service]
        document = f"""mutation($input: Connect{kind}Input!) {{ {mutation}(input: $input) {{
          connection {{ webhookUrl }} errors {{ message path }} }} }}"""
        variables = {"input": {"email": given} if service == "email" else given}
        made = (await self._asked(self.target.owner, document, variables))[mutation]
        assert not made["errors"], made
        return str(httpx.URL(made["connection"]["webhookUrl"]).path)

    async def attack(self, name: str, attack: Attack, *args: object, target: Target | None = None) -> Report:
        """Run the attack once, and everything that is measured around it. The server has ended afterwards."""
        await asyncio.sleep(_WARM_SECONDS)
        calm = time.monotonic()
        await asyncio.sleep(CALM_SECONDS)
        memory, began = self.server.memory(), time.monotonic()
        cpu, others = _cpu_of(self.server.pid), self._cpu_of_others()
        peaks: list[int] = [memory]
        watch = asyncio.create_task(self._watch(peaks))
        outcomes = await self._attacked(attack, target or self.target, *args)
        over = time.monotonic()
        await asyncio.sleep(began + _LEAST_SECONDS - over)
        cpu, others = _cpu_of(self.server.pid) - cpu, self._cpu_of_others() - others
        ready = await self._ready()
        after = await self._settled(memory)
        watch.cancel()
        samples = await self._samples()
        return Report(
            attack=name,
            outcomes=outcomes,
            seconds=over - began,
            calm=Latency.of(samples, calm, began),
            attacked=Latency.of(samples, began, max(over, began + _LEAST_SECONDS)),
            memory=memory,
            peak=max(peaks),
            after=after,
            cpu=cpu,
            others=others,
            ready=ready,
            findings=await self._findings(),
            ended=await self._ended(),
        )

    async def _target(self, account_id: str | None) -> Target:
        if account_id is None:
            keys = self.server.keys
            names = ("publishableKey", "ownerKey", "agentKey")
        else:
            names = ("--publishable", "--staff=ada@example.com", "--scope=agent")
            created = [await self._baton("keys", "create", name, "--account", account_id, "--json") for name in names]
            keys = {name: each.json["key"] for name, each in zip(names, created, strict=True)}
        publishable, owner, agent = (keys[name] for name in names)
        return Target(port=self.server.port, publishable=publishable, owner=owner, agent=agent)

    async def _attacked(self, attack: Attack, *args: object) -> Counter[str]:
        return await asyncio.get_running_loop().run_in_executor(self._attackers, _run, attack, args)

    async def _watch(self, peaks: list[int]) -> None:
        while True:
            with suppress(ValueError, OSError):  # the process has ended
                peaks.append(self.server.memory())
            await asyncio.sleep(0.05)

    async def _ready(self) -> float:
        """Return the seconds until /readyz is 200; at most a minute."""
        began = time.monotonic()
        async with httpx.AsyncClient(timeout=60) as http:
            while time.monotonic() - began < 60:
                with suppress(httpx.TransportError):
                    if (await http.get(f"http://127.0.0.1:{self.server.port}/readyz")).status_code == 200:
                        break
                await asyncio.sleep(0.05)
        return time.monotonic() - began

    async def _settled(self, memory: int) -> int:
        """Return the memory once it is back, or after a while."""
        until = time.monotonic() + _SETTLE_SECONDS
        while self.server.memory() > BACK * memory and time.monotonic() < until:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.2)
        return self.server.memory()

    async def _samples(self) -> list[Sample]:
        assert self._bystander is not None
        async with asyncio.timeout(60):
            out, _ = await self._bystander.communicate(b"")
        return [(kind, due, seconds, status) for kind, due, seconds, status in json.loads(out)]

    async def _findings(self) -> list[str]:
        ended = await self._baton("doctor")
        return [] if ended.code == 0 else ended.out.splitlines()[-20:] or [ended.err]

    async def _ended(self) -> float:
        began = time.monotonic()
        self.server.send(signal.SIGTERM)
        with suppress(TimeoutError):
            await self.server.ended()
        return time.monotonic() - began

    def _cpu_of_others(self) -> float:
        """Return the seconds that the machine has worked for anything but this test."""
        assert self._bystander is not None
        mongod = running_pid(self.server.data / "mongo")
        ours = [
            os.getpid(),
            self.server.pid,
            self._bystander.pid,
            *self._attackers._processes,
            *([mongod] if mongod else ()),
        ]
        user, nice, system, _idle, _io, irq, soft, *_ = map(int, Path("/proc/stat").read_text().split(maxsplit=9)[1:9])
        return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK") - sum(map(_cpu_of, ours))

    async def _baton(self, *arguments: str) -> Any:
        return await self._machine.command(*arguments, BATON_DATA=str(self.server.data))

    async def _start(self, widget: str, browser: str) -> list[str]:
        given = {"channel": "WEB_CHAT", "text": "Hello", "visitor": {"anonymousId": browser}}
        started = (await self._asked(widget, START, {"input": given}))["startConversation"]
        return [started["conversation"]["id"], started["visitorToken"]]

    async def _asked(self, key: str, document: str, variables: Json) -> Json:
        async with httpx.AsyncClient(timeout=30) as http:
            body = {"query": document, "variables": variables}
            response = await http.post(self.target.url, json=body, headers={"authorization": f"Bearer {key}"})
        answer: Json = response.json()
        assert "errors" not in answer, answer
        data: Json = answer["data"]
        return data


async def seed(data: Path, count: int) -> str:
    """Create an account with so many conversations in the data folder of a server to be. Returns its global id."""
    mongo = EmbeddedMongo(data=data)
    mongo.spawn()
    try:
        return to_global_id("Account", await generate(await mongo.ready(), "baton", count))
    finally:
        await mongo.stop()


def attackers() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=os.nice, initargs=(10,))


def _cpu_of(pid: int) -> float:
    """Return the seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _run(attack: Attack, args: tuple[object, ...]) -> Counter[str]:
    return asyncio.run(attack(*args))
