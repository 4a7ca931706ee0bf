"""The one change stream of a process: every insert into `events` and `signals`, handed over as it commits. One for
both, because every stream that waits costs MongoDB a connection and a look at each change of all.

It makes events fast, never certain: whoever listens compares `seq` and reads the log where it finds a gap. So a stream
that cannot go on is simply opened anew from now; `started` tells the listener to compare where it stands. One loop owns
the stream from opening to closing, so nothing that happens to an old stream can restart a new one.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pymongo.errors import PyMongoError

from domain.events import LoggedEvent
from domain.signals import Typing
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.driver import ChangeStream
from integrations.mongo.event_log.log import EVENTS, logged_event
from integrations.mongo.event_log.signals import SIGNALS, signal_of

_logger = logging.getLogger(__name__)

Deliver = Callable[[LoggedEvent], None]
Signalled = Callable[[AccountId, Typing], None]

_PIPELINE: list[dict[str, Any]] = [
    {"$match": {"operationType": "insert", "ns.coll": {"$in": [EVENTS, SIGNALS]}}},
    {"$project": {"ns.coll": 1, "fullDocument": 1}},
]
_BATCH = 500  # events a round trip
_IDLE_ANSWER = 500  # milliseconds after which the server answers "nothing new"; events are answered at once
_TURN = 0.002  # seconds of handing over before others get their turn
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 5.0  # seconds before the next attempt


class MongoChangeStream:
    """Give it a client of its own (`connect_for_stream`): a waiting stream keeps a connection for itself."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._answered = float("-inf")  # when the stream last answered
        self._age = 0.0  # seconds since the event handed over last; 0 once nothing waits behind it

    def lag(self) -> float:
        """Seconds by which the stream may be behind; infinite before it is open for the first time."""
        return max(time.monotonic() - self._answered - _IDLE_ANSWER / 1000, self._age, 0.0)

    async def follow(self, deliver: Deliver, signalled: Signalled, started: Callable[[], None]) -> None:
        wait = _FIRST_WAIT
        while True:
            try:
                async with await self._open() as stream:
                    _end_if_cancelled()
                    self._answered = time.monotonic()
                    started()
                    wait = _FIRST_WAIT
                    await self._hand_over(stream, deliver, signalled)
                _logger.warning("The change stream was ended by the server; opening it anew.")
            except PyMongoError as error:
                _logger.warning("The change stream broke (%s); opening it anew.", type(error).__name__)
            await asyncio.sleep(random.uniform(0.5, 1) * wait)  # noqa: S311 - jitter, no secret
            wait = min(wait * 2, _LONGEST_WAIT)

    async def _open(self) -> ChangeStream:
        """From the server's present on: what is committed after the ping is in the stream."""
        ping = await self._database.command({"ping": 1})
        return await self._database.watch(
            _PIPELINE,
            batch_size=_BATCH,
            max_await_time_ms=_IDLE_ANSWER,
            start_at_operation_time=ping["operationTime"],
        )

    async def _hand_over(self, stream: ChangeStream, deliver: Deliver, signalled: Signalled) -> None:
        turn_ends = time.monotonic() + _TURN
        while stream.alive:
            change = await stream.try_next()
            _end_if_cancelled()
            self._answered = now = time.monotonic()
            if change is None:
                self._age = 0.0
                continue
            if change["ns"]["coll"] == EVENTS:
                self._deliver(change["fullDocument"], deliver)
            elif signal := signal_of(change["fullDocument"]):
                signalled(*signal)
            if now > turn_ends:
                await asyncio.sleep(0)  # a full batch is answered without waiting
                turn_ends = time.monotonic() + _TURN

    def _deliver(self, document: dict[str, Any], deliver: Deliver) -> None:
        self._age = max(0.0, (datetime.now(UTC) - document["at"]).total_seconds())
        try:
            event = logged_event(document)
        except Unavailable:
            # Not passed over: the listener finds the gap, and meets the same in the log.
            _logger.exception("Event %s of account %s cannot be read.", document["seq"], document["account"])
        else:
            deliver(event)


def _end_if_cancelled() -> None:
    """PyMongo answers many a cancellation with a new connection and a second attempt, and so keeps it to itself."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
