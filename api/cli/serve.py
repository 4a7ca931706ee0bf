"""`baton serve` and `baton worker`: the two roles of a process, from its start to the end of the last connection."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, nullcontext
from datetime import timedelta

from api.app import Baton
from api.bootstrap.backup import copying
from api.bootstrap.database import mongodb
from api.cli.context import on_database, read_settings
from api.cli.demo.account import Demo, ensure_demo, shop_of
from api.cli.demo.help import help_page
from api.cli.demo.shop import demo_articles
from api.cli.demo.where import aimed
from api.cli.output import explained, say
from api.graphql.limits import SocketLimits
from api.restores.holding_off import hold_off
from api.restores.restore_watch import RestoreWatch
from api.server.connection_limits import Gate, most_connections, raise_descriptor_limit
from api.server.memory import MemoryReturn
from api.server.signals import run
from api.server.socket import bind
from api.server.uvicorn_server import Server, ServerOptions
from api.setting_values import host_and_port
from api.settings import Settings
from api.watching.listener import MetricsListener
from api.watching.sources import watch
from domain.backup.restores import RestoreUnderWay
from domain.sign_in.model import LINK_LIFE

_MINUTES = LINK_LIFE // timedelta(minutes=1)
CLOSING_SECONDS = 5.0  # after the drain time, for pending writes, the database, and the embedded MongoDB


def serve() -> None:
    with explained():
        settings = read_settings()
        connections = most_connections(raise_descriptor_limit())
        listener, scraped = bind(settings.host, settings.port), _bind_metrics(settings)

        async def until(stop: asyncio.Event) -> None:
            with listener, scraped or nullcontext():
                await _through_restores(
                    settings,
                    stop,
                    hold_off=lambda over: _hold_off(settings, listener, over, connections),
                    live=lambda baton, leave: _serve(baton, (listener, scraped), (stop, leave), connections),
                )

        run(until, within=settings.drain_seconds + CLOSING_SECONDS)


def work() -> None:
    with explained():
        settings = read_settings()
        scraped = _bind_metrics(settings)
        run(lambda stop: _work(settings, stop, scraped), within=settings.drain_seconds + CLOSING_SECONDS)


async def _work(settings: Settings, stop: asyncio.Event, scraped: socket.socket | None) -> None:
    async def work_on(baton: Baton, leave: asyncio.Event) -> None:
        say("The worker is at work. Ctrl-C ends it.")
        await work_until(leave, baton, scraped)

    with scraped or nullcontext():
        await _through_restores(settings, stop, hold_off=lambda over: over.wait(), live=work_on)


async def _through_restores(
    settings: Settings,
    stop: asyncio.Event,
    *,
    hold_off: Callable[[asyncio.Event], Awaitable[object]],
    live: Callable[[Baton, asyncio.Event], Awaitable[None]],
) -> None:
    """Run `live` on the database until `stop` is set. While a backup is being restored, run `hold_off` instead, until
    the event that it is given; then everything is built anew, without any memory of the former data."""
    async with mongodb(settings) as mongo, copying(settings, mongo.uri) as copies:
        watch = RestoreWatch(copies.notices)
        while not stop.is_set():
            if not await watch.is_over():
                say("A backup is being restored. The process begins when that is over.")
                async with watch.until_over(stop) as over:
                    await hold_off(over)
            if stop.is_set():
                return
            async with AsyncExitStack() as block:
                try:
                    baton = await block.enter_async_context(on_database(settings, mongo))
                except RestoreUnderWay:  # it has begun since the look
                    continue
                leave = await block.enter_async_context(watch.until_restore(stop))
                await live(baton, leave)
            gc.unfreeze()  # what the program on the former data has left, goes


async def _hold_off(settings: Settings, listener: socket.socket, over: asyncio.Event, connections: int) -> None:
    """Refuse all requests at the listener until `over` is set."""
    server = Server(hold_off, drain=_no_drain, options=_options(settings, connections))
    await server.run(listener.dup(), over, lambda: None)


async def _no_drain(_seconds: float) -> None:
    """Nothing is open that could be drained."""


async def work_until(stop: asyncio.Event, baton: Baton, scraped: socket.socket | None = None) -> None:
    """Do the background work of a worker process, under its watchdog, until `stop` is set. `scraped` is bound for its
    metrics."""
    async with asyncio.TaskGroup() as tasks:
        watchdog = tasks.create_task(baton.watchdog.run(), name="watchdog")
        hub = tasks.create_task(baton.hub.run(), name="hub")  # it follows the log, which tells of work
        metrics = tasks.create_task(_serve_metrics(baton, scraped, None), name="metrics")
        await _run_workers(baton, stop)
        for task in (watchdog, hub, metrics):
            task.cancel()


def _bind_metrics(settings: Settings) -> socket.socket | None:
    """Return a bound socket for the metrics if they have an address of their own. Raises `CannotListen`."""
    if settings.metrics_address is None:
        return None
    return bind(*host_and_port(settings.metrics_address), setting="BATON_METRICS_ADDRESS")


async def _serve_metrics(baton: Baton, scraped: socket.socket | None, gate: Gate | None) -> None:
    """Begin to watch the process, and serve its metrics until cancelled if they have an address of their own."""
    metrics = watch(baton, gate)
    if metrics is not None and scraped is not None:
        await MetricsListener(scraped.dup(), metrics.routes()).run()


async def _run_workers(baton: Baton, stop: asyncio.Event) -> None:
    """Run them until `stop` is set, and give what is under way the drain time; leases hand on what it cuts off."""
    async with asyncio.TaskGroup() as tasks:
        workers = tasks.create_task(baton.workers.run(stop), name="workers")
        limit = tasks.create_task(_cancel_late(workers, stop, baton.settings.drain_seconds), name="limit of workers")
        await asyncio.wait([workers])
        limit.cancel()


async def _cancel_late(workers: asyncio.Task[None], stop: asyncio.Event, seconds: float) -> None:
    await stop.wait()
    await asyncio.sleep(seconds)
    workers.cancel()


async def _serve(
    baton: Baton,
    listeners: tuple[socket.socket, socket.socket | None],
    ends: tuple[asyncio.Event, asyncio.Event],
    connections: int,
) -> None:
    """Serve at the first listener until the second event is set; the first event is set if the process ends. The second
    listener is for the metrics."""
    settings, (listener, scraped), (stop, leave) = baton.settings, listeners, ends
    url = _url(settings.host, listener.getsockname()[1])
    demo = await _open_demo(baton, url) if settings.demo else None

    async def drain(seconds: float) -> None:
        if stop.is_set():
            listener.close()  # from now on, connections are refused
        await baton.connections.drain(seconds)

    server = Server(baton.app, drain=drain, options=_options(settings, connections))
    async with asyncio.TaskGroup() as tasks:
        hub = tasks.create_task(baton.hub.run(), name="hub")
        watchdog = tasks.create_task(baton.watchdog.run(), name="watchdog")
        memory = tasks.create_task(MemoryReturn().run(), name="memory")
        metrics = tasks.create_task(_serve_metrics(baton, scraped, server.gate), name="metrics")
        tasks.create_task(baton.key_uses.run(leave), name="key uses")
        tasks.create_task(baton.visits.run(leave), name="visits of shoppers")
        if settings.worker:
            tasks.create_task(_run_workers(baton, leave), name="workers")
        # A copy, because the server closes it: after a restore, another one serves at the same address.
        await server.run(listener.dup(), leave, lambda: _announce(baton, url, demo))
        for task in (hub, watchdog, memory, metrics):
            task.cancel()


def _options(settings: Settings, connections: int) -> ServerOptions:
    return ServerOptions(
        frame_bytes=SocketLimits().frame_bytes,
        drain_seconds=settings.drain_seconds,
        connections=connections,
        connections_per_address=settings.connections_per_address,
        trusted_proxies=settings.trusted_proxies,
    )


async def _open_demo(baton: Baton, url: str) -> Demo | None:
    """Make the demo account if there is no other, and open its pages and its sign-in."""
    settings = baton.settings
    demo = await ensure_demo(
        services=baton.services,
        folder=settings.data,
        url=url,
        has_agent=settings.demo_agent,
        public_url=settings.public_url,
    )
    if demo is not None:
        baton.demo.pages.open(demo.publishable_key, help_page(demo_articles()))
        baton.demo.sign_in.open(demo.account_id)
    return demo


def _url(host: str, port: int) -> str:
    """Return the address for a browser on this machine."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{reachable}:{port}/graphql"


def _announce(baton: Baton, url: str, demo: Demo | None) -> None:
    settings = baton.settings
    lines = [("GraphQL", url + (" (in a browser: the IDE)" if settings.ide else ""))]
    if demo is not None:
        shop = shop_of(url)
        lines += [("shop", f"{shop} (made up, with the chat widget)"), ("inbox", f"{shop}inbox (of its team)")]
        link = baton.demo.sign_in.link(f"{shop}inbox", demo.account_id, demo.owner_id)
        if link is not None:
            lines.append(("sign in", f"{link} (once, within {_MINUTES} minutes, on this machine)"))
        if demo.is_empty:
            command = aimed(settings, ".venv/bin/baton demo")
            lines.append(("data", f"`{command}` fills the shop with 90 days of conversations"))
        lines.append(("keys", str(demo.file)))
    lines.append(("MongoDB", "your own" if settings.mongodb_uri else f"embedded, in {settings.data / 'mongo'}"))
    say("\n".join(["Baton is ready. Ctrl-C ends it.", *(f"  {name:<8} {value}" for name, value in lines)]))
