"""The cursor of a connection: the position of each of its operations, in one token.

A connection with one operation needs no token of its own: its cursor is the key of the operation, followed by the plain
cursor of the item, which all subscribers have in common. So the same frame goes to thousands of sockets, and nothing is
sealed for each.

A client that reconnects sends its operations one after another, and may be cut off in between. So until an operation is
sent again, the cursor keeps the position that the client gave for it in `resume`.
"""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import Protocol

from api.realtime.account_feed import AccountFeed
from api.realtime.cursor import CursorCodec, Position
from domain.values.record import Record

_MAX_RESUMED = 50  # as many operations as a connection may have; it bounds the cursor's length


class OperationPosition(Record, kw_only=False):
    """Everything up to `seq` that belongs to an operation has been queued."""

    epoch: str
    seq: int


class HasPosition(Protocol):
    """An operation that follows its account's log."""

    key: int

    @property
    def position(self) -> OperationPosition:
        """The position up to which everything of the operation has been queued."""


class ResumeState:
    def __init__(self, *, feed: AccountFeed, cursors: CursorCodec) -> None:
        # Held from the making of a frame's cursor until the frame is queued, so that cursors never go back.
        self.frame_lock = asyncio.Lock()
        self.operations: dict[HasPosition, None] = {}  # an ordered set
        self.users = 0
        self._feed = feed
        self._cursors = cursors
        self._resumed: dict[int, int] | None = None  # positions from the client's `resume`, by operation key
        self._resumed_epoch = ""

    def restore(self, resume: Position) -> None:
        """Take over the positions of the client's former connection. Every operation calls this; only the first call
        has an effect."""
        if self._resumed is None:
            self._resumed = dict(islice(resume.positions.items(), _MAX_RESUMED))
            self._resumed_epoch = resume.epoch

    def remove(self, operation: HasPosition) -> None:
        """Remove an operation that has ended, whether it has sent anything or not; it is one user less."""
        self.users -= 1
        self.operations.pop(operation, None)
        if self._resumed:
            self._resumed.pop(operation.key, None)

    def cursor(self, moving: dict[HasPosition, OperationPosition] | None = None) -> str | None:
        """Return the cursor of the connection; None if no operation follows the log.

        `moving` has the positions that operations will have once the frame that carries the cursor is queued.
        """
        places = {**{operation: operation.position for operation in self.operations}, **(moving or {})}
        if not places:
            return None
        positions: dict[int, int] = {}
        epoch = self._feed.epoch
        for operation, place in places.items():
            positions[operation.key] = min(place.seq, positions.get(operation.key, place.seq))
            if place.epoch != self._feed.epoch:
                epoch = place.epoch  # this operation has not sent its StreamReset yet; after a resume it will
        if self._resumed and self._resumed_epoch == epoch:
            for key, seq in self._resumed.items():
                positions.setdefault(key, seq)
        lowest = min(
            positions.values()
        )  # also of those that are not sent again yet: the cursor may become their `after`
        if len(positions) == 1:
            plain = self._cursors.encode(self._feed.account_id, Position(epoch=epoch, seq=lowest))
            return self._cursors.of_one(next(iter(positions)), plain)
        position = Position(epoch=epoch, seq=lowest, positions=positions)
        return self._cursors.encode(self._feed.account_id, position)

    def is_alone(self, operation: HasPosition, epoch: str) -> bool:
        """Whether the cursor of the connection depends on the position of this operation alone."""
        if len(self.operations) != (operation in self.operations):
            return False
        return not self._resumed or self._resumed_epoch != epoch or {*self._resumed} == {operation.key}

    def cursor_of(self, operation: HasPosition, epoch: str, seq: int, plain: str) -> str:
        """Return the cursor of the connection once the operation has this position, whose plain cursor is given."""
        if self.is_alone(operation, epoch):
            return self._cursors.of_one(operation.key, plain)
        cursor = self.cursor({operation: OperationPosition(epoch, seq)})
        assert cursor is not None, "there is an operation"
        return cursor
