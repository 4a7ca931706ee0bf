"""Limits of the writes of strangers: for a browser, a public address and an account, charged before any write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.graphql.cost.budget import Budgets, BudgetSettings, OverBudget, WriteSettings
from api.graphql.cost.writes import Writes
from domain.principal import Principal, PrincipalKind
from domain.values.ids import AccountId, ConversationId, CredentialId
from domain.values.record import replace
from tests.api.graphql.serving import STAFF, listening
from tests.harness.program import Program, Shop

ACCOUNT = AccountId("acc")
WIDGET = Principal(kind=PrincipalKind.WIDGET, account_id=ACCOUNT, credential_id=CredentialId("w"))
SHOPPER = Principal(
    kind=PrincipalKind.SHOPPER, account_id=ACCOUNT, credential_id=CredentialId("v"), conversation_id=ConversationId("c")
)
HOME, OFFICE, PROXY = "8.8.8.8", "9.9.9.9", "10.0.0.1"
SMALL = WriteSettings(
    browser_starts=2,
    address_starts=4,
    account_starts=6,
    browser_messages=2,
    address_messages=4,
    account_messages=6,
    browser_uploads=2,
    address_uploads=3,
    account_uploads=4,
)
LIMITS = {
    "browser_starts_per_minute": 2,
    "account_starts_per_minute": 4,
    "browser_messages_per_minute": 3,
    "account_messages_per_minute": 5,
}
START = """mutation($a: StartConversationInput!) { startConversation(input: $a) {
  visitorToken browserToken conversation { id } } }"""
TWICE = """mutation($a: StartConversationInput!) { ...Again startConversation(input: $a) { visitorToken } }
fragment Again on Mutation { again: startConversation(input: $a) { visitorToken } }"""
SEND = "mutation($a: SendMessageInput!) { sendMessage(input: $a) { message { id } errors { code } } }"
TYPE = "mutation($a: SetTypingInput!) { setTyping(input: $a) { errors { code } } }"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def start(browser: str = "") -> Writes:
    return Writes(starts=1, browsers={browser: 1} if browser else {})


def accepted(budgets: Budgets, who: Principal, address: str, writes: Writes, *, tries: int = 20) -> int:
    """Return how many of the tries are within the limits."""
    for done in range(tries):
        try:
            budgets.charge(who, address, 1, writes)
        except OverBudget:
            return done
    return tries


def test_starts_have_limits_for_a_browser_an_address_and_an_account() -> None:
    budgets = Budgets(BudgetSettings(writes=SMALL), now=Clock())
    assert accepted(budgets, WIDGET, HOME, start("ann")) == 2
    assert accepted(budgets, WIDGET, HOME, start("ben")) == 2
    assert accepted(budgets, WIDGET, HOME, start()) == 0  # the address has had its four
    assert accepted(budgets, WIDGET, OFFICE, start()) == 2  # the account has had its six
    assert accepted(budgets, replace(WIDGET, account_id=AccountId("rival")), PROXY, start()) == 6
    assert accepted(budgets, STAFF, HOME, start()) == 20


def test_uploads_have_limits_of_their_own() -> None:
    budgets = Budgets(BudgetSettings(writes=SMALL), now=Clock())
    upload = Writes(uploads=1)
    assert accepted(budgets, SHOPPER, HOME, upload) == 2
    assert accepted(budgets, replace(SHOPPER, conversation_id=ConversationId("d")), HOME, upload) == 1
    assert accepted(budgets, replace(SHOPPER, conversation_id=ConversationId("e")), OFFICE, upload) == 1
    assert accepted(budgets, SHOPPER, HOME, Writes(messages=1)) == 2
    assert accepted(budgets, STAFF, HOME, upload) == 20


def test_an_ipv6_network_counts_as_one_address() -> None:
    budgets = Budgets(BudgetSettings(writes=SMALL), now=Clock())
    others = [replace(SHOPPER, conversation_id=ConversationId(f"c{i}")) for i in range(3)]
    assert [accepted(budgets, WIDGET, f"2606:4700::{i}", start(), tries=2) for i in range(3)] == [2, 2, 0]
    left = [accepted(budgets, who, f"2606:4700::{i}", Writes(messages=1)) for i, who in enumerate(others)]
    assert left == [2, 2, 0]


def test_messages_have_limits_for_a_conversation_an_address_and_an_account() -> None:
    budgets = Budgets(BudgetSettings(writes=SMALL), now=Clock())
    message = Writes(messages=1)
    others = [replace(SHOPPER, conversation_id=ConversationId(f"c{i}")) for i in range(4)]
    assert accepted(budgets, SHOPPER, HOME, message) == 2
    assert accepted(budgets, replace(SHOPPER, credential_id=CredentialId("second token")), OFFICE, message) == 0
    assert accepted(budgets, others[0], HOME, message) == 2
    assert accepted(budgets, others[1], HOME, message) == 0
    assert accepted(budgets, others[2], PROXY, message) == 2
    assert accepted(budgets, others[3], PROXY, message) == 0
    assert accepted(budgets, others[3], PROXY, start()) == 6  # starts are counted by themselves


def test_what_is_refused_takes_from_no_bucket() -> None:
    clock = Clock()
    budgets = Budgets(BudgetSettings(key_rate=1, burst_seconds=100, writes=SMALL), now=clock)
    assert accepted(budgets, WIDGET, PROXY, start("ann")) == 2
    with pytest.raises(OverBudget) as refused:
        budgets.charge(WIDGET, PROXY, 90, start("ann"))
    assert refused.value.headers == {
        "Retry-After": "30",
        "RateLimit-Policy": '"starts";q=2;w=60',
        "RateLimit": '"starts";r=0;t=30',
    }
    budgets.charge(WIDGET, PROXY, 90, start("ben"))  # neither the cost nor the start was taken
    assert accepted(budgets, WIDGET, PROXY, start()) == 3
    clock.now += 30
    assert accepted(budgets, WIDGET, PROXY, start("ann")) == 1


@pytest.fixture
async def limited(baton: Program, tmp_path: Path) -> AsyncIterator[Program]:
    async with baton.twin(tmp_path / "limited", **LIMITS) as program:
        yield program


async def test_over_http_nothing_is_written_beyond_a_limit(limited: Program, shop: Shop) -> None:
    async with listening(limited.baton.app) as (port, _), httpx.AsyncClient() as http:

        async def ask(key: str, document: str, **given: Any) -> httpx.Response:
            return await http.post(
                f"http://127.0.0.1:{port}/graphql",
                json={"query": document, "variables": {"a": given}},
                headers={"authorization": f"Bearer {key}"},
            )

        async def refused(key: str, document: str, **given: Any) -> None:
            before = await limited.fingerprints()
            response = await ask(key, document, **given)
            assert response.status_code == 429, response.text
            (error,) = response.json()["errors"]
            assert error["extensions"] == {"code": "RATE_LIMITED"}
            assert int(response.headers["retry-after"]) > 0
            assert await limited.fingerprints() == before

        ann = {"channel": "WEB_CHAT", "text": "Hi", "visitor": {"anonymousId": "ann's browser, 128 bits"}}
        ben = {"channel": "WEB_CHAT", "text": "Hi"}
        started = (await ask(shop.widget, START, **ann)).json()["data"]["startConversation"]
        await refused(shop.widget, TWICE, **ann)  # one of the two would fit
        assert (await ask(shop.widget, START, **ann)).status_code == 200
        await refused(shop.widget, START, **ann)
        for same in ("\u2003 ann's browser, 128 bits\u00a0", started["browserToken"]):
            await refused(shop.widget, START, **{**ann, "visitor": {"anonymousId": same}})
        await refused(shop.widget, START, **{**ann, "visitor": {"browserToken": f" {started['browserToken']} "}})
        for _ in range(2):
            assert (await ask(shop.widget, START, **ben)).status_code == 200
        await refused(shop.widget, START, **ben)
        for _ in range(10):
            assert (await ask(shop.owner, START, **ben)).status_code == 200

        token, said = started["visitorToken"], {"conversationId": started["conversation"]["id"], "text": "And?"}
        for _ in range(3):
            assert (await ask(token, SEND, **said)).json()["data"]["sendMessage"]["errors"] == []
        await refused(token, SEND, **said)
        typing = await ask(token, TYPE, conversationId=said["conversationId"], typing=True)
        assert typing.json()["data"]["setTyping"]["errors"] == []
