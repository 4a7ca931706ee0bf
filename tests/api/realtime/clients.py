"""Clients that compare every received frame with the log."""

from __future__ import annotations

import asyncio
import random
from bisect import bisect_right
from collections.abc import Awaitable
from dataclasses import dataclass, field

from api.realtime.hub import Hub, HubSettings
from domain.values.ids import AccountId
from tests.api.realtime.streaming import CURSORS, EchoOperation, Frame, Wire

HUB = HubSettings(compare_every=0.03, keep_recent=6, most_missed=12)


class BusyOperation(EchoOperation, shares=True):
    """Yields to other tasks while it prepares a frame."""

    async def render(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str:
        for _ in range(random.randrange(4)):
            await asyncio.sleep(0)
        return await super().render(item, extensions, seq)

    def begin(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str | Awaitable[str]:
        return self.text(item, extensions) if random.getrandbits(1) else self.render(item, extensions, seq)


@dataclass
class History:
    """The events appended to an account: the conversation of each, from seq 1 on."""

    account_id: AccountId
    appended: dict[int, str] = field(default_factory=dict)
    floor: int = 0

    def matching(self, operation: Operation, after: int) -> list[int]:
        seqs = sorted(seq for seq, conversation in self.appended.items() if conversation in operation.conversations)
        return seqs[bisect_right(seqs, after) :]


@dataclass
class Operation:
    conversations: frozenset[str]
    after: str | None
    position: int | None  # the client has everything up to here; None: not started
    refused: bool = False  # a reset is expected


@dataclass
class Client:
    history: History
    operations: dict[str, Operation] = field(default_factory=dict)
    wire: Wire | None = None
    cursor: str | None = None  # of the last frame it read

    def connect(self, hub: Hub, room: int) -> None:
        self.wire = Wire(hub, resume=self.cursor, room=room)
        for operation_id in self.operations:
            self.subscribe(operation_id)

    def subscribe(self, operation_id: str) -> None:
        assert self.wire is not None
        operation = self.operations[operation_id]
        wanted = [f"conversation:{key}" for key in operation.conversations]
        self.wire.subscribe(operation_id, BusyOperation(self.history.account_id, wanted, operation.after))

    def read(self, most: int) -> None:
        assert self.wire is not None
        for frame in self.wire.read(most):
            self._check(frame, self.operations[frame.operation_id])
            self.cursor = frame.cursor

    def _check(self, frame: Frame, operation: Operation) -> None:
        match frame.data:
            case {"is": "ready", "resumed": False} if operation.position is not None:
                operation.refused = True
            case {"is": "ready", "resumed": resumed, "cursor": cursor}:
                seq = CURSORS.decode(cursor, self.history.account_id).seq
                if operation.position is not None:
                    assert resumed
                    assert [s for s in self.history.matching(operation, operation.position) if s <= seq] == []
                    seq = max(seq, operation.position)
                operation.position = seq
            case {"is": "event", "seq": seq}:
                assert operation.position is not None
                assert not operation.refused
                assert self.history.matching(operation, operation.position)[0] == seq
                operation.position = seq
            case {"is": "caught up"}:
                assert not operation.refused
            case {"is": "reset", "reason": reason, "cursor": cursor}:
                self._check_reset(reason, operation)
                operation.position = CURSORS.decode(cursor, self.history.account_id).seq
                operation.refused = False

    def _check_reset(self, reason: str, operation: Operation) -> None:
        assert operation.position is not None
        if reason == "EXPIRED":
            assert self.history.floor > operation.position
        else:
            assert reason == "TOO_FAR_BEHIND"
            assert len(self.history.matching(operation, operation.position)) > HUB.most_missed

    def readable(self) -> bool:
        return self.wire is not None and self.wire.unread

    @property
    def complete(self) -> bool:
        return all(
            operation.position is not None
            and not operation.refused
            and self.history.matching(operation, operation.position) == []
            for operation in self.operations.values()
        )
