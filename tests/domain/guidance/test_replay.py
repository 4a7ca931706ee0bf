"""Replay of rules over past conversations: what counts as predicted, and the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.conversation.lifecycle import open_conversation
from domain.guidance.evaluation import RuleSet, ShopperText
from domain.guidance.ports import PastConversation, PastQuery, PlaceOfStart
from domain.guidance.replay import ReplayOutcome, ReplayReport, replayed
from domain.guidance.replay_service import ReplayQuery, RuleReplayService
from domain.model.agent.guidance import EscalationRule, RuleConditions
from domain.model.conversation import Conversation, ConversationStatus, Transfer, Visitor
from domain.model.handoff import EscalationReason, Handoff, HandoffMethod, HandoffState
from domain.values.channel import Channel
from domain.values.errors import Forbidden, Invalid
from domain.values.ids import AccountId, HandoffId, ProfileId
from domain.values.record import replace
from tests.harness.memory_shop import MemoryShop

NOON = datetime(2026, 6, 8, 12, 0, tzinfo=UTC)
REFUNDS = EscalationRule(title="Refunds", conditions=RuleConditions(phrases=("refund*",)))
RULES = RuleSet([REFUNDS])
HANDED_OVER = ConversationStatus.NOT_RESOLVED_BY_AI


def past(
    *said: str, status: ConversationStatus = ConversationStatus.CLOSED, agent_from: int | None = 2, **given: Any
) -> PastConversation:
    """A conversation in which the shopper and the agent take turns, a minute each."""
    conversation = open_conversation(
        channel=Channel.WEB_CHAT, visitor=Visitor(), profile_id=ProfileId("p"), first_question=said[0], now=NOON
    )
    texts = [ShopperText(2 * n + 1, text, NOON + timedelta(minutes=n)) for n, text in enumerate(said)]
    return PastConversation(replace(conversation, status=status, **given), tuple(texts), agent_from)


def handoff(minutes: int, state: HandoffState = HandoffState.DELIVERED) -> Handoff:
    return Handoff(
        id=HandoffId("h"),
        state=state,
        method=HandoffMethod.HELPDESK,
        reason=EscalationReason.KNOWLEDGE_GAP,
        requested_at=NOON + timedelta(minutes=minutes),
    )


def test_the_four_outcomes() -> None:
    assert replayed(RULES, past("Hi", "A refund")).outcome is ReplayOutcome.FALSE_POSITIVE
    assert replayed(RULES, past("Hi")).outcome is ReplayOutcome.TRUE_NEGATIVE
    over = {"status": HANDED_OVER, "handoffs": (handoff(2),)}
    found = replayed(RULES, past("Hi", "A refund", "?", **over))
    assert (found.outcome, found.rule, found.sequence) == (ReplayOutcome.TRUE_POSITIVE, "Refunds", 3)
    assert (found.reason, found.handed_over_at) == (EscalationReason.KNOWLEDGE_GAP, NOON + timedelta(minutes=2))
    assert replayed(RULES, past("Hi", **over)).outcome is ReplayOutcome.FALSE_NEGATIVE


def test_what_comes_after_the_handoff_predicts_nothing() -> None:
    over = {"status": HANDED_OVER, "handoffs": (handoff(1),)}
    assert replayed(RULES, past("Hi", "You", "A refund", **over)).outcome is ReplayOutcome.FALSE_NEGATIVE
    assert replayed(RULES, past("Hi", "A refund", **over)).outcome is ReplayOutcome.TRUE_POSITIVE  # with the message


def test_an_imported_transfer() -> None:
    moved = {"status": HANDED_OVER, "transfer": Transfer(after_sequence=4)}
    assert replayed(RULES, past("Hi", "A refund", **moved)).outcome is ReplayOutcome.TRUE_POSITIVE
    late = replayed(RULES, past("Hi", "You", "A refund", **moved))
    assert (late.outcome, late.reason) == (ReplayOutcome.FALSE_NEGATIVE, None)


@pytest.mark.parametrize("state", [HandoffState.DECLINED, HandoffState.OFFERED, HandoffState.EXPIRED])
def test_an_offer_without_a_yes_is_no_handoff(state: HandoffState) -> None:
    row = replayed(RULES, past("Hi", "A refund", handoffs=(handoff(0, state),)))
    assert (row.outcome, row.reason) == (ReplayOutcome.FALSE_POSITIVE, None)
    second = replace(handoff(1), reason=EscalationReason.EXPLICIT_ASK)
    row = replayed(RULES, past("Hi", "A refund", status=HANDED_OVER, handoffs=(handoff(0, state), second)))
    assert (row.outcome, row.reason) == (ReplayOutcome.TRUE_POSITIVE, EscalationReason.EXPLICIT_ASK)


def test_topics_count_from_the_agents_first_message() -> None:
    by_topic = RuleSet([EscalationRule(title="T", conditions=RuleConditions(topics=("returns",)))])
    assert replayed(by_topic, past("One", "Two", tags=("Returns",))).sequence == 3
    assert replayed(by_topic, past("One", "Two", tags=("Returns",), agent_from=None)).rule is None


ROWS = st.lists(st.tuples(st.booleans(), st.booleans(), st.sets(st.sampled_from("abc"))), max_size=20)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine stands still
@given(ROWS)
def test_the_numbers(rows: list[tuple[bool, bool, set[str]]]) -> None:
    report = ReplayReport()
    for predicted, handed_over, tags in rows:
        given_facts: dict[str, Any] = {"tags": tuple(sorted(tags))}
        if handed_over:
            given_facts |= {"status": HANDED_OVER, "handoffs": (handoff(1),)}
        report.add(replayed(RULES, past("A refund" if predicted else "Hi", **given_facts)))
    both = sum(predicted and over for predicted, over, _ in rows)
    assert report.total.conversations == len(rows)
    predicted, over = sum(row[0] for row in rows), sum(row[1] for row in rows)
    assert report.total.precision == (both / predicted if predicted else None)
    assert report.total.recall == (both / over if over else None)
    for topic in "abc":
        expected = sum(topic in tags for *_, tags in rows)
        assert (report.by_topic[topic].conversations if topic in report.by_topic else 0) == expected
    assert sum(score.conversations for score in report.by_reason.values()) == over
    assert sum(score.conversations for score in report.by_rule.values()) == predicted


class ListedPast:
    """Past conversations in memory."""

    def __init__(self, conversations: Sequence[PastConversation]) -> None:
        self._conversations = sorted(conversations, key=lambda each: _place(each.conversation))
        self.queries: list[PastQuery] = []

    async def page(
        self, account_id: AccountId, query: PastQuery, *, after: PlaceOfStart | None, limit: int
    ) -> list[PastConversation]:
        self.queries.append(query)
        found = [each for each in self._conversations if after is None or _place(each.conversation) > after]
        return found[:limit]


def _place(conversation: Conversation) -> PlaceOfStart:
    return conversation.started_at, conversation.id


QUERY = ReplayQuery(started_from=NOON, started_before=NOON + timedelta(days=1), rules=(REFUNDS,))


async def test_parts_add_up() -> None:
    shop = MemoryShop()
    listed = ListedPast([past("Hi" if n % 3 else "A refund") for n in range(40)])
    service = RuleReplayService(storage=shop.storage, past=listed)
    whole = await service.part(shop.owner, QUERY, limit=1_000)
    assert whole.next is None
    rows, after = [], None
    while True:
        part = await service.part(shop.owner, QUERY, limit=7, after=after)
        rows += part.rows
        after = part.next
        if after is None:
            break
    assert tuple(rows) == whole.rows
    assert len(rows) == 40
    exact = await service.part(shop.owner, QUERY, limit=40)
    assert exact.next == exact.rows[-1].place


async def test_who_may_replay_and_what() -> None:
    shop = MemoryShop()
    service = RuleReplayService(storage=shop.storage, past=ListedPast([]))
    for principal in (shop.assistant, shop.partner, shop.widget, shop.staff("Sam")):
        with pytest.raises(Forbidden):
            await service.part(principal, QUERY, limit=1)
    for limit in (0, 10_001):
        with pytest.raises(Invalid) as refused:
            await service.part(shop.owner, QUERY, limit=limit)
        assert refused.value.field == ("input", "limit")
    for rules in ((), (replace(REFUNDS, enabled=False),), (EscalationRule(title="A", description="B"),)):
        with pytest.raises(Invalid) as refused:
            await service.part(shop.owner, replace(QUERY, rules=rules), limit=1)
        assert refused.value.field == ("input", "rules")


async def test_only_what_the_rules_need_is_read() -> None:
    shop = MemoryShop()
    listed = ListedPast([past("Hi")])
    service = RuleReplayService(storage=shop.storage, past=listed)
    await service.part(shop.owner, QUERY, limit=10)
    topics = (EscalationRule(title="T", conditions=RuleConditions(topics=("returns",))),)
    await service.part(shop.owner, replace(QUERY, rules=topics), limit=10)
    assert [(query.topics, query.orders) for query in listed.queries] == [(False, False), (True, False)]
