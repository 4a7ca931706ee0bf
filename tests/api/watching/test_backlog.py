"""What waits in the database: read at most so often, and right."""

from __future__ import annotations

import asyncio
import math
from datetime import datetime, timedelta

from api.watching.backlog_reads import BacklogReads
from domain.backlog import Backlog, ForwardingBacklog, OutboxBacklog, TicketBacklog
from domain.forwarding.model import ReceiverKind
from domain.model.connected_services import Service
from domain.model.outbox import Destination
from domain.values.errors import Unavailable
from tests.api.watching.scraping import scrape, value
from tests.harness.chat import Chat
from tests.harness.clock import ManualClock
from tests.harness.outbox import hand_over_to
from tests.harness.program import Program, Shop

MINUTE = timedelta(minutes=1)


class _Backlogs:
    """A database that takes so many seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.reads = 0
        self.now = 100.0
        self.is_down = False

    async def read(self, _: datetime) -> Backlog:
        self.reads += 1
        self.now += self.seconds
        if self.is_down:
            raise Unavailable("It is down.")
        await asyncio.sleep(0)
        return Backlog(timers_late=float(self.reads))


async def test_it_is_read_at_most_so_often_and_an_outage_makes_it_old() -> None:
    backlogs = _Backlogs()
    reads = BacklogReads(backlogs, ManualClock(), now=lambda: backlogs.now)
    assert reads.age() == math.inf
    await asyncio.gather(*(reads.refresh() for _ in range(5)))
    assert (backlogs.reads, reads.backlog.timers_late, reads.age()) == (1, 1.0, 0.0)
    backlogs.now += 9
    await reads.refresh()
    assert (backlogs.reads, reads.age()) == (1, 9.0)
    backlogs.now, backlogs.seconds = backlogs.now + 2, 3.0
    await reads.refresh()
    backlogs.now += 59  # twenty times the three seconds that it took
    await reads.refresh()
    assert backlogs.reads == 2
    backlogs.now, backlogs.is_down = backlogs.now + 2, True
    await reads.refresh()
    assert (backlogs.reads, reads.backlog.timers_late) == (3, 2.0)
    assert reads.age() > 60


async def test_it_is_what_waits(baton: Program, shop: Shop) -> None:
    backlogs = baton.baton.ports.backlogs
    assert await backlogs.read(baton.clock.now()) == Backlog()
    chat = await Chat.of(baton, shop, email="ann@example.com", watched=False)
    await chat.request()
    await chat.accept()
    await hand_over_to(baton, shop, Service.ZENDESK)
    created = await baton.mutate(
        shop.owner, "createWebhookEndpoint", url="https://hooks.example/baton", topics=["CONVERSATION_STARTED"]
    )
    assert created["errors"] == []
    baton.clock.move(10 * MINUTE)
    other = await Chat.of(baton, shop, email="ben@example.com", watched=False)
    await other.request()
    await other.accept()
    baton.clock.move(20 * MINUTE)
    late = await backlogs.read(baton.clock.now())
    assert late.outbox == {Destination.ZENDESK: OutboxBacklog(waiting=1, oldest=1_200.0)}
    assert late.forwarding == {ReceiverKind.WEBHOOK: ForwardingBacklog(lag=1_200.0, failing=0)}
    assert late.tickets == TicketBacklog(waiting=1, oldest=1_800.0, stranded=0)
    assert late.timers_late == 900.0  # that of the ticket, which waited for longer than 15 minutes
    await baton.baton.workers.timers.fire_due()
    fired = await backlogs.read(baton.clock.now())
    assert fired.tickets == TicketBacklog(waiting=1, oldest=1_800.0, stranded=1)
    assert fired.timers_late == 0.0

    samples = await scrape(baton)
    assert value(samples, "baton_outbox_oldest_seconds", destination="ZENDESK") == 1_200.0
    assert value(samples, "baton_outbox_waiting", destination="ZENDESK") == 1.0
    assert value(samples, "baton_outbox_waiting", destination="TWILIO") == 0.0
    assert value(samples, "baton_forwarding_lag_seconds", kind="WEBHOOK") == 1_200.0
    assert value(samples, "baton_tickets_stranded") == 1.0
