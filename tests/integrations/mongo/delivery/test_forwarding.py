"""Positions of receivers, with both drivers: which writes a lease allows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from domain.delivery.model import Attempt, AttemptOutcome
from domain.forwarding import changes
from domain.forwarding.model import DeadLetter, Forwarding, ReceiverKind
from domain.storage import UnitOfWork
from domain.values.ids import AccountId
from domain.values.paging import Slice
from domain.values.record import replace
from integrations.mongo.client import Driver, connect
from integrations.mongo.delivery.forwarding import MongoForwardings, MongoLeasedForwarding
from tests.integrations.mongo.shop import Shop

NOW = datetime(2036, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
KEY = "01AAAAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
async def stores(
    mongo_uri: str, database_name: str, driver: Driver, shop: Shop
) -> AsyncIterator[tuple[MongoForwardings, MongoForwardings]]:
    """The stores of two processes, and a forwarding with three events to deliver."""

    async def begin(uow: UnitOfWork) -> None:
        uow.save(replace(changes.begin(uow, KEY, ReceiverKind.WEBHOOK), due_at=NOW))

    await shop.storage.write(shop.account_id, begin)
    for visitor in ("Ann", "Ben", "Cid"):
        await shop.start(visitor)
    one, two = (connect(mongo_uri, database=database_name, driver=driver) for _ in range(2))
    yield MongoForwardings(database=one), MongoForwardings(database=two)
    await one.close()
    await two.close()


async def held_by(store: MongoForwardings, account_id: AccountId, now: datetime = NOW) -> MongoLeasedForwarding:
    leased = await store.lease(account_id, KEY, now, now + timedelta(minutes=1))
    assert leased is not None
    return leased


def attempt(event_id: str, outcome: AttemptOutcome = AttemptOutcome.DELIVERED) -> Attempt:
    return Attempt(event_id=event_id, at=NOW, outcome=outcome, http_status=204)


async def kept(shop: Shop) -> Forwarding:
    found = await shop.storage.read(shop.account_id).get(Forwarding, KEY)
    assert found is not None
    return found


Stores = tuple[MongoForwardings, MongoForwardings]


async def test_one_holder_until_the_lease_ends(shop: Shop, stores: Stores, account_id: AccountId) -> None:
    assert [(a, f.id) for a, f in await stores[0].waiting(NOW)] == [(account_id, KEY)]
    assert await stores[0].waiting(NOW - timedelta(seconds=1)) == []
    first = await held_by(stores[0], account_id)
    assert await stores[1].waiting(NOW) == []
    assert await stores[1].lease(account_id, KEY, NOW, LATER) is None
    second = await held_by(stores[1], account_id, LATER)
    [one, two, _] = await first.events(10)
    assert [event.id for event in await second.events(2)] == [one.id, two.id]
    assert await second.mark_delivered(one, attempt(one.id), LATER)
    before = await kept(shop)
    assert not await first.mark_delivered(two, attempt(two.id), LATER)
    assert not await first.skip(two)
    assert not await first.mark_failed(attempt(two.id, AttemptOutcome.RETRYING), LATER)
    letter = DeadLetter(id=KEY + two.id, forwarding_id=KEY, event_id=two.id, seq=two.seq, at=NOW, error="no")
    assert not await first.dead_letter(letter, attempt(two.id, AttemptOutcome.FAILED), NOW)
    await first.pause()
    await first.release()
    assert await kept(shop) == before
    assert await stores[0].count_dead_letters(account_id, KEY) == 0
    assert (before.position, before.fence) == (one.seq, 2)
    await second.release()
    assert await stores[0].waiting(NOW) != []


async def test_manual_changes_win_over_running_calls(shop: Shop, stores: Stores, account_id: AccountId) -> None:
    leased = await held_by(stores[0], account_id)
    [one, *_] = await leased.events(10)

    async def move(uow: UnitOfWork) -> None:
        await changes.move(uow, KEY, after=0)

    await shop.storage.write(account_id, move)
    assert not await leased.mark_delivered(one, attempt(one.id), LATER)
    assert (await kept(shop)).position == 0


async def test_given_up_it_is_kept_and_found(shop: Shop, stores: Stores, account_id: AccountId) -> None:
    leased = await held_by(stores[0], account_id)
    for event in await leased.events(10):
        assert await leased.mark_failed(attempt(event.id, AttemptOutcome.RETRYING), NOW)
        assert leased.forwarding.trying_since == NOW
        leased = await held_by(stores[0], account_id)
        letter = DeadLetter(
            id=KEY + event.id, forwarding_id=KEY, event_id=event.id, seq=event.seq, at=NOW, error="no", http_status=500
        )
        assert await leased.dead_letter(letter, attempt(event.id, AttemptOutcome.FAILED), NOW)
        assert (leased.forwarding.position, leased.forwarding.trying_since) == (event.seq, None)
    assert (leased.forwarding.failures, leased.forwarding.failing_since) == (6, NOW)
    assert len(leased.forwarding.attempts) == 6
    assert await leased.events(10) == []
    store = stores[1]
    page = await store.dead_letters(account_id, KEY, Slice(limit=2))
    assert ([row.seq for row in page.items], page.has_next) == (
        sorted((row.seq for row in page.items), reverse=True),
        True,
    )
    rest = await store.dead_letters(account_id, KEY, Slice(limit=2, after=(page.items[1].seq, page.items[1].id)))
    assert len(rest.items) == 1
    await store.mark_delivered_late(account_id, rest.items[0].id)
    await store.forget_dead_letters(account_id, KEY, after=page.items[1].seq)
    assert await store.count_dead_letters(account_id, KEY) == 1
    stranger = AccountId("01BBBBBBBBBBBBBBBBBBBBBBBB")
    await store.forget_dead_letters(stranger, KEY, after=-1)
    await store.mark_delivered_late(stranger, page.items[1].id)
    assert await store.count_dead_letters(account_id, KEY) == 1
    assert await store.lease(stranger, KEY, NOW, LATER) is None


async def test_attempts_are_kept_by_the_dozen_and_no_more(shop: Shop, stores: Stores, account_id: AccountId) -> None:
    leased = await held_by(stores[0], account_id)
    [one, *_] = await leased.events(10)
    for n in range(30):
        assert await leased.mark_failed(replace(attempt(one.id, AttemptOutcome.RETRYING), http_status=500 + n), NOW)
        leased = await held_by(stores[0], account_id)
    assert [a.http_status for a in (await kept(shop)).attempts] == list(range(510, 530))
    assert (await kept(shop)).failures == 30
