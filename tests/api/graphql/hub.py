"""A hub on a list in memory, with replay, order, back pressure and revocation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from api.realtime.credential_watch import AccessEnd
from api.realtime.sink import EventSink, LiveOperation
from domain.events import ConversationsImported, LoggedEvent
from domain.principal import Principal
from domain.values.errors import Invalid
from domain.values.ids import AccountId


class ListHub:
    """Cursors are plain sequence numbers. An event with the text "end" ends the feeds of its topic."""

    def __init__(self) -> None:
        self.log: list[LoggedEvent] = []
        self.streams = 0
        self.watches = 0
        self.delivered = 0
        self.resumed_from: list[str | None] = []
        self._news: set[asyncio.Event] = set()
        self._sinks: set[EventSink] = set()
        self._watching: dict[str, set[Callable[[AccessEnd], None]]] = {}

    def publish(self, text: str, topic: str = "a") -> None:
        seq = len(self.log) + 1
        self.log.append(
            LoggedEvent(
                account_id=AccountId("acc"),
                seq=seq,
                at=datetime.now(UTC),
                topics=(topic,),
                body=ConversationsImported(source=text, count=seq),
            )
        )
        for news in self._news:
            news.set()

    def signal(self, key: str, text: str) -> None:
        """Send an event to every open stream."""
        payload = json.dumps({"data": {"signal": text}})
        for sink in self._sinks:
            sink.send_signal(key, payload, lambda payload: (payload, str(len(self.log))))

    def revoke(self, principal: Principal) -> None:
        for revoked in list(self._watching.get(principal.credential_id, ())):
            revoked(AccessEnd.REVOKED)

    async def stream(self, operation: LiveOperation, sink: EventSink) -> None:
        self.resumed_from.append(sink.resume)
        if operation.source.after is not None and not operation.source.after.isdecimal():
            raise Invalid("`after` is no cursor of this server.", field="after")
        after = [int(cursor) for cursor in (operation.source.after, sink.resume) if cursor]
        at = max(after) if after else len(self.log)
        sink.positions[sink.operation_id] = at
        news = asyncio.Event()
        self._news.add(news)
        self._sinks.add(sink)
        self.streams += 1
        try:
            while True:
                while at < len(self.log):
                    event = self.log[at]
                    at += 1
                    if not await self._deliver(event, operation, sink):
                        return
                news.clear()
                await news.wait()
        finally:
            self._news.discard(news)
            self._sinks.discard(sink)
            sink.drop_signals()
            self.streams -= 1

    async def _deliver(self, event: LoggedEvent, operation: LiveOperation, sink: EventSink) -> bool:
        if not operation.source.topics & set(event.topics):
            return True
        assert isinstance(event.body, ConversationsImported)
        if event.body.source == "end":
            return False
        cursor = str(event.seq)
        item = operation.source.item(event, cursor)
        payload = await operation.render(item, {"stream": {"cursor": cursor}})
        sink.positions[sink.operation_id] = event.seq
        await sink.send(payload, cursor)
        self.delivered += 1
        return True

    @contextmanager
    def watch(
        self, principal: Principal, revoked: Callable[[AccessEnd], None], expires: object = None
    ) -> Iterator[None]:
        watching = self._watching.setdefault(principal.credential_id, set())
        watching.add(revoked)
        self.watches += 1
        try:
            yield
        finally:
            watching.discard(revoked)
            self.watches -= 1

    async def opened(self, principal: Principal) -> None:
        """A list in memory misses nothing."""

    def cursor(self, principal: Principal, positions: Mapping[str, int]) -> str | None:
        return str(max(positions.values())) if positions else None
