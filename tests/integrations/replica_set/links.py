"""The network between the members of a replica set and their clients: a TCP relay in front of each member.

The members know each other by the ports of the relays, so everything passes them. A relay looks up which process a
connection comes from, so that the link between two members can be cut, in both directions, while clients still reach
both. Nothing on a cut link is refused: it is silent, as when packets are lost.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CLIENTS = -1  # in place of a member's number

Ends = tuple[int, int]  # from, to


@dataclass(frozen=True, slots=True, eq=False)
class _Link:
    ends: Ends
    writers: tuple[asyncio.StreamWriter, asyncio.StreamWriter]


class Links:
    """`members` returns the process ids of the members that run, by their numbers."""

    def __init__(self, members: Callable[[], dict[int, int]]) -> None:
        self._members = members
        self._silent: set[Ends] = set()
        self._open: set[_Link] = set()
        self._relays: list[asyncio.Server] = []

    async def relay(self, number: int, port: int, target: int) -> None:
        """Begin to relay a port to the member that listens on another."""

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                with suppress(OSError):
                    await self._handle(number, target, reader, writer)
            finally:
                writer.transport.abort()  # also if the test ends while it connects

        self._relays.append(await asyncio.start_server(handle, "127.0.0.1", port))

    def cut(self, one: int, others: Iterable[int]) -> None:
        """Lose whatever one sends to the others, and they to it."""
        for other in others:
            self._silent |= {(one, other), (other, one)}

    def mend(self) -> None:
        """Restore all links. The connections on those that were cut have lost bytes, so they break."""
        broken = [link for link in self._open if link.ends in self._silent]
        self._silent.clear()
        for link in broken:
            for writer in link.writers:
                writer.transport.abort()

    def close(self) -> None:
        for relay in self._relays:
            relay.close()
        for link in self._open:
            for writer in link.writers:
                writer.transport.abort()

    async def _handle(
        self, number: int, target: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        ends = self._sender(writer.get_extra_info("peername")[1], writer.get_extra_info("sockname")[1]), number
        onward_reader, onward = await asyncio.open_connection("127.0.0.1", target)
        link = _Link(ends, (writer, onward))
        self._open.add(link)
        try:
            await asyncio.gather(self._pump(ends, reader, onward), self._pump(ends, onward_reader, writer))
        finally:
            self._open.discard(link)
            onward.transport.abort()

    async def _pump(self, ends: Ends, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            if ends not in self._silent:
                writer.write(data)
                await writer.drain()
        raise ConnectionResetError

    def _sender(self, port: int, relay: int) -> int:
        """Return the number of the member that has a socket from this local port to this relay's."""
        inode = _inode_of(port, relay)
        for number, pid in self._members().items():
            if inode is not None and inode in _sockets_of(pid):
                return number
        return CLIENTS


def _inode_of(port: int, relay: int) -> str | None:
    """Two sockets may have the same local port, if they are connected to different ones."""
    ends = f":{port:04X}", f":{relay:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(ends[0]) and fields[2].endswith(ends[1]):
            return fields[9]
    return None


def _sockets_of(pid: int) -> set[str]:
    found = set()
    with suppress(OSError):
        for descriptor in os.scandir(f"/proc/{pid}/fd"):
            with suppress(OSError):
                found.add(os.readlink(descriptor.path).removeprefix("socket:[").removesuffix("]"))
    return found
