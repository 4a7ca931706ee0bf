"""GraphQL of a replay: the numbers, and the conversations behind each. They are of the same rows, so they agree."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Self

import strawberry

from domain.guidance import replay as domain
from domain.guidance.replay_service import DEFAULT_REPLAY, LARGEST_REPLAY, ReplayQuery
from domain.model.account import Account
from domain.values.calendar import instants_of
from domain.values.errors import NotFound
from domain.values.paging import Page, Slice
from resolvers.arguments import After, First
from resolvers.context import Context, Info
from resolvers.conversation.types import Conversation
from resolvers.date_range import DateRangeInput, days_of
from resolvers.guidance.enums import ReplayOutcome
from resolvers.guidance.inputs import EscalationRuleInput, rules_of
from resolvers.handoff.enums import EscalationReason
from resolvers.relay.connections import Listing, PageInfo, page_info

MOST_TOPICS = 100  # with the most conversations
_LIST = "replay"

Rows = Sequence[domain.ReplayedConversation]


@strawberry.type(description="A conversation of a replay, with its position in the list and the result of the rules.")
class ReplayedConversationEdge:
    cursor: str = strawberry.field(description="The position of the item in its list, for `after:` of the same list.")
    node: Conversation | None = strawberry.field(description="The conversation. `null` if it does not exist any more.")
    outcome: ReplayOutcome = strawberry.field(description="The prediction of the rules beside what happened.")
    handed_over: bool = strawberry.field(description="Whether a handoff was triggered.")
    reason: EscalationReason | None = strawberry.field(
        description="The reason of the handoff that was triggered first. `null` if there is none."
    )
    handed_over_at: datetime | None = strawberry.field(
        description="The time at which that handoff was requested. `null` if there is none."
    )
    rule: str | None = strawberry.field(
        description="The title of the first rule that matches. `null` if none matches before the handoff."
    )
    sequence: int | None = strawberry.field(
        description="The number of the message at which the rule matches. `null` if none matches."
    )
    matched_at: datetime | None = strawberry.field(
        description="The time of the message at which the rule matches. `null` if none matches."
    )

    @classmethod
    def of(cls, row: domain.ReplayedConversation, cursor: str, conversation: Conversation | None) -> Self:
        return cls(
            cursor=cursor,
            node=conversation,
            outcome=row.outcome,
            handed_over=row.handed_over,
            reason=row.reason,
            handed_over_at=row.handed_over_at,
            rule=row.rule,
            sequence=row.sequence,
            matched_at=row.matched_at,
        )


@strawberry.type(description="A page of the results of a replay, in the order in which the conversations started.")
class ReplayedConversationConnection:
    edges: list[ReplayedConversationEdge] = strawberry.field(description="The items of this page, with their results.")
    nodes: list[Conversation | None] = strawberry.field(description="The items of this page, without their results.")
    page_info: PageInfo = strawberry.field(description="The position of this page, and whether there are more pages.")
    total_count: int = strawberry.field(description="The number of results in the whole list.")


@strawberry.type(description="Conversations of a replay: their number, and the list of them.")
class ReplayCount:
    rows: strawberry.Private[Rows]
    count: int = strawberry.field(description="The number of conversations.")

    @strawberry.field(description="The conversations, the earliest start first.")
    async def conversations(
        self, info: Info, first: First = None, after: After = None
    ) -> ReplayedConversationConnection:
        listing = _listing(info.context)
        page = _page(self.rows, listing.slice(first, after))
        found = await info.context.conversations.load_many([row.id for row in page.items])
        nodes = [None if each is None else Conversation.of(each) for each in found]
        edges = [
            ReplayedConversationEdge.of(row, listing.cursor(row), node)
            for row, node in zip(page.items, nodes, strict=True)
        ]
        return ReplayedConversationConnection(
            edges=edges,
            nodes=nodes,
            page_info=page_info(page, [edge.cursor for edge in edges]),
            total_count=self.count,
        )

    @classmethod
    def of(cls, rows: Rows) -> Self:
        return cls(rows=rows, count=len(rows))


@strawberry.type(
    description="The numbers of a replay for some conversations: the prediction of the rules beside the handoffs that "
    "were triggered."
)
class ReplayScore:
    conversations: ReplayCount = strawberry.field(description="All of these conversations.")
    true_positives: ReplayCount = strawberry.field(description="Those predicted, and handed over.")
    false_positives: ReplayCount = strawberry.field(description="Those predicted, and not handed over.")
    false_negatives: ReplayCount = strawberry.field(description="Those not predicted, and handed over.")
    true_negatives: ReplayCount = strawberry.field(description="Those neither predicted nor handed over.")
    precision: float | None = strawberry.field(
        description="The share of the predicted ones that were handed over, from 0 to 1. `null` if none was predicted."
    )
    recall: float | None = strawberry.field(
        description="The share of those handed over that were predicted, from 0 to 1. `null` if none was handed over."
    )

    @classmethod
    def of(cls, rows: Rows, score: domain.ReplayScore) -> Self:
        def counted(outcome: ReplayOutcome) -> ReplayCount:
            return ReplayCount.of([row for row in rows if row.outcome is outcome])

        return cls(
            conversations=ReplayCount.of(rows),
            true_positives=counted(ReplayOutcome.TRUE_POSITIVE),
            false_positives=counted(ReplayOutcome.FALSE_POSITIVE),
            false_negatives=counted(ReplayOutcome.FALSE_NEGATIVE),
            true_negatives=counted(ReplayOutcome.TRUE_NEGATIVE),
            precision=score.precision,
            recall=score.recall,
        )


@strawberry.type(description="The numbers of a replay for the conversations with one tag.")
class TopicReplay:
    topic: str | None = strawberry.field(description="The tag. `null` for conversations without tags.")
    score: ReplayScore = strawberry.field(description="The numbers for its conversations.")


@strawberry.type(description="The numbers of a replay for the conversations in which one rule matches first.")
class RuleReplayScore:
    title: str = strawberry.field(description="The title of the rule.")
    score: ReplayScore = strawberry.field(
        description="The numbers for its conversations. All of them are predicted, so `recall` is 1 or `null`."
    )


@strawberry.type(description="The numbers of a replay for the conversations that were handed over for one reason.")
class ReasonReplay:
    reason: EscalationReason | None = strawberry.field(description="The reason. `null` if it is unknown.")
    score: ReplayScore = strawberry.field(
        description="The numbers for its conversations. All of them were handed over, so `precision` is 1 or `null`."
    )


@strawberry.type(
    description="A replay of escalation rules over past conversations, in the order of their start. A query replays a "
    "bounded number; `endCursor` continues where it ended, and the counts of the parts add up."
)
class RuleReplay:
    rows: strawberry.Private[Rows]
    report: strawberry.Private[domain.ReplayReport]
    has_next_page: bool = strawberry.field(description="Whether conversations of the range are left.")
    end_cursor: str | None = strawberry.field(
        description="The position of the last conversation, for `after`. `null` if none is left."
    )

    @strawberry.field(description="The numbers for all conversations that were replayed.")
    def total(self) -> ReplayScore:
        return ReplayScore.of(self.rows, self.report.total)

    @strawberry.field(
        description="The numbers by tag, those with the most conversations first; at most 100. A conversation counts "
        "under each of its tags."
    )
    def by_topic(self) -> list[TopicReplay]:
        found = sorted(self.report.by_topic.items(), key=lambda each: (-each[1].conversations, each[0] or ""))
        return [
            TopicReplay(topic=topic, score=self._score(partial(_has_topic, topic), score))
            for topic, score in found[:MOST_TOPICS]
        ]

    @strawberry.field(description="The numbers by the rule that matches first, in the order of the rules' titles.")
    def by_rule(self) -> list[RuleReplayScore]:
        return [
            RuleReplayScore(title=title, score=self._score(partial(_has_rule, title), score))
            for title, score in sorted(self.report.by_rule.items())
        ]

    @strawberry.field(description="The numbers by the reason of the handoff that was triggered.")
    def by_reason(self) -> list[ReasonReplay]:
        return [
            ReasonReplay(reason=reason, score=self._score(partial(_has_reason, reason), score))
            for reason, score in sorted(self.report.by_reason.items(), key=lambda each: each[0] or "")
        ]

    def _score(self, belongs: Callable[[domain.ReplayedConversation], bool], score: domain.ReplayScore) -> ReplayScore:
        return ReplayScore.of([row for row in self.rows if belongs(row)], score)


def _has_topic(topic: str | None, row: domain.ReplayedConversation) -> bool:
    return topic in row.tags if topic is not None else not row.tags


def _has_rule(title: str, row: domain.ReplayedConversation) -> bool:
    return row.rule == title


def _has_reason(reason: EscalationReason | None, row: domain.ReplayedConversation) -> bool:
    return row.handed_over and row.reason is reason


@strawberry.input(description="A replay of escalation rules.")
class RuleReplayInput:
    range: DateRangeInput = strawberry.field(description="The days on which the conversations started.")
    rules: list[EscalationRuleInput] | None = strawberry.field(
        default=None, description="The rules, at most 20. `null` for those of the account."
    )
    limit: int = strawberry.field(
        default=DEFAULT_REPLAY,
        description=f"The number of conversations to replay, from 1 to {LARGEST_REPLAY:,}. Fewer are replayed if they "
        "take more than five seconds.",
    )
    after: str | None = strawberry.field(
        default=None, description="Continue after this `endCursor` of a replay of the same range and rules."
    )


async def rule_replay(
    info: Info, input: Annotated[RuleReplayInput, strawberry.argument(description="The days and the rules.")]
) -> RuleReplay | None:
    """Raises `Forbidden`, `Invalid`, `Unavailable`."""
    context, listing = info.context, _listing(info.context)
    account = await context.services.storage.read(context.principal.account_id).get(
        Account, context.principal.account_id
    )
    if account is None:
        raise NotFound("No such account.")
    days = days_of(input.range, account, context.services.clock.now(), field=("input", "range"))
    since, before = instants_of(days, account.time_zone)
    query = ReplayQuery(
        started_from=since, started_before=before, rules=None if input.rules is None else rules_of(input.rules)
    )
    part = await context.services.replays.part(
        context.principal, query, limit=input.limit, after=_place(listing.slice(None, input.after))
    )
    report = domain.ReplayReport()
    for row in part.rows:
        report.add(row)
    end = listing.cursor(part.rows[-1]) if part.next is not None else None
    return RuleReplay(rows=part.rows, report=report, has_next_page=part.next is not None, end_cursor=end)


def _listing(context: Context) -> Listing[domain.ReplayedConversation, str]:
    return Listing(context, _LIST, (datetime, str), key=lambda row: row.place, node=lambda row: row.id)


def _place(page: Slice) -> tuple[datetime, str] | None:
    if page.after is None:
        return None
    at, conversation_id = page.after
    assert isinstance(at, datetime)
    return at, str(conversation_id)


def _page(rows: Rows, page: Slice) -> Page[domain.ReplayedConversation]:
    after = _place(page)
    start = 0 if after is None else next((n for n, row in enumerate(rows) if row.place > after), len(rows))
    items = list(rows[start : start + page.limit])
    return Page(items=items, has_next=start + page.limit < len(rows), has_previous=start > 0)
