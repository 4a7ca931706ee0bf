"""The dispatcher on a real database, with senders that do as they are told: order, leases, rate limits, failures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from api.workers.outbox_dispatcher import OutboxDispatcher
from domain.conversation.aggregate import Change
from domain.delivery.errors import DeliveryError, PermanentError, TransientError
from domain.delivery.model import AttemptOutcome, DeliveryResult
from domain.model.connected_services import Service, UnsealedConnection
from domain.model.conversation import Author, AuthorKind, Message
from domain.model.handoff import Helpdesk, Ticket
from domain.model.outbox import Destination, Outgoing, OutgoingKind, OutgoingState
from domain.outbox import ordering
from domain.outbox.ports import DeliveryContext, DeliveryRequest, RateLimit
from domain.values.ids import HandoffId, TicketId
from tests.harness.outbox import SHORT, change_of, connect, dispatcher, expire_leases, rows
from tests.harness.program import Program, Shop, Started
from tests.harness.workers import deliver_due

pytestmark = pytest.mark.timeout(60)
SHOPPER = Author(kind=AuthorKind.SHOPPER, name="Ann")


class Desk:
    """A sender with its service: its calls, and what it returns next."""

    def __init__(self) -> None:
        self.done: list[str] = []  # payloads that were carried out, in order
        self.requests: list[DeliveryRequest] = []
        self.outcomes: list[DeliveryError | None] = []  # of the next calls; None: done
        self.held: asyncio.Event | None = None  # calls wait for it
        self.composed = 0
        self.under_way = 0
        self.most_under_way = 0

    def compose(self, delivery_context: DeliveryContext, connection: UnsealedConnection) -> str:
        self.composed += 1
        return " | ".join(message.text for message in delivery_context.messages)

    async def deliver(self, request: DeliveryRequest) -> DeliveryResult:
        self.requests.append(request)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.held is not None:
                await self.held.wait()
            answer = self.outcomes.pop(0) if self.outcomes else None
            if answer is not None:
                raise answer
            self.done.append(request.payload)
            return DeliveryResult(external_id=str(len(self.done)), http_status=201)
        finally:
            self.under_way -= 1


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def started(baton: Program, shop: Shop) -> Started:
    await connect(baton, shop, Service.ZENDESK)
    return await baton.start(shop, "Where is it?")


async def send_ticket(program: Program, started: Started) -> Outgoing:
    ticket = Ticket(
        id=TicketId(f"{started.key}001"),
        handoff_id=HandoffId(f"{started.key}001"),
        helpdesk=Helpdesk.ZENDESK,
        created_at=program.clock.now(),
    )

    async def act(change: Change) -> Outgoing:
        change.put_ticket(ticket)
        return await ordering.send_ticket(change, ticket, Destination.ZENDESK)

    row: Outgoing = await change_of(program, started.shop.id, started.key, act)
    return row


async def send_comment(program: Program, started: Started, text: str) -> Outgoing:
    async def act(change: Change) -> Outgoing:
        message: Message = change.add_message(SHOPPER, text)
        ticket = change.conversation.ticket
        assert ticket is not None
        return await ordering.send_comment(change, ticket, Destination.ZENDESK, message)

    row: Outgoing = await change_of(program, started.shop.id, started.key, act)
    return row


async def test_a_ticket_and_its_comments_leave_in_order(
    baton: Program, shop: Shop, started: Started, desk: Desk
) -> None:
    await send_ticket(baton, started)
    for text in ("one", "two", "three"):
        await send_comment(baton, started, text)
    assert [row.queue is not None for row in await rows(baton, shop)] == [True, False, False, False]

    assert await deliver_due(dispatcher(baton, {Destination.ZENDESK: desk})) == 4

    assert desk.done == ["Where is it?", "one", "two", "three"]
    assert [request.ticket_external_id for request in desk.requests] == [None, "1", "1", "1"]
    kept = await rows(baton, shop)
    assert [(row.state, row.external_id, row.payload, row.lease, row.call) for row in kept] == [
        (OutgoingState.DELIVERED, str(number), None, None, None) for number in (1, 2, 3, 4)
    ]
    assert [[attempt.outcome for attempt in row.attempts] for row in kept] == [[AttemptOutcome.DELIVERED]] * 4


async def test_a_transient_failure_is_retried_with_the_same_bytes(
    baton: Program, shop: Shop, started: Started, desk: Desk
) -> None:
    await send_ticket(baton, started)
    await send_comment(baton, started, "later")
    desk.outcomes = [TransientError("Busy.", http_status=503), TransientError("Cut.", outcome_unknown=True)]
    worker = dispatcher(baton, {Destination.ZENDESK: desk})
    assert await deliver_due(worker) == 1
    [ticket, comment] = await rows(baton, shop)
    assert (ticket.state, comment.queue, desk.done) == (OutgoingState.PENDING, None, [])
    assert timedelta(seconds=4) <= ticket.due_at - baton.clock.now() <= timedelta(seconds=6)
    assert await deliver_due(worker) == 0

    baton.clock.move(timedelta(seconds=6))
    assert await deliver_due(worker) == 1
    baton.clock.move(timedelta(seconds=12))
    assert await deliver_due(worker) == 2

    assert desk.done == ["Where is it?", "later"]
    assert [request.outcome_unknown for request in desk.requests] == [False, False, True, False]
    assert len({(request.payload, request.key, request.first_attempt_at) for request in desk.requests[:3]}) == 1
    assert desk.composed == 2
    [ticket, _] = await rows(baton, shop)
    assert [(a.outcome.value, a.http_status, a.error, a.outcome_unknown) for a in ticket.attempts] == [
        ("retrying", 503, "Busy.", False),
        ("retrying", None, "Cut.", True),
        ("delivered", 201, None, False),
    ]


async def test_a_ticket_that_failed_holds_its_comments_and_nothing_else(
    baton: Program, shop: Shop, started: Started, desk: Desk
) -> None:
    ticket = await send_ticket(baton, started)
    await send_comment(baton, started, "and this")
    desk.outcomes = [PermanentError("Requester is suspended.", http_status=422)]
    worker = dispatcher(baton, {Destination.ZENDESK: desk})
    assert await deliver_due(worker) == 1
    other = await baton.start(shop, "Another one", anonymousId="other")
    await send_ticket(baton, other)
    assert await deliver_due(worker) == 1
    kept = {row.id: row for row in await rows(baton, shop)}
    assert [row.state.value for row in kept.values()] == ["FAILED", "PENDING", "DELIVERED"]
    assert (kept[ticket.id].error, kept[ticket.id].queue) == ("Requester is suspended.", None)

    async def again(change: Change) -> None:
        await baton.baton.services.outbox.requeue(change.uow, kept[ticket.id], by=None)

    await change_of(baton, shop.id, started.key, again)
    assert await deliver_due(worker) == 2
    assert desk.done == ["Another one", "Where is it?", "and this"]
    assert desk.composed == 4, "what certainly was not done is written anew"


async def test_a_comment_that_failed_lets_the_next_one_go(
    baton: Program, shop: Shop, started: Started, desk: Desk
) -> None:
    await send_ticket(baton, started)
    lost = await send_comment(baton, started, "lost")
    await send_comment(baton, started, "kept")
    desk.outcomes = [None, PermanentError("Closed.")]
    worker = dispatcher(baton, {Destination.ZENDESK: desk})
    assert await deliver_due(worker) == 3
    assert desk.done == ["Where is it?", "kept"]

    async def again(change: Change) -> None:
        row = await change.uow.get(Outgoing, lost.id)
        assert row is not None
        await baton.baton.services.outbox.requeue(change.uow, row, by=None)

    await change_of(baton, shop.id, started.key, again)
    assert await deliver_due(worker) == 1
    assert desk.done == ["Where is it?", "kept", "lost"]


async def test_two_workers_share_the_rows(baton: Program, second: Program, shop: Shop, desk: Desk) -> None:
    await connect(baton, shop, Service.ZENDESK)
    for number in range(12):
        started = await baton.start(shop, f"Question {number}", anonymousId=f"visitor-{number}")
        await send_ticket(baton, started)
    senders = {Destination.ZENDESK: desk}
    attempts = await asyncio.gather(*(deliver_due(dispatcher(p, senders)) for p in (baton, second, baton)))
    assert sum(attempts) == 12
    assert sorted(desk.done) == sorted(f"Question {number}" for number in range(12))


async def test_a_row_of_who_died_is_looked_up_once_that_call_must_be_over(
    baton: Program, shop: Shop, started: Started, desk: Desk
) -> None:
    await send_ticket(baton, started)
    desk.held = asyncio.Event()
    dying = asyncio.create_task(deliver_due(dispatcher(baton, {Destination.ZENDESK: desk})))
    await _until(lambda: desk.under_way == 1)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    assert (desk.done, desk.under_way) == ([], 0)
    desk.held.set()
    worker = dispatcher(baton, {Destination.ZENDESK: desk}, timeouts=SHORT)
    assert await deliver_due(worker) == 0, "its lease holds"

    await expire_leases(baton)
    began = asyncio.get_running_loop().time()
    assert await deliver_due(worker) == 1
    assert asyncio.get_running_loop().time() - began >= 0.6, "that call may have been under way"
    assert [request.outcome_unknown for request in desk.requests] == [False, True]
    [row] = await rows(baton, shop)
    assert [attempt.outcome.value for attempt in row.attempts] == ["interrupted", "delivered"]


async def test_a_result_after_the_lease_ended_undoes_nothing(
    baton: Program, second: Program, shop: Shop, started: Started, desk: Desk
) -> None:
    await send_ticket(baton, started)
    slow, quick = Desk(), desk
    slow.held = asyncio.Event()
    slow.outcomes = [TransientError("Too late.", http_status=500)]
    late = asyncio.create_task(deliver_due(dispatcher(baton, {Destination.ZENDESK: slow})))
    await _until(lambda: slow.under_way == 1)
    taking_over = await _taken_over(baton, dispatcher(second, {Destination.ZENDESK: quick}, timeouts=SHORT))
    slow.held.set()
    assert await late == 1
    [row] = await rows(baton, shop)
    assert (row.state, [a.error for a in row.attempts]) == (OutgoingState.PENDING, ["Too late."])
    assert row.lease is not None, "the other one has it"
    assert await taking_over == 1
    [row] = await rows(baton, shop)
    assert row.state is OutgoingState.DELIVERED
    assert quick.done == ["Where is it?"]


async def test_news_of_who_was_given_up_is_not_lost(
    baton: Program, second: Program, shop: Shop, started: Started, desk: Desk
) -> None:
    """Its call returned the ticket's number, so the worker that took over the row has nothing left to do."""
    await send_ticket(baton, started)
    await send_comment(baton, started, "more")
    slow = Desk()
    slow.held = asyncio.Event()
    late = asyncio.create_task(deliver_due(dispatcher(baton, {Destination.ZENDESK: slow})))
    await _until(lambda: slow.under_way == 1)
    taking_over = await _taken_over(baton, dispatcher(second, {Destination.ZENDESK: desk}, timeouts=SHORT))
    slow.held.set()
    await late
    await taking_over
    done = [*slow.done, *desk.done]
    assert sorted(done) == ["Where is it?", "more"]
    assert [row.state.value for row in await rows(baton, shop)] == ["DELIVERED", "DELIVERED"]


