"""One execution and one frame of each event, for all subscriptions that ask the same.

    account feed ──▶ shared stream ──┬──▶ followers: they have everything before the event, and take its frame at once
                                     └──▶ others: they replay, or their reader is slow; they take its frame later

Two subscriptions share a stream if they have the same account, the same audience (what the caller may see), the same
document and variables but for `after`, and the same `state` of their source. If the document selects a field that is
marked as dependent on the caller (`resolvers/viewer.py`), only those of one caller share. Then a frame differs between
two sockets in the id of the operation and in the cursor of the connection alone (`connection_cursor.py`).

A subscription that has caught up follows the stream: it does nothing until the stream has a frame for it. The stream
offers the frame to all followers in one loop without a task for each, at most 2 ms in one round of the event loop
(`loop_share.py`). Frames of events that wait together are offered as a group, which takes one write to each socket. A
follower that cannot take them at once, since its reader is slow, stops following and goes on by itself from its own
position (`subscription.py`): its frames then wait in its queue, as before it followed. Positions hold because a frame
is offered to a follower at most once, in the order of the log, and only after everything before.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import partial
from typing import Protocol

from api.realtime.account_feed import AccountFeed
from api.realtime.cursor import CursorCodec, Position
from api.realtime.frame_cache import Frame, FrameCache, FrameGroup, FrameMemory
from api.realtime.past_events import Missed, PastEvents
from api.realtime.sink import LiveOperation
from api.server.loop_share import LoopShare
from domain.events import LoggedEvent, MessageAdded
from domain.model.conversation import AuthorKind
from domain.principal import PrincipalKind
from domain.signals import Typing, key_ended_by
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record
from resolvers.scalars import Cursor
from resolvers.subscriptions import StreamResetReason

_PAGE = 200  # events read from the log at once
_AT_ONCE = 8  # followers, which take some 50 µs; to look at the clock for each would take a tenth of that


_NOTHING = nullcontext()


def untraced(_: LoggedEvent) -> AbstractContextManager[None]:
    """Surround the making of an event's frame with nothing."""
    return _NOTHING


class Follower(Protocol):
    """A subscription of the stream."""

    seq: int  # everything up to here has been queued

    def offer(self, group: FrameGroup) -> bool:
        """Queue the frames of events after `seq`, and move it; return False if there is no room for all of them."""

    def release(self, error: Exception | None = None) -> None:
        """Stop following: go on from `seq`, or raise the error."""

    def note_reset(self, reason: StreamResetReason) -> None:
        """Take note that the following events may not continue the earlier ones without a gap."""

    def note_signal(self, signal: Typing) -> None:
        """Take a signal that began or ended."""

    def note_signal_end(self, key: str) -> None:
        """Take note that a message ended the signal with this key."""


class StreamDependencies(Record):
    """The objects that all streams of a process share."""

    cursors: CursorCodec
    past: PastEvents
    memory: FrameMemory
    share: LoopShare
    most_missed: int  # events of an operation that are replayed
    note_visit: Callable[[AccountId, ConversationId, datetime], None]  # a shopper was sent a message of this time
    around_frame: Callable[[LoggedEvent], AbstractContextManager[None]]  # the making of an event's frame


