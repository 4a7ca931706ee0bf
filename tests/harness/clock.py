"""A clock that only moves when a test moves it, forwards or backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 6, 7, 12, tzinfo=UTC)


class ManualClock:
    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def set(self, instant: datetime) -> None:
        self._now = instant

    def move(self, span: timedelta) -> None:
        self._now += span
