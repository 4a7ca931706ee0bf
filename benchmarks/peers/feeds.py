"""Where the events come from that subscribers receive, on the core of the load and never in the measured server.

For a peer, the harness inserts the event into the collection that the peer watches; the event holds all that a frame
needs. For Baton, shoppers send messages to a second Baton process, and the measured process sees them in MongoDB.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import uuid4

from bson import Timestamp
from pymongo import MongoClient

from benchmarks.load.engine import HttpConnection, check
from benchmarks.load.sockets import Reactor
from benchmarks.peers.shoppers import Shopper
from benchmarks.peers.world import DATABASE, PEERS

_IDLE = 2.0  # seconds after which a connection may be closed any moment


class Feed(Protocol):
    sent: dict[int, float]  # by number: when the request or the insert began

    def publish(self, count: int) -> None:
        """Begin to publish so many events. Their texts are `m1;`, `m2;` and so on."""


class PeerFeed:
    def __init__(self, client: MongoClient[dict[str, Any]], feed: str, accounts: Sequence[str]) -> None:
        self._collection = client[PEERS][feed]
        self._accounts = itertools.cycle(accounts)
        self._numbers = itertools.count(1)
        self.sent: dict[int, float] = {}
        conversation = client[PEERS]["conversations"].find_one({"message_count": {"$gt": 5}})
        assert conversation is not None, "the peers have a copy of the history"
        profile = client[PEERS]["profiles"].find_one({"_id": conversation["profile_id"]})
        message = client[PEERS]["messages"].find_one({"conversation_id": conversation["_id"]})
        assert message is not None, "every conversation has messages"
        self._message = message
        self._event = {"message": message, "conversation": conversation, "profile": profile}

    def publish(self, count: int) -> None:
        now, events = time.perf_counter(), []
        for _ in range(count):
            number = next(self._numbers)
            self.sent[number] = now
            message = {**self._message, "text": f"m{number};", "sent_at": datetime.now(UTC)}
            events.append({**self._event, "_id": uuid4().hex, "account": next(self._accounts), "message": message})
        self._collection.insert_many(events)


class BatonFeed:
    def __init__(self, reactor: Reactor, port: int, shoppers: Sequence[Shopper]) -> None:
        """The messages go round the shoppers, each with a connection of its own."""
        self._numbers = itertools.count(1)
        self._waiting = 0
        self.sent: dict[int, float] = {}
        self._idle: list[_Writer] = [_Writer(reactor, port, each, self._free) for each in shoppers]

    def publish(self, count: int) -> None:
        self._waiting += count
        self._pump()

    def _free(self, writer: _Writer) -> None:
        self._idle.append(writer)
        self._pump()

    def _pump(self) -> None:
        while self._waiting and self._idle:
            self._waiting -= 1
            number = next(self._numbers)
            self.sent[number] = time.perf_counter()
            self._idle.pop(0).send(f"m{number};")


def commits_since(client: MongoClient[dict[str, Any]], since: datetime) -> dict[int, float]:
    """Return when Baton's messages were committed, by their number, as `time.perf_counter` counts. Of those with one
    number, the last counts.

    MongoDB's log has milliseconds, rounded down, so nothing that follows a commit looks quicker than it was.
    """
    shift, times = time.perf_counter() - time.time(), dict[int, float]()
    query = {"ts": {"$gte": Timestamp(since, 0)}, "o.applyOps.ns": f"{DATABASE}.messages"}
    for entry in client["local"]["oplog.rs"].find(query):
        for operation in entry["o"]["applyOps"]:
            text = operation["o"].get("text", "") if operation["op"] == "i" else ""
            if operation["ns"] == f"{DATABASE}.messages" and text.startswith("m") and text.endswith(";"):
                times[int(text[1:-1])] = entry["wall"].replace(tzinfo=UTC).timestamp() + shift
    return times


class _Writer:
    """A shopper's connection, which is opened again when the server may have closed it for its idleness."""

    def __init__(self, reactor: Reactor, port: int, shopper: Shopper, free: Callable[[_Writer], None]) -> None:
        self._reactor = reactor
        self._port = port
        self._shopper = shopper
        self._free = free
        self._connection: HttpConnection | None = None
        self._busy = False

    def send(self, text: str) -> None:
        if self._connection is not None and time.perf_counter() > self._connection.began + _IDLE:
            self._close()
        if self._connection is None:
            self._connection = HttpConnection(self._port)
            self._reactor.add(self._connection.fileno(), self._readable)
        self._busy = True
        self._connection.send(self._shopper.message(text))

    def _close(self) -> None:
        assert self._connection is not None
        self._reactor.remove(self._connection.fileno())
        self._connection.close()
        self._connection = None

    def _readable(self) -> None:
        assert self._connection is not None
        if not self._busy:
            self._close()  # the server has closed it
        elif (response := self._connection.received()) is not None:
            self._busy = False
            check(response)
            self._free(self)
