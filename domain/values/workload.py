"""On whose behalf the running task works, so that adapters can share a scarce resource fairly.

    with reading_for(principal.account_id):     # set by transports around the execution of an operation
        ...
    reader()                                    # asked by adapters; None: the system's own work

The system's own work is what everybody depends on: credentials, health, commits, timers, the event log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from domain.values.ids import AccountId

_reader: ContextVar[AccountId | None] = ContextVar("reader", default=None)


def reader() -> AccountId | None:
    """The account whose question the running task works on, or None for the system's own work."""
    return _reader.get()


@contextmanager
def reading_for(account_id: AccountId | None) -> Iterator[None]:
    """Everything within, and every task started within, works on a question of the account."""
    token = _reader.set(account_id)
    try:
        yield
    finally:
        _reader.reset(token)