async def test_a_delivery_without_connection_fails_with_a_reason(baton: Program, shop: Shop, desk: Desk) -> None:
    started = await baton.start(shop, "Hello")
    await send_ticket(baton, started)
    assert await deliver_due(dispatcher(baton, {Destination.ZENDESK: desk})) == 1
    [row] = await rows(baton, shop)
    assert (row.state, row.error) == (OutgoingState.FAILED, "Zendesk is not connected: connect it, then retry.")
    assert desk.requests == []


async def test_a_queue_keeps_its_pace(baton: Program, shop: Shop, desk: Desk) -> None:
    await connect(baton, shop, Service.ZENDESK)
    for number in range(10):
        await send_ticket(baton, await baton.start(shop, f"{number}", anonymousId=f"visitor-{number}"))
    limits = {Destination.ZENDESK: RateLimit(interval=timedelta(seconds=2), burst=3)}
    worker = dispatcher(baton, {Destination.ZENDESK: desk}, rate_limits=limits)
    counts = []
    for _ in range(5):
        counts.append(await deliver_due(worker))
        baton.clock.move(timedelta(seconds=2))
    assert counts == [4, 1, 1, 1, 1]
    baton.clock.move(timedelta(days=-300))  # a clock that jumps back delays nothing
    assert await deliver_due(worker) >= 1


