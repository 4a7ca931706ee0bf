"""One operation's way through its account's log: from where the client stands, through what it missed, on to live.

    claim ──▶ StreamReady ──┬──▶ what was missed ──▶ StreamCaughtUp ──┬──▶ live
                            └──▶ StreamReset (no continuity) ─────────┘

There is no second buffer beside the log: a subscription remembers its position and takes what follows it from the
channel's memory, or from the log where it is further behind. So a reader as slow as it likes costs no memory, and going
from replay to live is one comparison without an `await`. Positions strictly increase, and pass only events that were
queued or do not belong to the operation.

Signals stand beside all this: taken in once the operation is live, sent when no event is left to send, without a
position of their own. Each carries the place where the stream stands when its frame leaves, so that a client that keeps
the last cursor it saw keeps a good one.
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
_TURN = 0.002  # seconds of delivering before others get their turn
_MOST_SIGNALS = 200  # waiting for their turn; beyond it the oldest goes, and comes again if it is still true


class Missed(Record):
    """What belongs to the operation, up to and with `upto`."""

    events: Sequence[LoggedEvent]
    upto: int


class _Start(Record):
    place: OperationPosition
    missed: Missed | None = None  # None: it starts from now
    reset: StreamResetReason | None = None


class StreamDependencies(Record):
    """What the subscriptions of a connection stand on."""

    log: EventLog
    cursors: CursorCodec
    channel: AccountFeed
    connection: ResumeState
    most_missed: int


class Subscription:
    def __init__(self, *, operation: LiveOperation, outlet: EventSink, ground: StreamDependencies) -> None:
        self.outlet = outlet
        self.topics = operation.feed.topics
        self.key = operation_key(outlet.operation_id, operation.feed.after, self.topics)
        self._operation = operation
        self._ground = ground
        self._channel = ground.channel
        self._extensions: dict[str, object] = {"stream": {"cursor": ground.cursors.slot}}
        self._epoch = ""
        self._seq = 0
        self._idle = False  # all that was dispatched so far is queued: the place moves with the channel
        self._live = False  # signals are taken in
        self._signals: dict[str, Typing] = {}  # by key, the oldest first
        self._broken: StreamResetReason | None = None
        self._woken = asyncio.Event()
        self._turn_ends = 0.0

    @property
    def place(self) -> OperationPosition:
        return OperationPosition(self._epoch, max(self._seq, self._channel.last) if self._idle else self._seq)

    def arrived(self, event: LoggedEvent) -> None:
        if self._live and isinstance(event.body, MessageAdded) and (ended := key_ended_by(event.body.message)):
            self._signals.pop(ended, None)
            self.outlet.withdraw(ended)
        if self._idle and event.seq > self._seq:
            self._seq = event.seq - 1
            self._idle = False
            self._woken.set()

    def signalled(self, signal: Typing) -> None:
        if not self._live or signal.is_by(self._operation.principal):
            return
        self._signals.pop(signal.key, None)
        self._signals[signal.key] = signal
        if len(self._signals) > _MOST_SIGNALS:
            del self._signals[next(iter(self._signals))]
        if self._idle:
            self._seq = self.place.seq  # as far as all is queued: a signal gives no cause to look behind it
            self._idle = False
            self._woken.set()

    def broken(self, reason: StreamResetReason) -> None:
        self._broken = reason
        self._idle = False
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled. Raises Invalid where the client's cursor is none."""
        try:
            await self._begin()
            self._live = self._operation.feed.signal is not None
            await self._follow()
        finally:
            self._live = False
            self.outlet.withdraw_all()

    async def _begin(self) -> None:
        claim = read_resume_request(
            self._ground.cursors,
            self._channel.account_id,
            after=self._operation.feed.after,
            resume=self.outlet.resume,
        )
        if claim is not None and claim.resume is not None:
            self._ground.connection.bring(claim.resume)
        await self._channel.opened.wait()
        start = await self._start(claim)
        await (self._accept(start) if start.reset is None else self._refuse(start.place, start.reset))

    async def _follow(self) -> None:
        while True:
            if self._broken is not None:
                reason, self._broken = self._broken, None
                await self._reset(OperationPosition(self._channel.epoch, self._channel.last), reason)
            elif self._channel.last > self._seq:
                await self._deliver_next()
            elif self._signals:
                await self._signal_next()
            else:
                self._idle = True
                self._woken.clear()
                await self._woken.wait()

    async def _start(self, claim: ResumeRequest | None) -> _Start:
        if claim is None:
            return self._from_now()
        head = await retry_while_unavailable(lambda: self._ground.log.head(self._channel.account_id))
        self._channel.compare(head)
        self._broken = None  # nothing was said yet that could be contradicted
        end = OperationPosition(head.epoch, head.seq)
        try:
            seq = claim.start(self.key, head.epoch)
        except UnknownCursor:
            return _Start(place=end, reset=StreamResetReason.UNKNOWN_CURSOR)
        if seq is None:
            return self._from_now()
        if seq > head.seq:
            return _Start(place=end, reset=StreamResetReason.UNKNOWN_CURSOR)
        missed = await self._read(after=seq, upto=head.seq, limit=self._ground.most_missed + 1)
        if missed is None:
            return _Start(place=end, reset=StreamResetReason.EXPIRED)
        if len(missed.events) > self._ground.most_missed:
            return _Start(place=end, reset=StreamResetReason.TOO_FAR_BEHIND)
        return _Start(place=OperationPosition(head.epoch, seq), missed=missed)

    def _from_now(self) -> _Start:
        return _Start(place=OperationPosition(self._channel.epoch, self._channel.last))

    async def _accept(self, start: _Start) -> None:
        place = start.place
        await self._send(StreamReady(cursor=self._plain(place), resumed=start.missed is not None), place)
        if start.missed is not None:
            await self._deliver(start.missed)
        if self._broken is None:
            place = self.place
            await self._send(StreamCaughtUp(cursor=self._plain(place)), place)

    async def _refuse(self, place: OperationPosition, reason: StreamResetReason) -> None:
        """The first frame repeats the client's own cursor: should the second not arrive, it is said again."""
        own = Cursor(self.outlet.resume or self._operation.feed.after or "")
        payload = await self._operation.payload(StreamReady(cursor=own, resumed=False), self._extensions)
        async with self._ground.connection.turn:
            await self.outlet.send(self._ground.cursors.fill_slot(payload, own), own)
        await self._reset(place, reason)

    async def _reset(self, place: OperationPosition, reason: StreamResetReason) -> None:
        await self._send(StreamReset(cursor=self._plain(place), reason=reason), place)

    async def _deliver_next(self) -> None:
        missed = await self._read(after=self._seq, upto=self._channel.last, limit=_PAGE)
        if missed is None:
            self._broken = StreamResetReason.EXPIRED
        else:
            await self._deliver(missed)

    async def _read(self, *, after: int, upto: int, limit: int) -> Missed | None:
        """What belongs to the operation; None where the log does not reach back to `after` any more."""
        if self._channel.last >= upto:
            recent = self._channel.recent(after=after, topics=self.topics)
            if recent is not None:
                return Missed(events=recent, upto=self._channel.last)
        account_id, log = self._channel.account_id, self._ground.log
        events = await retry_while_unavailable(
            lambda: log.read(account_id, after=after, upto=upto, topics=self.topics, limit=limit)
        )
        head = await retry_while_unavailable(
            lambda: log.head(account_id)
        )  # read after the events: `floor` moves before they go
        self._channel.compare(head)
        if head.floor > after:
            return None
        return Missed(events=events, upto=events[-1].seq if len(events) == limit else upto)

    async def _deliver(self, missed: Missed) -> None:
        for event in missed.events:
            if self._broken is not None:
                return
            await self._offer(event)
        if self._broken is None:
            self._seq = max(self._seq, missed.upto)

    async def _offer(self, event: LoggedEvent) -> None:
        assert event.seq > self._seq, "delivered numbers strictly increase"
        place = OperationPosition(self._epoch, event.seq)
        item = self._operation.feed.item(event, self._plain(place))
        if item is None:
            self._seq = event.seq
        else:
            await self._send(item, place)
        if time.monotonic() > self._turn_ends:
            await asyncio.sleep(0)
            self._turn_ends = time.monotonic() + _TURN

    async def _send(self, item: object, place: OperationPosition) -> None:
        """The one place where an item meets the operation. Its place moves in the moment the frame is queued."""
        payload = await self._operation.payload(item, self._extensions)
        connection = self._ground.connection
        async with connection.turn:
            cursor = connection.cursor({self: place})
            assert cursor is not None
            await self.outlet.send(self._ground.cursors.fill_slot(payload, cursor), cursor)
            self._epoch, self._seq = place.epoch, place.seq
            self.outlet.positions[self.outlet.operation_id] = place.seq
            connection.operations[self] = None

    async def _signal_next(self) -> None:
        key, signal = next(iter(self._signals.items()))
        make = self._operation.feed.signal
        item = None if make is None else make(signal, self._ground.cursors.signal_slot)
        payload = None
        if item is not None:
            with suppress(Unavailable):  # no reason to end a stream: if it is still true, it comes again
                payload = await self._operation.payload(item, self._extensions)
        if self._signals.get(key) is signal:  # else it is over meanwhile, or a later one came
            del self._signals[key]
            if payload is not None:
                self.outlet.signal(key, payload, self._finish)

    def _finish(self, payload: str) -> tuple[str, str]:
        cursors = self._ground.cursors
        cursor = self._ground.connection.cursor()
        assert cursor is not None, "an operation that has signals waiting follows"
        return cursors.fill_slot(payload.replace(cursors.signal_slot, self._plain(self.place)), cursor), cursor

    def _plain(self, place: OperationPosition) -> Cursor:
        position = Position(epoch=place.epoch, seq=place.seq)
        return Cursor(self._ground.cursors.encode(self._channel.account_id, position))
