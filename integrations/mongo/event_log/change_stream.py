"""The change stream of a process: it delivers every insert into `events` and `signals` as it is committed, and tells
which profiles change.

One stream serves these collections, because each open stream costs MongoDB a connection and a look at every change.

The stream makes delivery fast, not reliable: the listener compares `seq`, and reads the log where it finds a gap. So a
stream that breaks is opened again from the present, and `started` tells the listener to check its position. One loop
owns the stream from opening to closing, so a failure of an old stream cannot restart a new one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pymongo.errors import PyMongoError

from domain.events import LoggedEvent, LogObserver, UnknownEvent
from domain.model.profile import Profile
from domain.signals import Typing
from domain.values.ids import AccountId
from domain.values.retry import jittered, retry
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS
from integrations.mongo.driver import ChangeStream, Document
from integrations.mongo.event_log.commit_turns import writer_of
from integrations.mongo.event_log.log import EVENTS, HISTORY, logged_event
from integrations.mongo.event_log.signals import SIGNALS, signal_of

_logger = logging.getLogger(__name__)

Deliver = Callable[[LoggedEvent], None]
Signalled = Callable[[AccountId, Typing], None]
Changed = Callable[[list[str]], None]
Written = Callable[[AccountId, bytes], None]

_PROFILES = COLLECTIONS[Profile]
_PIPELINE: list[dict[str, Any]] = [
    {
        "$match": {
            "$or": [
                {"operationType": "insert", "ns.coll": {"$in": [EVENTS, SIGNALS]}},
                {"operationType": {"$ne": "insert"}, "ns.coll": _PROFILES},  # nobody remembers a new one
            ]
        }
    },
    {"$project": {"ns.coll": 1, "fullDocument": 1, "documentKey._id": 1}},
    {"$unset": f"fullDocument.{HISTORY}"},
]
_BATCH = 500  # events a round trip
_IDLE_RESPONSE = 500  # milliseconds after which the server responds without a change; changes come at once
_TIME_SLICE = 0.002  # seconds of delivering before other tasks get their turn
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 1.0  # seconds before the stream is opened again
_JITTER = 0.5


class MongoChangeStream:
    """Needs a client of its own (`connect_for_stream`): an open stream occupies a connection."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._observers: list[LogObserver] = []
        self._profile_observers: list[Changed] = []
        self._writer_observers: list[Written] = []
        self._responded = float("-inf")  # when the stream last responded
        self._age = 0.0  # seconds between the commit and the delivery of the last event; 0 when none is waiting

    def lag(self) -> float:
        """Return the seconds that the stream may lag; infinite before it is first open."""
        return max(time.monotonic() - self._responded - _IDLE_RESPONSE / 1000, self._age, 0.0)

    def observe(self, observer: LogObserver) -> None:
        """Tell this observer too, from now on."""
        self._observers.append(observer)

    def observe_profiles(self, changed: Changed) -> None:
        """Tell the IDs of profiles that change, before the events of the same commit, from now on."""
        self._profile_observers.append(changed)

    def observe_writers(self, written: Written) -> None:
        """Tell which process has written to which account, after each event of it, from now on."""
        self._writer_observers.append(written)

    async def follow(self, deliver: Deliver, signalled: Signalled, started: Callable[[], None]) -> None:
        """Deliver until cancelled. `started` is called whenever the stream has been opened."""
        while True:
            try:
                opened = await retry(
                    self._open, error=PyMongoError, first=_FIRST_WAIT, longest=_LONGEST_WAIT, warn=_warn
                )
                async with opened as stream:
                    _end_if_cancelled()
                    self._responded = time.monotonic()
                    self._note_gap()
                    started()
                    await self._deliver_all(stream, deliver, signalled)
                _logger.warning("The change stream has ended, or the primary is another: opening it again.")
            except PyMongoError as error:
                _warn(error)
            await asyncio.sleep(jittered(_FIRST_WAIT, _JITTER))

    async def _open(self) -> ChangeStream:
        """Open the stream from the server's present: everything committed after the ping is in it."""
        ping = await self._database.command({"ping": 1})
        return await self._database.watch(
            _PIPELINE,
            batch_size=_BATCH,
            max_await_time_ms=_IDLE_RESPONSE,
            start_at_operation_time=ping["operationTime"],
        )

    async def _deliver_all(self, stream: ChangeStream, deliver: Deliver, signalled: Signalled) -> None:
        slice_ends = time.monotonic() + _TIME_SLICE
        primary = self._database.primary()
        while stream.alive:
            change = await stream.try_next()
            _end_if_cancelled()
            self._responded = now = time.monotonic()
            if change is None:
                self._age = 0.0
                present = self._database.primary()
                if primary is not None and present not in (None, primary):
                    return  # a former primary that is cut off keeps the stream open, and has nothing new
                primary = present or primary
                continue
            collection = change["ns"]["coll"]
            if collection == EVENTS:
                self._deliver(change["fullDocument"], deliver)
            elif collection == _PROFILES:
                self._tell_of_profile(change)
            elif signal := signal_of(change["fullDocument"]):
                signalled(*signal)
            if now > slice_ends:
                await asyncio.sleep(0)  # `try_next` does not yield while its batch lasts
                slice_ends = time.monotonic() + _TIME_SLICE

    def _note_gap(self) -> None:
        for observer in self._observers:
            observer.on_gap()

    def _tell_of_profile(self, change: Document) -> None:
        key = change.get("documentKey")
        if key is None:  # the collection was dropped or renamed
            self._note_gap()
            return
        for changed in self._profile_observers:
            changed([key["_id"]])

    def _deliver(self, document: dict[str, Any], deliver: Deliver) -> None:
        try:
            event = logged_event(document)
        except ValueError:  # no account can be told of it
            _logger.exception("An event is damaged.")
            self._note_gap()
            return
        if isinstance(event.body, UnknownEvent):
            self._note_gap()  # it may have changed what is cached
        else:
            self._age = max(0.0, (datetime.now(UTC) - event.at).total_seconds())
        for observer in self._observers:
            observer.on_event(event)
        for written in self._writer_observers:
            written(event.account_id, writer_of(document))
        deliver(event)


def _warn(error: BaseException) -> None:
    _logger.warning("The change stream failed (%s); opening it again.", type(error).__name__)


def _end_if_cancelled() -> None:
    """Raise a cancellation that PyMongo has swallowed: it may take one for a network error, and try again."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
