"""Operations with given results, and clients with an in-memory socket, for tests of the hub."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from api.realtime.cursor import CursorCodec, Position
from api.realtime.frame_cache import Frame as SharedFrame
from api.realtime.frame_cache import FrameGroup
from api.realtime.hub import Hub, HubSettings, Tail
from domain.events import EventLog, LoggedEvent
from domain.principal import Principal, PrincipalKind
from domain.signals import Typing
from domain.values.ids import AccountId, CredentialId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.event_log.log import MongoEventLog
from resolvers.subscriptions import EventSubscription, StreamCaughtUp, StreamReady, StreamReset
from tests.harness.log_events import append, message_added

ACCOUNT = AccountId("01J0000000000000000000000A")
OTHER = AccountId("01J0000000000000000000000B")
C1, C2 = "conversation:C1", "conversation:C2"
CURSORS = CursorCodec(b"a secret of the tests")
SETTINGS = HubSettings(compare_every=0.05, keep_recent=8, most_missed=20)
DEADLINE = 60.0  # seconds, for operations of milliseconds


def principal(account_id: AccountId) -> Principal:
    return Principal(kind=PrincipalKind.STAFF, account_id=account_id, credential_id=CredentialId("K1"))


@dataclass(frozen=True, slots=True)
class Item:
    cursor: str
    seq: int


@dataclass(frozen=True, slots=True)
class Signal:
    cursor: str
    signal: Typing


class EchoOperation:
    """A LiveOperation whose frames name their item. Those of one class and with the same topics share an execution, but
    not those of a class of one test, with a state of their own."""

    shares = True

    def __init_subclass__(cls, *, shares: bool = False) -> None:
        cls.shares = shares

    def __init__(self, account_id: AccountId, topics: Iterable[str], after: str | None = None) -> None:
        self.principal = principal(account_id)
        self.source = EventSubscription(
            topics=frozenset(topics),
            after=after,
            item=lambda event, cursor: Item(cursor=cursor, seq=event.seq),
            signal=lambda signal, cursor: Signal(cursor=cursor, signal=signal),
        )
        self.shared_key: Hashable | None = (type(self), self.source.topics) if type(self).shares else None

    def text(self, item: object, extensions: dict[str, object]) -> str:
        return orjson.dumps({"data": _shown(item), "extensions": extensions}).decode()

    async def render(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str:
        return self.text(item, extensions)

    def begin(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str | Awaitable[str]:
        if type(self).render is EchoOperation.render:
            return self.text(item, extensions)
        return self.render(item, extensions, seq)


def _shown(item: object) -> dict[str, object]:
    match item:
        case Item(cursor=cursor, seq=seq):
            return {"is": "event", "cursor": cursor, "seq": seq}
        case Signal(cursor=cursor, signal=signal):
            return {"is": f"{signal.author.name} {'types' if signal.typing else 'stops'}", "cursor": cursor}
        case StreamReady(cursor=cursor, resumed=resumed):
            return {"is": "ready", "cursor": cursor, "resumed": resumed}
        case StreamCaughtUp(cursor=cursor):
            return {"is": "caught up", "cursor": cursor}
        case StreamReset(cursor=cursor, reason=reason):
            return {"is": "reset", "cursor": cursor, "reason": reason.value}
    raise AssertionError(item)


@dataclass(frozen=True, slots=True)
class Frame:
    operation_id: str
    data: dict[str, Any]
    cursor: str  # of the connection

    @property
    def summary(self) -> object:
        """The sequence number of an event, or the kind of another frame."""
        match self.data["is"]:
            case "event":
                return self.data["seq"]
            case "ready":
                return "resumed" if self.data["resumed"] else "ready"
            case "reset":
                return self.data["reason"]
            case other:
                return other


async def eventually(condition: Callable[[], bool]) -> None:
    """Poll for a condition that has no event."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


class Wire:
    """One connection. Frames wait until the client reads them; if the buffer is full, the sender waits."""

    def __init__(self, hub: Hub, *, resume: str | None = None, room: int = 10_000) -> None:
        self.hub = hub
        self.resume = resume
        self.positions: dict[str, int] = {}
        self.frames: list[Frame] = []
        self.signals: dict[tuple[str, str], Callable[[], Frame]] = {}  # waiting; `hears` removes them
        self.on_frame: Callable[[], None] = lambda: None
        self.writes_groups = bool(random.getrandbits(1))  # as a socket that takes what is written, or not
        self.groups: list[int] = []  # frames of each group that was written
        self._read = 0
        self._room = room
        self._changed = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def subscribe(self, operation_id: str, operation: EchoOperation) -> asyncio.Task[None]:
        task = asyncio.create_task(self.hub.stream(operation, _Sink(self, operation_id)))
        self._tasks[operation_id] = task
        return task

    async def complete(self, operation_id: str) -> None:
        task = self._tasks.pop(operation_id)
        task.cancel()
        await asyncio.wait([task], timeout=DEADLINE)
        assert task.done()

    async def cut(self) -> None:
        for operation_id in list(self._tasks):
            await self.complete(operation_id)

    async def put(self, frame: Frame) -> None:
        while not self.try_put(frame):
            await self.until(lambda: len(self.frames) - self._read < self._room, deadline=None)

    def try_put(self, frame: Frame) -> bool:
        if len(self.frames) - self._read >= self._room:
            return False
        self.frames.append(frame)
        self.on_frame()
        self._changed.set()
        return True

    @property
    def room(self) -> int:
        return self._room - len(self.frames) + self._read

    @property
    def unread(self) -> bool:
        return self._read < len(self.frames)

    def read(self, most: int = 10_000) -> list[Frame]:
        """Return at most this many unread frames."""
        frames = self.frames[self._read : self._read + most]
        self._read += len(frames)
        self._changed.set()
        return frames

    def keep_signal(self, key: tuple[str, str], frame: Callable[[], Frame]) -> None:
        self.signals.pop(key, None)
        self.signals[key] = frame
        self._changed.set()

    async def hears(self, *summaries: object) -> list[Frame]:
        """Wait for exactly these signals, and remove them."""
        with suppress(TimeoutError):
            await self.until(lambda: len(self.signals) >= len(summaries))
        frames = [frame() for frame in self.signals.values()]
        self.signals.clear()
        assert [frame.summary for frame in frames] == list(summaries)
        return frames

    async def until(self, condition: Callable[[], bool], *, deadline: float | None = DEADLINE) -> None:
        async with asyncio.timeout(deadline):
            while not condition():
                for task in self._tasks.values():
                    if task.done() and not task.cancelled() and task.exception():
                        raise AssertionError("the stream ended") from task.exception()
                self._changed.clear()
                await self._changed.wait()

    async def shows(self, *summaries: object, operation_id: str = "1") -> None:
        """Wait for exactly these frames of an operation."""
        with suppress(TimeoutError):
            await self.until(lambda: len(self.summaries(operation_id)) >= len(summaries))
        assert self.summaries(operation_id) == list(summaries)

    def summaries(self, operation_id: str = "1") -> list[object]:
        return [frame.summary for frame in self.frames if frame.operation_id == operation_id]

    @property
    def cursor(self) -> str | None:
        """The cursor that a ping would contain."""
        return self.hub.cursor(principal(ACCOUNT), self.positions)


