"""Settings of the garbage collector and of uvicorn, side by side: what Baton sets in `api/server/uvicorn_server.py`.

The collector is measured on Baton itself, the protocols of uvicorn on the least application, since Baton's own classes
of them have more to do than uvicorn's.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from importlib.util import find_spec
from pathlib import Path

from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from benchmarks.load.engine import HttpConnection, Load, drive, request
from benchmarks.load.processes import LOAD_CORE, Process, on_core, running
from benchmarks.load.sockets import Crowd, Reactor, Subscription
from benchmarks.peers.part import Effort, Part, spread
from benchmarks.peers.serving import Mover, all_works
from benchmarks.peers.world import World, world
from benchmarks.report import Table, percentiles
from benchmarks.server import free_port

_CONNECTIONS = 16
_FEW, _SOCKETS = 50, 500
_EVENTS = 10  # a request for frames
_FRAMES = 20_000  # written without a network, to compare with and without deflate
_COLLECTORS = {
    "700, 10, 10, not frozen (Python's own)": ("700,10,10", "keep"),
    "700, 10, 10, frozen": ("700,10,10", "freeze"),
    "10,000, 2, 200, not frozen": ("10000,2,200", "keep"),
    "**10,000, 2, 200, frozen**": ("10000,2,200", "freeze"),
    "50,000, 10, 10, frozen": ("50000,10,10", "freeze"),
    "500,000, 10, 10, frozen": ("500000,10,10", "freeze"),
}
_PROTOCOLS = {
    "**httptools, websockets-sansio**": ("httptools", "websockets-sansio"),
    "h11, websockets (older implementation)": ("h11", "websockets"),
    "httptools, wsproto": ("httptools", "wsproto"),
}


def measure(effort: Effort) -> Part:
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), conversations=effort.conversations // 10) as made:
        return Part(tables=[_collectors(made, effort), _protocols(made, effort), _deflate()])


def _collectors(made: World, effort: Effort) -> Table:
    rounds: dict[str, list[tuple[Load, float]]] = {name: [] for name in _COLLECTORS}
    with ExitStack() as stack:
        processes = {name: stack.enter_context(_tuned(made, "collector", *how)) for name, how in _COLLECTORS.items()}
        stack.enter_context(on_core(LOAD_CORE))
        first = next(iter(processes.values()))
        pages, mover = itertools.cycle(all_works(made, first)[0].ours), Mover(made, first)
        for number in range(effort.rounds + 1):
            for name, process in processes.items():
                mover.move()  # so that no result is kept
                measured = _driven(process, pages, effort.seconds)
                if number:  # the first round only warms
                    rounds[name].append(measured)
        memory = {name: process.memory() / 2**20 for name, process in processes.items()}
    rows = [(name, *_row(each), f"{memory[name]:.0f}", _spread(each)) for name, each in rounds.items()]
    return Table(
        title="Settings of the garbage collector",
        note=f"Pages of 50 from Baton, {_CONNECTIONS} connections: the collector's thresholds, and whether what "
        f"lives after the start is frozen. Baton's are in bold. {effort.rounds} rounds of {effort.seconds:.1f} s in "
        "turns, medians.",
        head=("setting", "requests/s", "p50 ms", "p99 ms", "CPU ms each", "MiB after", "spread"),
        rows=rows,
    )


def _protocols(made: World, effort: Effort) -> Table:
    rows = []
    for name, (http, ws) in _PROTOCOLS.items():
        if ws == "wsproto" and find_spec("wsproto") is None:
            continue
        with _tuned(made, "uvicorn", http, ws) as process, on_core(LOAD_CORE):
            asked = itertools.repeat(request(b"{}"))
            loads = [_driven(process, asked, effort.seconds / 2) for _ in range(effort.rounds + 1)][1:]
            rate, _, p99, cpu = _row(loads)
            frames, kilobytes = _frames(process, effort)
            rows.append((name, rate, p99, f"{float(cpu) * 1000:.0f}", f"{frames:.1f}", f"{kilobytes:.0f}"))
    return Table(
        title="Protocols of uvicorn",
        note="The least ASGI application: requests with a fixed response, and frames of 250 bytes to "
        f"{_SOCKETS} sockets by ASGI's `send`. In bold what Baton's own classes are made of. wsproto is measured where "
        "it is installed.",
        head=("protocols", "requests/s", "p99 ms", "CPU µs a request", "CPU µs a frame", "KB a socket"),
        rows=rows,
    )


def _frames(process: Process, effort: Effort) -> tuple[float, float]:
    """Return the microseconds of the server for a frame, and the KB of a socket."""
    how = Subscription(port=process.port, init={}, query="", variables={}, ready=b'"ready"')
    crowd = Crowd(Reactor())
    crowd.join([how] * _FEW)
    before = process.memory()
    crowd.join([how] * (_SOCKETS - _FEW))
    kilobytes = (process.memory() - before) / (_SOCKETS - _FEW) / 1024
    connection, publish = HttpConnection(process.port), request(b'{"events": %d}' % _EVENTS)
    used, ends = process.cpu(), time.perf_counter() + effort.seconds * effort.rounds / 2
    first = crowd.tally.items
    while time.perf_counter() < ends:
        due = crowd.tally.items + _EVENTS * _SOCKETS
        connection.send(publish)
        crowd.reactor.until(lambda due=due: crowd.tally.items >= due, "the frames")  # type: ignore[misc]
        while connection.received() is None:
            pass
    used = process.cpu() - used
    connection.close()
    delivered = crowd.tally.items - first
    crowd.leave()
    return used / delivered * 1e6, kilobytes


def _deflate() -> Table:
    rows = [(name, f"{_written(*extensions):.1f}") for name, extensions in (("**off**", ()), ("on", (_deflated(),)))]
    return Table(
        title="Compression of frames",
        note=f"A frame of 250 bytes through the state machine of `websockets`, without a network; {_FRAMES:,} frames.",
        head=("permessage-deflate", "CPU µs a frame"),
        rows=rows,
    )


def _deflated() -> PerMessageDeflate:
    return PerMessageDeflate(
        remote_no_context_takeover=False, local_no_context_takeover=False, remote_max_window_bits=12,
        local_max_window_bits=12, compress_settings={"memLevel": 5},
    )  # fmt: skip


def _written(*extensions: PerMessageDeflate) -> float:
    protocol = ServerProtocol(state=OPEN)
    protocol.extensions = list(extensions)
    frames = [b'{"id":"1","type":"next","payload":{"sequence":%d,"text":"%s"}}' % (n, b"x" * 200) for n in range(50)]
    began = time.process_time()
    for number in range(_FRAMES):
        protocol.send_text(frames[number % len(frames)])
        protocol.data_to_send()
    return (time.process_time() - began) / _FRAMES * 1e6


def _tuned(made: World, kind: str, *how: str) -> AbstractContextManager[Process]:
    port, program = free_port(), [sys.executable, "-m", "benchmarks.peers.servers.tuned", kind]
    arguments = [str(port), *how] if kind == "uvicorn" else list(how)
    settings = {**made.environment(), "PORT": str(port)}
    return running(kind, [*program, *arguments], port=port, log=made.folder / f"tuned{port}.log", environment=settings)


def _driven(process: Process, requests: Iterator[bytes], seconds: float) -> tuple[Load, float]:
    connections = [HttpConnection(process.port) for _ in range(_CONNECTIONS)]
    used = process.cpu()
    load = drive(connections, [requests] * _CONNECTIONS, seconds)
    used = process.cpu() - used
    for each in connections:
        each.close()
    return load, used


def _row(rounds: Sequence[tuple[Load, float]]) -> tuple[str, str, str, str]:
    """Return requests a second, p50 and p99, and the milliseconds of the server's processor a request."""
    latencies = percentiles([latency for load, _ in rounds for latency in load.latencies])
    cpu = statistics.median(used / len(load.latencies) for load, used in rounds) * 1000
    return f"{statistics.median(load.rate for load, _ in rounds):,.0f}", *latencies, f"{cpu:.3f}"


def _spread(rounds: Sequence[tuple[Load, float]]) -> str:
    return spread([load.rate for load, _ in rounds])
