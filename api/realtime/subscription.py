"""One operation's way through its account's log: from the client's position through the missed items to live ones.

    resume request ──▶ StreamReady ──┬──▶ missed items ──▶ StreamCaughtUp ──┬──▶ following its shared stream
                                     └──▶ StreamReset (no continuity) ──────┘

There is no second buffer beside the log: a subscription remembers its position and takes the following events from the
feed's memory, or from the log if it is further behind. So a slow reader costs no memory, and the switch from replay to
live is one comparison without an `await`. Positions strictly increase, and pass only events that were queued or do not
belong to the operation.

A subscription executes nothing by itself: its frames come from its shared stream (`shared_stream.py`). Once it has
caught up, it follows the stream, which then queues the frames of live events; it leaves the stream while its reader
is behind, and to send a signal.

Signals stand beside the events: they are taken once the operation is live and sent when no event is waiting, without a
position of their own. Each carries the stream's position at the moment its frame leaves, so that the last cursor a
client saw is always a good one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from api.realtime.connection_cursor import OperationPosition, ResumeState
from api.realtime.cursor import UnknownCursor, operation_key
from api.realtime.frame_cache import Frame, FrameGroup
from api.realtime.past_events import Missed
from api.realtime.resume_request import ResumeRequest, read_resume_request
from api.realtime.shared_stream import SharedStream
from api.realtime.sink import EventSink
from domain.principal import Principal
from domain.signals import Typing
from domain.values.errors import Unavailable
from domain.values.record import Record
from resolvers.scalars import Cursor
from resolvers.subscriptions import StreamCaughtUp, StreamReady, StreamReset, StreamResetReason

_REACH_SECONDS = 30.0  # for the log's head, which takes milliseconds unless the database is away
_MAX_SIGNALS = 200  # waiting; beyond it the oldest is dropped, and is repeated by its author while it holds


class _Start(Record):
    position: OperationPosition
    missed: Missed | None = None  # None: the operation starts from now
    reset: StreamResetReason | None = None
    asked: int | None = None  # with `reset`: the number in this log after which the client asked to resume, if known


class Subscription:
    """A follower of its stream, and an operation with a position (`connection_cursor.py`)."""

    def __init__(
        self,
        *,
        principal: Principal,
        after: str | None,
        sink: EventSink,
        stream: SharedStream,
        connection: ResumeState,
    ) -> None:
        self.sink = sink
        self.key = operation_key(sink.operation_id, after, stream.topics)
        self.seq = 0
        self._principal = principal
        self._after = after
        self._stream = stream
        self._feed = stream.feed
        self._connection = connection
        self._dependencies = stream.dependencies
        self._epoch = ""
        self._read_at = stream.removals  # when the events in hand were read
        self._live = False  # signals are accepted
        self._signals: dict[str, Typing] = {}  # by key, the oldest first
        self._reset_reason: StreamResetReason | None = None
        self._following: asyncio.Future[None] | None = None  # done when the stream releases the subscription

    @property
    def position(self) -> OperationPosition:
        seq = self.seq if self._following is None else max(self.seq, self._stream.settled)
        return OperationPosition(self._epoch, seq)

    # Called by the stream

    def offer(self, group: FrameGroup) -> bool:
        connection, sink = self._connection, self.sink
        if connection.frame_lock.locked():  # another frame has its cursor already, and waits for room
            return False
        if self._try_send_group(group):
            return True
        for event, frame in group.frames:
            seq = event.seq
            if seq > self.seq:
                if not sink.try_send(frame, connection.cursor_of(self, self._epoch, seq, frame.cursor)):
                    return False
                self.seq = sink.positions[sink.operation_id] = seq
        return True

    def release(self, error: Exception | None = None) -> None:
        following, self._following = self._following, None
        if following is not None and not following.done():
            if error is None:
                following.set_result(None)
            else:
                following.set_exception(error)

    def note_reset(self, reason: StreamResetReason) -> None:
        # Whether the log has expired for this subscription, it finds out by itself: it may be ahead of the feed.
        if reason is not StreamResetReason.EXPIRED:
            self._reset_reason = reason
        self._stream.unfollow(self)
        self.release()

    def note_signal(self, signal: Typing) -> None:
        if not self._live or signal.is_by(self._principal):
            return
        self._signals.pop(signal.key, None)
        self._signals[signal.key] = signal
        if len(self._signals) > _MAX_SIGNALS:
            del self._signals[next(iter(self._signals))]
        if self._following is not None:
            self.seq = self.position.seq  # every event up to here is queued; a signal changes nothing in that
            self._stream.unfollow(self)
            self.release()

    def note_signal_end(self, key: str) -> None:
        if self._live:
            self._signals.pop(key, None)
            self.sink.drop_signal(key)

    # Course

    async def run(self) -> None:
        """Send items until cancelled. Raises `Invalid` for a text that is not a cursor, and the operation's errors."""
        try:
            await self._begin()
            self._live = self._stream.sends_signals
            await self._go_on()
        finally:
            self._stream.unfollow(self)
            self._live = False
            self.sink.drop_signals()

    async def _begin(self) -> None:
        request = read_resume_request(
            self._dependencies.cursors, self._feed.account_id, after=self._after, resume=self.sink.resume
        )
        if request is not None and request.resume is not None:
            self._connection.restore(request.resume)
        await self._feed.opened.wait()
        start = await self._start(request)
        await self._dependencies.share.turn()
        await (self._accept(start) if start.reset is None else self._refuse(start, start.reset))

    async def _go_on(self) -> None:
        while True:
            if self._reset_reason is not None:
                reason, self._reset_reason = self._reset_reason, None
                await self._reset(OperationPosition(self._feed.epoch, self._feed.last), reason)
            elif self._feed.last > self.seq:
                await self._deliver_next()
            elif self._signals:
                await self._signal_next()
            else:
                self._following = asyncio.get_running_loop().create_future()
                self._stream.follow(self)
                await self._following

    async def _start(self, request: ResumeRequest | None) -> _Start:
        if request is None:
            return self._from_now()
        head = await self._dependencies.past.head(self._feed)
        self._reset_reason = None  # nothing was sent yet that a reset could contradict
        end = OperationPosition(head.epoch, head.seq)
        try:
            seq = request.start_position(self.key, head.epoch)
        except UnknownCursor:
            return _Start(position=end, reset=StreamResetReason.UNKNOWN_CURSOR)
        if seq is None:
            return self._from_now()
        if seq > head.seq:
            return _Start(position=end, reset=StreamResetReason.UNKNOWN_CURSOR, asked=seq)
        if seq < head.seq and self._feed.last < head.seq:
            await self._reach(head.seq)
            if self._feed.epoch != head.epoch:
                return await self._start(request)
        most = self._dependencies.most_missed
        self._read_at = self._stream.removals
        missed = await self._stream.missed(epoch=head.epoch, after=seq, upto=head.seq, limit=most + 1)
        if missed is None:
            return _Start(position=end, reset=StreamResetReason.EXPIRED, asked=seq)
        if len(missed.events) > most:
            return _Start(position=end, reset=StreamResetReason.TOO_FAR_BEHIND, asked=seq)
        return _Start(position=OperationPosition(head.epoch, seq), missed=missed)

    async def _reach(self, seq: int) -> None:
        """Wait until the feed has this event: what is kept of earlier ones is then without the words that were removed
        before it. Raises `Unavailable`."""
        try:
            async with asyncio.timeout(_REACH_SECONDS):
                await self._feed.reach(seq)
        except TimeoutError:
            raise Unavailable("The latest events cannot be read.") from None

    def _from_now(self) -> _Start:
        return _Start(position=OperationPosition(self._feed.epoch, self._feed.last))

    async def _accept(self, start: _Start) -> None:
        position, resumed = start.position, start.missed is not None
        cursor = self._plain(position)
        await self._send_marker(StreamReady(cursor=cursor, resumed=resumed), position, resumed)
        if start.missed is not None:
            await self._deliver(start.missed)
            while self._reset_reason is None and self.seq < start.missed.upto:  # words were removed meanwhile
                await self._deliver_next(start.missed.upto)
        if self._reset_reason is None:
            position = self.position
            await self._send_marker(StreamCaughtUp(cursor=self._plain(position)), position)

    async def _refuse(self, start: _Start, reason: StreamResetReason) -> None:
        """Send StreamReady with the client's own cursor, then StreamReset. If the second frame does not arrive, the
        client resumes with the same cursor and is reset again; other operations of the connection go on where they
        are."""
        own = Cursor(self.sink.resume or self._after or "")
        frame = await self._stream.frame((StreamReady, own, False), StreamReady(cursor=own, resumed=False), own)
        async with self._connection.frame_lock:
            cursor = self._cursor_of_refusal(start) or own
            await self.sink.send(frame.payload(cursor), cursor)
        await self._reset(start.position, reason)

    def _cursor_of_refusal(self, start: _Start) -> str | None:
        """Return a cursor of the connection after which this operation is reset again, and the others miss nothing and
        get nothing twice; None: the client's own is one."""
        if not self._connection.operations:
            return None
        if start.asked is not None:
            return self._connection.cursor({self: OperationPosition(start.position.epoch, start.asked)})
        return self._connection.cursor() if self.sink.resume is None else None

    async def _reset(self, position: OperationPosition, reason: StreamResetReason) -> None:
        await self._send_marker(StreamReset(cursor=self._plain(position), reason=reason), position, reason)

    async def _deliver_next(self, upto: int = 0) -> None:
        """Send the next events up to this one, or further."""
        self._read_at = self._stream.removals
        missed = await self._stream.missed(epoch=self._epoch, after=self.seq, upto=max(upto, self._feed.last))
        if missed is None:
            self._reset_reason = StreamResetReason.EXPIRED
        else:
            await self._deliver(missed)

    async def _deliver(self, missed: Missed) -> None:
        """Send the events, in groups; but those that are still in hand when words are removed have to be read again."""
        waiting = deque(missed.events)
        while waiting and self._is_current():
            group = FrameGroup()
            upto = await self._stream.fill(group, waiting, self._epoch)
            if self._is_current() and group.frames:
                await self._deliver_group(group)
            if self._is_current():
                self.seq = max(self.seq, upto)
            await self._dependencies.share.turn()
        if self._is_current():
            self.seq = max(self.seq, missed.upto)

    def _is_current(self) -> bool:
        """Whether the events in hand may be sent."""
        return self._reset_reason is None and self._read_at == self._stream.removals

    async def _deliver_group(self, group: FrameGroup) -> None:
        assert group.first > self.seq, "delivered numbers strictly increase"
        if self._try_send_group(group):
            for event, _ in group.frames:
                self._stream.note_sent(event)
            return
        for event, frame in group.frames:
            if self._is_current():
                await self._send(frame, OperationPosition(self._epoch, event.seq))
                self._stream.note_sent(event)
                await self._dependencies.share.turn()

    def _try_send_group(self, group: FrameGroup) -> bool:
        connection, sink = self._connection, self.sink
        if self.seq >= group.first or connection.frame_lock.locked() or not connection.is_alone(self, self._epoch):
            return False
        if not sink.try_send_group(group, self._dependencies.cursors.of_one(self.key, "")):
            return False
        self.seq = sink.positions[sink.operation_id] = group.last
        return True

    async def _send_marker(
        self, item: StreamReady | StreamCaughtUp | StreamReset, position: OperationPosition, *differs: object
    ) -> None:
        frame = await self._stream.frame((type(item), item.cursor, *differs), item, item.cursor)
        await self._send(frame, position)

    async def _send(self, frame: Frame, position: OperationPosition) -> None:
        """Queue the frame; the position moves at the moment it is queued."""
        connection = self._connection
        async with connection.frame_lock:
            cursor = connection.cursor_of(self, position.epoch, position.seq, frame.cursor)
            if not self.sink.try_send(frame, cursor):
                await self.sink.send(frame.payload(cursor), cursor)
            self._epoch, self.seq = position.epoch, position.seq
            self.sink.positions[self.sink.operation_id] = position.seq
            connection.operations[self] = None

    async def _signal_next(self) -> None:
        key, signal = next(iter(self._signals.items()))
        frame = None
        with suppress(Unavailable):  # no reason to end a stream: its author repeats a signal while it holds
            frame = await self._stream.frame_of_signal(signal)
        await self._dependencies.share.turn()
        if self._signals.get(key) is signal:  # else it has ended meanwhile, or a later one came
            del self._signals[key]
            if frame is not None:
                self.sink.send_signal(key, frame.payload(self._dependencies.cursors.slot), self._finish)

    def _finish(self, payload: str) -> tuple[str, str]:
        cursor = self._connection.cursor()
        assert cursor is not None, "an operation with waiting signals follows the log"
        payload = payload.replace(self._dependencies.cursors.signal_slot, self._plain(self.position))
        return self._dependencies.cursors.fill_slot(payload, cursor), cursor

    def _plain(self, position: OperationPosition) -> Cursor:
        return self._stream.plain_cursor(position.epoch, position.seq)
