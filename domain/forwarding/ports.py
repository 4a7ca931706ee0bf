"""What forwarding needs of the outside: where positions are kept, and receivers that take one event."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from domain.events import BusinessEvent
from domain.forwarding.model import DeadLetter, Forwarding, ForwardingAttempt
from domain.outbox.ports import DeliveryResult, PermanentError
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice


class Declined(PermanentError):
    """The receiver wants no more events at all: it rests until somebody wakes it."""


class LeasedForwarding(Protocol):
    """A forwarding under our lease. Each step answers whether it was recorded: where not, it is ours no more."""

    @property
    def forwarding(self) -> Forwarding:
        """As last recorded."""

    async def events(self, limit: int) -> Sequence[BusinessEvent]:
        """Those behind the position, in order, of what is committed now."""

    async def taken(self, event: BusinessEvent, tried: ForwardingAttempt, until: datetime) -> bool:
        """The position moves behind the event; the lease holds on until then."""

    async def passed_over(self, event: BusinessEvent) -> bool:
        """The position moves behind what the receiver did not ask for, up to this one; not back."""

    async def buried(self, letter: DeadLetter, tried: ForwardingAttempt, due_at: datetime) -> bool:
        """The event is a dead letter, and the position moves behind it."""

    async def failed(self, tried: ForwardingAttempt, due_at: datetime | None) -> bool:
        """The position stays, and the lease is given back."""

    async def rest(self) -> None:
        """Nobody is there to receive: it waits to be woken."""

    async def release(self) -> None: ...


class ForwardingStore(Protocol):
    async def waiting(self, now: datetime) -> list[tuple[AccountId, Forwarding]]:
        """Those that are due and nobody works on, of all accounts, whether or not there is anything to send."""

    async def hold(
        self, account_id: AccountId, forwarding_id: str, now: datetime, until: datetime
    ) -> LeasedForwarding | None:
        """Take the lease; None where another has it, or there is nothing to do any more."""

    async def dead_letters(self, account_id: AccountId, forwarding_id: str, page: Slice) -> Page[DeadLetter]:
        """The newest first; keys are (seq, id)."""

    async def count_dead_letters(self, account_id: AccountId, forwarding_id: str) -> int: ...

    async def bury_no_more(self, account_id: AccountId, letter_id: str) -> None:
        """It was taken after all."""

    async def forget_dead_letters(self, account_id: AccountId, forwarding_id: str, *, after: int) -> None:
        """Of events with seq > after: they are sent again, or there is nobody to send them to."""


class Receiver(Protocol):
    """One receiver, open for a while: connections are kept, settings are of the moment it was opened."""

    def wants(self, event: BusinessEvent) -> bool: ...

    async def deliver(self, event: BusinessEvent) -> DeliveryResult:
        """One attempt, within its own time-out. Raises PassingFault, PermanentFault, Declined."""

    async def trouble(self, problem: str | None) -> None:
        """It declines, or its credentials do not work: for people to see. None: it took something again."""


class Receivers(Protocol):
    """All receivers of a kind."""

    def open(self, account_id: AccountId, forwarding_id: str) -> AbstractAsyncContextManager[Receiver | None]:
        """None: it is switched off, or gone; its forwarding rests."""
