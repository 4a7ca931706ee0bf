"""What watching costs: metrics, the JSON log and traces, beside the same server without them.

All servers run side by side on one core, and are driven in short turns, so that each round compares what one machine
does at about the same time; every other round goes backwards. The processor time of a request tells more than the rate:
it is the server's own. A second server without watching shows which differences are noise.
"""

from __future__ import annotations

import itertools
import statistics
import tempfile
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.load.engine import HttpConnection, drive
from benchmarks.load.processes import LOAD_CORE, Process, on_core
from benchmarks.peers.fleet import baton
from benchmarks.peers.part import FULL, Effort, spread
from benchmarks.peers.serving import Mover, all_works
from benchmarks.peers.shoppers import started
from benchmarks.peers.world import World, world
from benchmarks.report import Table
from benchmarks.server import free_port

_OFF = "off"
_AGAIN = "off, a second server"
_ROUNDS = 15  # the first one warms
_SECONDS = 0.8  # of a turn, at most
_READERS, _SENDERS = 16, 32  # connections
_SCRAPE = 1.0  # seconds between two reads of the metrics; Prometheus's default is 60


@dataclass(slots=True)
class _Watched:
    process: Process
    scraped: str | None  # address of its metrics
    pages: list[float] = field(default_factory=list)  # seconds of the processor a request, one a round
    sends: list[float] = field(default_factory=list)


def measure(effort: Effort = FULL) -> list[Table]:
    with (
        tempfile.TemporaryDirectory() as folder,
        world(Path(folder), conversations=effort.conversations // 10) as made,
        _collector() as url,
        ExitStack() as stack,
    ):
        watched = {name: stack.enter_context(_started(made, name, how)) for name, how in _settings(url).items()}
        stack.enter_context(on_core(LOAD_CORE))
        pages = itertools.cycle(all_works(made, watched[_OFF].process)[0].ours)
        mover = Mover(made, watched[_OFF].process)
        for number in range(_ROUNDS):
            for each in list(watched.values())[:: 1 if number % 2 else -1]:
                mover.move()  # so that no result is kept
                with _scraping(each.scraped):
                    measured = _pages(each, pages, effort), _sends(made, each, effort)
                if number:
                    each.pages.append(measured[0])
                    each.sends.append(measured[1])
    off = watched[_OFF]
    return [
        Table(
            title="What watching costs",
            note=f"CPU milliseconds of the server for a page of 50 ({_READERS} connections) and for a message "
            f"({_SENDERS} conversations), and the median of the differences from a server without watching in the "
            f"same round; {_ROUNDS - 1} rounds of {_seconds(effort):.1f} s each. Whatever differs no more than the "
            "second server without watching is noise. The metrics are read every second, and a collector takes the "
            "traces.",
            head=("watching", "page", "over off", "spread", "message", "over off", "spread"),
            rows=[(name, *_row(each.pages, off.pages), *_row(each.sends, off.sends)) for name, each in watched.items()],
        )
    ]


def _settings(collector: str) -> dict[str, dict[str, str]]:
    def metrics() -> dict[str, str]:
        return {"BATON_METRICS_ADDRESS": f"127.0.0.1:{free_port()}"}

    log, traces = {"BATON_LOG_FORMAT": "json"}, {"BATON_OTLP_URL": collector}
    return {
        _OFF: {},
        _AGAIN: {},
        "metrics": metrics(),
        "JSON log": log,
        "traces of 2 %, the default": traces,
        "metrics, JSON log, traces of 2 %": {**metrics(), **log, **traces},
        "traces of every request": {**traces, "BATON_TRACE_SHARE": "1"},
    }


@contextmanager
def _started(made: World, name: str, how: dict[str, str]) -> Iterator[_Watched]:
    with baton(made, f"watched {name}".replace(" ", "-"), **how) as process:
        address = how.get("BATON_METRICS_ADDRESS")
        yield _Watched(process, None if address is None else f"http://{address}/metrics")


def _pages(watched: _Watched, pages: Iterator[bytes], effort: Effort) -> float:
    return _cpu(watched.process, [pages] * _READERS, effort)


def _sends(made: World, watched: _Watched, effort: Effort) -> float:
    opening = HttpConnection(watched.process.port)
    messages = [started(opening, made.shop).messages() for _ in range(_SENDERS)]
    opening.close()
    return _cpu(watched.process, messages, effort)


def _cpu(process: Process, requests: Sequence[Iterator[bytes]], effort: Effort) -> float:
    """Return the seconds of the server's processor for a request."""
    connections = [HttpConnection(process.port) for _ in requests]
    before = process.cpu()
    load = drive(connections, requests, _seconds(effort))
    used = process.cpu() - before
    for each in connections:
        each.close()
    return used / len(load.latencies)


def _seconds(effort: Effort) -> float:
    return min(effort.seconds, _SECONDS)


def _row(values: Sequence[float], off: Sequence[float]) -> tuple[str, str, str]:
    over = statistics.median(value / without for value, without in zip(values, off, strict=True)) - 1
    return f"{statistics.median(values) * 1000:.3f}", f"{over:+.1%}", spread(values)


@contextmanager
def _scraping(address: str | None) -> Iterator[None]:
    """Read the metrics again and again during the block, as Prometheus does."""
    over = threading.Event()

    def scrape() -> None:
        while address is not None and not over.wait(_SCRAPE):
            with urllib.request.urlopen(address, timeout=10) as response:
                response.read()

    thread = threading.Thread(target=scrape)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def _collector() -> Iterator[str]:
    """Take traces, and forget them."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Sink)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


class _Sink(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Write nothing."""
