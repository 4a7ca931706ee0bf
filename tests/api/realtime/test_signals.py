from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from api.realtime.cursor import Position
from api.realtime.hub import Hub, HubSettings
from domain.events import INBOX_TOPIC, LoggedEvent, MessageAdded
from domain.model.conversation import Author, AuthorKind, ControllerKind, MessageKind
from domain.model.handoff import Helpdesk, Ticket
from domain.principal import Principal, PrincipalKind
from domain.signals import Typing
from domain.values.errors import Unavailable
from domain.values.ids import AccountId, ConversationId, HandoffId, StaffId, TicketId
from domain.values.record import replace
from integrations.mongo.client import MongoDatabase, connect, connect_for_stream
from integrations.mongo.event_log.change_stream import MongoChangeStream
from integrations.mongo.event_log.log import MongoEventLog
from integrations.mongo.event_log.signals import MongoSignals
from tests.api.realtime.streaming import (
    ACCOUNT,
    CURSORS,
    OTHER,
    EchoOperation,
    Signal,
    UnreliableTail,
    Wire,
    eventually,
    principal,
    running,
)
from tests.harness.log_events import AT, append, create_log_indexes, message_added, typing

C1, C2 = "conversation:C1", "conversation:C2"
BO = Author(kind=AuthorKind.HUMAN_AGENT, name="Bo", staff_id=StaffId("S1"))
CY = Author(kind=AuthorKind.HUMAN_AGENT, name="Cy", staff_id=StaffId("S2"))
SHOPPER = replace(principal(ACCOUNT), kind=PrincipalKind.SHOPPER, conversation_id=ConversationId("C1"))


@dataclass(frozen=True, slots=True)
class Process:
    """One process, which shares only the database with others."""

    hub: Hub
    tail: UnreliableTail
    log: ReadsCounted
    database: MongoDatabase

    async def say(self, *conversations: str) -> None:
        await append(self.database, ACCOUNT, [message_added(key) for key in conversations])

    async def note(self, conversation: str) -> None:
        """An event that does not end typing."""
        added = message_added(conversation)
        note = replace(added.message, kind=MessageKind.NOTE)
        await append(self.database, ACCOUNT, [MessageAdded(message=note, conversation=added.conversation)])

    async def signal(self, signal: Typing, account_id: AccountId = ACCOUNT) -> None:
        """A signal that this process sent and received."""
        seen = self.tail.signals
        await MongoSignals(database=self.database).publish(account_id, signal)
        await eventually(lambda: self.tail.signals > seen)


class ReadsCounted(MongoEventLog):
    reads = 0

    async def read(
        self, account_id: AccountId, *, after: int, upto: int, topics: frozenset[str] | None, limit: int
    ) -> list[LoggedEvent]:
        self.reads += 1
        return await super().read(account_id, after=after, upto=upto, topics=topics, limit=limit)


@asynccontextmanager
async def process(uri: str, name: str) -> AsyncIterator[Process]:
    database, stream = connect(uri, database=name), connect_for_stream(uri, database=name)
    await create_log_indexes(database)
    log, tail = ReadsCounted(database=database), UnreliableTail(MongoChangeStream(database=stream))
    async with running(log, tail, HubSettings(compare_every=60.0, keep_recent=8)) as hub:
        yield Process(hub, tail, log, database)
    await stream.close()
    await database.close()


@pytest.fixture
async def here(mongo_uri: str, database_name: str, mongo_client: object) -> AsyncIterator[Process]:
    async with process(mongo_uri, database_name) as opened:
        yield opened


@pytest.fixture
async def there(mongo_uri: str, database_name: str, here: Process) -> AsyncIterator[Process]:
    async with process(mongo_uri, database_name) as opened:
        yield opened


def follow(*topics: str, after: str | None = None, by: Principal | None = None) -> EchoOperation:
    operation = EchoOperation(ACCOUNT, topics or (C1,), after)
    operation.principal = by or operation.principal
    return operation


async def listening(process: Process, operation: EchoOperation | None = None) -> Wire:
    wire = Wire(process.hub)
    wire.subscribe("1", operation or follow())
    await wire.shows("ready", "caught up")
    return wire


