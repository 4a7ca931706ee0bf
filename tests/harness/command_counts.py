"""The commands that drivers of this process send to MongoDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo import monitoring

_NOT_OURS = frozenset({"ping", "hello", "endSessions", "killCursors", "saslStart", "saslContinue"})


class CommandCounts(monitoring.CommandListener):
    """Listens to the clients that are created within `listening`."""

    def __init__(self, database: str) -> None:
        self.names: list[str] = []  # "find conversations"; since the last `clear`, without connections and streams
        self._database = database

    def clear(self) -> None:
        self.names.clear()

    @contextmanager
    def listening(self) -> Iterator[CommandCounts]:
        monitoring.register(self)
        try:
            yield self
        finally:
            monitoring._LISTENERS.command_listeners.remove(self)

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        of_a_stream = event.command_name == "getMore" or "$changeStream" in str(event.command.get("pipeline", ""))
        is_ours = event.database_name == self._database or event.command_name in ("commitTransaction",)
        if is_ours and not of_a_stream and event.command_name not in _NOT_OURS:
            target = event.command[event.command_name]
            self.names.append(f"{event.command_name} {target}" if isinstance(target, str) else event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass
