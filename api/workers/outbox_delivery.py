"""Delivers one outbox row, from claim to record. At every step the stored row says how far the delivery got."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from domain.delivery.errors import DeliveryError, PermanentError, TransientError
from domain.delivery.model import DeliveryResult
from domain.model.connected_services import Service, UnsealedConnection
from domain.model.outbox import Destination, Outgoing, parse_queue_name
from domain.outbox.ports import (
    DeliveryRequest,
    OutboxQueues,
    OutboxSender,
    RateLimitDecision,
    Timeouts,
    UnsealedConnections,
)
from domain.outbox.retry import MAX_DELAY
from domain.outbox.service import OutboxService, Outcome
from domain.values.clock import Clock
from domain.values.errors import DomainError, Unavailable
from domain.values.ids import AccountId
from domain.values.retry import retry

_MAX_PAYLOAD = 8 * 1024**2  # bytes: half of the maximum size of a document
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0  # seconds between two attempts to record an outcome

logger = logging.getLogger("baton.outbox")


class OutboxDelivery:
    """`attempts` counts the attempts by destination and outcome (delivered, retried, failed), for the operator."""

    def __init__(
        self,
        *,
        outbox: OutboxService,
        queues: OutboxQueues,
        senders: Mapping[Destination, OutboxSender],
        connections: UnsealedConnections,
        clock: Clock,
        timeouts: Timeouts,
    ) -> None:
        self._outbox = outbox
        self._queues = queues
        self._senders = senders
        self._connections = connections
        self._clock = clock
        self._timeouts = timeouts
        self.destinations = frozenset(senders)
        self.stopping = asyncio.Event()
        self.attempts: Counter[tuple[Destination, str]] = Counter()

    async def deliver(self, account_id: AccountId, queue: str, row: Outgoing, decision: RateLimitDecision) -> None:
        """Make one attempt at a claimed row, and record its outcome. Raises `Unavailable` before the call only."""
        if row.call is not None:  # an earlier lease holder began a call and recorded no outcome
            if await self._stops_within(self._timeouts.call):
                await self._queues.release(row)
                return
            row = await self._outbox.mark_interrupted(account_id, row)
            if row.call is not None or row.lease is None:
                return  # its outcome was recorded meanwhile
        service = Service(row.destination)
        connection: UnsealedConnection | None = None
        begun = row
        try:
            connection = await self._open_connection(account_id, service)
            payload = row.payload or await self._compose(account_id, row, connection)
            found = await self._queues.begin(row, payload=payload, now=self._clock.now())
            if found is None:
                return  # the lease was lost, or the row was cancelled
            begun = found
            outcome: Outcome = await self._call(account_id, begun, connection)
        except DeliveryError as error:
            outcome = error
        self.attempts[row.destination, _spoken(outcome)] += 1
        # The outcome of a call must not be lost because the database is away for a while.
        await retry(
            lambda: self._outbox.record(account_id, begun, outcome),
            error=Unavailable,
            first=_FIRST_WAIT,
            longest=_LONGEST_WAIT,
            warn=_warn_unrecorded,
        )
        if begun is not row:
            assert connection is not None
            await self._report(queue, connection, begun, decision, outcome)

    async def _open_connection(self, account_id: AccountId, service: Service) -> UnsealedConnection:
        try:
            connection = await self._connections.open(account_id, service)
        except Unavailable:
            raise
        except DomainError as error:
            raise TransientError(str(error)) from error
        if connection is None:
            raise PermanentError(f"{service.spoken} is not connected: connect it, then retry.")
        return connection

    async def _compose(self, account_id: AccountId, row: Outgoing, connection: UnsealedConnection) -> str:
        context = await self._outbox.context(account_id, row)
        try:
            payload = self._senders[row.destination].compose(context, connection)
        except DeliveryError:
            raise
        except Exception as error:
            logger.exception("The payload of row %s cannot be composed.", row.id)
            raise TransientError("A bug in Baton prevented the payload; its log has details.") from error
        if len(payload.encode()) > _MAX_PAYLOAD:
            raise PermanentError(f"The payload is larger than {_MAX_PAYLOAD // 1024**2} MiB.")
        return payload

    async def _call(self, account_id: AccountId, row: Outgoing, connection: UnsealedConnection) -> Outcome:
        assert row.payload is not None
        assert row.frozen_at is not None
        request = DeliveryRequest(
            row_id=row.id,
            kind=row.kind,
            payload=row.payload,
            key=hashlib.sha256(f"{row.id}\n{row.payload}".encode()).hexdigest(),
            connection=connection,
            first_attempt_at=row.frozen_at,
            now=self._clock.now(),
            outcome_unknown=row.outcome_unknown,
            ticket_external_id=await self._outbox.ticket_external_id(account_id, row),
        )
        try:
            async with asyncio.timeout(self._timeouts.call.total_seconds()):
                return await self._senders[row.destination].deliver(request)
        except DeliveryError:
            raise
        except TimeoutError as error:
            seconds = self._timeouts.call.total_seconds()
            raise TransientError(f"No response within {seconds:g} s.", outcome_unknown=True) from error
        except Exception as error:
            logger.exception("The call of row %s failed because of a bug.", row.id)
            raise TransientError(
                "A bug in Baton interrupted the call; its log has details.", outcome_unknown=True
            ) from error

    async def _report(
        self, queue: str, connection: UnsealedConnection, row: Outgoing, decision: RateLimitDecision, outcome: Outcome
    ) -> None:
        """Tell the queue and the connection how the call ended. It is harmless if this is lost in a crash."""
        now, account_id = self._clock.now(), parse_queue_name(queue)[0]
        if isinstance(outcome, TransientError):
            retry_after = outcome.retry_after
            await self._queues.mark_failed(
                queue, now, None if retry_after is None else now + min(retry_after, MAX_DELAY)
            )
        elif decision.failing:
            await self._queues.mark_succeeded(queue, now)
        service, version = connection.service, connection.version
        if isinstance(outcome, PermanentError) and outcome.credentials:
            await self._connections.mark_failed(account_id, service, outcome.message, version=version)
        elif isinstance(outcome, DeliveryResult) and (decision.failing or row.attempts):
            await self._connections.mark_ok(account_id, service, version=version)

    async def _stops_within(self, span: timedelta) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(span.total_seconds()):
                return await self.stopping.wait()
        return False


def _spoken(outcome: Outcome) -> str:
    if isinstance(outcome, DeliveryResult):
        return "delivered"
    return "retried" if isinstance(outcome, TransientError) else "failed"


def _warn_unrecorded(error: BaseException) -> None:
    logger.warning("The outcome of a delivery cannot be recorded yet (%s); it is tried again.", error)
