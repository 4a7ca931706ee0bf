"""The restore of a backup, as the processes that use the database see it.

    PREPARING ──▶ LOADING ──▶ REPLACING ──▶ SETTLING ──▶ DONE
     servers go on  └──────── servers hold off ──────┘    servers begin anew, with empty memories
         └──────────────┴─ given up: the data are as before

`id` is also the epoch of every log from then on, so that a cursor from before the restore is of another epoch, and its
stream begins with `StreamReset`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from domain.values.errors import Unavailable
from domain.values.record import Record, StoredEnum


class RestorePhase(StoredEnum):
    PREPARING = "PREPARING"  # most data are loaded beside those in use
    LOADING = "LOADING"  # the rest is loaded; nothing was changed yet
    REPLACING = "REPLACING"  # the collections in use are replaced, one after the other
    SETTLING = "SETTLING"  # what may have left since the backup is held back, and erasures are applied again
    DONE = "DONE"


_HOLDS_OFF = frozenset({RestorePhase.LOADING, RestorePhase.REPLACING, RestorePhase.SETTLING})


class Restore(Record):
    """The latest restore of a database."""

    id: str
    phase: RestorePhase
    backup: str  # cluster time of the backup
    began_at: datetime

    @property
    def holds_off(self) -> bool:
        """Whether nothing else may use the database at present: also in a phase of a newer build."""
        return self.phase in _HOLDS_OFF or self.phase.is_unknown


class RestoreUnderWay(Unavailable):
    """The database is being restored, or a restore was interrupted."""

    def __init__(self) -> None:
        super().__init__(
            "A backup is being restored into the database, or its restore was interrupted. If `baton restore` runs, "
            "wait for its end; else run it again with the same folder, or give it up with `baton restore --give-up`."
        )


class RestoreNotices(Protocol):
    async def current(self) -> Restore | None:
        """Return the restore that is under way, else the last one; None if there was none. Raises `Unavailable`."""
