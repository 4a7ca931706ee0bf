"""What the operations of one connection share: the cursor that says where each of them stands.

A client that comes back asks for its operations one after another, and may be cut off in between. So until an operation
is asked for again, the cursor keeps the position that the client brought along for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Protocol

from api.realtime.account_feed import AccountFeed
from api.realtime.cursor import CursorCodec, Position
from api.realtime.sink import EventSink
from domain.values.record import Record

_MOST_BROUGHT = 50  # as many operations as a connection may have: the cursor's length stays bounded


class OperationPosition(Record, kw_only=False):
    """Everything up to `seq` that belongs to an operation has been queued."""

    epoch: str
    seq: int


class HasPosition(Protocol):
    """An operation that follows its account's log."""

    outlet: EventSink
    key: int

    @property
    def place(self) -> OperationPosition: ...


class ResumeState:
    def __init__(self, *, channel: AccountFeed, cursors: CursorCodec) -> None:
        self.turn = asyncio.Lock()  # held from making a frame's cursor until the frame is queued: cursors never go back
        self.operations: dict[HasPosition, None] = {}  # a set that keeps their order
        self.users = 0
        self._channel = channel
        self._cursors = cursors
        self._brought: dict[int, int] | None = None
        self._brought_epoch = ""

    def bring(self, resume: Position) -> None:
        """Where the client's operations stood on the connection before. All of them say so; the first counts."""
        if self._brought is None:
            self._brought = dict(islice(resume.positions.items(), _MOST_BROUGHT))
            self._brought_epoch = resume.epoch

    @contextmanager
    def leaving(self, operation: HasPosition) -> Iterator[None]:
        """The operation may enter `operations` meanwhile; at the end it is not there any more."""
        try:
            yield
        finally:
            self.operations.pop(operation, None)
            if self._brought:
                self._brought.pop(operation.key, None)

    def cursor(self, moving: dict[HasPosition, OperationPosition] | None = None) -> str | None:
        """Where every operation stands; those that are `moving` will stand there once their frame is queued."""
        places = {**{operation: operation.place for operation in self.operations}, **(moving or {})}
        if not places:
            return None
        positions: dict[int, int] = {}
        epoch = self._channel.epoch
        for operation, place in places.items():
            positions[operation.key] = min(place.seq, positions.get(operation.key, place.seq))
            if place.epoch != self._channel.epoch:
                epoch = place.epoch  # it has yet to say that its log is another now: after a resume it says it again
        behind = min(positions.values())
        if self._brought and self._brought_epoch == epoch:
            for key, seq in self._brought.items():
                positions.setdefault(key, seq)
        position = Position(epoch=epoch, seq=behind, positions=positions)
        return self._cursors.encode(self._channel.account_id, position)
