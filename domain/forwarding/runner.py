"""One turn of a forwarding: deliver the waiting events in order, until one fails.

A turn that ends in any way, a crash included, leaves the position after the last event that was recorded as delivered.
The next turn starts there: an event may be sent twice, under the same id, but none is left out.

An event of a type that this build does not know stops the turn: during an upgrade, a process of the newer build sends
it. If none has come within `_NEWER_WAIT`, as after a rollback, it becomes a dead letter, for people to retry after the
upgrade, and those behind it are sent. The next one of such a type has waited as well since it happened: otherwise each
of those that the newer build has left would stop the receiver for as long.

An event whose stored form is damaged becomes a dead letter at once, of every receiver: nobody can tell whether it was
meant for one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from cachetools import LRUCache

from domain.delivery.errors import Declined, DeliveryError, PermanentError, TransientError
from domain.delivery.model import Attempt, AttemptOutcome, DeliveryResult
from domain.events import BusinessEvent
from domain.forwarding.model import (
    CREDENTIALS_RETRY,
    RETRY_POLICY,
    DeadLetter,
    DeadLetterReason,
    Forwarding,
    ReceiverKind,
    UnreadableEvent,
    dead_letter_id,
)
from domain.forwarding.ports import ForwardingStore, LeasedForwarding, Receiver, Receivers
from domain.values.clock import Clock
from domain.values.ids import AccountId
from domain.values.record import Record

MAX_ATTEMPT = timedelta(seconds=15)
_LEASE_ATTEMPTS = 4  # a lease lasts that many attempts; each delivery extends it
_PAGE = 50  # events read at once
_TURN = 200  # events per turn; then the other receivers have a chance
_NEWER_WAIT = timedelta(hours=1)  # for a process of the newer build that has stored an event: an upgrade takes minutes
_LEFT = 10_000  # forwardings that wait for one; beyond it, some are looked at more often
_UNREADABLE = "Its stored form is damaged: `baton doctor` says how. It can be retried once that is repaired."
_NEWER = "It is of a type that only a newer version of Baton knows. Retry it once the upgrade is finished."


class Turn(Record):
    done: int  # number of events that were processed
    emptied: bool  # whether no event was left


class _Left(Record):
    """Where a forwarding waits for a process of a newer build."""

    seq: int  # of the event
    since: datetime
    generation: int
    position: int
    is_given_up: bool = False  # none has come, and the event has become a dead letter

    def waits_since(self, event: BusinessEvent, generation: int, now: datetime) -> datetime:
        """Return since when an event of the forwarding has waited."""
        if self.seq == event.seq:
            return self.since
        return max(self.since, event.at) if self.is_given_up and self.generation == generation else now


class Forwarder:
    def __init__(
        self,
        *,
        store: ForwardingStore,
        receivers: Mapping[ReceiverKind, Receivers],
        clock: Clock,
        attempt: timedelta = MAX_ATTEMPT,
    ) -> None:
        """`attempt`: time-out of one attempt. A receiver may have a shorter one."""
        self._store = store
        self._attempt = min(attempt, MAX_ATTEMPT)
        self._lease = _LEASE_ATTEMPTS * self._attempt
        self._receivers = receivers
        self._clock = clock
        self._left: LRUCache[str, _Left] = LRUCache(_LEFT)

    async def waiting(self) -> list[tuple[AccountId, Forwarding]]:
        """Return the due forwardings of all accounts that nobody holds, without those that are left to a newer build.
        Raises `Unavailable`."""
        now = self._clock.now()
        found = await self._store.waiting(now)
        return [(a, each) for a, each in found if each.kind in self._receivers and not self._is_left(each, now)]

    async def turn(self, account_id: AccountId, forwarding: Forwarding, stopped: Callable[[], bool]) -> Turn:
        """Deliver events of one forwarding under a lease, until `stopped()` is true.

        Raises `Unavailable` if the database does not respond, `CannotOpen` if the receiver's secrets cannot be
        decrypted.
        """
        now = self._clock.now()
        leased = await self._store.lease(account_id, forwarding.id, now, now + self._lease)
        if leased is None:
            return Turn(done=0, emptied=False)
        async with self._receivers[forwarding.kind].open(account_id, forwarding.id) as receiver:
            if receiver is None:
                await leased.pause()
                return Turn(done=0, emptied=False)
            turn = await self._deliver_waiting(leased, receiver, stopped)
        await leased.release()
        return turn

    async def _deliver_waiting(self, leased: LeasedForwarding, receiver: Receiver, stopped: Callable[[], bool]) -> Turn:
        done = 0
        while done < _TURN:
            events = await leased.events(_PAGE)
            for event in events:
                if stopped() or not await self._process(leased, receiver, event):
                    return Turn(done=done, emptied=False)
                done += 1
            if events and not await leased.skip(events[-1]):
                return Turn(done=done, emptied=False)
            if len(events) < _PAGE:
                return Turn(done=done, emptied=True)
        return Turn(done=done, emptied=False)

    async def _process(
        self, leased: LeasedForwarding, receiver: Receiver, event: BusinessEvent | UnreadableEvent
    ) -> bool:
        """Deliver one event, and return whether the next one may follow."""
        if isinstance(event, UnreadableEvent):
            return await self._record_failure(
                leased, event, PermanentError(_UNREADABLE), reason=DeadLetterReason.UNREADABLE
            )
        if not receiver.wants(event):
            return True
        if event.type.is_unknown:
            return await self._leave(leased, event)
        lease = leased.forwarding.lease
        if lease is None or lease.until - self._clock.now() < self._attempt:
            return False  # this process was suspended for long: another one may hold the lease by now
        present = await leased.current(event)
        if present is None or present.conversation.erased_at is not None:
            return True  # its shopper was erased
        if not receiver.wants(present):
            return True  # retention has taken the shopper from it, and the receiver keeps events by their shopper
        try:
            result = await self._deliver(receiver, present)
        except DeliveryError as error:
            if isinstance(error, Declined) or (isinstance(error, PermanentError) and error.credentials):
                await receiver.report(error.message)
            return await self._record_failure(leased, event, error)
        now = self._clock.now()
        if leased.forwarding.attempts and leased.forwarding.attempts[-1].error is not None:
            await receiver.report(None)
        attempt = Attempt(at=now, outcome=AttemptOutcome.DELIVERED, event_id=event.id, http_status=result.http_status)
        return await leased.mark_delivered(event, attempt, now + self._lease)

    def _is_left(self, forwarding: Forwarding, now: datetime) -> bool:
        left = self._left.get(forwarding.id)
        if left is None or (left.generation, left.position) != (forwarding.generation, forwarding.position):
            return False
        return now < left.since + _NEWER_WAIT

    async def _leave(self, leased: LeasedForwarding, event: BusinessEvent) -> bool:
        """Leave an event to a process of the newer build; after a while, give it up. Returns whether the next one may
        follow."""
        forwarding, now = leased.forwarding, self._clock.now()
        left = self._left.get(forwarding.id)
        since = now if left is None else left.waits_since(event, forwarding.generation, now)
        is_over = now >= since + _NEWER_WAIT
        self._left[forwarding.id] = _Left(
            seq=event.seq,
            since=since,
            generation=forwarding.generation,
            position=forwarding.position,
            is_given_up=is_over,
        )
        if not is_over:
            return False
        return await self._record_failure(leased, event, PermanentError(_NEWER), reason=DeadLetterReason.NEWER)

    async def _deliver(self, receiver: Receiver, event: BusinessEvent) -> DeliveryResult:
        try:
            async with asyncio.timeout(self._attempt.total_seconds()):
                return await receiver.deliver(event)
        except TimeoutError:
            raise TransientError("It did not respond in time.", outcome_unknown=True) from None

    async def _record_failure(
        self,
        leased: LeasedForwarding,
        event: BusinessEvent | UnreadableEvent,
        error: DeliveryError,
        *,
        reason: DeadLetterReason = DeadLetterReason.REFUSED,
    ) -> bool:
        """Record a failed attempt, and return whether the next event may follow. `reason`: of a permanent error."""
        now = self._clock.now()

        def attempt(outcome: AttemptOutcome) -> Attempt:
            return Attempt(
                at=now, outcome=outcome, event_id=event.id, http_status=error.http_status, error=error.message
            )

        if isinstance(error, Declined):
            await leased.mark_failed(attempt(AttemptOutcome.DECLINED), None)
            return False
        if isinstance(error, PermanentError) and error.credentials:
            await leased.mark_failed(attempt(AttemptOutcome.RETRYING), now + CREDENTIALS_RETRY)
            return False
        permanent = isinstance(error, PermanentError)
        if permanent or leased.forwarding.is_exhausted(now):
            letter = DeadLetter(
                id=dead_letter_id(leased.forwarding.id, event.id),
                forwarding_id=leased.forwarding.id,
                event_id=event.id,
                seq=event.seq,
                at=now,
                error=error.message,
                http_status=error.http_status,
                reason=reason if permanent else DeadLetterReason.EXHAUSTED,
            )
            # A permanent error is about this event only; days without success are about the receiver.
            due_at = now if permanent else _next_attempt_at(leased.forwarding, error, now)
            return await leased.dead_letter(letter, attempt(AttemptOutcome.FAILED), due_at) and permanent
        await leased.mark_failed(attempt(AttemptOutcome.RETRYING), _next_attempt_at(leased.forwarding, error, now))
        return False


def _next_attempt_at(forwarding: Forwarding, error: DeliveryError, now: datetime) -> datetime:
    retry_after = error.retry_after if isinstance(error, TransientError) else None
    return now + RETRY_POLICY.delay(forwarding.failures + 1, retry_after)
