"""Gives turns to the processes that compete for the same accounts, so that they commit one after another.

Two transactions of one account conflict in its log head, and the loser has worked in vain. Processes that begin when
the winner's events arrive all begin at the same time, so all but one lose again. Therefore they take turns:

    the ring    the processes that have committed to contended accounts within the last seconds, in the order of their
                names. A name is the part of an event's `_id` that the driver makes once in each process.
    the turn    after a commit of one process, that of the next one in the ring. It begins when the change stream
                delivers the commit, and ends with its own. If it has nothing to commit, the one behind it begins when
                the time of a turn is over, and it is left out of the ring until it commits again.

Nothing is written or read for this: every process sees the same commits in the same order. Where two see them at
different moments, both may begin, and conflict as if there were no turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from bson import ObjectId

_RECENT = 2.0  # seconds after a commit for which a process is expected to go on
_MOST = 1_000  # processes that are remembered; each start of one is a new name
_TURN = (0.004, 0.5)  # seconds, least and most, for which others wait for a process that does not commit
_TURN_SHARE = 3.0  # times as long as our own last transaction: one begun too early is lost, and one too late is rare


def writer_of(document: Mapping[str, Any]) -> bytes:
    """Return the name of the process that has written an event; empty if it does not say."""
    key = document.get("_id")
    return key.binary[4:9] if isinstance(key, ObjectId) else b""


class CommitTurns:
    def __init__(self, *, moved: Callable[[], None], name: bytes | None = None) -> None:
        self.name = writer_of({"_id": ObjectId()}) if name is None else name
        self._moved = moved
        self._seen: dict[
            bytes, float
        ] = {}  # when each other process has committed last, of `time.monotonic`; in this order
        self._last = b""  # who has committed last
        self._since = 0.0  # when, of `time.monotonic`
        self.noted = 0  # how many commits and events were noted

    def note(self, name: bytes) -> None:
        """Take note that a process has committed to a contended account."""
        now = time.monotonic()
        self.noted += 1
        if name != self.name:
            self._seen.pop(name, None)
            self._seen[name] = now
            self._forget_old(now)
        self._last, self._since = name, now
        self._moved()

    def _forget_old(self, now: float) -> None:
        """Forget the processes that do not take turns any more: who only hears of commits, asks for no turn."""
        recent = now - _RECENT
        while self._seen[oldest := next(iter(self._seen))] < recent or len(self._seen) > _MOST:
            del self._seen[oldest]

    def note_own(self) -> None:
        """Take note that this process has committed to a contended account, before its events arrive."""
        self._last, self._since = self.name, time.monotonic()

    def wait(self, took: float) -> float:
        """Return the seconds until it is the turn of this process; 0 if it is now. `took`: those of a transaction."""
        now = time.monotonic()
        least, most = _TURN
        turn = min(max(took * _TURN_SHARE, least), most)
        while self._seen:
            ring = sorted([self.name, *self._seen])
            following = next((name for name in ring if name > self._last), ring[0])
            if following == self.name:
                return 0.0
            ends = self._since + turn
            if now < ends and now < self._seen[following] + _RECENT:
                return ends - now
            # It has missed its turn.
            del self._seen[following]
            self._last, self._since = following, min(ends, now)
        return 0.0