async def test_retry_after_pauses_the_destination(baton: Program, shop: Shop, rival: Shop, desk: Desk) -> None:
    for each in (shop, rival):
        await connect(baton, each, Service.ZENDESK)
    first = await baton.start(shop, "first", anonymousId="a")
    await send_ticket(baton, first)
    desk.outcomes = [TransientError("Slow down.", http_status=429, retry_after=timedelta(seconds=90))]
    worker = dispatcher(baton, {Destination.ZENDESK: desk})
    assert await deliver_due(worker) == 1
    await send_ticket(baton, await baton.start(shop, "second", anonymousId="b"))
    await send_ticket(baton, await baton.start(rival, "of the rival"))
    assert await deliver_due(worker) == 1
    assert desk.done == ["of the rival"]
    baton.clock.move(timedelta(seconds=89))
    assert await deliver_due(worker) == 0
    baton.clock.move(timedelta(seconds=2))
    assert await deliver_due(worker) == 2
    assert sorted(desk.done) == ["first", "of the rival", "second"]


async def test_one_call_probes_the_service_and_the_others_follow_gradually(
    baton: Program, shop: Shop, desk: Desk
) -> None:
    await connect(baton, shop, Service.ZENDESK)
    for number in range(12):
        await send_ticket(baton, await baton.start(shop, f"{number}", anonymousId=f"visitor-{number}"))
    desk.outcomes = [TransientError("Down.", http_status=503) for _ in range(8)]
    limits = {Destination.ZENDESK: RateLimit(interval=timedelta(seconds=1), burst=20)}
    worker = dispatcher(baton, {Destination.ZENDESK: desk}, rate_limits=limits)
    assert await deliver_due(worker) == 5, "then the queue is closed"
    assert desk.most_under_way <= 4
    probes = []
    for _ in range(3):
        baton.clock.move(timedelta(minutes=11))
        probes.append(await deliver_due(worker))
    assert probes == [1, 1, 1]
    baton.clock.move(timedelta(minutes=11))
    paced = []
    for _ in range(12):
        paced.append(await deliver_due(worker))
        baton.clock.move(timedelta(seconds=1))
    assert sum(paced) == 12
    assert max(paced) <= 2, "nothing is made up for"
    assert sorted(desk.done, key=int) == [str(number) for number in range(12)]


