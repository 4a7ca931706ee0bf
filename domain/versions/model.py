"""The version of a database, and the rules by which builds of Baton work on it.

A build has one schema version, `SCHEMA_VERSION`. The database has one too, which only `baton migrate` changes:

    build 2 starts beside build 1       the database stays at 1: both work, and build 1 can come back
    every process is of build 2         `baton migrate` brings the database to 2, beside the running servers
    the database is at 2                build 1 is refused; `baton migrate --to 1` of build 2 brings it back

So a build works on databases of its own version and of the one before. MongoDB does the same for itself, as its feature
compatibility version. `docs/operations.md` says what each version may change.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from domain.values.errors import DomainError
from domain.values.record import Record

SCHEMA_VERSION: Final = 1
"""The schema version of this build. A higher one needs its migration in `integrations/mongo/versions/migrations.py`."""


class SchemaState(Record):
    """The version of a database. A database from before versions has 0."""

    version: int = 0
    target: int | None = None  # higher version of the migration that is under way or was interrupted, up or down
    is_begun: bool = False  # whether that migration may have changed documents


class LiveProcess(Record):
    """A process that works on the database."""

    id: str
    build: int  # its schema version
    command: str  # such as `serve`
    host: str
    pid: int
    seen_at: datetime | None = None  # by the clock of the database

    @property
    def spoken(self) -> str:
        return f"`baton {self.command}` on {self.host} (process {self.pid}), schema version {self.build}"


class OtherVersion(DomainError):
    """This build cannot work on a database of that version; the text says what to do."""


def check(state: SchemaState, build: int = SCHEMA_VERSION) -> None:
    """Raises `OtherVersion` if a build may not work on the database."""
    if state.version > build:
        raise OtherVersion(
            f"The database has schema version {state.version}, and this build of Baton knows versions up to {build}. "
            f"Start the newer build, or let it bring the database back: `baton migrate --to {build}`."
        )
    if state.target is not None and state.target > build:
        raise OtherVersion(
            f"A migration of the database between schema versions {state.target - 1} and {state.target} is under way "
            f"or was interrupted, and this build of Baton knows versions up to {build}. Start the newer build, or let "
            f"it bring the database back: `baton migrate --to {build}`."
        )
    if state.version < build - 1:
        raise OtherVersion(
            f"The database has schema version {state.version}, and this build of Baton needs {build - 1} or {build}. "
            f"Run `baton migrate` of each version between, beginning with {state.version + 1}."
        )


def check_running(state: SchemaState, build: int = SCHEMA_VERSION) -> None:
    """Raises `OtherVersion` if a process of a build has to end: others have taken it for ended, and migrate. One that
    only looks whether it may leaves it alone."""
    if state.version > build or state.is_begun:
        check(state, build)


def check_target(state: SchemaState, to: int, build: int = SCHEMA_VERSION) -> None:
    """Raises `OtherVersion` if a build cannot bring the database to a version."""
    check(state, build)
    if to not in (build - 1, build) or to < 0:
        raise OtherVersion(
            f"This build of Baton migrates to schema version {build}, and back to {build - 1}; not {to}."
        )
