"""The ports of migrations: their passes, the version of the database, and the processes that work on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from domain.values.record import Record
from domain.versions.model import LiveProcess, SchemaState

SEEN_WITHIN: Final = timedelta(seconds=30)  # a process that was not seen for longer has ended: it tells every 5 s


class Advance(Record):
    """The result of one step."""

    after: str  # where the next one begins
    seen: int  # documents that it looked at


class Pass(Protocol):
    """One pass over stored data, in small steps. A step that is repeated changes nothing."""

    @property
    def name(self) -> str:
        """A name for people, which identifies the pass within its migration."""

    async def remaining(self) -> int:
        """Return the number of documents that are still to be changed. Raises `Unavailable`."""

    async def advance(self, after: str) -> Advance | None:
        """Change the next few documents after a place; `""` is the begin. Returns None if there are none. Raises
        `Unavailable`."""


class Migration(Record):
    """The way between two successive versions."""

    version: int  # the higher one of the two
    summary: str
    up: Sequence[Pass]
    down: Sequence[Pass]


class MigrationLease(Record):
    """The exclusive right to migrate, and who has it."""

    holder: str
    until: datetime


class SchemaStore(Protocol):
    async def state(self) -> SchemaState:
        """Return the version of the database. One without any data gets this build's. Raises `Unavailable`."""

    async def begin(self, target: int, to: int, holder: str, token: str) -> SchemaState | None:
        """Take the lease, and note the higher version of the migration, `target`, and where it leads, `to`. Forget the
        places of a migration that led elsewhere. Returns the state before, or None if another process has the lease.
        Raises `Unavailable`."""

    async def lease(self) -> MigrationLease | None:
        """Return who has, or last had, the lease. Raises `Unavailable`."""

    async def renew(self, token: str, places: Mapping[str, str] | None) -> bool:
        """Extend the lease, and note the place of each pass, if they are given: the migration has begun then. Returns
        False if the lease is lost. Raises `Unavailable`."""

    async def places(self) -> dict[str, str]:
        """Return the places that the migration has noted. Raises `Unavailable`."""

    async def release(self, token: str, *, is_begun: bool) -> None:
        """Give the lease back, if it is held. The target stays if the migration has begun. Raises `Unavailable`."""

    async def finish(self, token: str, version: int) -> bool:
        """Set the version, end the lease, and move the revision of every account. Returns False if the lease is lost.
        Raises `Unavailable`."""


class ProcessRegistry(Protocol):
    async def live(self) -> list[LiveProcess]:
        """Return the processes that were seen within `SEEN_WITHIN`. Raises `Unavailable`."""

    async def tell(self, process: LiveProcess) -> None:
        """Note that the process runs, now by the clock of the database. Raises `Unavailable`."""

    async def remove(self, process_id: str) -> None:
        """Note that the process has ended. Raises `Unavailable`."""
