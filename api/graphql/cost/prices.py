"""The prices of fields: the bounds of lists without pages, and the base costs of fields that read the database.

The unit of cost is one object of a response. An entry is needed for each list of objects that has no pages, and for
each field that costs more than its objects (`tests/api/graphql/cost` walks the schema).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from api.graphql.cost.arguments import Arguments
from domain.guidance.replay_service import DEFAULT_REPLAY, LARGEST_REPLAY
from domain.guidance.settings import MOST_RULES
from domain.identity.service import MAX_SECRETS
from domain.knowledge.commands import MOST_FOUND, MOST_VARIANTS
from domain.knowledge.gaps import MOST_CONVERSATIONS
from domain.model.account import TouchKind
from domain.model.conversation import ConversationStatus
from domain.model.handoff import EscalationReason
from domain.sign_in.model import MAX_SESSIONS
from domain.values.calendar import DatePreset
from domain.values.channel import Channel
from resolvers.agent.types import MOST_MESSAGES
from resolvers.guidance.replay import MOST_TOPICS
from resolvers.metrics.series import MOST_SERIES
from resolvers.profile.merges import MOST_MERGES

LONGEST_RANGE = 3_660  # days of a report
LONGEST_PRESET = 90  # days
MOST_UNLISTED = 25  # rows of a list without an entry in ROWS; the schema has none

READ = 10  # a read of a list, besides its rows
COUNT = 20  # a count of a whole list
WRITE = 50  # a mutation
SEARCH = 500  # a search through all conversations
CONDITION = 200  # one condition of a segment
REPORT = 200  # one table of counters, over all days of a report
INTROSPECTION = 10_000  # the standard introspection query takes 0.2 s of the processor
TYPE_INTROSPECTION = 500  # one type of it

ROWS: dict[str, int] = {
    "AgentPreview.products": 20,
    "AgentPreview.sources": 20,
    "AgentTurn.messages": MOST_MESSAGES,
    "Account.attribution": len(TouchKind),
    "Account.channelConnections": len(Channel),
    "Account.staff": 1_000,
    "AuditEntry.changes": 50,
    "BusinessHours.week": 100,
    "CatalogProduct.variants": MOST_VARIANTS,
    "Conversation.drafts": 100,
    "Erasure.mentions": 100,
    "Erasure.removed": 25,
    "Erasure.vendors": 3,  # Zendesk, Gorgias, Klaviyo
    "Conversation.handoffs": 100,
    "Conversation.sales": 20,
    "Draft.products": 20,
    "Forwarding.attempts": 20,
    "Guidance.escalationRules": MOST_RULES,
    "HandoffSettings.connections": 5,
    "IdentityKeys.secrets": MAX_SECRETS,
    "KnowledgeGap.conversations": MOST_CONVERSATIONS,
    "Message.actions": 10,
    "Message.attachments": 10,
    "Message.products": 20,
    "Metrics.aiGeneratedSales": 20,  # currencies
    "Metrics.averageOrderValue": 20,
    "Metrics.skills": 1_000,
    "Outgoing.attempts": 50,
    "ProductRecommendedEvent.products": 20,
    "Profile.merges": MOST_MERGES,
    "Query.eventMetrics": 20,
    "Query.webhookEndpoints": 20,
    "RecordOrderPayload.saleEdges": 10,
    "RecordOrderPayload.sales": 10,
    "RuleReplay.byReason": len(EscalationReason) + 1,
    "RuleReplay.byRule": MOST_RULES,
    "RuleReplay.byTopic": MOST_TOPICS,
    "SignIn.allowedDomains": 50,
    "SignOutPayload.sessions": MAX_SESSIONS,
    "StaleView.unseen": 100,
    "Ticket.attempts": 50,
}
"""The most rows of a list without pages: the limit of the code where there is one, and otherwise ten times the use."""

MOST_ERRORS = 10  # in the payload of a mutation

BASE: dict[str, int] = {
    "AgentTurn.messages": READ,
    "Account.identityKeys": READ,
    "Conversation.drafts": READ,
    "Conversation.lastMessage": READ,
    "Conversation.lastSpoken": READ,
    "Conversation.streamCursor": READ,
    "ConversationConnection.totalCount": COUNT,
    "ConversationConnection.totalCountIsExact": COUNT,
    "DeadLetterConnection.totalCount": COUNT,
    "EventConnection.totalCount": COUNT,
    "KnowledgeGapConnection.totalCount": COUNT,
    "Metrics.aiGeneratedSales": REPORT,
    "Metrics.averageOrderValue": REPORT,
    "Metrics.previous": REPORT,
    "Metrics.sales": REPORT,
    "Metrics.series": REPORT,
    "Metrics.skills": REPORT,
    "OutgoingConnection.totalCount": COUNT,
    "ProfileConnection.totalCount": CONDITION,
    "Query.__schema": INTROSPECTION,
    "Query.__type": TYPE_INTROSPECTION,
    "ArticleConnection.totalCount": READ,
    "CatalogProductConnection.totalCount": READ,
    "Query.agentPreview": WRITE,  # some milliseconds of the processor, as a search
    "Query.agentSettings": READ,
    "Query.auditLog": READ,
    "Query.eventMetrics": REPORT,
    "Query.metrics": REPORT,
    "Query.searchKnowledge": WRITE,  # some milliseconds of the processor
    "Query.strandedTickets": SEARCH,
    "Subscription.metrics": REPORT,
    "TicketConnection.totalCount": COUNT,
}


def searches(place: str, arguments: Arguments) -> int:
    """Return 1 for a field that searches through all conversations, and otherwise 0."""
    text = arguments.inner("filter", "search") if place == "Query.conversations" else None
    return 0 if text is None or text == "" else 1


def conditions(place: str, arguments: Arguments) -> int:
    """Return the number of conditions of a segment; 0 for any other field."""
    return arguments.count("input", "all") if place == "Query.segment" else 0


BASE_BY_ARGUMENTS: dict[str, Callable[[Arguments], int]] = {
    "Query.conversations": lambda arguments: SEARCH * searches("Query.conversations", arguments),
    "Query.ruleReplay": lambda arguments: arguments.whole(
        "input", "limit", default=DEFAULT_REPLAY, most=LARGEST_REPLAY
    ),
    "Query.segment": lambda arguments: CONDITION * conditions("Query.segment", arguments),
}


def _series(arguments: Arguments) -> int:
    groups = {"CHANNEL": len(Channel), "STATUS": len(ConversationStatus)}
    most = groups.get(str(arguments.value("groupBy")), MOST_SERIES)
    return arguments.whole("top", default=most, most=most)


ROWS_BY_ARGUMENTS: dict[str, Callable[[Arguments], int]] = {
    "Metrics.series": _series,
    "Query.searchKnowledge": lambda arguments: arguments.whole("first", default=5, most=MOST_FOUND),
    "Query.nodes": lambda arguments: arguments.count("ids"),
}


def days_of(range_: object) -> int:
    """Return the length of a `DateRangeInput` as it was sent, or the longest if it cannot be read."""
    given = range_ if isinstance(range_, dict) else {}
    if given.get("preset") in set(DatePreset):
        return LONGEST_PRESET
    between = given.get("between")
    try:
        start, end = (date.fromisoformat(between[name]) for name in ("start", "end"))  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        return LONGEST_RANGE
    return min(max((end - start).days + 1, 1), LONGEST_RANGE)
