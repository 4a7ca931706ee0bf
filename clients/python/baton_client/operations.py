"""Typed operations of Baton. Written by `make clients` from `clients/operations.graphql`; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal, NotRequired, TypedDict, cast

from baton_client.connection import Connection, with_key

Channel = Literal["EMAIL", "SMS", "UNKNOWN", "WEB_CHAT", "WHATSAPP"]

ConversationStatus = Literal["CLOSED", "NOT_RESOLVED_BY_AI", "OPEN", "RESOLVED_BY_AI", "UNKNOWN"]

ControllerKind = Literal["AI_AGENT", "HELPDESK", "HUMAN_AGENT", "NOBODY", "QUEUE", "UNKNOWN"]


class StartConversationConversationControllerStaff(TypedDict):
    name: str


class StartConversationConversationController(TypedDict):
    kind: ControllerKind
    epoch: int
    staff: StartConversationConversationControllerStaff | None


HandoffState = Literal[
    "AWAITING_IDENTITY",
    "DECLINED",
    "DELIVERED",
    "EXPIRED",
    "FAILED",
    "MESSAGE_SHOWN",
    "OFFERED",
    "QUEUED",
    "UNKNOWN",
    "WITHDRAWN",
]

EscalationReason = Literal[
    "AGENT_FAILURE",
    "AGENT_OFF",
    "ESCALATION_RULE",
    "EXPLICIT_ASK",
    "KNOWLEDGE_GAP",
    "OTHER",
    "UNINTELLIGIBLE_INPUT",
    "UNKNOWN",
]


class StartConversationConversationHandoff(TypedDict):
    id: str
    state: HandoffState
    reason: EscalationReason
    summary: str | None


class StartConversationConversation(TypedDict):
    id: str
    version: int
    channel: Channel
    status: ConversationStatus
    startedAt: str
    closedAt: str | None
    displayName: str
    tags: list[str]
    messageCount: int
    controller: StartConversationConversationController
    handoff: StartConversationConversationHandoff | None
    streamCursor: str


MessageKind = Literal[
    "CUSTOM_MESSAGE", "HANDOFF_OFFER", "IDENTITY_REQUEST", "NOTE", "NOTICE", "PRODUCT_RECOMMENDATION", "TEXT", "UNKNOWN"
]

AuthorKind = Literal["AI_AGENT", "HUMAN_AGENT", "SHOPPER", "SYSTEM", "UNKNOWN"]


class MessageViewAuthor(TypedDict):
    kind: AuthorKind
    name: str


class MessageViewActions(TypedDict):
    action: str
    label: str


class MessageViewProductsPrice(TypedDict):
    amount: str
    currency: str


class MessageViewProducts(TypedDict):
    productId: str
    title: str
    url: str | None
    price: MessageViewProductsPrice | None


class MessageViewAttachments(TypedDict):
    id: str
    name: str
    contentType: str
    bytes: int
    url: str | None


class MessageView(TypedDict):
    id: str
    sequence: int
    kind: MessageKind
    text: str
    sentAt: str
    author: MessageViewAuthor
    actions: list[MessageViewActions]
    products: list[MessageViewProducts]
    attachments: list[MessageViewAttachments]


ErrorCode = Literal[
    "AGENT_NOT_LIVE",
    "CONFLICT",
    "CONVERSATION_CLOSED",
    "CONVERSATION_FULL",
    "FORBIDDEN",
    "IDENTITY_REQUIRED",
    "INVALID",
    "NOT_CONNECTED",
    "NOT_FOUND",
    "NOT_IN_CONTROL",
    "NOT_YOUR_TURN",
    "RATE_LIMITED",
    "STALE_VIEW",
]


class ErrorView(TypedDict):
    code: ErrorCode
    message: str
    path: list[str] | None


class StartConversation(TypedDict):
    conversation: StartConversationConversation | None
    message: MessageView | None
    visitorToken: str | None
    browserToken: str | None
    errors: list[ErrorView]


class VisitorInput(TypedDict):
    anonymousId: NotRequired[str | None]
    browserToken: NotRequired[str | None]
    email: NotRequired[str | None]
    identityToken: NotRequired[str | None]
    name: NotRequired[str | None]
    phone: NotRequired[str | None]
    profileId: NotRequired[str | None]


class StartConversationInput(TypedDict):
    attachments: NotRequired[list[str] | None]
    channel: Channel
    idempotencyKey: NotRequired[str | None]
    locale: NotRequired[str | None]
    test: NotRequired[bool]
    text: str
    visitor: NotRequired[VisitorInput | None]


class SendMessage(TypedDict):
    message: MessageView | None
    errors: list[ErrorView]


class SendMessageInput(TypedDict):
    attachments: NotRequired[list[str] | None]
    conversationId: str
    idempotencyKey: NotRequired[str | None]
    text: str


class ConversationViewControllerStaff(TypedDict):
    name: str


class ConversationViewController(TypedDict):
    kind: ControllerKind
    epoch: int
    staff: ConversationViewControllerStaff | None


class ConversationViewHandoff(TypedDict):
    id: str
    state: HandoffState
    reason: EscalationReason
    summary: str | None


class ConversationView(TypedDict):
    id: str
    version: int
    channel: Channel
    status: ConversationStatus
    startedAt: str
    closedAt: str | None
    displayName: str
    tags: list[str]
    messageCount: int
    controller: ConversationViewController
    handoff: ConversationViewHandoff | None


class AnswerHandoffOffer(TypedDict):
    conversation: ConversationView | None
    errors: list[ErrorView]


class AnswerHandoffOfferInput(TypedDict):
    accept: bool
    handoffId: str
    idempotencyKey: NotRequired[str | None]


class IdentifyVisitor(TypedDict):
    conversation: ConversationView | None
    errors: list[ErrorView]


class IdentifyVisitorInput(TypedDict):
    conversationId: str
    email: NotRequired[str | None]
    idempotencyKey: NotRequired[str | None]
    identityToken: NotRequired[str | None]
    name: NotRequired[str | None]
    phone: NotRequired[str | None]
    profileId: NotRequired[str | None]


class CloseConversation(TypedDict):
    conversation: ConversationView | None
    errors: list[ErrorView]


class CloseConversationInput(TypedDict):
    conversationId: str
    idempotencyKey: NotRequired[str | None]


class TurnViewLease(TypedDict):
    number: int
    until: str


class TurnView(TypedDict):
    id: str
    epoch: int
    firstSequence: int
    lastSequence: int
    waitingSince: str
    lease: TurnViewLease | None
    messages: list[MessageView]
    conversation: ConversationView


class AgentTurnsPageInfo(TypedDict):
    hasNextPage: bool
    endCursor: str | None


class AgentTurns(TypedDict):
    streamCursor: str
    nodes: list[TurnView]
    pageInfo: AgentTurnsPageInfo


AgentTurnState = Literal["CLAIMED", "OVER", "RELEASED", "WAITING"]

FollowAgentTurnsAgentTurnChanged = TypedDict(
    "FollowAgentTurnsAgentTurnChanged",
    {
        "__typename": Literal["AgentTurnChanged"],
        "cursor": str,
        "state": AgentTurnState,
        "turn": TurnView,
    },
)

FollowAgentTurnsOther = TypedDict(
    "FollowAgentTurnsOther",
    {
        "__typename": Literal["StreamCaughtUp", "StreamReady"],
        "cursor": str,
    },
)

StreamResetReason = Literal["EXPIRED", "TOO_FAR_BEHIND", "UNKNOWN_CURSOR"]

FollowAgentTurnsStreamReset = TypedDict(
    "FollowAgentTurnsStreamReset",
    {
        "__typename": Literal["StreamReset"],
        "cursor": str,
        "reason": StreamResetReason,
    },
)

FollowAgentTurns = FollowAgentTurnsAgentTurnChanged | FollowAgentTurnsOther | FollowAgentTurnsStreamReset


class ClaimAgentTurn(TypedDict):
    turn: TurnView | None
    errors: list[ErrorView]


class AgentTurnInput(TypedDict):
    conversationId: str
    idempotencyKey: NotRequired[str | None]
    seconds: NotRequired[int]


class HeartbeatAgentTurnTurnLease(TypedDict):
    number: int
    until: str


class HeartbeatAgentTurnTurn(TypedDict):
    lease: HeartbeatAgentTurnTurnLease | None


class HeartbeatAgentTurn(TypedDict):
    turn: HeartbeatAgentTurnTurn | None
    errors: list[ErrorView]


class HeartbeatAgentTurnInput(TypedDict):
    conversationId: str
    lastSeenSequence: NotRequired[int | None]
    seconds: NotRequired[int]
    turn: int


class ReleaseAgentTurn(TypedDict):
    errors: list[ErrorView]


class ReleaseAgentTurnInput(TypedDict):
    conversationId: str
    turn: int


class PostAgentMessage(TypedDict):
    message: MessageView | None
    errors: list[ErrorView]


class MoneyInput(TypedDict):
    amount: str
    currency: str


class ProductCardInput(TypedDict):
    imageUrl: NotRequired[str | None]
    price: NotRequired[MoneyInput | None]
    productId: str
    sku: NotRequired[str | None]
    title: str
    url: NotRequired[str | None]


class PostAgentMessageInput(TypedDict):
    attachments: NotRequired[list[str] | None]
    conversationId: str
    epoch: int
    idempotencyKey: NotRequired[str | None]
    products: NotRequired[list[ProductCardInput] | None]
    skill: NotRequired[str | None]
    tags: NotRequired[list[str] | None]
    text: str
    turn: NotRequired[int | None]


class RequestHandoffHandoff(TypedDict):
    id: str
    state: HandoffState


class RequestHandoff(TypedDict):
    handoff: RequestHandoffHandoff | None
    errors: list[ErrorView]


class RequestHandoffInput(TypedDict):
    conversationId: str
    epoch: int
    idempotencyKey: NotRequired[str | None]
    reason: EscalationReason
    reasonDetail: NotRequired[str | None]
    skill: NotRequired[str | None]
    summary: NotRequired[str | None]
    turn: NotRequired[int | None]


TicketState = Literal["CLOSED", "OPEN", "SNOOZED", "UNKNOWN"]


class TicketViewAssignee(TypedDict):
    id: str
    name: str


class TicketView(TypedDict):
    id: str
    state: TicketState
    unread: bool
    waitingSince: str | None
    assignee: TicketViewAssignee | None
    conversation: ConversationView


class InboxPageInfo(TypedDict):
    hasNextPage: bool
    endCursor: str | None


class Inbox(TypedDict):
    totalCount: int
    streamCursor: str
    nodes: list[TicketView]
    pageInfo: InboxPageInfo


InboxView = Literal["ALL", "MINE", "UNASSIGNED"]


class FollowInboxMessageAddedConversation(TypedDict):
    id: str
    version: int


FollowInboxMessageAdded = TypedDict(
    "FollowInboxMessageAdded",
    {
        "__typename": Literal["MessageAdded"],
        "cursor": str,
        "message": MessageView,
        "conversation": FollowInboxMessageAddedConversation,
    },
)

FollowInboxMessageRedacted = TypedDict(
    "FollowInboxMessageRedacted",
    {
        "__typename": Literal["MessageRedacted"],
        "cursor": str,
        "message": MessageView,
    },
)

FollowInboxOther = TypedDict(
    "FollowInboxOther",
    {
        "__typename": Literal["StreamCaughtUp", "StreamReady", "TypingChanged"],
        "cursor": str,
    },
)

FollowInboxStreamReset = TypedDict(
    "FollowInboxStreamReset",
    {
        "__typename": Literal["StreamReset"],
        "cursor": str,
        "reason": StreamResetReason,
    },
)

FollowInboxTicketAdded = TypedDict(
    "FollowInboxTicketAdded",
    {
        "__typename": Literal["TicketAdded"],
        "cursor": str,
        "ticket": TicketView,
    },
)

FollowInboxTicketChanged = TypedDict(
    "FollowInboxTicketChanged",
    {
        "__typename": Literal["TicketChanged"],
        "cursor": str,
        "ticket": TicketView,
    },
)

FollowInboxTicketRemoved = TypedDict(
    "FollowInboxTicketRemoved",
    {
        "__typename": Literal["TicketRemoved"],
        "cursor": str,
        "ticketId": str,
    },
)

FollowInbox = (
    FollowInboxMessageAdded
    | FollowInboxMessageRedacted
    | FollowInboxOther
    | FollowInboxStreamReset
    | FollowInboxTicketAdded
    | FollowInboxTicketChanged
    | FollowInboxTicketRemoved
)


class TakeTicket(TypedDict):
    ticket: TicketView | None
    errors: list[ErrorView]


class TicketInput(TypedDict):
    idempotencyKey: NotRequired[str | None]
    lastSeenSequence: NotRequired[int | None]
    ticketId: str


class CloseTicket(TypedDict):
    ticket: TicketView | None
    errors: list[ErrorView]


class ReturnToAgent(TypedDict):
    ticket: TicketView | None
    errors: list[ErrorView]


ReplyToConversationErrorsOther = TypedDict(
    "ReplyToConversationErrorsOther",
    {
        "__typename": Literal[
            "Conflict",
            "HelpdeskNotConnected",
            "InvalidInput",
            "NotAllowed",
            "NotInControl",
            "NotYourTurn",
            "RateLimited",
        ],
        "code": ErrorCode,
        "message": str,
        "path": list[str] | None,
    },
)

ReplyToConversationErrorsStaleView = TypedDict(
    "ReplyToConversationErrorsStaleView",
    {
        "__typename": Literal["StaleView"],
        "code": ErrorCode,
        "message": str,
        "path": list[str] | None,
        "unseen": list[MessageView],
    },
)

ReplyToConversationErrors = ReplyToConversationErrorsOther | ReplyToConversationErrorsStaleView


class ReplyToConversation(TypedDict):
    message: MessageView | None
    errors: list[ReplyToConversationErrors]


class TemplateVariableInput(TypedDict):
    name: str
    value: str


class MessageTemplateInput(TypedDict):
    sid: str
    variables: NotRequired[list[TemplateVariableInput]]


class ReplyToConversationInput(TypedDict):
    attachments: NotRequired[list[str] | None]
    conversationId: str
    idempotencyKey: NotRequired[str | None]
    lastSeenSequence: NotRequired[int | None]
    staffId: NotRequired[str | None]
    template: NotRequired[MessageTemplateInput | None]
    text: str


class AddNote(TypedDict):
    message: MessageView | None
    errors: list[ErrorView]


class AddNoteInput(TypedDict):
    attachments: NotRequired[list[str] | None]
    conversationId: str
    idempotencyKey: NotRequired[str | None]
    staffId: NotRequired[str | None]
    text: str


class ConversationControllerStaff(TypedDict):
    name: str


class ConversationController(TypedDict):
    kind: ControllerKind
    epoch: int
    staff: ConversationControllerStaff | None


class ConversationHandoff(TypedDict):
    id: str
    state: HandoffState
    reason: EscalationReason
    summary: str | None


class ConversationMessagesPageInfo(TypedDict):
    hasPreviousPage: bool
    startCursor: str | None


class ConversationMessages(TypedDict):
    nodes: list[MessageView]
    pageInfo: ConversationMessagesPageInfo


class Conversation(TypedDict):
    id: str
    version: int
    channel: Channel
    status: ConversationStatus
    startedAt: str
    closedAt: str | None
    displayName: str
    tags: list[str]
    messageCount: int
    controller: ConversationController
    handoff: ConversationHandoff | None
    streamCursor: str
    messages: ConversationMessages


FollowConversationConversationChanged = TypedDict(
    "FollowConversationConversationChanged",
    {
        "__typename": Literal["ConversationChanged"],
        "cursor": str,
        "conversation": ConversationView,
    },
)

FollowConversationHandoffChanged = TypedDict(
    "FollowConversationHandoffChanged",
    {
        "__typename": Literal["HandoffChanged"],
        "cursor": str,
        "conversation": ConversationView,
    },
)

FollowConversationMessageAdded = TypedDict(
    "FollowConversationMessageAdded",
    {
        "__typename": Literal["MessageAdded"],
        "cursor": str,
        "message": MessageView,
    },
)

FollowConversationOther = TypedDict(
    "FollowConversationOther",
    {
        "__typename": Literal["MessageDeliveryChanged", "StreamCaughtUp", "StreamReady"],
        "cursor": str,
    },
)

FollowConversationMessageRedacted = TypedDict(
    "FollowConversationMessageRedacted",
    {
        "__typename": Literal["MessageRedacted"],
        "cursor": str,
        "message": MessageView,
    },
)

FollowConversationStreamReset = TypedDict(
    "FollowConversationStreamReset",
    {
        "__typename": Literal["StreamReset"],
        "cursor": str,
        "reason": StreamResetReason,
    },
)


class FollowConversationTypingChangedAuthor(TypedDict):
    kind: AuthorKind
    name: str


FollowConversationTypingChanged = TypedDict(
    "FollowConversationTypingChanged",
    {
        "__typename": Literal["TypingChanged"],
        "cursor": str,
        "author": FollowConversationTypingChangedAuthor,
        "typing": bool,
        "text": str | None,
    },
)

FollowConversation = (
    FollowConversationConversationChanged
    | FollowConversationHandoffChanged
    | FollowConversationMessageAdded
    | FollowConversationOther
    | FollowConversationMessageRedacted
    | FollowConversationStreamReset
    | FollowConversationTypingChanged
)


class ConversationsNodesControllerStaff(TypedDict):
    name: str


class ConversationsNodesController(TypedDict):
    kind: ControllerKind
    epoch: int
    staff: ConversationsNodesControllerStaff | None


class ConversationsNodesHandoff(TypedDict):
    id: str
    state: HandoffState
    reason: EscalationReason
    summary: str | None


class ConversationsNodes(TypedDict):
    id: str
    version: int
    channel: Channel
    status: ConversationStatus
    startedAt: str
    closedAt: str | None
    displayName: str
    tags: list[str]
    messageCount: int
    controller: ConversationsNodesController
    handoff: ConversationsNodesHandoff | None
    firstQuestion: str


class ConversationsPageInfo(TypedDict):
    hasNextPage: bool
    endCursor: str | None


class Conversations(TypedDict):
    totalCount: int
    nodes: list[ConversationsNodes]
    pageInfo: ConversationsPageInfo


class DayRangeInput(TypedDict):
    end: str
    start: str


class DateRangeInputBetween(TypedDict):
    between: DayRangeInput


DatePreset = Literal[
    "LAST_7_DAYS",
    "LAST_30_DAYS",
    "LAST_90_DAYS",
    "LAST_MONTH",
    "LAST_WEEK",
    "THIS_MONTH",
    "THIS_WEEK",
    "TODAY",
    "YESTERDAY",
]


class DateRangeInputPreset(TypedDict):
    preset: DatePreset


DateRangeInput = DateRangeInputBetween | DateRangeInputPreset


class ConversationFilter(TypedDict):
    channel: NotRequired[list[Channel] | None]
    profileId: NotRequired[str | None]
    search: NotRequired[str | None]
    startedOn: NotRequired[DateRangeInput | None]
    status: NotRequired[list[ConversationStatus] | None]
    tag: NotRequired[list[str] | None]
    untagged: NotRequired[bool | None]


class MetricsTotalVolume(TypedDict):
    count: int


class MetricsOpen(TypedDict):
    count: int
    rate: float | None


class MetricsResolvedByAi(TypedDict):
    count: int
    rate: float | None


class MetricsNotResolvedByAi(TypedDict):
    count: int
    rate: float | None


class MetricsClosed(TypedDict):
    count: int
    rate: float | None


class MetricsAiGeneratedSales(TypedDict):
    amount: str
    currency: str


class Metrics(TypedDict):
    asOf: str
    totalVolume: MetricsTotalVolume
    open: MetricsOpen
    resolvedByAi: MetricsResolvedByAi
    notResolvedByAi: MetricsNotResolvedByAi
    closed: MetricsClosed
    aiGeneratedSales: list[MetricsAiGeneratedSales]


EventType = Literal[
    "CONVERSATION_ESCALATED", "CONVERSATION_RESOLVED", "CONVERSATION_STARTED", "PRODUCT_RECOMMENDED", "UNKNOWN"
]


class FollowEventsEventHappenedEventConversation(TypedDict):
    id: str


class FollowEventsEventHappenedEventProfile(TypedDict):
    id: str


class FollowEventsEventHappenedEvent(TypedDict):
    id: str
    type: EventType
    name: str
    at: str
    channel: Channel
    conversation: FollowEventsEventHappenedEventConversation
    profile: FollowEventsEventHappenedEventProfile | None


FollowEventsEventHappened = TypedDict(
    "FollowEventsEventHappened",
    {
        "__typename": Literal["EventHappened"],
        "cursor": str,
        "event": FollowEventsEventHappenedEvent,
    },
)

FollowEventsOther = TypedDict(
    "FollowEventsOther",
    {
        "__typename": Literal["StreamCaughtUp", "StreamReady"],
        "cursor": str,
    },
)

FollowEventsStreamReset = TypedDict(
    "FollowEventsStreamReset",
    {
        "__typename": Literal["StreamReset"],
        "cursor": str,
        "reason": StreamResetReason,
    },
)

FollowEvents = FollowEventsEventHappened | FollowEventsOther | FollowEventsStreamReset


class EventFilter(TypedDict):
    channel: NotRequired[list[Channel] | None]
    on: NotRequired[DateRangeInput | None]
    profileId: NotRequired[str | None]
    type: NotRequired[list[EventType] | None]


class RecordOrderSalesAmount(TypedDict):
    amount: str
    currency: str


class RecordOrderSales(TypedDict):
    id: str
    amount: RecordOrderSalesAmount


class RecordOrder(TypedDict):
    sales: list[RecordOrderSales]
    errors: list[ErrorView]


class RecordOrderInput(TypedDict):
    anonymousId: NotRequired[str | None]
    email: NotRequired[str | None]
    orderId: str
    phone: NotRequired[str | None]
    placedAt: str
    productIds: NotRequired[list[str] | None]
    profileId: NotRequired[str | None]
    total: MoneyInput
    updatedAt: NotRequired[str | None]


_START_CONVERSATION = """
mutation StartConversation($input: StartConversationInput!) {
  startConversation(input: $input) {
    conversation {
      ...ConversationView
      streamCursor
    }
    message {
      ...MessageView
    }
    visitorToken
    browserToken
    errors {
      ...ErrorView
    }
  }
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}

fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}
"""

_SEND_MESSAGE = """
mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    message {
      ...MessageView
    }
    errors {
      ...ErrorView
    }
  }
}

fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}
"""

_ANSWER_HANDOFF_OFFER = """
mutation AnswerHandoffOffer($input: AnswerHandoffOfferInput!) {
  answerHandoffOffer(input: $input) {
    conversation {
      ...ConversationView
    }
    errors {
      ...ErrorView
    }
  }
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}
"""

_IDENTIFY_VISITOR = """
mutation IdentifyVisitor($input: IdentifyVisitorInput!) {
  identifyVisitor(input: $input) {
    conversation {
      ...ConversationView
    }
    errors {
      ...ErrorView
    }
  }
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}
"""

_CLOSE_CONVERSATION = """
mutation CloseConversation($input: CloseConversationInput!) {
  closeConversation(input: $input) {
    conversation {
      ...ConversationView
    }
    errors {
      ...ErrorView
    }
  }
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}
"""

_AGENT_TURNS = """
query AgentTurns($first: Int, $after: String) {
  agentTurns(first: $first, after: $after) {
    streamCursor
    nodes {
      ...TurnView
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

fragment TurnView on AgentTurn {
  id
  epoch
  firstSequence
  lastSequence
  waitingSince
  lease {
    number
    until
  }
  messages {
    ...MessageView
  }
  conversation {
    ...ConversationView
  }
}

fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}
"""

_FOLLOW_AGENT_TURNS = """
subscription FollowAgentTurns($after: Cursor) {
  agentTurns(after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on StreamReset {
      reason
    }
    ... on AgentTurnChanged {
      state
      turn {
        ...TurnView
      }
    }
  }
}

fragment TurnView on AgentTurn {
  id
  epoch
  firstSequence
  lastSequence
  waitingSince
  lease {
    number
    until
  }
  messages {
    ...MessageView
  }
  conversation {
    ...ConversationView
  }
}

fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}
"""

_CLAIM_AGENT_TURN = """
mutation ClaimAgentTurn($input: AgentTurnInput!) {
  claimAgentTurn(input: $input) {
    turn {
      ...TurnView
    }
    errors {
      ...ErrorView
    }
  }
}

fragment TurnView on AgentTurn {
  id
  epoch
  firstSequence
  lastSequence
  waitingSince
  lease {
    number
    until
  }
  messages {
    ...MessageView
  }
  conversation {
    ...ConversationView
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}

fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}
"""

_HEARTBEAT_AGENT_TURN = """
mutation HeartbeatAgentTurn($input: HeartbeatAgentTurnInput!) {
  heartbeatAgentTurn(input: $input) {
    turn {
      lease {
        number
        until
      }
    }
    errors {
      ...ErrorView
    }
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}
"""

_RELEASE_AGENT_TURN = """
mutation ReleaseAgentTurn($input: ReleaseAgentTurnInput!) {
  releaseAgentTurn(input: $input) {
    errors {
      ...ErrorView
    }
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}
"""

_POST_AGENT_MESSAGE = """
mutation PostAgentMessage($input: PostAgentMessageInput!) {
  postAgentMessage(input: $input) {
    message {
      ...MessageView
    }
    errors {
      ...ErrorView
    }
  }
}

fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}
"""

_REQUEST_HANDOFF = """
mutation RequestHandoff($input: RequestHandoffInput!) {
  requestHandoff(input: $input) {
    handoff {
      id
      state
    }
    errors {
      ...ErrorView
    }
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}
"""

_INBOX = """
query Inbox($view: InboxView, $first: Int, $after: String) {
  inbox(view: $view, first: $first, after: $after) {
    totalCount
    streamCursor
    nodes {
      ...TicketView
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

fragment TicketView on Ticket {
  id
  state
  unread
  waitingSince
  assignee {
    id
    name
  }
  conversation {
    ...ConversationView
  }
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}
"""

_FOLLOW_INBOX = """
subscription FollowInbox($view: InboxView, $after: Cursor) {
  inbox(view: $view, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on StreamReset {
      reason
    }
    ... on TicketAdded {
      ticket {
        ...TicketView
      }
    }
    ... on TicketChanged {
      ticket {
        ...TicketView
      }
    }
    ... on TicketRemoved {
      ticketId
    }
    ... on MessageAdded {
      message {
        ...MessageView
      }
      conversation {
        id
        version
      }
    }
    ... on MessageRedacted {
      message {
        ...MessageView
      }
    }
  }
}

fragment TicketView on Ticket {
  id
  state
  unread
  waitingSince
  assignee {
    id
    name
  }
  conversation {
    ...ConversationView
  }
}

fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}
"""

_TAKE_TICKET = """
mutation TakeTicket($input: TicketInput!) {
  takeTicket(input: $input) {
    ticket {
      ...TicketView
    }
    errors {
      ...ErrorView
    }
  }
}

fragment TicketView on Ticket {
  id
  state
  unread
  waitingSince
  assignee {
    id
    name
  }
  conversation {
    ...ConversationView
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}
"""

_CLOSE_TICKET = """
mutation CloseTicket($input: TicketInput!) {
  closeTicket(input: $input) {
    ticket {
      ...TicketView
    }
    errors {
      ...ErrorView
    }
  }
}

fragment TicketView on Ticket {
  id
  state
  unread
  waitingSince
  assignee {
    id
    name
  }
  conversation {
    ...ConversationView
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}
"""

_RETURN_TO_AGENT = """
mutation ReturnToAgent($input: TicketInput!) {
  returnToAgent(input: $input) {
    ticket {
      ...TicketView
    }
    errors {
      ...ErrorView
    }
  }
}

fragment TicketView on Ticket {
  id
  state
  unread
  waitingSince
  assignee {
    id
    name
  }
  conversation {
    ...ConversationView
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}
"""

_REPLY_TO_CONVERSATION = """
mutation ReplyToConversation($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) {
    message {
      ...MessageView
    }
    errors {
      __typename
      ...ErrorView
      ... on StaleView {
        unseen {
          ...MessageView
        }
      }
    }
  }
}

fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}
"""

_ADD_NOTE = """
mutation AddNote($input: AddNoteInput!) {
  addNote(input: $input) {
    message {
      ...MessageView
    }
    errors {
      ...ErrorView
    }
  }
}

fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}
"""

_CONVERSATION = """
query Conversation($id: ID!, $last: Int = 100, $before: String) {
  conversation(id: $id) {
    ...ConversationView
    streamCursor
    messages(last: $last, before: $before) {
      nodes {
        ...MessageView
      }
      pageInfo {
        hasPreviousPage
        startCursor
      }
    }
  }
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}

fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}
"""

_FOLLOW_CONVERSATION = """
subscription FollowConversation($id: ID!, $after: Cursor) {
  conversation(id: $id, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on StreamReset {
      reason
    }
    ... on MessageAdded {
      message {
        ...MessageView
      }
    }
    ... on MessageRedacted {
      message {
        ...MessageView
      }
    }
    ... on ConversationChanged {
      conversation {
        ...ConversationView
      }
    }
    ... on HandoffChanged {
      conversation {
        ...ConversationView
      }
    }
    ... on TypingChanged {
      author {
        kind
        name
      }
      typing
      text
    }
  }
}

fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  actions {
    action
    label
  }
  products {
    productId
    title
    url
    price {
      amount
      currency
    }
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}
"""

_CONVERSATIONS = """
query Conversations($filter: ConversationFilter, $first: Int, $after: String) {
  conversations(filter: $filter, first: $first, after: $after) {
    totalCount
    nodes {
      ...ConversationView
      firstQuestion
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

fragment ConversationView on Conversation {
  id
  version
  channel
  status
  startedAt
  closedAt
  displayName
  tags
  messageCount
  controller {
    kind
    epoch
    staff {
      name
    }
  }
  handoff {
    id
    state
    reason
    summary
  }
}
"""

_METRICS = """
query Metrics($range: DateRangeInput!) {
  metrics(range: $range) {
    asOf
    totalVolume {
      count
    }
    open {
      count
      rate
    }
    resolvedByAi {
      count
      rate
    }
    notResolvedByAi {
      count
      rate
    }
    closed {
      count
      rate
    }
    aiGeneratedSales {
      amount
      currency
    }
  }
}
"""

_FOLLOW_EVENTS = """
subscription FollowEvents($filter: EventFilter, $after: Cursor) {
  events(filter: $filter, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on StreamReset {
      reason
    }
    ... on EventHappened {
      event {
        id
        type
        name
        at
        channel
        conversation {
          id
        }
        profile {
          id
        }
      }
    }
  }
}
"""

_RECORD_ORDER = """
mutation RecordOrder($input: RecordOrderInput!) {
  recordOrder(input: $input) {
    sales {
      id
      amount {
        amount
        currency
      }
    }
    errors {
      ...ErrorView
    }
  }
}

fragment ErrorView on UserError {
  code
  message
  path
}
"""


class Baton(Connection):
    """A client of Baton, with a method for each operation."""

    async def start_conversation(self, *, input: StartConversationInput) -> StartConversation:
        """Starts a conversation with the first message of a shopper."""
        return cast("StartConversation", await self.execute(_START_CONVERSATION, {"input": with_key(input)}))

    async def send_message(self, *, input: SendMessageInput) -> SendMessage:
        """Sends the next message of a shopper."""
        return cast("SendMessage", await self.execute(_SEND_MESSAGE, {"input": with_key(input)}))

    async def answer_handoff_offer(self, *, input: AnswerHandoffOfferInput) -> AnswerHandoffOffer:
        """Accepts or declines the offer of a handoff."""
        return cast("AnswerHandoffOffer", await self.execute(_ANSWER_HANDOFF_OFFER, {"input": with_key(input)}))

    async def identify_visitor(self, *, input: IdentifyVisitorInput) -> IdentifyVisitor:
        """Adds to the identity of a shopper."""
        return cast("IdentifyVisitor", await self.execute(_IDENTIFY_VISITOR, {"input": with_key(input)}))

    async def close_conversation(self, *, input: CloseConversationInput) -> CloseConversation:
        """Closes a conversation."""
        return cast("CloseConversation", await self.execute(_CLOSE_CONVERSATION, {"input": with_key(input)}))

    async def agent_turns(self, *, first: int | None = None, after: str | None = None) -> AgentTurns | None:
        """The conversations in which the shopper waits for the agent, the longest-waiting first, claimed or not."""
        return cast("AgentTurns | None", await self.execute(_AGENT_TURNS, {"first": first, "after": after}))

    def follow_agent_turns(self, *, after: str | None = None) -> AsyncGenerator[FollowAgentTurns, None]:
        """The changes of the agent's turns: a shopper waits, a turn was claimed, released or is over."""
        return cast("AsyncGenerator[FollowAgentTurns, None]", self.subscribe(_FOLLOW_AGENT_TURNS, {"after": after}))

    async def claim_agent_turn(self, *, input: AgentTurnInput) -> ClaimAgentTurn:
        """Claims the turn of a conversation, so that no other agent replies to it."""
        return cast("ClaimAgentTurn", await self.execute(_CLAIM_AGENT_TURN, {"input": with_key(input)}))

    async def heartbeat_agent_turn(self, *, input: HeartbeatAgentTurnInput) -> HeartbeatAgentTurn:
        """Extends the lease of a claim."""
        return cast("HeartbeatAgentTurn", await self.execute(_HEARTBEAT_AGENT_TURN, {"input": input}))

    async def release_agent_turn(self, *, input: ReleaseAgentTurnInput) -> ReleaseAgentTurn:
        """Releases a claim without a reply, so that another agent can claim the turn at once."""
        return cast("ReleaseAgentTurn", await self.execute(_RELEASE_AGENT_TURN, {"input": input}))

    async def post_agent_message(self, *, input: PostAgentMessageInput) -> PostAgentMessage:
        """Sends the next message of the AI agent, which replies to its turn."""
        return cast("PostAgentMessage", await self.execute(_POST_AGENT_MESSAGE, {"input": with_key(input)}))

    async def request_handoff(self, *, input: RequestHandoffInput) -> RequestHandoff:
        """Requests a handoff to a human."""
        return cast("RequestHandoff", await self.execute(_REQUEST_HANDOFF, {"input": with_key(input)}))

    async def inbox(
        self, *, view: InboxView | None = None, first: int | None = None, after: str | None = None
    ) -> Inbox | None:
        """The tickets of the team, the newest first."""
        return cast("Inbox | None", await self.execute(_INBOX, {"view": view, "first": first, "after": after}))

    def follow_inbox(
        self, *, view: InboxView | None = None, after: str | None = None
    ) -> AsyncGenerator[FollowInbox, None]:
        """The changes of the team's tickets."""
        return cast("AsyncGenerator[FollowInbox, None]", self.subscribe(_FOLLOW_INBOX, {"view": view, "after": after}))

    async def take_ticket(self, *, input: TicketInput) -> TakeTicket:
        """Assigns the ticket to the caller and gives the caller control of the conversation."""
        return cast("TakeTicket", await self.execute(_TAKE_TICKET, {"input": with_key(input)}))

    async def close_ticket(self, *, input: TicketInput) -> CloseTicket:
        """Closes the ticket."""
        return cast("CloseTicket", await self.execute(_CLOSE_TICKET, {"input": with_key(input)}))

    async def return_to_agent(self, *, input: TicketInput) -> ReturnToAgent:
        """Gives control back to the AI agent under a new epoch and closes the ticket."""
        return cast("ReturnToAgent", await self.execute(_RETURN_TO_AGENT, {"input": with_key(input)}))

    async def reply_to_conversation(self, *, input: ReplyToConversationInput) -> ReplyToConversation:
        """Sends a message of a human to the shopper."""
        return cast("ReplyToConversation", await self.execute(_REPLY_TO_CONVERSATION, {"input": with_key(input)}))

    async def add_note(self, *, input: AddNoteInput) -> AddNote:
        """Adds a note for colleagues."""
        return cast("AddNote", await self.execute(_ADD_NOTE, {"input": with_key(input)}))

    async def conversation(self, *, id: str, last: int | None = None, before: str | None = None) -> Conversation | None:
        """A conversation by its ID."""
        return cast(
            "Conversation | None", await self.execute(_CONVERSATION, {"id": id, "last": last, "before": before})
        )

    def follow_conversation(self, *, id: str, after: str | None = None) -> AsyncGenerator[FollowConversation, None]:
        """The changes of one conversation, as they are committed."""
        return cast(
            "AsyncGenerator[FollowConversation, None]", self.subscribe(_FOLLOW_CONVERSATION, {"id": id, "after": after})
        )

    async def conversations(
        self, *, filter: ConversationFilter | None = None, first: int | None = None, after: str | None = None
    ) -> Conversations | None:
        """The conversations of the account, without test conversations."""
        return cast(
            "Conversations | None",
            await self.execute(_CONVERSATIONS, {"filter": filter, "first": first, "after": after}),
        )

    async def metrics(self, *, range: DateRangeInput) -> Metrics | None:
        """A report about the conversations that started in a range of days: volume, outcomes, sales, series, and the lists behind the numbers."""
        return cast("Metrics | None", await self.execute(_METRICS, {"range": range}))

    def follow_events(
        self, *, filter: EventFilter | None = None, after: str | None = None
    ) -> AsyncGenerator[FollowEvents, None]:
        """The business events of the account, as they occur."""
        return cast(
            "AsyncGenerator[FollowEvents, None]", self.subscribe(_FOLLOW_EVENTS, {"filter": filter, "after": after})
        )

    async def record_order(self, *, input: RecordOrderInput) -> RecordOrder:
        """Records an order of the shop."""
        return cast("RecordOrder", await self.execute(_RECORD_ORDER, {"input": input}))
