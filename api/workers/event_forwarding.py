"""Business events on their way out: the services about it put together, and the loop that hands them over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta

from api.bootstrap.ports import Ports
from api.settings import Settings
from domain.connected_services.service import ConnectionService
from domain.events import EventLog
from domain.forwarding.model import Forwarding as Row
from domain.forwarding.model import ReceiverKind
from domain.forwarding.ports import Receivers
from domain.forwarding.service import ForwardingService
from domain.forwarding.turn import Forwarder
from domain.klaviyo.receiver import KlaviyoReceivers
from domain.klaviyo.service import KlaviyoService
from domain.values.errors import DomainError, Unavailable
from domain.values.ids import AccountId
from domain.values.record import Record
from domain.webhooks.receiver import EndpointReceivers
from domain.webhooks.service import WebhookService
from resolvers.context import StreamCursors
from resolvers.webhooks.payload import EventPayloadSerializers

_LOOK_EVERY = 1.0  # seconds: how late an event may leave, with nothing else to do
_TURNS_AT_ONCE = 100  # receivers served side by side; one that does not answer holds its place for ten seconds

logger = logging.getLogger("baton.forwarding")


class EventForwarding(Record):
    webhooks: WebhookService
    klaviyo: KlaviyoService
    forwardings: ForwardingService
    loop: ForwardingLoop


def build_event_forwarding(
    settings: Settings, ports: Ports, connections: ConnectionService, cursors: StreamCursors
) -> EventForwarding:
    endpoints = EndpointReceivers(
        storage=ports.storage,
        vault=ports.vault,
        lines=ports.lines,
        wordings=EventPayloadSerializers(log=ports.log, cursors=cursors),
        clock=ports.clock,
        seconds=settings.call_seconds,
    )
    receivers: Mapping[ReceiverKind, Receivers] = {
        ReceiverKind.WEBHOOK: endpoints,
        ReceiverKind.KLAVIYO: KlaviyoReceivers(klaviyo=ports.klaviyo, connections=connections),
    }
    attempt = timedelta(seconds=settings.call_seconds)
    forwarder = Forwarder(store=ports.forwardings, receivers=receivers, clock=ports.clock, attempt=attempt)
    return EventForwarding(
        webhooks=WebhookService(
            storage=ports.storage,
            endpoints=ports.endpoints,
            forwardings=ports.forwardings,
            receivers=endpoints,
            vault=ports.vault,
            private_networks=settings.webhook_private_networks,
        ),
        klaviyo=KlaviyoService(connections=connections, forwardings=ports.forwardings),
        forwardings=ForwardingService(storage=ports.storage, store=ports.forwardings, receivers=receivers),
        loop=ForwardingLoop(forwarder=forwarder, log=ports.log),
    )


class ForwardingLoop:
    """Receivers side by side, each in its own order. Several loops at once are safe: each turn is under a lease."""

    def __init__(self, *, forwarder: Forwarder, log: EventLog) -> None:
        self._forwarder = forwarder
        self._log = log
        self._busy: set[str] = set()
        self._quiet: dict[str, tuple[int, int]] = {}  # generation, and where the log stood when nothing was left
        self._places = asyncio.Semaphore(_TURNS_AT_ONCE)
        self.failures = 0  # turns that failed for a reason of our own, for the operator

    async def run(self, stop: asyncio.Event) -> None:
        """Until asked to stop; what is being handed over then is finished."""
        async with asyncio.TaskGroup() as tasks:
            while not stop.is_set():
                try:
                    for account_id, forwarding, head in await self._to_do():
                        self._busy.add(forwarding.id)
                        tasks.create_task(
                            self._turn(account_id, forwarding, head, stop.is_set), name=f"forwarding {forwarding.id}"
                        )
                except Unavailable:
                    logger.warning("The database cannot be reached; events wait to be forwarded.")
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_EVERY):
                        await stop.wait()

    async def forward_due(self) -> int:
        """Hand over what is due now; answers how many events that were."""
        done = 0
        while todo := await self._to_do():
            self._busy.update(forwarding.id for _, forwarding, _ in todo)
            counts = await asyncio.gather(*(self._turn(a, f, head, lambda: False) for a, f, head in todo))
            done += sum(counts)
            if not any(counts):
                break
        return done

    async def _to_do(self) -> list[tuple[AccountId, Row, int]]:
        """Who may have something to get. Two questions for all accounts together, however many receivers there are."""
        waiting = [row for row in await self._forwarder.waiting() if row[1].id not in self._busy]
        heads = await self._log.heads({account_id for account_id, _ in waiting})
        places = [(a, f, heads[a].seq if a in heads else 0) for a, f in waiting]
        self._quiet = {f.id: self._quiet[f.id] for _, f in waiting if f.id in self._quiet}
        return [(a, f, head) for a, f, head in places if self._quiet.get(f.id) != (f.generation, head)]

    async def _turn(self, account_id: AccountId, forwarding: Row, head: int, stopped: Callable[[], bool]) -> int:
        try:
            async with self._places:
                turn = await self._forwarder.turn(account_id, forwarding, stopped)
        except Unavailable:
            logger.warning("The database cannot be reached; events wait to be forwarded.")
            return 0
        except DomainError as error:  # its secrets cannot be opened, say
            self.failures += 1
            logger.error("Nothing can be forwarded to %s: %s", forwarding.id, error)  # noqa: TRY400 - it says it all
            return 0
        except Exception:
            self.failures += 1
            logger.exception("Forwarding to %s failed; it goes on when its lease has run out.", forwarding.id)
            return 0
        finally:
            self._busy.discard(forwarding.id)
        if turn.emptied:
            self._quiet[forwarding.id] = forwarding.generation, head
        return turn.done
