"""What people ask of forwardings: send again from somewhere, and one that was given up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from domain.connected_services.ports import CannotOpen
from domain.events import BusinessEvent
from domain.forwarding import changes
from domain.forwarding.model import DeadLetter, Forwarding, ReceiverKind
from domain.forwarding.ports import ForwardingStore, Receivers
from domain.outbox.ports import DeliveryError
from domain.principal import Permission, Principal
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, NotFound
from domain.values.record import Record

_SECONDS = 6.0  # somebody waits for it, and a request ends after 10
_FORWARDING = ("input", "forwardingId")
_LETTER = ("input", "deadLetterId")


class Retried(Record):
    """What the receiver said. Where it took the event, the letter is there no more."""

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
        """Everything behind a position of the log is sent again, in order, as if it had not been sent: what was given
        up of it as well. Raises NotFound, Forbidden."""
        principal.require(Permission.CHANGE_SETTINGS)

        async def change(uow: UnitOfWork) -> Forwarding:
            if await uow.get(Forwarding, forwarding_id) is None:
                raise NotFound("Nothing is forwarded there.", path=_FORWARDING)
            return await changes.move(uow, forwarding_id, after=after)

        moved = await self._storage.write(principal.account_id, change)
        await self._store.forget_dead_letters(principal.account_id, forwarding_id, after=moved.position)
        return moved

    async def retry(self, principal: Principal, letter_id: str) -> Retried:
        """One event that was given up is sent once more, now, whatever else is under way. Raises NotFound, Forbidden;
        Conflict where the receiver is switched off."""
        principal.require(Permission.CHANGE_SETTINGS)
        account_id = principal.account_id
        reader = self._storage.read(account_id)
        letter = await reader.get(DeadLetter, letter_id)
        event = await reader.get(BusinessEvent, letter.event_id) if letter else None
        forwarding = await reader.get(Forwarding, letter.forwarding_id) if letter else None
        if letter is None or event is None or forwarding is None:
            raise NotFound("No such event waits there.", path=_LETTER)
        try:
            async with self._receivers[forwarding.kind].open(account_id, forwarding.id) as receiver:
                if receiver is None:
                    raise Conflict("Its receiver is switched off: switch it on first.", path=_LETTER)
                async with asyncio.timeout(_SECONDS):
                    receipt = await receiver.deliver(event)
        except DeliveryError as fault:
            return Retried(letter=letter, http_status=fault.http_status, error=fault.message)
        except CannotOpen as error:
            return Retried(letter=letter, http_status=None, error=str(error))
        except TimeoutError:
            return Retried(letter=letter, http_status=None, error=f"It did not answer within {_SECONDS:g} seconds.")
        await self._store.bury_no_more(account_id, letter.id)
        return Retried(letter=letter, http_status=receipt.http_status, error=None)
