from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pymongo import AsyncMongoClient

from api.realtime.credential_watch import AccessEnd
from api.realtime.hub import Hub, HubSettings
from domain.events import CredentialRevoked, Head, LoggedEvent, RevocationReason, StaffChanged
from domain.model.account import Availability, Staff
from domain.principal import StaffRole
from domain.values.errors import Unavailable
from domain.values.ids import AccountId, CredentialId, StaffId
from domain.values.record import replace
from integrations.mongo.client import MongoDatabase
from integrations.mongo.event_log.log import HEADS, MongoEventLog
from tests.api.realtime.streaming import (
    ACCOUNT,
    C1,
    C2,
    OTHER,
    SETTINGS,
    EchoOperation,
    UnreliableTail,
    Wire,
    at,
    eventually,
    follow,
    principal,
    running,
    say,
)
from tests.harness.change_streams import open_change_streams
from tests.harness.log_events import append, message_added


class TestLive:
    async def test_it_starts_from_now(self, hub: Hub, database: MongoDatabase) -> None:
        await say(database, "C1", "C1")
        wire = Wire(hub)
        wire.subscribe("1", follow(C1))
        await wire.shows("ready", "caught up")
        await say(database, "C1")
        await say(database, "C2", "C1")
        await wire.shows("ready", "caught up", 3, 5)
        await wire.cut()

    async def test_several_operations_and_accounts_each_see_their_own(self, hub: Hub, database: MongoDatabase) -> None:
        wire, other = Wire(hub), Wire(hub)
        wire.subscribe("1", follow(C1))
        wire.subscribe("2", follow(C1, C2))
        other.subscribe("1", EchoOperation(OTHER, [C1]))
        await wire.shows("ready", "caught up")
        await wire.shows("ready", "caught up", operation_id="2")
        await other.shows("ready", "caught up")
        await say(database, "C1", "C2", "C2", "C1")
        await say(database, "C1", account_id=OTHER)
        await wire.shows("ready", "caught up", 1, 4)
        await wire.shows("ready", "caught up", 1, 2, 3, 4, operation_id="2")
        await other.shows("ready", "caught up", 1)
        await wire.cut()
        await other.cut()

    async def test_an_item_that_is_not_for_the_feed_moves_the_cursor(self, hub: Hub, database: MongoDatabase) -> None:
        operation = follow(C1)
        operation.source = type(operation.source)(
            topics=operation.source.topics, after=None, item=lambda event, cursor: None
        )
        wire = Wire(hub)
        wire.subscribe("1", operation)
        await wire.shows("ready", "caught up")
        before = wire.cursor
        await say(database, "C1")
        await eventually(lambda: wire.cursor != before)
        assert wire.summaries() == ["ready", "caught up"]
        await wire.cut()

    async def test_an_exception_of_the_operation_ends_the_stream(self, hub: Hub, database: MongoDatabase) -> None:
        class Broken(EchoOperation):
            async def render(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str:
                raise ZeroDivisionError

        wire = Wire(hub)
        task = wire.subscribe("1", Broken(ACCOUNT, [C1]))
        await asyncio.wait([task], timeout=60)
        assert isinstance(task.exception(), ZeroDivisionError)
        assert wire.cursor is None

    async def test_a_hundred_subscribers_and_one_change_stream(
        self, hub: Hub, database: MongoDatabase, mongo_client: AsyncMongoClient[dict[str, Any]], database_name: str
    ) -> None:
        wires = [Wire(hub) for _ in range(100)]
        for wire in wires:
            wire.subscribe("1", follow(C1))
        for wire in wires:
            await wire.shows("ready", "caught up")
        await say(database, "C1")
        for wire in wires:
            await wire.shows("ready", "caught up", 1)
        assert len(await open_change_streams(mongo_client, database_name)) == 1
        for wire in wires:
            await wire.cut()


class TestTail:
    async def test_lost_events_are_found_when_heads_are_compared(
        self, hub: Hub, database: MongoDatabase, tail: UnreliableTail
    ) -> None:
        wire = Wire(hub)
        wire.subscribe("1", follow(C1))
        await wire.shows("ready", "caught up")
        tail.lose = 3
        await say(database, "C1", "C2", "C1")
        await wire.shows("ready", "caught up", 1, 3)
        await wire.cut()

    async def test_a_gap_is_filled_before_what_comes_behind_it(
        self, log: MongoEventLog, database: MongoDatabase, tail: UnreliableTail
    ) -> None:
        async with running(log, tail, HubSettings(compare_every=3600)) as hub:
            wire = Wire(hub)
            wire.subscribe("1", follow(C1))
            await wire.shows("ready", "caught up")
            tail.lose = 2
            await say(database, *["C1"] * 4)
            await wire.shows("ready", "caught up", 1, 2, 3, 4)
            await wire.cut()

    async def test_repeated_events_come_once(self, hub: Hub, database: MongoDatabase, tail: UnreliableTail) -> None:
        tail.repeat = True
        wire = Wire(hub)
        wire.subscribe("1", follow(C1))
        await wire.shows("ready", "caught up")
        await say(database, *["C1"] * 3)
        await say(database, *["C1"] * 3)
        await wire.shows("ready", "caught up", 1, 2, 3, 4, 5, 6)
        await wire.cut()

    async def test_without_a_tail_it_is_only_slower(self, log: MongoEventLog, database: MongoDatabase) -> None:
        async with running(log, DeadTail(), SETTINGS) as hub:
            wire = Wire(hub)
            wire.subscribe("1", follow(C1))
            await wire.shows("ready", "caught up")
            await say(database, "C1", "C1")
            await wire.shows("ready", "caught up", 1, 2)
            assert not hub.healthy()
            await wire.cut()

    async def test_health(self, hub: Hub) -> None:
        wire = Wire(hub)
        wire.subscribe("1", follow(C1))
        await wire.shows("ready", "caught up")
        await eventually(hub.healthy)
        await wire.cut()


class TestOutage:
    async def test_streams_outlive_a_database_that_is_away(
        self, log: MongoEventLog, database: MongoDatabase, tail: UnreliableTail
    ) -> None:
        away = LogWithOutages(log)
        async with running(away, tail, SETTINGS) as hub:
            wire = Wire(hub)
            wire.subscribe("1", follow(C1))
            await wire.shows("ready", "caught up")
            away.away = True
            tail.lose = 3
            await say(database, "C1", "C2", "C1")
            late = Wire(hub)
            late.subscribe("1", follow(C1, after=await at(log, 0)))
            await away.asked.wait()
            assert wire.summaries() == ["ready", "caught up"]
            away.away = False
            await wire.shows("ready", "caught up", 1, 3)
            await late.shows("resumed", 1, 3, "caught up")
            await wire.cut()
            await late.cut()


class TestWatch:
    async def test_a_revoked_credential_is_reported(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        told = asyncio.Event()
        bystander = Wire(hub)
        with hub.watch(principal(ACCOUNT), lambda _: told.set()):
            bystander.subscribe("1", follow(C1))
            await bystander.shows("ready", "caught up")
            await append(database, ACCOUNT, [CredentialRevoked(credential_id=CredentialId("K2")), message_added("C1")])
            await bystander.shows("ready", "caught up", 2)
            assert not told.is_set()
            await bystander.cut()
            await append(database, ACCOUNT, [CredentialRevoked(credential_id=CredentialId("K1"))])
            async with asyncio.timeout(60):
                await told.wait()

    async def test_a_changed_role_and_a_suspension_are_reported(self, hub: Hub, database: MongoDatabase) -> None:
        told: list[AccessEnd] = []
        member = Staff(id=StaffId("S1"), name="Sue", email="sue@shop.example", role=StaffRole.SUPPORT)
        caller = replace(principal(ACCOUNT), staff_id=member.id, role=StaffRole.SUPPORT)
        bystander = Wire(hub)
        with hub.watch(caller, told.append):
            bystander.subscribe("1", follow(C1))
            await bystander.shows("ready", "caught up")
            harmless = [
                StaffChanged(staff=replace(member, name="Susan", availability=Availability.ONLINE)),
                StaffChanged(staff=replace(member, id=StaffId("S2"), role=StaffRole.ANALYST)),
            ]
            await append(database, ACCOUNT, [*harmless, message_added("C1")])
            await bystander.shows("ready", "caught up", 3)
            assert told == []
            changes = [
                StaffChanged(staff=replace(member, role=StaffRole.ADMIN)),
                StaffChanged(staff=replace(member, suspended_at=datetime.now(UTC))),
                CredentialRevoked(credential_id=CredentialId("K1"), reason=RevocationReason.CHANGED),
                CredentialRevoked(credential_id=CredentialId("K1"), reason=RevocationReason.ROTATED),
            ]
            await append(database, ACCOUNT, [*changes, message_added("C1")])
            await bystander.shows("ready", "caught up", 3, 8)
            ends = [AccessEnd.ROLE_CHANGED, AccessEnd.SUSPENDED, AccessEnd.KEY_CHANGED, AccessEnd.ROTATED]
            assert told == ends
            await bystander.cut()

    async def test_a_log_that_is_replaced_may_have_hidden_it(self, hub: Hub, database: MongoDatabase) -> None:
        told = asyncio.Event()
        bystander = Wire(hub)
        with hub.watch(principal(ACCOUNT), lambda _: told.set()):
            bystander.subscribe("1", follow(C1))
            await bystander.shows("ready", "caught up")
            await database.collection(HEADS).update_one({"_id": ACCOUNT}, {"$set": {"epoch": "restored"}})
            async with asyncio.timeout(60):
                await told.wait()
        await bystander.cut()


class DeadTail:
    def lag(self) -> float:
        return float("inf")

    async def follow(self, deliver: object, signalled: object, started: object) -> None:
        await asyncio.Event().wait()


class LogWithOutages:
    """A log whose database can be unavailable."""

    def __init__(self, log: MongoEventLog) -> None:
        self._log = log
        self.away = False
        self.asked = asyncio.Event()  # while the database was unavailable

    def _answers(self) -> None:
        if self.away:
            self.asked.set()
            raise Unavailable("away")

    async def head(self, account_id: AccountId) -> Head:
        self._answers()
        return await self._log.head(account_id)

    async def heads(self, account_ids: Iterable[AccountId]) -> dict[AccountId, Head]:
        self._answers()
        return await self._log.heads(account_ids)

    async def read(
        self, account_id: AccountId, *, after: int, upto: int, topics: frozenset[str] | None, limit: int
    ) -> list[LoggedEvent]:
        self._answers()
        return await self._log.read(account_id, after=after, upto=upto, topics=topics, limit=limit)
