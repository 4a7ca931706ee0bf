"""Starts the program as a process with a data folder of its own, and clients of it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from api.settings import Settings, variable_of

_PATIENCE = 60.0  # seconds for a start or a stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    process: subprocess.Popen[bytes]
    port: int
    credentials: dict[str, str]
    started_in: float  # seconds from the first instruction to the first GraphQL response

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def websocket(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"

    def memory(self) -> int:
        """The resident memory of the server process, in bytes."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


# A benchmark is one caller with the load of thousands.
UNLIMITED = {
    name: 10**9
    for name in Settings.model_fields
    if name == "cost_per_second" or name.endswith(("_starts_per_minute", "_messages_per_minute"))
}


@contextmanager
def server(data: Path, **environment: str) -> Iterator[Running]:
    port = free_port()
    program = ["-c", "from api.cli import main; main()", "serve"]
    unlimited = {variable_of(name): str(limit) for name, limit in UNLIMITED.items()}
    # The benchmarks play the agent themselves, but for those that measure the built-in one.
    settings = {"BATON_DATA": str(data), "PORT": str(port), "BATON_DEMO_AGENT": "false", **unlimited, **environment}
    with serving(program, port=port, **settings) as (process, took):
        file = data / "credentials.json"  # of the demo, which a database with accounts of its own has not
        credentials = json.loads(file.read_text()) if file.exists() else {}
        yield Running(process=process, port=port, credentials=credentials, started_in=took)


@contextmanager
def serving(
    program: Sequence[str], *, port: int, query: str = "{ __typename }", **environment: str
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """Start a Python program that serves GraphQL on the port.

    Returns the process, and the seconds from its first instruction to its response to the query.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *program],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _first_answer(port, process, query)
        yield process, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(_PATIENCE)


async def ask(client: httpx.AsyncClient, at: Running, key: str, query: str, **variables: object) -> dict[str, Any]:
    answer = await client.post(
        at.http, json={"query": query, "variables": variables}, headers={"authorization": f"Bearer {key}"}
    )
    body = answer.json()
    if "errors" in body:
        raise RuntimeError(f"The server refused: {body['errors'][0]['message']}")
    data: dict[str, Any] = body["data"]
    return data


@asynccontextmanager
async def subscribed(running: Running, key: str, query: str, **variables: object) -> AsyncIterator[ClientConnection]:
    """Open a socket, and wait until its subscription is ready."""
    async with connect(running.websocket, subprotocols=["graphql-transport-ws"], compression=None) as socket_:  # type: ignore[list-item]
        await socket_.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}}))
        await socket_.recv()
        payload = {"query": query, "variables": variables}
        await socket_.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        while "StreamCaughtUp" not in str(await socket_.recv()):
            pass
        yield socket_


def _first_answer(port: int, process: subprocess.Popen[bytes], query: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("The server ended while it started.")
        try:
            if httpx.post(f"http://127.0.0.1:{port}/graphql", json={"query": query}).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.005)
    raise RuntimeError("The server did not start in time.")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


async def frame_with(socket_: ClientConnection, text: str, within: float = 10.0) -> float:
    """Return when the frame with the text arrived."""
    async with asyncio.timeout(within):
        while text not in str(await socket_.recv()):
            pass
    return time.perf_counter()