class _Sink:
    def __init__(self, wire: Wire, operation_id: str) -> None:
        self.operation_id = operation_id
        self.resume = wire.resume
        self.positions = wire.positions
        self._wire = wire

    def _frame(self, payload: str, cursor: str) -> Frame:
        parsed = orjson.loads(payload)
        assert parsed["extensions"] == {"stream": {"cursor": cursor}}
        return Frame(self.operation_id, parsed["data"], cursor)

    async def send(self, payload: str, cursor: str) -> None:
        await self._wire.put(self._frame(payload, cursor))

    def try_send(self, frame: SharedFrame, cursor: str) -> bool:
        return self._wire.try_put(self._frame(frame.payload(cursor), cursor))

    def try_send_group(self, group: FrameGroup, prefix: str) -> bool:
        """As a socket does: all frames at once, or none."""
        frames = [frame for _, frame in group.frames]
        if not self._wire.writes_groups or len(frames) > self._wire.room:
            return False
        self._wire.groups.append(len(frames))
        return all(self.try_send(frame, prefix + frame.cursor) for frame in frames)

    def send_signal(self, key: str, payload: str, finish: Callable[[str], tuple[str, str]]) -> None:
        self._wire.keep_signal((self.operation_id, key), lambda: self._frame(*finish(payload)))

    def drop_signal(self, key: str) -> None:
        self._wire.signals.pop((self.operation_id, key), None)

    def drop_signals(self) -> None:
        for key in [key for key in self._wire.signals if key[0] == self.operation_id]:
            del self._wire.signals[key]


class UnreliableTail:
    """A change stream that loses, repeats and delays notifications."""

    def __init__(self, tail: Tail) -> None:
        self._tail = tail
        self._deliver: Callable[[LoggedEvent], None] = lambda event: None
        self.held: list[LoggedEvent] = []
        self.lose = 0  # how many of the next ones
        self.repeat = False
        self.hold = False
        self.signals = 0  # seen

    def lag(self) -> float:
        return self._tail.lag()

    async def follow(
        self,
        deliver: Callable[[LoggedEvent], None],
        signalled: Callable[[AccountId, Typing], None],
        started: Callable[[], None],
    ) -> None:
        def counted(account_id: AccountId, signal: Typing) -> None:
            signalled(account_id, signal)
            self.signals += 1

        self._deliver = deliver
        await self._tail.follow(self._pass_on, counted, started)

    def _pass_on(self, event: LoggedEvent) -> None:
        if self.lose:
            self.lose -= 1
        elif self.hold:
            self.held.append(event)
        else:
            for _ in range(1 + self.repeat):
                self._deliver(event)

    def release(self, order: random.Random) -> None:
        self.hold = False
        order.shuffle(self.held)
        for event in self.held:
            self._deliver(event)
        self.held.clear()


@asynccontextmanager
async def running(log: EventLog, tail: Tail, settings: HubSettings) -> AsyncIterator[Hub]:
    hub = Hub(log=log, tail=tail, cursors=CURSORS, settings=settings)
    task = asyncio.create_task(hub.run())
    try:
        yield hub
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=DEADLINE)
        assert task.done()
        with suppress(asyncio.CancelledError):
            task.result()


async def say(database: MongoDatabase, *conversations: str, account_id: AccountId = ACCOUNT) -> list[int]:
    return await append(database, account_id, [message_added(key) for key in conversations])


async def at(log: MongoEventLog, seq: int) -> str:
    """A plain cursor, as returned by a query."""
    return CURSORS.encode(ACCOUNT, Position(epoch=(await log.head(ACCOUNT)).epoch, seq=seq))


def follow(*topics: str, after: str | None = None) -> EchoOperation:
    return EchoOperation(ACCOUNT, topics, after)


async def drain(wire: Wire, count: int) -> list[Frame]:
    """Read so many frames, one at a time."""
    frames: list[Frame] = []
    while len(frames) < count:
        await wire.until(lambda: wire.unread)
        frames += wire.read(1)
    return frames


async def trim_all(log: MongoEventLog) -> None:
    await log.trim(ACCOUNT, datetime.now(UTC) + timedelta(minutes=1))