async def test_a_row_is_given_up_after_days_and_never_for_a_clock_that_leaps(
    baton: Program, shop: Shop, started: Started, desk: Desk
) -> None:
    await send_ticket(baton, started)
    desk.outcomes = [TransientError("Down.") for _ in range(500)]
    worker = dispatcher(baton, {Destination.ZENDESK: desk})
    await deliver_due(worker)
    baton.clock.move(timedelta(days=30))
    await deliver_due(worker)
    assert [row.state.value for row in await rows(baton, shop)] == ["PENDING"]
    await baton.database["outgoing"].update_many({}, {"$set": {"trying_since": baton.clock.now()}})
    hours = 0
    while (await rows(baton, shop))[0].state is OutgoingState.PENDING:
        hours += 2
        baton.clock.move(timedelta(hours=2))
        await deliver_due(worker)
    assert 3 * 24 < hours <= 5 * 24
    [row] = await rows(baton, shop)
    assert (row.state, row.kind, row.error) == (OutgoingState.FAILED, OutgoingKind.TICKET, "Down.")
    assert [attempt.outcome.value for attempt in row.attempts[-2:]] == ["retrying", "failed"]


async def test_the_loop_wakes_for_what_is_written_and_finishes_what_it_has(
    baton: Program, shop: Shop, started: Started, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.workers.outbox_dispatcher._POLL_SECONDS", 3_600.0)  # it does not wait for its next look
    stop = asyncio.Event()
    running = asyncio.create_task(dispatcher(baton, {Destination.ZENDESK: desk}).run(stop))
    await _until(lambda: not baton.baton.ports.outbox_wake.is_set())
    await send_ticket(baton, started)
    await _until(lambda: bool(desk.done))
    desk.held = asyncio.Event()
    await send_comment(baton, started, "last")
    await _until(lambda: desk.under_way == 1)
    stop.set()
    desk.held.set()
    await running
    assert desk.done == ["Where is it?", "last"]
    assert [row.state.value for row in await rows(baton, shop)] == ["DELIVERED", "DELIVERED"]


async def _taken_over(program: Program, worker: OutboxDispatcher) -> asyncio.Task[int]:
    """A running worker that has claimed the row whose lease expired."""
    collection = program.database["outgoing"]
    [before] = await collection.find({"lease": {"$exists": True}}).to_list()
    await expire_leases(program)
    working = asyncio.create_task(deliver_due(worker))
    async with asyncio.timeout(60):
        same = {"_id": before["_id"], "lease.token": before["lease"]["token"]}
        while await collection.count_documents(same):  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.005)
    return working


async def _until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not met():  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.005)
