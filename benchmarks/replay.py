"""Replays of deterministic escalation rules over a shop's conversations: from the database, and the check alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from benchmarks.established import DATABASE, Established
from benchmarks.report import Table
from domain.guidance.evaluation import RuleSet
from domain.guidance.ports import PastConversation, PastQuery
from domain.guidance.replay import ReplayReport, pages, replayed
from domain.guidance.replay_service import ReplayQuery, RuleReplayService
from domain.model.agent.guidance import EscalationRule, RuleConditions, Sentiment
from domain.reactions import REACTIONS
from domain.values.clock import SystemClock
from domain.values.money import Money
from integrations.mongo.client import connect
from integrations.mongo.guidance.past_conversations import MongoPastConversations
from integrations.mongo.storage.storage import MongoStorage

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_IN_MEMORY = 5_000  # conversations of the check alone


def _rule(title: str, conditions: RuleConditions) -> EscalationRule:
    return EscalationRule(title=title, conditions=conditions)


_PHRASES = tuple(
    _rule(f"Phrases {n}", RuleConditions(phrases=(f"refund now {n}", f"lawyer{n}*", f"word{n}"))) for n in range(20)
)
_MIXED = (
    *_PHRASES[:5],
    _rule("Unhappy", RuleConditions(sentiment=Sentiment.NEGATIVE)),
    _rule("Again", RuleConditions(repetitions=2)),
    _rule("Long", RuleConditions(shopper_messages=20)),
)
_TOPICS = (*_MIXED, _rule("Returns", RuleConditions(topics=("returns",), phrases=("parcel",))))
_ORDERS = (*_MIXED, _rule("Worth", RuleConditions(order_value=Money(amount=Decimal(500), currency="EUR"))))
_SETS: Sequence[tuple[str, tuple[EscalationRule, ...]]] = (
    ("20 rules with 3 phrases each", _PHRASES),
    ("8 rules: phrases, sentiment, repetitions, number of messages", _MIXED),
    ("the same and a rule by topic", _TOPICS),
    ("the same and a rule by order value", _ORDERS),
)


async def measure(shop: Established) -> list[Table]:
    database = connect(shop.uri, database=DATABASE)
    storage = MongoStorage(database=database, clock=SystemClock(), reactions=REACTIONS)
    past = MongoPastConversations(database=database)
    try:
        service = RuleReplayService(storage=storage, past=past)
        some = await _some(shop, past)
        rows = [(name, await _replayed(service, shop, rules), _checked(some, rules)) for name, rules in _SETS]
    finally:
        await storage.close()
        await database.close()
    messages = sum(len(each.texts) for each in some) / len(some)
    note = (
        f"All {shop.conversations:,} conversations of one account, with {messages:.1f} messages of the shopper on "
        "average, in one process beside its MongoDB. Conversations a second: as `baton replay` reads and checks them, "
        "and the check alone."
    )
    head = ("rules", "conversations/s", "check alone, conversations/s")
    return [Table(title="Replay of escalation rules", note=note, head=head, rows=rows)]


async def _replayed(service: RuleReplayService, shop: Established, rules: tuple[EscalationRule, ...]) -> str:
    query = ReplayQuery(started_from=_FIRST, started_before=_LAST, rules=rules)
    report, began = ReplayReport(), time.perf_counter()
    async for rows in service.stream(shop.account_id, query):
        for row in rows:
            report.add(row)
    seconds = time.perf_counter() - began
    assert report.total.conversations == shop.conversations
    return f"{shop.conversations / seconds:,.0f}"


async def _some(shop: Established, past: MongoPastConversations) -> list[PastConversation]:
    query = PastQuery(started_from=_FIRST, started_before=_LAST, topics=True)
    found: list[PastConversation] = []
    async for page in pages(past, shop.account_id, query, limit=250):
        found += page
        if len(found) >= _IN_MEMORY:
            break
    return found


def _checked(some: Sequence[PastConversation], rules: tuple[EscalationRule, ...]) -> str:
    prepared, began = RuleSet(rules), time.perf_counter()
    for past in some:
        replayed(prepared, past)
    return f"{len(some) / (time.perf_counter() - began):,.0f}"
