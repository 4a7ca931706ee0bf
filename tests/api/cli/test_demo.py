"""`baton demo`: what it draws, and that it is stored as if it had happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pymongo import AsyncMongoClient
from rich.console import Console

from api.cli.demo.account import ensure_demo
from api.cli.demo.fill import demo_account, fill
from api.cli.demo.history.drawing import DemoShop
from api.cli.demo.history.talks import talks
from api.cli.demo.shop import demo_products
from api.cli.demo.where import aimed, database_of
from api.server.errors import OperatorError
from api.settings import Settings
from domain.imports.past import WholeConversation
from domain.model.account import Account, Staff
from domain.model.conversation import AuthorKind, ConversationStatus, MessageKind, ProductCard
from domain.model.handoff import ConsentDecision, TicketState
from domain.principal import StaffRole
from domain.values.channel import Channel
from domain.values.ids import AccountId, StaffId
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401 - emptied, not made anew, for each test
from tests.harness.clock import ManualClock
from tests.harness.program import Program, running

NOW = datetime(2026, 11, 30, 8, 30, tzinfo=UTC)
ACCOUNT = Account(id=AccountId("A"), name="Demo", created_at=NOW)
TEAM = [
    Staff(id=StaffId(name), name=name, email=f"{name}@demo.example", role=role)
    for name, role in (("Olivia", StaffRole.OWNER), ("Sam", StaffRole.SUPPORT), ("Ana", StaffRole.ANALYST))
]
CARDS = {
    draft.product_id: ProductCard(product_id=draft.product_id, title=draft.title, url=draft.url, price=draft.price)
    for draft in demo_products(currency="USD", shop="http://127.0.0.1:8000/")
}
URL = "http://127.0.0.1:8000/graphql"


def drawn(seed: int = 7, days: int = 90) -> tuple[list[WholeConversation], DemoShop]:
    shop = DemoShop(ACCOUNT, TEAM, CARDS, now=NOW, seed=seed)
    return list(shop.conversations(shop.plans(days=days))), shop


def test_the_same_seed_draws_the_same_shop() -> None:
    one, other, another = (drawn(seed, days=20) for seed in (7, 7, 8))
    assert one[0] == other[0] != another[0]
    assert one[1].orders == other[1].orders != another[1].orders


def test_a_quarter_of_a_year_has_everything_that_the_pages_show() -> None:
    found, shop = drawn()
    conversations = [past.conversation for past in found]
    assert 1_500 < len(found) < 3_000
    assert {c.channel for c in conversations} == set(Channel)
    assert {c.status for c in conversations} == set(ConversationStatus)
    by_day = Counter(c.started_at.date() for c in conversations)
    assert {(NOW - timedelta(days=days)).date() for days in range(90)} == by_day.keys()
    assert len({tag for c in conversations for tag in c.tags}) >= 10

    consents = [(c.channel, c.handoff.consent) for c in conversations if c.handoff and c.handoff.consent]
    assert {consent.decision for _, consent in consents} == {ConsentDecision.ACCEPTED, ConsentDecision.DECLINED}
    assert {channel for channel, _ in consents} == {Channel.WEB_CHAT}
    tickets = [c.ticket for c in conversations if c.ticket]
    assert {ticket.state for ticket in tickets} == set(TicketState)
    opened = Counter(ticket.assignee_id for ticket in tickets if ticket.state is TicketState.OPEN)
    assert opened[None] >= 4
    assert min(opened["Olivia"], opened["Sam"]) >= 3
    assert any(ticket.unread for ticket in tickets)
    assert any(message.kind is MessageKind.NOTE for past in found for message in past.messages)
    assert len(shop.orders) > 100
    assert any(order.refunds for order in shop.orders)


def test_nothing_happens_in_the_future_and_nobody_waits_for_long() -> None:
    found, shop = drawn(days=10)
    for past in found:
        times = [message.sent_at for message in past.messages]
        assert times == sorted(times)
        assert times[-1] <= NOW
        assert [message.sequence for message in past.messages] == list(range(1, len(times) + 1))
        assert past.messages[0].author.kind is AuthorKind.SHOPPER
        assert all(timer.due_at > NOW for timer in past.timers)
        waiting = past.conversation.waiting_since
        assert waiting is None or NOW - waiting < ACCOUNT.stranded_after
    assert all(order.purchase.placed_at <= NOW for order in shop.orders)
    keys = Counter(key for past in found for key in past.conversation.open_keys)
    assert [key for key, number in keys.items() if number > 1] == []


def test_the_texts_fit_together() -> None:
    products = CARDS.keys()
    for talk in talks():
        assert set(talk.products) <= products
        assert (talk.reason is None) == (talk.replies == ())
        assert len(talk.responses) <= len(talk.replies)
        texts = (*talk.questions, *talk.answers, *(text for pair in talk.more for text in pair), *talk.responses)
        assert "{staff}" not in "".join((*texts, talk.summary or "", talk.note or ""))
        assert all(len(question) < 200 for question in talk.questions)


@pytest.fixture
async def program(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock(NOW)) as program:
        yield program


async def _problems(program: Program) -> list[tuple[str, str, str]]:
    ports = program.baton.ports
    findings = [f for each in (ports.doctor, *ports.integrity_checks) async for f in each.examine(lambda _: None)]
    return [(f.check.name, f.where, f.problem) for f in findings if f.check.name != "CLOCK"]


async def test_the_demo_is_filled_once_and_the_doctor_finds_nothing(program: Program, tmp_path: Path) -> None:
    baton = program.baton
    with pytest.raises(OperatorError, match=r"this is the database .* of BATON_MONGODB_URI\. `make run` or `baton"):
        await demo_account(baton)
    demo = await ensure_demo(services=baton.services, folder=tmp_path, url=URL, has_agent=False)
    assert demo is not None
    assert demo.is_empty

    account = await demo_account(baton)
    terminal = Console(file=StringIO(), force_terminal=True)
    filled = await fill(baton, account, days=6, console=terminal)

    assert isinstance(terminal.file, StringIO)
    shown = terminal.file.getvalue()
    assert f"{filled.conversations}/{filled.conversations}" in shown
    assert f"{filled.orders}/{filled.orders}" in shown
    assert await _problems(program) == []
    assert filled.conversations > 80
    key = (await baton.services.accounts.create_staff_key(account.id, demo.owner_id)).token
    found = await program.data(
        key,
        """{ metrics(range: {preset: LAST_7_DAYS}) {
          totalVolume { count conversations { totalCount } } aiGeneratedSales { amount }
          series(groupBy: TAG) { label total } }
        inbox(view: ALL) { totalCount } mine: inbox(view: MINE) { totalCount } knowledgeGaps { totalCount }
        events(first: 50) { nodes { type } } conversations(filter: {search: "parcel"}) { totalCount } }""",
    )
    volume = found["metrics"]["totalVolume"]
    assert volume["count"] == volume["conversations"]["totalCount"] == filled.conversations
    assert found["metrics"]["aiGeneratedSales"] != []
    assert len(found["metrics"]["series"]) > 5
    assert found["inbox"]["totalCount"] > found["mine"]["totalCount"] >= 5
    assert len({event["type"] for event in found["events"]["nodes"]}) >= 3
    assert found["conversations"]["totalCount"] > 0

    again = await ensure_demo(services=baton.services, folder=tmp_path, url=URL, has_agent=False)
    assert again is not None
    assert not again.is_empty
    with pytest.raises(OperatorError, match=r"has conversations already: .*baton demo --add`"):
        await fill(baton, account, days=6)
    with pytest.raises(OperatorError, match="was filled before"):
        await fill(baton, account, add=True, days=6)


async def test_the_demo_is_added_to_conversations_only_on_demand_and_to_no_other_account(
    program: Program, tmp_path: Path
) -> None:
    baton = program.baton
    demo = await ensure_demo(services=baton.services, folder=tmp_path, url=URL, has_agent=False)
    assert demo is not None
    await program.data(
        demo.publishable_key,
        'mutation { startConversation(input: {channel: WEB_CHAT, text: "Hi"}) { errors { code } } }',
    )
    account = await demo_account(baton)
    with pytest.raises(OperatorError, match="has conversations already: 1"):
        await fill(baton, account, days=1)
    await fill(baton, account, add=True, days=1)
    assert await _problems(program) == []


def test_a_command_says_which_database_it_works_on_and_a_server_how_to_aim_it() -> None:
    usual = Settings(data=Path(".baton"), mongodb_uri=None, mongodb_database="baton")
    assert (aimed(usual, "baton demo"), database_of(usual)) == (
        "baton demo",
        f"the embedded MongoDB in {Path.cwd() / '.baton' / 'mongo'}",
    )
    elsewhere = Settings(data=Path("/tmp/my shop"), mongodb_uri=None, mongodb_database="other")
    assert aimed(elsewhere, "baton demo") == "BATON_DATA='/tmp/my shop' BATON_MONGODB_DATABASE=other baton demo"
    own = Settings(
        data=Path(".baton"),
        mongodb_database="baton",
        mongodb_uri=SecretStr("mongodb://me:secret@db.example/?replicaSet=rs0"),
    )
    assert (aimed(own, "baton demo"), database_of(own)) == (
        "BATON_MONGODB_URI=… baton demo",
        "the database baton of BATON_MONGODB_URI",
    )


async def test_an_account_of_ones_own_is_never_filled(program: Program) -> None:
    await program.open_shop("Mine")
    with pytest.raises(OperatorError, match="none of them is the demo's"):
        await demo_account(program.baton)


async def test_the_addresses_of_the_shop_follow_the_server(program: Program, tmp_path: Path) -> None:
    services = program.baton.services
    for url in (URL, "http://127.0.0.1:9000/graphql"):
        demo = await ensure_demo(services=services, folder=tmp_path, url=url, has_agent=True)
        assert demo is not None
        key = (await services.accounts.create_staff_key(demo.account_id, demo.owner_id)).token
        known = await program.data(
            key, "{ articles(first: 50) { nodes { url } } catalog(first: 50) { nodes { url } } }"
        )
        addresses = [node["url"] for part in known.values() for node in part["nodes"]]
        shop = url.removesuffix("graphql")
        assert f"{shop}help#returns" in addresses
        assert f"{shop}#tent-2" in addresses
        assert all(address.startswith(shop) for address in addresses)
    assert await _problems(program) == []
