"""Replay of escalation rules over past conversations: who would have been handed over, at which message, beside what
really happened.

    predicted = a rule matches a message that the shopper wrote before the real handoff, or any if there was none
    handed over = a handoff was triggered: the status is NOT_RESOLVED_BY_AI

                      handed over       not handed over
    predicted         true positive     false positive       precision = TP / (TP + FP)
    not predicted     false negative    true negative        recall    = TP / (TP + FN)

Tags have no times. Those of a conversation count from the first message after the agent's first one, since only the
agent puts them on; so a rule by topic may match earlier in a replay than it would have.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from enum import StrEnum

from domain.guidance.evaluation import RuleMatch, RuleSet, ShopperText, first_match
from domain.guidance.ports import PastConversation, PastConversations, PastQuery, PlaceOfStart
from domain.model.conversation import Conversation, ConversationStatus
from domain.model.handoff import ConsentDecision, EscalationReason, Handoff, HandoffState
from domain.values.channel import Channel
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record

_NEVER = 2**62  # above the number of any message
_TRIGGERED = (
    HandoffState.AWAITING_IDENTITY,
    HandoffState.QUEUED,
    HandoffState.DELIVERED,
    HandoffState.FAILED,
    HandoffState.MESSAGE_SHOWN,
)


class ReplayOutcome(StrEnum):
    TRUE_POSITIVE = "TRUE_POSITIVE"
    FALSE_POSITIVE = "FALSE_POSITIVE"
    FALSE_NEGATIVE = "FALSE_NEGATIVE"
    TRUE_NEGATIVE = "TRUE_NEGATIVE"


class ReplayedConversation(Record):
    """The result of a replay for one conversation."""

    id: ConversationId
    started_at: datetime
    channel: Channel
    status: ConversationStatus
    tags: tuple[str, ...]
    handed_over: bool
    reason: EscalationReason | None = None  # of the real handoff; None: there is none
    handed_over_at: datetime | None = None  # when the real handoff was requested, if that is known
    rule: str | None = None  # title of the rule that matches; None: not predicted
    sequence: int | None = None  # of the message at which it matches
    matched_at: datetime | None = None

    @property
    def outcome(self) -> ReplayOutcome:
        if self.rule is not None:
            return ReplayOutcome.TRUE_POSITIVE if self.handed_over else ReplayOutcome.FALSE_POSITIVE
        return ReplayOutcome.FALSE_NEGATIVE if self.handed_over else ReplayOutcome.TRUE_NEGATIVE

    @property
    def place(self) -> PlaceOfStart:
        """The position in the order of a replay."""
        return self.started_at, self.id


class ReplayScore:
    """Numbers of conversations by outcome."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(ReplayOutcome, 0)

    def add(self, row: ReplayedConversation) -> None:
        self.counts[row.outcome] += 1

    @property
    def conversations(self) -> int:
        return sum(self.counts.values())

    @property
    def precision(self) -> float | None:
        """The share of the predicted ones that were handed over; `None` if none was predicted."""
        return self._share(ReplayOutcome.FALSE_POSITIVE)

    @property
    def recall(self) -> float | None:
        """The share of those handed over that were predicted; `None` if none was handed over."""
        return self._share(ReplayOutcome.FALSE_NEGATIVE)

    def _share(self, other: ReplayOutcome) -> float | None:
        right = self.counts[ReplayOutcome.TRUE_POSITIVE]
        return right / (right + self.counts[other]) if right + self.counts[other] else None


class ReplayReport:
    """The numbers of a replay: in total, by topic, by rule, and by the reason of the real handoff."""

    def __init__(self) -> None:
        self.total = ReplayScore()
        self.by_topic: dict[str | None, ReplayScore] = {}
        self.by_rule: dict[str, ReplayScore] = {}
        self.by_reason: dict[EscalationReason | None, ReplayScore] = {}

    def add(self, row: ReplayedConversation) -> None:
        """Count a conversation: under each of its tags, and without tags under `None`."""
        self.total.add(row)
        for topic in row.tags or (None,):
            self.by_topic.setdefault(topic, ReplayScore()).add(row)
        if row.rule is not None:
            self.by_rule.setdefault(row.rule, ReplayScore()).add(row)
        if row.handed_over:
            self.by_reason.setdefault(row.reason, ReplayScore()).add(row)


def replayed(rules: RuleSet, past: PastConversation) -> ReplayedConversation:
    """Return the result of the rules for a conversation."""
    conversation = past.conversation
    handed_over = conversation.status is ConversationStatus.NOT_RESOLVED_BY_AI
    handoff = real_handoff(conversation) if handed_over else None
    match = first_match(
        rules,
        filter(_before_handoff(conversation, handoff), past.texts),
        topics=conversation.tags,
        topics_from=_NEVER if past.agent_from is None else past.agent_from,
        orders=past.orders,
    )
    return _row(conversation, match, handoff, handed_over=handed_over)


def _row(
    conversation: Conversation, match: RuleMatch | None, handoff: Handoff | None, *, handed_over: bool
) -> ReplayedConversation:
    return ReplayedConversation(
        id=conversation.id,
        started_at=conversation.started_at,
        channel=conversation.channel,
        status=conversation.status,
        tags=conversation.tags,
        handed_over=handed_over,
        reason=None if handoff is None else handoff.reason,
        handed_over_at=None if handoff is None else handoff.requested_at,
        rule=None if match is None else match.rule.title,
        sequence=None if match is None else match.message.sequence,
        matched_at=None if match is None else match.message.sent_at,
    )


def real_handoff(conversation: Conversation) -> Handoff | None:
    """Return the first handoff that was triggered; `None` if there is none, as in an imported conversation."""
    return next((handoff for handoff in conversation.handoffs if _was_triggered(handoff, conversation)), None)


def _was_triggered(handoff: Handoff, conversation: Conversation) -> bool:
    consented = handoff.consent is not None and handoff.consent.decision is not ConsentDecision.DECLINED
    unasked = handoff.state is HandoffState.WITHDRAWN and not conversation.channel.asks_first
    return handoff.state in _TRIGGERED or consented or unasked


def _before_handoff(conversation: Conversation, handoff: Handoff | None) -> Callable[[ShopperText], bool]:
    """Return whether a message was written up to the real handoff."""
    if handoff is not None:
        requested_at = handoff.requested_at
        return lambda text: text.sent_at <= requested_at
    if conversation.transfer is not None:
        last = conversation.transfer.after_sequence
        return lambda text: text.sequence <= last
    return lambda _: True


async def pages(
    source: PastConversations,
    account_id: AccountId,
    query: PastQuery,
    *,
    after: PlaceOfStart | None = None,
    limit: int,
) -> AsyncGenerator[list[PastConversation], None]:
    """Yield all conversations of the query, page by page. Raises `Unavailable`."""
    while True:
        page = await source.page(account_id, query, after=after, limit=limit)
        if page:
            yield page
        if len(page) < limit:
            return
        last = page[-1].conversation
        after = (last.started_at, last.id)
