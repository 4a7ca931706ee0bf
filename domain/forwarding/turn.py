"""One turn of one forwarding: what waits is handed over, one event after the other, until one is not taken.

However it ends, the next turn starts behind the last event that was recorded as taken. An event that was taken when the
process died is sent again under the same id; none is left out.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from domain.events import BusinessEvent
from domain.forwarding.model import (
    RESTING,
    DeadLetter,
    Forwarding,
    ForwardingAttempt,
    ForwardingOutcome,
    ReceiverKind,
    dead_letter_id,
    wait_after,
)
from domain.forwarding.ports import Declined, ForwardingStore, LeasedForwarding, Receiver, Receivers
from domain.outbox.ports import DeliveryError, DeliveryResult, PermanentError, TransientError
from domain.values.clock import Clock
from domain.values.ids import AccountId
from domain.values.record import Record

LONGEST_ATTEMPT = timedelta(seconds=15)
_LEASE = 4  # attempts: renewed with each that is recorded
_PAGE = 50  # events read at once
_TURN = 200  # events until others get their turn
_LONGEST_ASKED = timedelta(hours=6)  # of waiting that a receiver may ask for


class Turn(Record):
    done: int  # events that were dealt with
    emptied: bool  # nothing was left of what was there when it ended


class Forwarder:
    def __init__(
        self,
        *,
        store: ForwardingStore,
        receivers: Mapping[ReceiverKind, Receivers],
        clock: Clock,
        attempt: timedelta = LONGEST_ATTEMPT,
    ) -> None:
        """`attempt`: what one may take, at most; receivers may have less patience."""
        self._store = store
        self._attempt = min(attempt, LONGEST_ATTEMPT)
        self._lease = _LEASE * self._attempt
        self._receivers = receivers
        self._clock = clock

    async def waiting(self) -> list[tuple[AccountId, Forwarding]]:
        return await self._store.waiting(self._clock.now())

    async def turn(self, account_id: AccountId, forwarding: Forwarding, stopped: Callable[[], bool]) -> Turn:
        """It ends early, between two events, where it is to stop."""
        now = self._clock.now()
        held = await self._store.hold(account_id, forwarding.id, now, now + self._lease)
        if held is None:
            return Turn(done=0, emptied=False)
        async with self._receivers[forwarding.kind].open(account_id, forwarding.id) as receiver:
            if receiver is None:
                await held.rest()
                return Turn(done=0, emptied=False)
            turn = await self._work_off(held, receiver, stopped)
        await held.release()
        return turn

    async def _work_off(self, held: LeasedForwarding, receiver: Receiver, stopped: Callable[[], bool]) -> Turn:
        done = 0
        while done < _TURN:
            events = await held.events(_PAGE)
            for event in events:
                if stopped() or not await self._deal_with(held, receiver, event):
                    return Turn(done=done, emptied=False)
                done += 1
            if events and not await held.passed_over(events[-1]):
                return Turn(done=done, emptied=False)
            if len(events) < _PAGE:
                return Turn(done=done, emptied=True)
        return Turn(done=done, emptied=False)

    async def _deal_with(self, held: LeasedForwarding, receiver: Receiver, event: BusinessEvent) -> bool:
        """Whether the next one may follow."""
        if not receiver.wants(event):
            return True
        lease = held.forwarding.lease
        if lease is None or lease.until - self._clock.now() < self._attempt:
            return False  # stood still for long: another may be at it
        try:
            receipt = await self._delivered(receiver, event)
        except DeliveryError as fault:
            if isinstance(fault, Declined) or (isinstance(fault, PermanentError) and fault.credentials):
                await receiver.trouble(fault.message)
            return await self._not_taken(held, event, fault)
        now = self._clock.now()
        if held.forwarding.attempts and held.forwarding.attempts[-1].error is not None:
            await receiver.trouble(None)
        taken = ForwardingAttempt(
            event_id=event.id, at=now, outcome=ForwardingOutcome.DELIVERED, http_status=receipt.http_status
        )
        return await held.taken(event, taken, now + self._lease)

    async def _delivered(self, receiver: Receiver, event: BusinessEvent) -> DeliveryResult:
        try:
            async with asyncio.timeout(self._attempt.total_seconds()):
                return await receiver.deliver(event)
        except TimeoutError:
            raise TransientError("It did not answer in time.", maybe_done=True) from None

    async def _not_taken(self, held: LeasedForwarding, event: BusinessEvent, fault: DeliveryError) -> bool:
        now = self._clock.now()

        def tried(outcome: ForwardingOutcome) -> ForwardingAttempt:
            return ForwardingAttempt(
                event_id=event.id, at=now, outcome=outcome, http_status=fault.http_status, error=fault.message
            )

        if isinstance(fault, Declined):
            await held.failed(tried(ForwardingOutcome.DECLINED), None)
            return False
        if isinstance(fault, PermanentError) and fault.credentials:
            await held.failed(tried(ForwardingOutcome.RETRYING), now + RESTING)
            return False
        permanent = isinstance(fault, PermanentError)
        if permanent or held.forwarding.gives_up(now):
            letter = DeadLetter(
                id=dead_letter_id(held.forwarding.id, event),
                forwarding_id=held.forwarding.id,
                event_id=event.id,
                seq=event.seq,
                at=now,
                error=fault.message,
                http_status=fault.http_status,
            )
            # One that is refused for what it is says nothing of the next; one that got no answer for days does.
            due_at = now if permanent else _next_try(held.forwarding, fault, now)
            return await held.buried(letter, tried(ForwardingOutcome.FAILED), due_at) and permanent
        await held.failed(tried(ForwardingOutcome.RETRYING), _next_try(held.forwarding, fault, now))
        return False


def _next_try(forwarding: Forwarding, fault: DeliveryError, now: datetime) -> datetime:
    wait = wait_after(forwarding.failures + 1) * random.uniform(1, 1.1)  # noqa: S311 - no secret
    asked = fault.retry_after if isinstance(fault, TransientError) else None
    return now + max(wait, min(asked or wait, _LONGEST_ASKED))
