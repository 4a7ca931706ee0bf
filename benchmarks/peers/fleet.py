"""Starts Baton and its peers, each on the core of the servers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load.processes import SERVER_CORE, Process, running
from benchmarks.peers.world import World
from benchmarks.server import free_port

NODE = Path(__file__).parent / "node"
BATON = "Baton"
BARE = "bare Starlette"
STOCK = "Strawberry, stock"
ARIADNE = "Ariadne"
JIT = "mercurius + JIT"
MERCURIUS = "mercurius"
YOGA = "graphql-yoga"
APOLLO = "Apollo Server"
GRAPHQL_WS = "graphql-ws"
BROADCAST = "websockets broadcast"
EMPTY = "empty handler"
_INSTALLING = 300  # seconds at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    name: str
    program: str  # a module of `servers`, or a script of `node`
    arguments: tuple[str, ...] = ()

    @property
    def on_node(self) -> bool:
        return self.program.endswith(".js")

    def command(self, port: int, config: Path) -> list[str]:
        its = [str(port), str(config), *self.arguments]
        if self.on_node:
            return ["node", str(NODE / self.program), *its]
        return [sys.executable, "-m", f"benchmarks.peers.servers.{self.program}", *its]


HTTP_PEERS = (
    Peer(name=BARE, program="bare"),
    Peer(name=STOCK, program="strawberry_stock"),
    Peer(name=ARIADNE, program="ariadne_stock"),
    Peer(name=JIT, program="mercurius.js", arguments=("jit",)),
    Peer(name=MERCURIUS, program="mercurius.js"),
    Peer(name=YOGA, program="yoga.js"),
    Peer(name=APOLLO, program="apollo.js"),
)
SOCKET_PEERS = (
    Peer(name=STOCK, program="strawberry_stock"),
    Peer(name=GRAPHQL_WS, program="graphql-ws.js"),
    Peer(name=MERCURIUS, program="mercurius.js"),
    Peer(name=BROADCAST, program="broadcast"),
)


def node_is_missing() -> str | None:
    """Install the packages of the peers on Node.js. Returns why that is not possible, or `None`."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "Node.js or npm is not installed"
    wanted = json.loads((NODE / "package.json").read_text())["dependencies"]
    if all(_installed(name) == version for name, version in wanted.items()):
        return None
    command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=NODE, capture_output=True, timeout=_INSTALLING, check=False)
    return None if done.returncode == 0 else "npm cannot install the packages"


def _installed(name: str) -> str | None:
    path = NODE / "node_modules" / name / "package.json"
    return str(json.loads(path.read_text())["version"]) if path.exists() else None


def possible(peers: Sequence[Peer]) -> list[Peer]:
    """Return the peers that can run here, and say which cannot."""
    reason = node_is_missing()
    if reason is not None:
        skipped = ", ".join(each.name for each in peers if each.on_node)
        print(f"Skipped, because {reason}: {skipped}.", flush=True)
    return [each for each in peers if reason is None or not each.on_node]


@contextmanager
def fleet(world: World, peers: Sequence[Peer]) -> Iterator[dict[str, Process]]:
    """Start Baton and the peers. Returns the processes by name, Baton's first."""
    with ExitStack() as stack:
        processes = {BATON: stack.enter_context(baton(world))}
        for number, each in enumerate(peers):
            processes[each.name] = stack.enter_context(_peer(world, each, f"peer{number}"))
        yield processes


@contextmanager
def baton(world: World, name: str = "baton", *, core: int | None = SERVER_CORE, **given: str) -> Iterator[Process]:
    """Start `baton serve` as `make run` does, with its log in a file, and with the given settings."""
    port = free_port()
    program = [sys.executable, "-c", "from api.cli import main; main()", "serve"]
    settings = {**world.environment(), "PORT": str(port), **given}
    log = world.folder / f"{name}.log"
    with running(BATON, program, port=port, log=log, environment=settings, core=core) as process:
        yield process


@contextmanager
def empty(folder: Path) -> Iterator[Process]:
    port = free_port()
    program = [sys.executable, "-m", "benchmarks.peers.servers.empty", str(port)]
    with running(EMPTY, program, port=port, log=folder / "empty.log") as process:
        yield process


@contextmanager
def _peer(world: World, peer: Peer, feed: str) -> Iterator[Process]:
    port = free_port()
    command = peer.command(port, world.config(feed))
    log = world.folder / f"{feed}.log"
    environment = {"NODE_ENV": "production"}
    with running(peer.name, command, port=port, log=log, environment=environment) as process:
        yield process