class SharedStream:
    """A listener of the account's feed. `run` delivers to the followers; the hub starts and cancels it."""

    def __init__(
        self, *, key: Hashable, operation: LiveOperation, feed: AccountFeed, dependencies: StreamDependencies
    ) -> None:
        self.key = key
        self.topics = operation.source.topics
        self.feed = feed
        self.subscriptions: dict[Follower, None] = {}  # an ordered set
        self._operation = operation
        self.dependencies = dependencies
        self._cursors = dependencies.cursors
        self._extensions: dict[str, object] = {"stream": {"cursor": dependencies.cursors.slot}}
        self._frames = FrameCache(dependencies.memory)
        self._followers: dict[Follower, None] = {}
        self._seq = 0  # the followers have been offered everything up to here
        self._idle = True  # and everything that was dispatched, so that their position moves with the feed
        self._resets = 0
        self._erasures = 0
        self._woken = asyncio.Event()

    # Called by subscriptions

    @property
    def sends_signals(self) -> bool:
        return self._operation.source.signal is not None

    @property
    def settled(self) -> int:
        """The number up to which the followers have been offered everything."""
        return max(self._seq, self.feed.last) if self._idle else self._seq

    @property
    def removals(self) -> tuple[int, int]:
        """Changes when frames that were made before may not be sent any more."""
        return self._resets, self._erasures

    def follow(self, follower: Follower) -> None:
        """Offer every later event to a subscription that has all dispatched ones, until its `release` is called."""
        if not self._followers and self._idle:
            self._seq = self.feed.last
        self._followers[follower] = None

    def unfollow(self, follower: Follower) -> None:
        self._followers.pop(follower, None)

    def close(self) -> None:
        """Drop the frames."""
        self._frames.clear()

    def forget(self) -> None:
        """Drop the frames while the stream goes on: they are made again from the log."""
        self._erasures += 1
        self._frames.clear()

    def note_sent(self, event: LoggedEvent) -> None:
        """Take note that an event was sent here: a message of a human, in a shopper's stream, was seen."""
        principal, body = self._operation.principal, event.body
        if principal.kind is not PrincipalKind.SHOPPER or not isinstance(body, MessageAdded):
            return
        if body.message.author.kind is AuthorKind.HUMAN_AGENT and body.message.seen_by_shopper:
            message = body.message
            self.dependencies.note_visit(event.account_id, message.conversation_id, message.sent_at)

    async def missed(self, *, epoch: str, after: int, upto: int, limit: int = _PAGE) -> Missed | None:
        """Return the events after `after`; None if the log no longer reaches back to it."""
        if self.feed.last >= upto:
            recent = self.feed.recent(after=after, topics=self.topics)
            if recent is not None:
                return Missed(events=recent, after=after, upto=self.feed.last)
        past = self.dependencies.past
        return await past.read(self.feed, self.topics, epoch=epoch, after=after, upto=upto, limit=limit)

    async def frame_of(self, event: LoggedEvent, epoch: str) -> Frame | None:
        """Return the frame of an event; None if the event does not belong to the stream. Raises the errors of the
        operation, `Unavailable` among them."""
        made = self._begin_frame(event, epoch)
        return made if made is None or isinstance(made, Frame) else await made

    async def frame_of_signal(self, signal: Typing) -> Frame | None:
        """Like `frame_of`, for a signal, with a placeholder for its cursor."""
        make, slot = self._operation.source.signal, self._cursors.signal_slot
        item = None if make is None else make(signal, slot)
        key = (signal.key, signal.typing, signal.at, signal.until, signal.for_shopper, signal.text)
        return None if item is None else await self.frame(key, item, Cursor(slot))

    async def frame(self, key: Hashable, item: object, cursor: Cursor, *, seq: int | None = None) -> Frame:
        """Return the frame of an item, which is executed once for each key. `seq`: the number of its event."""

        async def execute() -> Frame:
            payload = await self._operation.render(item, self._extensions, seq)
            return Frame.parted(payload, self._cursors.slot, cursor)

        return await self._frames.get(key, execute)

    async def fill(self, group: FrameGroup, waiting: deque[LoggedEvent], epoch: str) -> int:
        """Take events that wait, at least one, and add their frames: as many as are made at once, in one round of the
        event loop. Returns the number of the last event. Raises the error of the first event."""
        share, upto = self.dependencies.share, 0
        while waiting:
            try:
                made = self._begin_frame(waiting[0], epoch)
                is_made = made is None or isinstance(made, Frame)
                frame = made if made is None or isinstance(made, Frame) else await made
            except Exception:
                if not upto:
                    raise
                return upto  # the error comes again, once the frames before it are sent
            event = waiting.popleft()
            upto = event.seq
            if frame is not None:
                group.add(event, frame)
            if not is_made or group.is_full or not share.is_left():
                return upto
        return upto

    def plain_cursor(self, epoch: str, seq: int) -> Cursor:
        return Cursor(self._cursors.encode(self.feed.account_id, Position(epoch=epoch, seq=seq)))

    def _begin_frame(self, event: LoggedEvent, epoch: str) -> Frame | Awaitable[Frame] | None:
        """Like `frame_of`, but return the frame itself if nothing has to be awaited. Await an awaitable at once."""
        key = (epoch, event.seq)
        kept = self._frames.fresh(key)
        if kept is not None:
            return kept
        cursor = self.plain_cursor(epoch, event.seq)
        item = self._operation.source.item(event, cursor)
        if item is None:
            return None
        if self.dependencies.around_frame is not untraced or self._frames.is_making(key):
            return self._later_frame(event, key, item, cursor)
        payload = self._operation.begin(item, self._extensions, event.seq)
        if not isinstance(payload, str):
            return self._frames.get(key, partial(self._awaited_frame, payload, cursor))
        frame = Frame.parted(payload, self._cursors.slot, cursor)
        self._frames.keep(key, frame)
        return frame

    async def _later_frame(self, event: LoggedEvent, key: Hashable, item: object, cursor: Cursor) -> Frame:
        with self.dependencies.around_frame(event):
            return await self.frame(key, item, cursor, seq=event.seq)

    async def _awaited_frame(self, payload: Awaitable[str], cursor: Cursor) -> Frame:
        return Frame.parted(await payload, self._cursors.slot, cursor)

    # Called by the feed

    def on_event(self, event: LoggedEvent) -> None:
        if (
            self.sends_signals
            and isinstance(event.body, MessageAdded)
            and (ended := key_ended_by(event.body.message)) is not None
        ):
            for subscription in self.subscriptions:
                subscription.note_signal_end(ended)
        if self._idle and event.seq > self._seq:
            self._seq = event.seq - 1
            self._idle = False
            self._woken.set()

    def on_signal(self, signal: Typing) -> None:
        for subscription in tuple(self.subscriptions):
            subscription.note_signal(signal)

    def on_reset(self, reason: StreamResetReason) -> None:
        self._resets += 1
        self._seq, self._idle = self.feed.last, True
        self._frames.clear()
        for subscription in tuple(self.subscriptions):
            subscription.note_reset(reason)

    # Delivery

    async def run(self) -> None:
        """Offer the events to the followers until cancelled."""
        while True:
            if self._idle:
                self._woken.clear()
                await self._woken.wait()
            try:
                await self._deliver_next()
            except Exception as error:  # noqa: BLE001 - each subscription ends with it, as if it had executed the event
                self._release_all(error)

    async def _deliver_next(self) -> None:
        removals, epoch = self.removals, self.feed.epoch
        missed = await self.missed(epoch=epoch, after=self._seq, upto=self.feed.last) if self._followers else None
        if removals != self.removals:
            return
        if missed is None:
            self._release_all()  # they notice it as well; or there are none
            return
        waiting = deque(missed.events)
        while waiting:
            group = FrameGroup()
            upto = await self.fill(group, waiting, epoch)
            if removals != self.removals:
                return  # words of a frame of the group may be gone, and nobody was offered it: all are made again
            if group.frames:
                await self._offer(group)
            if removals != self.removals:
                return
            self._seq = max(self._seq, upto)
        self._seq = max(self._seq, missed.upto)
        self._idle = self._seq >= self.feed.last

    async def _offer(self, group: FrameGroup) -> None:
        share, removals = self.dependencies.share, self.removals
        last = group.last
        for number, follower in enumerate(tuple(self._followers)):
            if number % _AT_ONCE == 0 and not share.is_left():
                await share.turn()
                if removals != self.removals:
                    return  # the others are offered frames that are made again; those who have an event skip it
            if follower in self._followers and follower.seq < last and not follower.offer(group):
                self._release(follower)
        if self._followers:
            for event, _ in group.frames:
                self.note_sent(event)

    def _release_all(self, error: Exception | None = None) -> None:
        for follower in tuple(self._followers):
            self._release(follower, error)
        self._seq, self._idle = max(self._seq, self.feed.last), True

    def _release(self, follower: Follower, error: Exception | None = None) -> None:
        follower.seq = max(follower.seq, self._seq)
        del self._followers[follower]
        follower.release(error)
