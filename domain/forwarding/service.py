"""Commands on forwardings: redeliver from a position, and retry a dead letter."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from domain.audit.changes import values
from domain.audit.recording import record
from domain.connected_services.ports import CannotOpen
from domain.delivery.errors import DeliveryError
from domain.events import BusinessEvent
from domain.forwarding import changes
from domain.forwarding.model import DeadLetter, Forwarding, ReceiverKind
from domain.forwarding.ports import ForwardingStore, Receivers
from domain.model.audit import AuditAction, AuditChange, AuditTarget, AuditTargetKind
from domain.principal import Permission, Principal
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, NewerValue, NotFound
from domain.values.record import Record

_SECONDS = 6.0  # the caller waits for it, and a request ends after 10 s
_FORWARDING = "forwarding_id"
_LETTER = "dead_letter_id"


class RetryResult(Record):
    """The receiver's response. If `error` is None, it took the event, and the dead letter is deleted."""

    letter: DeadLetter
    http_status: int | None
    error: str | None


class ForwardingService:
    def __init__(
        self, *, storage: Storage, store: ForwardingStore, receivers: Mapping[ReceiverKind, Receivers]
    ) -> None:
        self._storage = storage
        self._store = store
        self._receivers = receivers

    async def redeliver(self, principal: Principal, forwarding_id: str, after: int) -> Forwarding:
        """Send the events after a position of the log again, in order, and delete their dead letters.

        Returns the forwarding. Raises `NotFound`, `Forbidden`.
        """
        principal.require(Permission.CHANGE_SETTINGS)

        async def change(uow: UnitOfWork) -> Forwarding:
            before = await uow.get(Forwarding, forwarding_id)
            if before is None:
                raise NotFound("There is no such forwarding.", field=_FORWARDING)
            moved = await changes.move(uow, forwarding_id, after=after)
            change = AuditChange(field="position", before=str(before.position), after=str(moved.position))
            await record(uow, principal, AuditAction.EVENTS_REDELIVERED, _target(moved), (change,))
            return moved

        moved = await self._storage.write(principal.account_id, change)
        await self._store.forget_dead_letters(principal.account_id, forwarding_id, after=moved.position)
        return moved

    async def retry(self, principal: Principal, letter_id: str) -> RetryResult:
        """Send the event of a dead letter once more, at once and independently of the position.

        Returns the receiver's response, also if the attempt failed. Raises `NotFound`, `Forbidden`; `Conflict` if the
        receiver is switched off; `NewerValue` for an event or a receiver of a type that this build does not know.
        """
        principal.require(Permission.CHANGE_SETTINGS)
        account_id = principal.account_id
        reader = self._storage.read(account_id)
        letter = await reader.get(DeadLetter, letter_id)
        event = await reader.get(BusinessEvent, letter.event_id) if letter else None
        forwarding = await reader.get(Forwarding, letter.forwarding_id) if letter else None
        if letter is None or forwarding is None:
            raise NotFound("There is no such dead letter.", field=_LETTER)
        if event is None:
            raise NotFound("Its event is gone, or damaged as `baton doctor` says.", field=_LETTER)
        for kind in (event.type, forwarding.kind):
            if kind.is_unknown:
                raise NewerValue(type(kind).__name__)
        try:
            async with self._receivers[forwarding.kind].open(account_id, forwarding.id) as receiver:
                if receiver is None:
                    raise Conflict("Its receiver is switched off: switch it on first.", field=_LETTER)
                await self._record_retry(principal, letter, event, forwarding)
                async with asyncio.timeout(_SECONDS):
                    result = await receiver.deliver(event)
        except DeliveryError as error:
            return RetryResult(letter=letter, http_status=error.http_status, error=error.message)
        except CannotOpen as error:
            return RetryResult(letter=letter, http_status=None, error=str(error))
        except TimeoutError:
            return RetryResult(letter=letter, http_status=None, error=f"No response within {_SECONDS:g} seconds.")
        await self._store.mark_delivered_late(account_id, letter.id)
        return RetryResult(letter=letter, http_status=result.http_status, error=None)

    async def _record_retry(
        self, principal: Principal, letter: DeadLetter, event: BusinessEvent, forwarding: Forwarding
    ) -> None:
        """Record the attempt before it is made: what has left cannot be taken back if the record fails."""

        async def change(uow: UnitOfWork) -> None:
            target = AuditTarget(kind=AuditTargetKind.DEAD_LETTER, id=letter.id)
            changes = values(event=event.id, event_type=event.type, receiver=forwarding.id)
            await record(uow, principal, AuditAction.DEAD_LETTER_RETRIED, target, changes)

        await self._storage.write(principal.account_id, change)


def _target(forwarding: Forwarding) -> AuditTarget:
    is_webhook = forwarding.kind is ReceiverKind.WEBHOOK
    kind = AuditTargetKind.WEBHOOK_ENDPOINT if is_webhook else AuditTargetKind.CONNECTION
    return AuditTarget(kind=kind, id=forwarding.id)
