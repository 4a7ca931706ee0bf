"""One operation's way through its account's log: from the client's position through the missed items to live ones.

    resume request ──▶ StreamReady ──┬──▶ missed items ──▶ StreamCaughtUp ──┬──▶ live
                                     └──▶ StreamReset (no continuity) ──────┘

There is no second buffer beside the log: a subscription remembers its position and takes the following events from the
feed's memory, or from the log if it is further behind. So a slow reader costs no memory, and the switch from replay to
live is one comparison without an `await`. Positions strictly increase, and pass only events that were queued or do not
belong to the operation.

Signals stand beside the events: they are taken once the operation is live and sent when no event is waiting, without a
position of their own. Each carries the stream's position at the moment its frame leaves, so that the last cursor a
client saw is always a good one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

from api.realtime.account_feed import AccountFeed
from api.realtime.connection_cursor import OperationPosition, ResumeState
from api.realtime.cursor import CursorCodec, Position, UnknownCursor, operation_key
from api.realtime.resume_request import ResumeRequest, read_resume_request
from api.realtime.retry import retry_while_unavailable
from api.realtime.sink import EventSink, LiveOperation
from domain.events import EventLog, LoggedEvent, MessageAdded
from domain.signals import Typing, key_ended_by
from domain.values.errors import Unavailable
from domain.values.record import Record
from resolvers.scalars import Cursor
from resolvers.subscriptions import StreamCaughtUp, StreamReady, StreamReset, StreamResetReason

_PAGE = 200  # events read from the log at once
_TURN = 0.002  # seconds of delivering before other tasks get the event loop
_MAX_SIGNALS = 200  # waiting; beyond it the oldest is dropped, and is repeated by its author while it holds


class Missed(Record):
    """The events of the operation up to and including `upto`."""

    events: Sequence[LoggedEvent]
    upto: int


class _Start(Record):
    position: OperationPosition
    missed: Missed | None = None  # None: the operation starts from now
    reset: StreamResetReason | None = None


class StreamDependencies(Record):
    """The objects that all subscriptions of a connection share."""

    log: EventLog
    cursors: CursorCodec
    feed: AccountFeed
    connection: ResumeState
    most_missed: int


class Subscription:
    def __init__(self, *, operation: LiveOperation, sink: EventSink, dependencies: StreamDependencies) -> None:
        self.sink = sink
        self.topics = operation.source.topics
        self.key = operation_key(sink.operation_id, operation.source.after, self.topics)
        self._operation = operation
        self._dependencies = dependencies
        self._feed = dependencies.feed
        self._extensions: dict[str, object] = {"stream": {"cursor": dependencies.cursors.slot}}
        self._epoch = ""
        self._seq = 0
        self._idle = False  # every dispatched event is queued, so the position moves with the feed
        self._live = False  # signals are accepted
        self._signals: dict[str, Typing] = {}  # by key, the oldest first
        self._reset_reason: StreamResetReason | None = None
        self._woken = asyncio.Event()
        self._turn_ends = 0.0

    @property
    def position(self) -> OperationPosition:
        return OperationPosition(self._epoch, max(self._seq, self._feed.last) if self._idle else self._seq)

    def on_event(self, event: LoggedEvent) -> None:
        if self._live and isinstance(event.body, MessageAdded) and (ended := key_ended_by(event.body.message)):
            self._signals.pop(ended, None)
            self.sink.drop_signal(ended)
        if self._idle and event.seq > self._seq:
            self._seq = event.seq - 1
            self._idle = False
            self._woken.set()

    def on_signal(self, signal: Typing) -> None:
        if not self._live or signal.is_by(self._operation.principal):
            return
        self._signals.pop(signal.key, None)
        self._signals[signal.key] = signal
        if len(self._signals) > _MAX_SIGNALS:
            del self._signals[next(iter(self._signals))]
        if self._idle:
            self._seq = self.position.seq  # every event up to here is queued; a signal changes nothing in that
            self._idle = False
            self._woken.set()

    def on_reset(self, reason: StreamResetReason) -> None:
        self._reset_reason = reason
        self._idle = False
        self._woken.set()

    async def run(self) -> None:
        """Send items until cancelled. Raises `Invalid` for a text that is not a cursor, and the operation's errors."""
        try:
            await self._begin()
            self._live = self._operation.source.signal is not None
            await self._follow()
        finally:
            self._live = False
            self.sink.drop_signals()

    async def _begin(self) -> None:
        request = read_resume_request(
            self._dependencies.cursors,
            self._feed.account_id,
            after=self._operation.source.after,
            resume=self.sink.resume,
        )
        if request is not None and request.resume is not None:
            self._dependencies.connection.restore(request.resume)
        await self._feed.opened.wait()
        start = await self._start(request)
        await (self._accept(start) if start.reset is None else self._refuse(start.position, start.reset))

    async def _follow(self) -> None:
        while True:
            if self._reset_reason is not None:
                reason, self._reset_reason = self._reset_reason, None
                await self._reset(OperationPosition(self._feed.epoch, self._feed.last), reason)
            elif self._feed.last > self._seq:
                await self._deliver_next()
            elif self._signals:
                await self._signal_next()
            else:
                self._idle = True
                self._woken.clear()
                await self._woken.wait()

    async def _start(self, request: ResumeRequest | None) -> _Start:
        if request is None:
            return self._from_now()
        head = await retry_while_unavailable(lambda: self._dependencies.log.head(self._feed.account_id))
        self._feed.check_head(head)
        self._reset_reason = None  # nothing was sent yet that a reset could contradict
        end = OperationPosition(head.epoch, head.seq)
        try:
            seq = request.start_position(self.key, head.epoch)
        except UnknownCursor:
            return _Start(position=end, reset=StreamResetReason.UNKNOWN_CURSOR)
        if seq is None:
            return self._from_now()
        if seq > head.seq:
            return _Start(position=end, reset=StreamResetReason.UNKNOWN_CURSOR)
        missed = await self._read(after=seq, upto=head.seq, limit=self._dependencies.most_missed + 1)
        if missed is None:
            return _Start(position=end, reset=StreamResetReason.EXPIRED)
        if len(missed.events) > self._dependencies.most_missed:
            return _Start(position=end, reset=StreamResetReason.TOO_FAR_BEHIND)
        return _Start(position=OperationPosition(head.epoch, seq), missed=missed)

    def _from_now(self) -> _Start:
        return _Start(position=OperationPosition(self._feed.epoch, self._feed.last))

    async def _accept(self, start: _Start) -> None:
        position = start.position
        await self._send(StreamReady(cursor=self._plain(position), resumed=start.missed is not None), position)
        if start.missed is not None:
            await self._deliver(start.missed)
        if self._reset_reason is None:
            position = self.position
            await self._send(StreamCaughtUp(cursor=self._plain(position)), position)

    async def _refuse(self, position: OperationPosition, reason: StreamResetReason) -> None:
        """Send StreamReady with the client's own cursor, then StreamReset. If the second frame does not arrive, the
        client resumes with the same cursor and is reset again."""
        own = Cursor(self.sink.resume or self._operation.source.after or "")
        payload = await self._operation.render(StreamReady(cursor=own, resumed=False), self._extensions)
        async with self._dependencies.connection.frame_lock:
            await self.sink.send(self._dependencies.cursors.fill_slot(payload, own), own)
        await self._reset(position, reason)

    async def _reset(self, position: OperationPosition, reason: StreamResetReason) -> None:
        await self._send(StreamReset(cursor=self._plain(position), reason=reason), position)

    async def _deliver_next(self) -> None:
        missed = await self._read(after=self._seq, upto=self._feed.last, limit=_PAGE)
        if missed is None:
            self._reset_reason = StreamResetReason.EXPIRED
        else:
            await self._deliver(missed)

    async def _read(self, *, after: int, upto: int, limit: int) -> Missed | None:
        """Return the events of the operation after `after`; None if the log no longer reaches back to it."""
        if self._feed.last >= upto:
            recent = self._feed.recent(after=after, topics=self.topics)
            if recent is not None:
                return Missed(events=recent, upto=self._feed.last)
        account_id, log = self._feed.account_id, self._dependencies.log
        events = await retry_while_unavailable(
            lambda: log.read(account_id, after=after, upto=upto, topics=self.topics, limit=limit)
        )
        head = await retry_while_unavailable(
            lambda: log.head(account_id)
        )  # read after the events, because `floor` moves before they are deleted
        self._feed.check_head(head)
        if head.floor > after:
            return None
        return Missed(events=events, upto=events[-1].seq if len(events) == limit else upto)

    async def _deliver(self, missed: Missed) -> None:
        for event in missed.events:
            if self._reset_reason is not None:
                return
            await self._offer(event)
        if self._reset_reason is None:
            self._seq = max(self._seq, missed.upto)

    async def _offer(self, event: LoggedEvent) -> None:
        assert event.seq > self._seq, "delivered numbers strictly increase"
        position = OperationPosition(self._epoch, event.seq)
        item = self._operation.source.item(event, self._plain(position))
        if item is None:
            self._seq = event.seq
        else:
            await self._send(item, position)
        if time.monotonic() > self._turn_ends:
            await asyncio.sleep(0)
            self._turn_ends = time.monotonic() + _TURN

    async def _send(self, item: object, position: OperationPosition) -> None:
        """Execute the operation for the item and queue the frame; the position moves at the moment it is queued."""
        payload = await self._operation.render(item, self._extensions)
        connection = self._dependencies.connection
        async with connection.frame_lock:
            cursor = connection.cursor({self: position})
            assert cursor is not None
            await self.sink.send(self._dependencies.cursors.fill_slot(payload, cursor), cursor)
            self._epoch, self._seq = position.epoch, position.seq
            self.sink.positions[self.sink.operation_id] = position.seq
            connection.operations[self] = None

    async def _signal_next(self) -> None:
        key, signal = next(iter(self._signals.items()))
        make = self._operation.source.signal
        item = None if make is None else make(signal, self._dependencies.cursors.signal_slot)
        payload = None
        if item is not None:
            with suppress(Unavailable):  # no reason to end a stream: its author repeats a signal while it holds
                payload = await self._operation.render(item, self._extensions)
        if self._signals.get(key) is signal:  # else it has ended meanwhile, or a later one came
            del self._signals[key]
            if payload is not None:
                self.sink.send_signal(key, payload, self._finish)

    def _finish(self, payload: str) -> tuple[str, str]:
        cursors = self._dependencies.cursors
        cursor = self._dependencies.connection.cursor()
        assert cursor is not None, "an operation with waiting signals follows the log"
        return cursors.fill_slot(payload.replace(cursors.signal_slot, self._plain(self.position)), cursor), cursor

    def _plain(self, position: OperationPosition) -> Cursor:
        plain = Position(epoch=position.epoch, seq=position.seq)
        return Cursor(self._dependencies.cursors.encode(self._feed.account_id, plain))
