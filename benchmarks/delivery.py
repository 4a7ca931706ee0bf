"""Delivery of handoffs to helpdesks: the rate of a worker, and the effect of a broken helpdesk on the others."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from api.app import Baton, build
from api.bootstrap.database import prepare
from api.bootstrap.ports import open_ports
from api.settings import Settings
from benchmarks.report import Table, percentiles
from domain.account.service import new_staff_member
from domain.conversation import lifecycle
from domain.conversation.aggregate import Change
from domain.conversation.service import add_shopper_message
from domain.handoff import flow
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.conversation import Visitor
from domain.model.handoff import EscalationReason, HandoffSettings, Helpdesk
from domain.principal import StaffRole
from domain.profile.identity import resolve_profile
from domain.storage import UnitOfWork
from domain.values.channel import Channel
from domain.values.ids import AccountId, new_id

ANSWER = 0.1  # seconds that the helpdesk takes
SHOPS = 100  # so many that no helpdesk's allowance is what limits
OF_A_SHOP = 18  # handoffs: within what an account may send at once
ROUNDS = 40
_SECRET = "benchmarks: 32 characters, or more"
_SICK = "sick"


class Desk:
    """A fake Zendesk with a delay. It never responds to the accounts of the broken helpdesk."""

    def __init__(self) -> None:
        self.created: list[float] = []  # when, one a ticket
        self.subjects: dict[str, float] = {}  # by the shopper's address
        self._number = 1_000
        self._over = asyncio.Event()

    async def create(self, request: Request) -> JSONResponse:
        wish = (await request.json())["ticket"]
        self.subjects.setdefault(wish["requester"]["email"], time.perf_counter())
        if request.path_params["subdomain"] == _SICK:
            await self._over.wait()
        await asyncio.sleep(ANSWER)
        self.created.append(time.perf_counter())
        self._number += 1
        return JSONResponse({"ticket": {"id": self._number}}, 201)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        app = Starlette(routes=[Route("/{subdomain}/api/v2/tickets.json", self.create, methods=["POST"])])
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/{{subdomain}}"
        finally:
            self._over.set()
            server.should_exit = True
            await running


async def measure(uri: str, folder: Path) -> list[Table]:
    rows = []
    for workers in (1, 2):
        desk = Desk()
        async with desk.serving() as url:
            rows.append((f"{workers}", *await _throughput(uri, folder, url, desk, workers)))
    throughput = Table(
        title="Delivery of handoffs",
        note=f"{SHOPS * OF_A_SHOP:,} handoffs of {SHOPS} accounts are due; a helpdesk that responds in "
        f"{ANSWER * 1000:.0f} ms. From the first ticket to the last, by processes of `baton worker`.",
        head=("workers", "tickets/s", "seconds"),
        rows=rows,
    )
    delays = []
    for name, sick in (("no", 0), ("one, with 200 handoffs that wait", 200)):
        desk = Desk()
        async with desk.serving() as url:
            delays.append((name, *percentiles(await _delays(uri, folder, url, desk, sick))))
    delay = Table(
        title="Effect of a broken helpdesk on the others",
        note=f"Milliseconds from the shopper's yes to the call at the helpdesk of a healthy account: {ROUNDS} handoffs "
        "of 10 accounts, in a process that serves and delivers; with no broken helpdesk, and with one that is silent.",
        head=("broken helpdesks", "p50", "p99"),
        rows=delays,
    )
    return [throughput, delay]


async def _throughput(uri: str, folder: Path, url: str, desk: Desk, workers: int) -> tuple[str, str]:
    settings = _settings(uri, folder, url, f"delivery{workers}")
    async with _baton(settings) as baton:
        for _ in range(SHOPS):
            shop = await _shop(baton, "acme")
            await _hand_over(baton, shop, OF_A_SHOP)
    processes = [_worker(settings) for _ in range(workers)]
    try:
        while len(desk.created) < SHOPS * OF_A_SHOP:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.05)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            await asyncio.to_thread(process.wait, 60)
    took = desk.created[-1] - desk.created[0]
    return f"{len(desk.created) / took:,.0f}", f"{took:.1f}"


async def _delays(uri: str, folder: Path, url: str, desk: Desk, sick: int) -> list[float]:
    settings = _settings(uri, folder, url, f"delays{sick}")
    async with _baton(settings) as baton:
        shops = [await _shop(baton, "acme") for _ in range(10)]
        if sick:
            await _hand_over(baton, await _shop(baton, _SICK), sick)
        stop = asyncio.Event()
        running = asyncio.create_task(baton.workers.outbox.run(stop))
        await asyncio.sleep(2.0)  # the sick one has taken all that it can take
        delays = []
        for number in range(ROUNDS):
            [address] = await _hand_over(baton, shops[number % len(shops)], 1)
            said_yes = time.perf_counter()
            while address not in desk.subjects:  # noqa: ASYNC110 - nobody tells of it
                await asyncio.sleep(0.001)
            delays.append(max(desk.subjects[address] - said_yes, 0.0))
        stop.set()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return delays


def _settings(uri: str, folder: Path, url: str, name: str) -> Settings:
    return Settings(
        data=folder,
        mongodb_uri=SecretStr(uri),
        mongodb_database=name,
        secret=SecretStr(_SECRET),
        zendesk_url=url,
        log_level="error",
    )


def _worker(settings: Settings) -> subprocess.Popen[bytes]:
    assert settings.mongodb_uri is not None
    environment = {
        **os.environ,
        "BATON_DATA": str(settings.data),
        "BATON_MONGODB_URI": settings.mongodb_uri.get_secret_value(),
        "BATON_MONGODB_DATABASE": settings.mongodb_database,
        "BATON_SECRET": _SECRET,
        "BATON_ZENDESK_URL": settings.zendesk_url,
        "BATON_LOG_LEVEL": "error",
    }
    program = [sys.executable, "-c", "from api.cli import main; main()", "worker"]
    return subprocess.Popen(program, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@asynccontextmanager
async def _baton(settings: Settings) -> AsyncIterator[Baton]:
    assert settings.mongodb_uri is not None
    uri = settings.mongodb_uri.get_secret_value()
    await prepare(settings, uri)
    async with open_ports(settings, uri) as ports:
        yield build(settings, ports)


async def _shop(baton: Baton, subdomain: str) -> AccountId:
    account = await baton.services.accounts.create(
        "Shop", staff=[new_staff_member("Ada", f"{new_id()}@example.com", StaffRole.OWNER)]
    )
    place = connected_service_id(account.id, Service.ZENDESK)

    async def change(uow: UnitOfWork) -> None:
        uow.save(HandoffSettings(id=account.id, updated_at=uow.now, helpdesk=Helpdesk.ZENDESK))
        connection = ConnectedService(
            id=place,
            service=Service.ZENDESK,
            settings={"subdomain": subdomain, "email": "ada@example.com", "user_id": "1"},
            sealed=baton.ports.vault.seal({"api_token": "token"}, place=place),
            connected_at=uow.now,
            checked_at=uow.now,
        )
        uow.save(connection)

    await baton.ports.storage.write(account.id, change)
    return account.id


async def _hand_over(baton: Baton, account_id: AccountId, count: int) -> list[str]:
    """Let that many shoppers accept the handoff. Returns their addresses."""

    async def change(uow: UnitOfWork) -> list[str]:
        return [await _one(uow) for _ in range(count)]

    return await baton.ports.storage.write(account_id, change)


async def _one(uow: UnitOfWork) -> str:
    address = f"{new_id().lower()}@example.com"
    visitor = Visitor(name="Ann", email=address)
    profile = (await resolve_profile(uow, visitor, by=None)).profile
    conversation = lifecycle.open_conversation(
        channel=Channel.WEB_CHAT, visitor=visitor, profile_id=profile.id, first_question="Where is it?", now=uow.now
    )
    change = Change(uow, conversation)
    await add_shopper_message(change, conversation.first_question)
    handoff = await flow.begin(change, reason=EscalationReason.EXPLICIT_ASK)
    flow.trigger(change, handoff)
    await flow.hand_over(change, handoff)
    await change.commit()
    return address