async def silent(wire: Wire, process: Process) -> None:
    """Earlier signals are dropped: later events arrive, and the signals do not."""
    for _ in range(2):  # events are sent before waiting signals
        wire.read()
        shown = len(wire.frames)
        await process.note("C1")
        await wire.until(lambda shown=shown: len(wire.frames) > shown)
    assert wire.signals == {}


class Paused(EchoOperation):
    """Prepares signals slowly."""

    def __init__(self, account_id: AccountId, topics: list[str]) -> None:
        super().__init__(account_id, topics)
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()

    async def render(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str:
        if isinstance(item, Signal):
            self.reached.set()
            await self.go_on.wait()
        return await super().render(item, extensions, seq)


class Failing(EchoOperation):
    """Fails to read the data of a signal's frame."""

    failed = False

    async def render(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str:
        if isinstance(item, Signal):
            self.failed = True
            raise Unavailable("The database cannot be reached.")
        return await super().render(item, extensions, seq)


class TestWhoHears:
    async def test_it_goes_both_ways_between_processes(self, here: Process, there: Process) -> None:
        staff, shopper = await listening(here), await listening(there, follow(by=SHOPPER))
        await there.signal(typing())
        await staff.hears("Ann types")
        await here.signal(typing(author=BO))
        await shopper.hears("Bo types")
        await staff.hears("Bo types")  # a colleague of Bo's
        await there.signal(typing(goes_on=False))
        await staff.hears("Ann stops")
        await staff.cut()
        await shopper.cut()

    async def test_never_who_types(self, here: Process) -> None:
        shopper = await listening(here, follow(by=SHOPPER))
        await here.signal(typing())
        await silent(shopper, here)
        await shopper.cut()

    async def test_nobody_elsewhere(self, here: Process) -> None:
        wire = await listening(here)
        await here.signal(typing("C2"))
        await here.signal(typing("C1"), OTHER)
        await silent(wire, here)
        await wire.cut()

    async def test_the_inbox_hears_of_conversations_with_a_ticket(self, here: Process) -> None:
        ticket = Ticket(id=TicketId("T1"), handoff_id=HandoffId("H1"), helpdesk=Helpdesk.INBOX, created_at=AT)
        wire = await listening(here, follow(INBOX_TOPIC))
        await here.signal(typing("C1"))
        await here.signal(replace(typing("C2"), ticket=ticket))
        await wire.hears("Ann types")
        await wire.cut()

    async def test_no_operation_that_does_not_ask(self, here: Process) -> None:
        operation = follow()
        operation.source = replace(operation.source, signal=None)
        wire = await listening(here, operation)
        await here.signal(typing())
        await silent(wire, here)
        await wire.cut()

    async def test_events_that_the_feed_omits(self, here: Process) -> None:
        operation = follow()
        operation.source = replace(operation.source, signal=lambda signal, cursor: None)
        wire = await listening(here, operation)
        await here.signal(typing())
        await silent(wire, here)
        await wire.cut()


class TestNoReplay:
    async def test_signals_during_a_replay_are_dropped(self, here: Process) -> None:
        await here.say("C1", "C1")
        after = CURSORS.encode(ACCOUNT, Position(epoch=(await here.log.head(ACCOUNT)).epoch, seq=0))
        wire = Wire(here.hub, room=1)
        wire.subscribe("1", follow(after=after))
        await wire.until(lambda: wire.unread)
        await here.signal(typing())
        while len(wire.frames) < 4:
            wire.read()
            await wire.until(lambda: wire.unread)
        await wire.shows("resumed", 1, 2, "caught up")
        await silent(wire, here)
        await wire.cut()

    async def test_a_resumed_client_gets_no_old_signals(self, here: Process) -> None:
        wire = await listening(here)
        cursor = wire.cursor
        await here.signal(typing())
        await wire.hears("Ann types")
        await wire.cut()
        again = Wire(here.hub, resume=cursor)
        again.subscribe("1", follow())
        await again.shows("resumed", "caught up")
        await silent(again, here)
        await again.cut()


class TestCursor:
    async def test_a_signal_moves_nothing_and_says_where_the_stream_stands(self, here: Process) -> None:
        wire = await listening(here)
        await here.say("C1")
        await wire.shows("ready", "caught up", 1)
        before = wire.cursor
        await here.signal(typing())
        [frame] = await wire.hears("Ann types")
        assert (frame.cursor, wire.cursor) == (before, before)
        assert frame.data["cursor"] == wire.frames[-1].data["cursor"]
        await here.say("C1")
        await wire.shows("ready", "caught up", 1, 2)
        await wire.cut()
        for cursor in (frame.cursor, frame.data["cursor"]):
            again = Wire(here.hub, resume=cursor)
            again.subscribe("1", follow())
            await again.shows("resumed", 2, "caught up")
            await again.cut()

    async def test_events_that_overtake_it_are_in_its_cursor(self, here: Process) -> None:
        wire = await listening(here)
        await here.signal(typing(author=BO))
        await wire.until(lambda: bool(wire.signals))
        await here.say("C1", "C1")
        await wire.shows("ready", "caught up", 1, 2)
        [frame] = await wire.hears("Bo types")
        assert frame.cursor == wire.frames[-1].cursor
        assert frame.data["cursor"] == wire.frames[-1].data["cursor"]
        await wire.cut()

    async def test_it_is_no_reason_to_read_the_log(self, here: Process) -> None:
        wire, busy = await listening(here), await listening(here, follow(C2))
        for _ in range(3):
            await here.say(*["C2"] * 10)
        await busy.until(lambda: busy.summaries()[-1] == 30)
        reads = here.log.reads
        await here.signal(typing())
        await wire.hears("Ann types")
        assert here.log.reads == reads
        assert wire.cursor is not None
        assert CURSORS.decode(wire.cursor, ACCOUNT).seq == 30
        await wire.cut()
        await busy.cut()


async def in_time(scenario: Callable[[float], Awaitable[None]]) -> None:
    """Play a scenario in which signals end by themselves. They do so by the real clock, and a machine that stands still
    lets them end before what is to come first: then it is played again with signals that hold longer."""
    for factor in (1.0, 6.0, 36.0):
        try:
            return await scenario(factor)
        except AssertionError:
            if factor > 30:
                raise
    return None


@pytest.mark.timeout(400)
class TestEnd:
    async def test_it_ends_by_itself(self, here: Process) -> None:
        async def scenario(factor: float) -> None:
            wire = await listening(here)
            await here.signal(typing(holds=0.1 * factor))
            await wire.hears("Ann types")
            await wire.hears("Ann stops")
            await wire.cut()

        await in_time(scenario)

    async def test_typing_lasts_while_it_is_repeated(self, here: Process) -> None:
        async def scenario(factor: float) -> None:
            wire = await listening(here)
            await here.signal(typing(holds=0.3 * factor))
            await here.signal(typing(holds=600.0))
            await wire.hears("Ann types")
            await here.signal(typing(author=BO, holds=0.5 * factor))
            await wire.hears("Bo types")
            await wire.hears("Bo stops")
            await wire.cut()

        await in_time(scenario)

    async def test_an_explicit_end_of_typing_is_sent_once(self, here: Process) -> None:
        async def scenario(factor: float) -> None:
            wire = await listening(here)
            await here.signal(typing(holds=0.5 * factor))
            await wire.hears("Ann types")
            await here.signal(typing(goes_on=False))
            await wire.hears("Ann stops")
            await here.signal(typing(author=BO, holds=0.75 * factor))
            await wire.hears("Bo types")
            await wire.hears("Bo stops")
            await wire.cut()

        await in_time(scenario)

    async def test_a_message_of_the_author_ends_it(self, here: Process) -> None:
        async def scenario(factor: float) -> None:
            wire = await listening(here)
            await here.signal(typing(holds=0.2 * factor))
            await here.signal(typing(author=BO, holds=0.4 * factor))
            await wire.until(lambda: len(wire.signals) == 2)
            await here.say("C1")
            await wire.shows("ready", "caught up", (await here.log.head(ACCOUNT)).seq)
            await wire.hears("Bo types")
            await wire.hears("Bo stops")
            await wire.cut()

        await in_time(scenario)

    async def test_who_takes_over_from_the_agent_ends_it_and_is_heard_of(self, here: Process) -> None:
        wire = await listening(here)
        await here.signal(typing(author=Author(kind=AuthorKind.AI_AGENT, name="")))
        await wire.hears(" types")

        added = message_added("C1")
        staff = replace(added.conversation.controller, kind=ControllerKind.HUMAN_AGENT, epoch=2)
        change = replace(added, conversation=replace(added.conversation, controller=staff))
        await append(here.database, ACCOUNT, [change])

        await wire.hears(" stops")
        await here.note("C1")
        await wire.shows("ready", "caught up", 1, 2)

    async def test_a_note_ends_nothing(self, here: Process) -> None:
        wire = await listening(here)
        await here.signal(typing())
        await wire.until(lambda: bool(wire.signals))
        await here.note("C1")
        await wire.shows("ready", "caught up", 1)
        await wire.hears("Ann types")
        await wire.cut()

    async def test_an_operation_that_ends_takes_its_signals_along(self, here: Process) -> None:
        wire = Wire(here.hub)
        wire.subscribe("1", follow())
        wire.subscribe("2", follow())
        await wire.shows("ready", "caught up")
        await wire.shows("ready", "caught up", operation_id="2")
        await here.signal(typing())
        await wire.until(lambda: len(wire.signals) == 2)
        await wire.complete("1")
        [frame] = await wire.hears("Ann types")
        assert frame.operation_id == "2"
        await wire.cut()


class TestLatest:
    async def test_a_later_one_takes_the_place_of_one_that_waits(self, here: Process) -> None:
        wire = await listening(here)
        await here.signal(typing())
        await here.signal(typing(author=BO))
        await here.signal(typing(goes_on=False))
        await here.signal(typing(author=CY))
        await wire.hears("Bo types", "Ann stops", "Cy types")
        await wire.cut()

    async def test_signals_that_ended_before_sending_are_dropped(self, here: Process) -> None:
        operation = Paused(ACCOUNT, [C1])
        wire, other = await listening(here, operation), await listening(here)
        await here.signal(typing())
        await operation.reached.wait()
        await here.say("C1")
        await other.shows("ready", "caught up", 1)
        operation.go_on.set()
        await wire.shows("ready", "caught up", 1)
        await silent(wire, here)
        await wire.cut()
        await other.cut()

    async def test_the_latest_change_before_a_frame_is_sent_wins(self, here: Process) -> None:
        operation = Paused(ACCOUNT, [C1])
        wire = await listening(here, operation)
        await here.signal(typing())
        await operation.reached.wait()
        await here.signal(typing(goes_on=False))
        operation.go_on.set()
        await wire.hears("Ann stops")
        await wire.cut()

    async def test_an_outage_while_it_is_prepared_ends_no_stream(self, here: Process) -> None:
        operation = Failing(ACCOUNT, [C1])
        wire = await listening(here, operation)
        await here.signal(typing())
        await silent(wire, here)
        assert operation.failed
        await wire.cut()

    async def test_excess_signals_are_dropped_and_delay_no_event(self, here: Process) -> None:
        operation = Paused(ACCOUNT, [C1])
        wire, other = await listening(here, operation), await listening(here)
        authors = [replace(BO, staff_id=StaffId(f"S{number}")) for number in range(1_000, 1_400)]
        signals = MongoSignals(database=here.database)
        await asyncio.gather(*(signals.publish(ACCOUNT, typing(author=a, holds=600.0)) for a in authors))
        await eventually(lambda: here.tail.signals == 400)
        await here.say("C1")
        await other.shows("ready", "caught up", 1)
        waiting: list[int] = []
        wire.on_frame = lambda: waiting.append(len(wire.signals))
        operation.go_on.set()
        await wire.shows("ready", "caught up", 1)
        assert waiting == [0]
        await wire.until(lambda: len(wire.signals) >= 200)  # else the next one would take the place of one that waits
        await here.signal(typing(author=CY))
        await wire.until(lambda: ("1", typing(author=CY).key) in wire.signals)
        assert len(wire.signals) == 201  # 200 waited
        await wire.cut()
        await other.cut()
