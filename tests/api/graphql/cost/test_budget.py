"""Budgets of callers: the arithmetic of the bucket, and the refusal on each transport."""

from __future__ import annotations

import time

import pytest

from api.graphql.cost.budget import Budgets, BudgetSettings, OverBudget
from domain.principal import ANONYMOUS, Principal, PrincipalKind
from domain.values.ids import AccountId, ConversationId, CredentialId
from domain.values.record import replace
from tests.api.graphql.serving import GUEST, STAFF, error_code, serving, until

SMALL = BudgetSettings(key_rate=0.001, address_rate=0.001, burst_seconds=10_000, key_subscriptions=1)  # 10 at once
NESTED = "{ " + "nested { " * 9 + "hello" + " }" * 10
SHOPPER = Principal(kind=PrincipalKind.SHOPPER, account_id=AccountId("acc"), credential_id=CredentialId("v"))
HOME, OFFICE, PROXY = "8.8.8.8", "9.9.9.9", "10.0.0.1"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_fills_at_its_rate() -> None:
    clock = Clock()
    budgets = Budgets(BudgetSettings(key_rate=10, burst_seconds=10), now=clock)
    budgets.charge(STAFF, HOME, 60)
    budgets.charge(STAFF, OFFICE, 40)
    with pytest.raises(OverBudget) as refused:
        budgets.charge(STAFF, HOME, 25)
    assert refused.value.headers == {
        "Retry-After": "3",
        "RateLimit-Policy": '"cost";q=100;w=10',
        "RateLimit": '"cost";r=0;t=3',
    }
    clock.now += 3
    budgets.charge(STAFF, HOME, 25)
    clock.now += 1_000
    budgets.charge(STAFF, HOME, 1_000)  # more than the burst: once, when the bucket is full
    with pytest.raises(OverBudget):
        budgets.charge(STAFF, HOME, 1)


def test_browsers_have_a_budget_for_each_address() -> None:
    budgets = Budgets(BudgetSettings(key_rate=10, address_rate=1, burst_seconds=10), now=Clock())
    budgets.charge(GUEST, HOME, 10)
    for who in (GUEST, SHOPPER):
        with pytest.raises(OverBudget):
            budgets.charge(who, HOME, 1)
    budgets.charge(GUEST, OFFICE, 10)
    budgets.charge(GUEST, PROXY, 100)
    budgets.charge(SHOPPER, PROXY, 100)
    budgets.charge(STAFF, HOME, 100)


def test_an_ipv6_network_has_one_budget() -> None:
    budgets = Budgets(BudgetSettings(address_rate=1, burst_seconds=10), now=Clock())
    budgets.charge(GUEST, "2606:4700::1", 10)
    for who in (GUEST, ANONYMOUS, SHOPPER):
        with pytest.raises(OverBudget):
            budgets.charge(who, "2606:4700::2", 1)
    budgets.charge(GUEST, "2606:4700:0:1::1", 10)


def test_a_visitor_has_a_share_of_the_budget_of_the_address() -> None:
    clock = Clock()
    budgets = Budgets(BudgetSettings(address_rate=4, visitor_share=0.25, burst_seconds=10), now=clock)
    ann = replace(SHOPPER, conversation_id=ConversationId("ann"))
    budgets.charge(ann, HOME, 10)
    for token in (ann, replace(ann, credential_id=CredentialId("second"))):
        with pytest.raises(OverBudget) as refused:
            budgets.charge(token, HOME, 1)
        assert refused.value.headers["RateLimit-Policy"] == '"cost";q=10;w=10'
    budgets.charge(replace(SHOPPER, conversation_id=ConversationId("ben")), HOME, 10)
    budgets.charge(GUEST, HOME, 20)
    for who in (GUEST, replace(SHOPPER, conversation_id=ConversationId("cleo"))):
        with pytest.raises(OverBudget) as refused:
            budgets.charge(who, HOME, 1)
        assert refused.value.headers["RateLimit-Policy"] == '"cost";q=40;w=10'
    clock.now += 10
    budgets.charge(ann, HOME, 10)


async def test_costly_live_events_wait_for_a_share_of_the_budget() -> None:
    budgets = Budgets(BudgetSettings(key_rate=1_000, burst_seconds=0.1, live_share=0.5))  # 50 at once, 500 a second
    assert budgets.live_pace(STAFF, PROXY, 20) is None
    pace = budgets.live_pace(STAFF, PROXY, 50)
    assert pace is not None
    since = time.monotonic()
    for _ in range(4):
        await pace()
    assert 0.25 < time.monotonic() - since < 30
    budgets.charge(STAFF, PROXY, 100)  # questions have the whole budget
    with pytest.raises(OverBudget):
        budgets.charge(STAFF, PROXY, 100)


def test_reports_and_the_tokens_of_a_conversation_are_counted() -> None:
    budgets = Budgets(BudgetSettings(reports=1, visitor_subscriptions=1))
    with budgets.subscription(STAFF, report=True), budgets.subscription(STAFF):
        with pytest.raises(OverBudget), budgets.subscription(STAFF, report=True):
            pass
        with budgets.subscription(STAFF):
            pass
    with budgets.subscription(STAFF, report=True):
        pass
    shopper = replace(SHOPPER, conversation_id=ConversationId("c"))
    second = replace(shopper, credential_id=CredentialId("second"))
    with budgets.subscription(shopper), pytest.raises(OverBudget), budgets.subscription(second):
        pass


async def test_refusals() -> None:
    async with serving(budgets=SMALL) as server:
        assert (await server.query(NESTED)).status_code == 200
        refused = await server.query(NESTED)
        assert (refused.status_code, error_code(refused)) == (429, "RATE_LIMITED")
        assert refused.headers["ratelimit-policy"] == '"cost";q=10;w=10000'
        assert int(refused.headers["retry-after"]) > 0
        async with server.socket() as client:
            await client.subscribe(NESTED)
            message = await client.receive()
            assert message["type"] == "error"
            extensions = message["payload"][0]["extensions"]
            assert extensions["code"] == "RATE_LIMITED"
            assert extensions["retryAfter"] > 0  # there are no headers


async def test_subscriptions_of_a_credential_are_bounded() -> None:
    ticks = "subscription { ticks { text } }"
    async with serving(budgets=SMALL) as server, server.socket() as client, server.socket() as other:
        await client.subscribe(ticks)
        await until(lambda: server.hub.streams)
        await other.subscribe(ticks)
        assert (await other.receive())["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
        await client.send({"id": "1", "type": "complete"})
        await until(lambda: not server.hub.streams)
        await other.subscribe(ticks)
        await until(lambda: server.hub.streams)


async def test_sockets_of_a_visitor_are_bounded() -> None:
    budgets = Budgets(BudgetSettings(visitor_sockets=2))
    with budgets.socket(SHOPPER), budgets.socket(STAFF), budgets.socket(STAFF), budgets.socket(STAFF):
        with budgets.socket(SHOPPER), pytest.raises(OverBudget), budgets.socket(SHOPPER):
            pass
        with budgets.socket(SHOPPER):
            pass
    as_visitor = {"authorization": "Bearer visitor"}
    async with serving(budgets=BudgetSettings(visitor_sockets=1)) as server, server.socket(as_visitor) as client:
        async with server.socket(ack=False) as other:
            await other.send({"type": "connection_init", "payload": as_visitor})
            assert (await other.closed())[0] == 1013
        await client.subscribe("{ hello }")
        assert (await client.receive())["type"] == "next"
