"""Ports of forwarding: the store of positions and dead letters, and receivers that take one event.

Methods of the store raise `Unavailable` if the database does not respond.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from domain.delivery.model import Attempt, DeliveryResult
from domain.events import BusinessEvent
from domain.forwarding.model import DeadLetter, Forwarding, UnreadableEvent
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice


class LeasedForwarding(Protocol):
    """A forwarding under this process's lease. Each write returns False if the lease was lost: nothing was written."""

    @property
    def forwarding(self) -> Forwarding:
        """The state after the latest write."""

    async def events(self, limit: int) -> Sequence[BusinessEvent | UnreadableEvent]:
        """Return the committed events after the position, in log order: also those that cannot be read, so that they
        are set aside and not passed over."""

    async def current(self, event: BusinessEvent) -> BusinessEvent | None:
        """Return the event as it is stored now: its shopper may have been erased since `events` returned it. `None` if
        it is gone."""

    async def mark_delivered(self, event: BusinessEvent, attempt: Attempt, until: datetime) -> bool:
        """Advance the position to the event, and extend the lease to `until`."""

    async def skip(self, event: BusinessEvent | UnreadableEvent) -> bool:
        """Advance the position over events that the receiver did not subscribe to, up to this one. Never moves back."""

    async def dead_letter(self, letter: DeadLetter, attempt: Attempt, due_at: datetime) -> bool:
        """Store the dead letter and advance the position over its event, in one transaction."""

    async def mark_failed(self, attempt: Attempt, due_at: datetime | None) -> bool:
        """Record the failure and give the lease back; the position stays. `due_at` None: pause."""

    async def pause(self) -> None:
        """Stop until somebody wakes it, and give the lease back: there is no receiver."""

    async def release(self) -> None:
        """Give the lease back."""


class ForwardingStore(Protocol):
    async def waiting(self, now: datetime) -> list[tuple[AccountId, Forwarding]]:
        """Return the due forwardings of all accounts that nobody holds, whether or not they have events to deliver."""

    async def lease(
        self, account_id: AccountId, forwarding_id: str, now: datetime, until: datetime
    ) -> LeasedForwarding | None:
        """Take the lease. Returns None if another process holds it, or if the forwarding is no longer due."""

    async def dead_letters(self, account_id: AccountId, forwarding_id: str, page: Slice) -> Page[DeadLetter]:
        """Return a page of dead letters, the newest first. Keyset: (seq, id)."""

    async def count_dead_letters(self, account_id: AccountId, forwarding_id: str) -> int:
        """Return the number of dead letters."""

    async def mark_delivered_late(self, account_id: AccountId, letter_id: str) -> None:
        """Delete a dead letter: the receiver accepted a retry."""

    async def forget_dead_letters(self, account_id: AccountId, forwarding_id: str, *, after: int) -> None:
        """Delete the dead letters with seq > after: their events are sent again, or the receiver is gone."""


class Receiver(Protocol):
    """One receiver during one turn. Its network connections are reused; its settings are those of the turn's start."""

    def wants(self, event: BusinessEvent) -> bool:
        """Return whether the receiver subscribed to the event."""

    async def deliver(self, event: BusinessEvent) -> DeliveryResult:
        """Make one attempt within the receiver's own time-out.

        Raises `TransientError`, `PermanentError`, or `Declined` if it wants no more events.
        """

    async def report(self, problem: str | None) -> None:
        """Show people that it declined or that its credentials were refused. None: it works again."""


class Receivers(Protocol):
    """All receivers of a kind."""

    def open(self, account_id: AccountId, forwarding_id: str) -> AbstractAsyncContextManager[Receiver | None]:
        """Open a receiver for a turn. Yields None if it is switched off or deleted.

        Raises `CannotOpen` if its secrets cannot be decrypted.
        """
