// Made by `npm run types`. Do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AddNoteInput = {
  attachments?: Array<string> | null | undefined;
  conversationId: string;
  idempotencyKey?: string | null | undefined;
  staffId?: string | null | undefined;
  text: string;
};

export type AnswerHandoffOfferInput = {
  accept: boolean;
  handoffId: string;
  idempotencyKey?: string | null | undefined;
};

export type AuthorKind =
  | 'AI_AGENT'
  | 'HUMAN_AGENT'
  | 'SHOPPER'
  | 'SYSTEM';

export type Availability =
  | 'AWAY'
  | 'ONLINE';

export type Channel =
  | 'EMAIL'
  | 'SMS'
  | 'WEB_CHAT'
  | 'WHATSAPP';

export type CloseConversationInput = {
  conversationId: string;
  idempotencyKey?: string | null | undefined;
};

export type ControllerKind =
  | 'AI_AGENT'
  | 'HELPDESK'
  | 'HUMAN_AGENT'
  | 'NOBODY'
  | 'QUEUE';

export type ConversationFilter = {
  channel?: Array<Channel> | null | undefined;
  profileId?: string | null | undefined;
  search?: string | null | undefined;
  startedOn?: DateRangeInput | null | undefined;
  status?: Array<ConversationStatus> | null | undefined;
  tag?: Array<string> | null | undefined;
};

export type ConversationOrder = {
  direction: OrderDirection;
  field: ConversationOrderField;
};

export type ConversationOrderField =
  | 'LAST_MESSAGE_AT'
  | 'STARTED_AT';

export type ConversationStatus =
  | 'CLOSED'
  | 'NOT_RESOLVED_BY_AI'
  | 'OPEN'
  | 'RESOLVED_BY_AI';

export type CreateUploadInput = {
  bytes: number;
  contentType: string;
  idempotencyKey?: string | null | undefined;
  name: string;
};

export type DatePreset =
  | 'LAST_7_DAYS'
  | 'LAST_30_DAYS'
  | 'LAST_90_DAYS'
  | 'LAST_MONTH'
  | 'LAST_WEEK'
  | 'THIS_MONTH'
  | 'THIS_WEEK'
  | 'TODAY'
  | 'YESTERDAY';

export type DateRangeInput =
  {   between: DayRangeInput; preset?: never; }
  |  { between?: never;   preset: DatePreset; };

export type DayRangeInput = {
  end: string;
  start: string;
};

export type EndVisitorAccessInput = {
  conversationId: string;
  idempotencyKey?: string | null | undefined;
};

export type ErrorCode =
  | 'AGENT_NOT_LIVE'
  | 'CONFLICT'
  | 'CONVERSATION_CLOSED'
  | 'CONVERSATION_FULL'
  | 'FORBIDDEN'
  | 'IDENTITY_REQUIRED'
  | 'INVALID'
  | 'NOT_CONNECTED'
  | 'NOT_FOUND'
  | 'NOT_IN_CONTROL'
  | 'NOT_YOUR_TURN'
  | 'RATE_LIMITED'
  | 'STALE_VIEW';

export type EscalationReason =
  | 'AGENT_FAILURE'
  | 'AGENT_OFF'
  | 'ESCALATION_RULE'
  | 'EXPLICIT_ASK'
  | 'KNOWLEDGE_GAP'
  | 'OTHER'
  | 'UNINTELLIGIBLE_INPUT';

export type EventFilter = {
  channel?: Array<Channel> | null | undefined;
  on?: DateRangeInput | null | undefined;
  profileId?: string | null | undefined;
  type?: Array<EventType> | null | undefined;
};

export type EventType =
  | 'CONVERSATION_ESCALATED'
  | 'CONVERSATION_RESOLVED'
  | 'CONVERSATION_STARTED'
  | 'PRODUCT_RECOMMENDED';

export type HandoffState =
  | 'AWAITING_IDENTITY'
  | 'DECLINED'
  | 'DELIVERED'
  | 'EXPIRED'
  | 'FAILED'
  | 'MESSAGE_SHOWN'
  | 'OFFERED'
  | 'QUEUED'
  | 'WITHDRAWN';

export type IdentifyVisitorInput = {
  conversationId: string;
  email?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
  identityToken?: string | null | undefined;
  name?: string | null | undefined;
  phone?: string | null | undefined;
  profileId?: string | null | undefined;
};

export type IdentityPolicy =
  | 'EMAIL'
  | 'SIGNED_IN';

export type InboxView =
  | 'ALL'
  | 'MINE'
  | 'UNASSIGNED';

export type MessageKind =
  | 'CUSTOM_MESSAGE'
  | 'HANDOFF_OFFER'
  | 'IDENTITY_REQUEST'
  | 'NOTE'
  | 'NOTICE'
  | 'PRODUCT_RECOMMENDATION'
  | 'TEXT';

export type MessageTemplateInput = {
  sid: string;
  variables?: Array<TemplateVariableInput>;
};

export type MetricsFilter = {
  channel?: Array<Channel> | null | undefined;
  tag?: Array<string> | null | undefined;
};

export type MetricsGroup =
  | 'CHANNEL'
  | 'STATUS'
  | 'TAG';

export type OrderDirection =
  | 'ASC'
  | 'DESC';

export type RecordProductClickInput = {
  clickedAt?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
  messageId: string;
  productId: string;
};

export type ReplyToConversationInput = {
  attachments?: Array<string> | null | undefined;
  conversationId: string;
  idempotencyKey?: string | null | undefined;
  lastSeenSequence?: number | null | undefined;
  staffId?: string | null | undefined;
  template?: MessageTemplateInput | null | undefined;
  text: string;
};

export type SendMessageInput = {
  attachments?: Array<string> | null | undefined;
  conversationId: string;
  idempotencyKey?: string | null | undefined;
  text: string;
};

export type SetAvailabilityInput = {
  availability: Availability;
};

export type SetTypingInput = {
  conversationId: string;
  typing: boolean;
};

export type StartConversationInput = {
  attachments?: Array<string> | null | undefined;
  channel: Channel;
  idempotencyKey?: string | null | undefined;
  locale?: string | null | undefined;
  test?: boolean;
  text: string;
  visitor?: VisitorInput | null | undefined;
};

export type TemplateVariableInput = {
  name: string;
  value: string;
};

export type TicketInput = {
  idempotencyKey?: string | null | undefined;
  ticketId: string;
};

export type TicketState =
  | 'CLOSED'
  | 'OPEN'
  | 'SNOOZED';

export type TouchKind =
  | 'EMAIL_CLICK'
  | 'EMAIL_OPEN'
  | 'PRODUCT_CARD_CLICK'
  | 'SMS_CLICK'
  | 'SMS_DELIVERY'
  | 'WHATSAPP_CLICK'
  | 'WHATSAPP_OPEN';

export type VisitorInput = {
  anonymousId?: string | null | undefined;
  browserToken?: string | null | undefined;
  email?: string | null | undefined;
  identityToken?: string | null | undefined;
  name?: string | null | undefined;
  phone?: string | null | undefined;
  profileId?: string | null | undefined;
};

export type FiguresFragment = { range: { start: string, end: string, timeZone: string }, totalVolume: { count: number }, resolvedByAi: { count: number, rate: number | null }, notResolvedByAi: { count: number, rate: number | null }, open: { count: number }, closed: { count: number }, aiGeneratedSales: Array<{ amount: string, currency: string }>, averageOrderValue: Array<{ amount: string, currency: string }> };

export type LineFragment = { key: string, label: string, total: number, points: Array<{ date: string, count: number }> };

export type ReportFragment = { asOf: string, reachesBackTo: string, sales: { totalCount: number }, statuses: Array<{ key: string, label: string, total: number, points: Array<{ date: string, count: number }> }>, others?: Array<{ key: string, label: string, total: number, points: Array<{ date: string, count: number }> }>, previous: { statuses: Array<{ total: number, points: Array<{ date: string, count: number }> }>, range: { start: string, end: string, timeZone: string }, totalVolume: { count: number }, resolvedByAi: { count: number, rate: number | null }, notResolvedByAi: { count: number, rate: number | null }, open: { count: number }, closed: { count: number }, aiGeneratedSales: Array<{ amount: string, currency: string }>, averageOrderValue: Array<{ amount: string, currency: string }> }, range: { start: string, end: string, timeZone: string }, totalVolume: { count: number }, resolvedByAi: { count: number, rate: number | null }, notResolvedByAi: { count: number, rate: number | null }, open: { count: number }, closed: { count: number }, aiGeneratedSales: Array<{ amount: string, currency: string }>, averageOrderValue: Array<{ amount: string, currency: string }> };

export type ListedConversationFragment = { id: string, displayName: string, identityVerified: boolean, firstQuestion: string, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string };

export type ConversationPageFragment = { totalCount: number, totalCountIsExact: boolean, nodes: Array<{ id: string, displayName: string, identityVerified: boolean, firstQuestion: string, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } };

export type SalePageFragment = { totalCount: number, nodes: Array<{ id: string, orderId: string, placedAt: string, touch: TouchKind, touchedAt: string, window: string, amount: { amount: string, currency: string }, conversation: { id: string, displayName: string, firstQuestion: string, channel: Channel, startedAt: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } };

type Happening_ConversationEscalatedEvent_Fragment = { __typename: 'ConversationEscalatedEvent', reason: EscalationReason, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } };

type Happening_ConversationResolvedEvent_Fragment = { __typename: 'ConversationResolvedEvent', resolutionSeconds: number, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } };

type Happening_ConversationStartedEvent_Fragment = { __typename: 'ConversationStartedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } };

type Happening_ProductRecommendedEvent_Fragment = { __typename: 'ProductRecommendedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, products: Array<{ title: string }>, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } };

export type HappeningFragment =
  | Happening_ConversationEscalatedEvent_Fragment
  | Happening_ConversationResolvedEvent_Fragment
  | Happening_ConversationStartedEvent_Fragment
  | Happening_ProductRecommendedEvent_Fragment
;

export type HappeningPageFragment = { nodes: Array<
    | { __typename: 'ConversationEscalatedEvent', reason: EscalationReason, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
    | { __typename: 'ConversationResolvedEvent', resolutionSeconds: number, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
    | { __typename: 'ConversationStartedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
    | { __typename: 'ProductRecommendedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, products: Array<{ title: string }>, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
  >, pageInfo: { hasNextPage: boolean, endCursor: string | null } };

export type DashboardQueryVariables = Exact<{
  range: DateRangeInput;
  filter?: MetricsFilter | null | undefined;
  asOf?: string | null | undefined;
  group: MetricsGroup;
  top?: number | null | undefined;
  byStatus: boolean;
  bySale: boolean;
  soldIn: DateRangeInput;
  listed?: ConversationFilter | null | undefined;
  order?: ConversationOrder | null | undefined;
  first: number;
  live: boolean;
  on?: EventFilter | null | undefined;
}>;


export type DashboardQuery = { me: { name: string } | null, metrics: { asOf: string, reachesBackTo: string, tags: Array<{ key: string }>, sales: { totalCount: number }, statuses: Array<{ key: string, label: string, total: number, points: Array<{ date: string, count: number }> }>, others?: Array<{ key: string, label: string, total: number, points: Array<{ date: string, count: number }> }>, previous: { statuses: Array<{ total: number, points: Array<{ date: string, count: number }> }>, range: { start: string, end: string, timeZone: string }, totalVolume: { count: number }, resolvedByAi: { count: number, rate: number | null }, notResolvedByAi: { count: number, rate: number | null }, open: { count: number }, closed: { count: number }, aiGeneratedSales: Array<{ amount: string, currency: string }>, averageOrderValue: Array<{ amount: string, currency: string }> }, range: { start: string, end: string, timeZone: string }, totalVolume: { count: number }, resolvedByAi: { count: number, rate: number | null }, notResolvedByAi: { count: number, rate: number | null }, open: { count: number }, closed: { count: number }, aiGeneratedSales: Array<{ amount: string, currency: string }>, averageOrderValue: Array<{ amount: string, currency: string }> } | null, sold?: { sales: { totalCount: number, nodes: Array<{ id: string, orderId: string, placedAt: string, touch: TouchKind, touchedAt: string, window: string, amount: { amount: string, currency: string }, conversation: { id: string, displayName: string, firstQuestion: string, channel: Channel, startedAt: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null, conversations?: { totalCount: number, totalCountIsExact: boolean, nodes: Array<{ id: string, displayName: string, identityVerified: boolean, firstQuestion: string, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null, events?: { nodes: Array<
      | { __typename: 'ConversationEscalatedEvent', reason: EscalationReason, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
      | { __typename: 'ConversationResolvedEvent', resolutionSeconds: number, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
      | { __typename: 'ConversationStartedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
      | { __typename: 'ProductRecommendedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, products: Array<{ title: string }>, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
    >, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type ConversationsQueryVariables = Exact<{
  listed?: ConversationFilter | null | undefined;
  order?: ConversationOrder | null | undefined;
  asOf?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type ConversationsQuery = { conversations: { totalCount: number, totalCountIsExact: boolean, nodes: Array<{ id: string, displayName: string, identityVerified: boolean, firstQuestion: string, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type SalesQueryVariables = Exact<{
  soldIn: DateRangeInput;
  filter?: MetricsFilter | null | undefined;
  asOf?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type SalesQuery = { sold: { sales: { totalCount: number, nodes: Array<{ id: string, orderId: string, placedAt: string, touch: TouchKind, touchedAt: string, window: string, amount: { amount: string, currency: string }, conversation: { id: string, displayName: string, firstQuestion: string, channel: Channel, startedAt: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type HappeningsQueryVariables = Exact<{
  on?: EventFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type HappeningsQuery = { events: { nodes: Array<
      | { __typename: 'ConversationEscalatedEvent', reason: EscalationReason, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
      | { __typename: 'ConversationResolvedEvent', resolutionSeconds: number, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
      | { __typename: 'ConversationStartedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
      | { __typename: 'ProductRecommendedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, products: Array<{ title: string }>, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
    >, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type FollowReportSubscriptionVariables = Exact<{
  range: DateRangeInput;
  filter?: MetricsFilter | null | undefined;
  group: MetricsGroup;
  top?: number | null | undefined;
  byStatus: boolean;
}>;


export type FollowReportSubscription = { metrics: { asOf: string, reachesBackTo: string, sales: { totalCount: number }, statuses: Array<{ key: string, label: string, total: number, points: Array<{ date: string, count: number }> }>, others?: Array<{ key: string, label: string, total: number, points: Array<{ date: string, count: number }> }>, previous: { statuses: Array<{ total: number, points: Array<{ date: string, count: number }> }>, range: { start: string, end: string, timeZone: string }, totalVolume: { count: number }, resolvedByAi: { count: number, rate: number | null }, notResolvedByAi: { count: number, rate: number | null }, open: { count: number }, closed: { count: number }, aiGeneratedSales: Array<{ amount: string, currency: string }>, averageOrderValue: Array<{ amount: string, currency: string }> }, range: { start: string, end: string, timeZone: string }, totalVolume: { count: number }, resolvedByAi: { count: number, rate: number | null }, notResolvedByAi: { count: number, rate: number | null }, open: { count: number }, closed: { count: number }, aiGeneratedSales: Array<{ amount: string, currency: string }>, averageOrderValue: Array<{ amount: string, currency: string }> } };

export type FollowHappeningsSubscriptionVariables = Exact<{
  on?: EventFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type FollowHappeningsSubscription = { events:
    | { __typename: 'EventHappened', cursor: string, event:
        | { __typename: 'ConversationEscalatedEvent', reason: EscalationReason, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
        | { __typename: 'ConversationResolvedEvent', resolutionSeconds: number, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
        | { __typename: 'ConversationStartedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
        | { __typename: 'ProductRecommendedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, products: Array<{ title: string }>, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string } }
       }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string, resumed: boolean }
    | { __typename: 'StreamReset', cursor: string }
   };

export type TranscriptHeadFragment = { version: number, closedAt: string | null, id: string, displayName: string, identityVerified: boolean, firstQuestion: string, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string, contact: { email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null }, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, requestedAt: string }>, sales: Array<{ id: string, orderId: string, amount: { amount: string, currency: string } }> };

export type TranscriptMessageFragment = { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, url: string | null }> };

export type TranscriptQueryVariables = Exact<{
  id: string;
  before?: string | null | undefined;
}>;


export type TranscriptQuery = { conversation: { streamCursor: string, version: number, closedAt: string | null, id: string, displayName: string, identityVerified: boolean, firstQuestion: string, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string, messages: { nodes: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, url: string | null }> }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } }, contact: { email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null }, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, requestedAt: string }>, sales: Array<{ id: string, orderId: string, amount: { amount: string, currency: string } }> } | null };

export type FollowTranscriptSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type FollowTranscriptSubscription = { conversation:
    | { __typename: 'ConversationChanged', cursor: string, conversation: { version: number, closedAt: string | null, id: string, displayName: string, identityVerified: boolean, firstQuestion: string, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string, contact: { email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null }, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, requestedAt: string }>, sales: Array<{ id: string, orderId: string, amount: { amount: string, currency: string } }> } }
    | { __typename: 'HandoffChanged', cursor: string, conversation: { version: number, closedAt: string | null, id: string, displayName: string, identityVerified: boolean, firstQuestion: string, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string, contact: { email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null }, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, requestedAt: string }>, sales: Array<{ id: string, orderId: string, amount: { amount: string, currency: string } }> } }
    | { __typename: 'MessageAdded', cursor: string, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, url: string | null }> }, conversation: { version: number, closedAt: string | null, id: string, displayName: string, identityVerified: boolean, firstQuestion: string, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string, contact: { email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null }, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, requestedAt: string }>, sales: Array<{ id: string, orderId: string, amount: { amount: string, currency: string } }> } }
    | { __typename: 'MessageDeliveryChanged', cursor: string }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string }
    | { __typename: 'StreamReset', cursor: string }
    | { __typename: 'TypingChanged', cursor: string }
   };

export type TicketRowFragment = { id: string, state: TicketState, unread: boolean, waitingSince: string | null, createdAt: string, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, lastMessageAt: string, lastMessage: { sequence: number, text: string, author: { kind: AuthorKind, name: string } } | null, handoff: { reason: EscalationReason, summary: string | null } | null } };

export type ThreadMessageFragment = { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> };

export type TeamQueryVariables = Exact<{ [key: string]: never; }>;


export type TeamQuery = { me: { id: string, name: string, availability: Availability | null } | null };

export type InboxQueryVariables = Exact<{
  view: InboxView;
  after?: string | null | undefined;
}>;


export type InboxQuery = { inbox: { totalCount: number, streamCursor: string, nodes: Array<{ id: string, state: TicketState, unread: boolean, waitingSince: string | null, createdAt: string, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, lastMessageAt: string, lastMessage: { sequence: number, text: string, author: { kind: AuthorKind, name: string } } | null, handoff: { reason: EscalationReason, summary: string | null } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type FollowInboxSubscriptionVariables = Exact<{
  view: InboxView;
  after?: string | null | undefined;
}>;


export type FollowInboxSubscription = { inbox:
    | { __typename: 'MessageAdded', cursor: string, message: { sequence: number, text: string, author: { kind: AuthorKind, name: string } }, conversation: { id: string, version: number, lastMessageAt: string } }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string }
    | { __typename: 'StreamReset', cursor: string }
    | { __typename: 'TicketAdded', cursor: string, ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, createdAt: string, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, lastMessageAt: string, lastMessage: { sequence: number, text: string, author: { kind: AuthorKind, name: string } } | null, handoff: { reason: EscalationReason, summary: string | null } | null } } }
    | { __typename: 'TicketChanged', cursor: string, ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, createdAt: string, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, lastMessageAt: string, lastMessage: { sequence: number, text: string, author: { kind: AuthorKind, name: string } } | null, handoff: { reason: EscalationReason, summary: string | null } | null } } }
    | { __typename: 'TicketRemoved', cursor: string, ticketId: string }
    | { __typename: 'TypingChanged', cursor: string }
   };

export type ThreadQueryVariables = Exact<{
  id: string;
}>;


export type ThreadQuery = { conversation: { id: string, version: number, streamCursor: string, drafts: Array<{ epoch: number, text: string, writtenAt: string }>, messages: { nodes: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }>, pageInfo: { hasPreviousPage: boolean } } } | null };

export type FollowThreadSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type FollowThreadSubscription = { conversation:
    | { __typename: 'ConversationChanged', cursor: string, conversation: { drafts: Array<{ epoch: number, text: string, writtenAt: string }> } }
    | { __typename: 'HandoffChanged', cursor: string }
    | { __typename: 'MessageAdded', cursor: string, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> } }
    | { __typename: 'MessageDeliveryChanged', cursor: string }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string }
    | { __typename: 'StreamReset', cursor: string }
    | { __typename: 'TypingChanged', cursor: string, typing: boolean, text: string | null, author: { kind: AuthorKind, name: string } }
   };

export type SetAvailabilityMutationVariables = Exact<{
  input: SetAvailabilityInput;
}>;


export type SetAvailabilityMutation = { setAvailability: { staff: { id: string, name: string, availability: Availability | null } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type TakeTicketMutationVariables = Exact<{
  input: TicketInput;
}>;


export type TakeTicketMutation = { takeTicket: { errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type ReleaseTicketMutationVariables = Exact<{
  input: TicketInput;
}>;


export type ReleaseTicketMutation = { releaseTicket: { errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type ReturnToAgentMutationVariables = Exact<{
  input: TicketInput;
}>;


export type ReturnToAgentMutation = { returnToAgent: { errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type CloseTicketMutationVariables = Exact<{
  input: TicketInput;
}>;


export type CloseTicketMutation = { closeTicket: { errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type MarkReadMutationVariables = Exact<{
  input: TicketInput;
}>;


export type MarkReadMutation = { markTicketRead: { errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type ReplyMutationVariables = Exact<{
  input: ReplyToConversationInput;
}>;


export type ReplyMutation = { replyToConversation: { message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string, unseen: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }> }
    > } };

export type NoteMutationVariables = Exact<{
  input: AddNoteInput;
}>;


export type NoteMutation = { addNote: { message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type StaffTypingMutationVariables = Exact<{
  input: SetTypingInput;
}>;


export type StaffTypingMutation = { setTyping: { errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { signOut: { errors: Array<
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
    > } };

export type MessageViewFragment = { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, imageUrl: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> };

export type ConversationViewFragment = { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null };

export type WidgetQueryVariables = Exact<{ [key: string]: never; }>;


export type WidgetQuery = { widget: { shopName: string, agentName: string, greeting: string, live: boolean, identityPolicy: IdentityPolicy, largestAttachment: number, attachmentTypes: Array<string> } | null };

export type ConversationQueryVariables = Exact<{
  id: string;
}>;


export type ConversationQuery = { conversation: { streamCursor: string, id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, messages: { nodes: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, imageUrl: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } }, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } | null };

export type EarlierMessagesQueryVariables = Exact<{
  id: string;
  before: string;
}>;


export type EarlierMessagesQuery = { conversation: { messages: { nodes: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, imageUrl: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } } } | null };

export type FollowSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type FollowSubscription = { conversation:
    | { __typename: 'ConversationChanged', cursor: string, conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } }
    | { __typename: 'HandoffChanged', cursor: string, conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } }
    | { __typename: 'MessageAdded', cursor: string, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, imageUrl: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }, conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } }
    | { __typename: 'MessageDeliveryChanged', cursor: string }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string }
    | { __typename: 'StreamReset', cursor: string }
    | { __typename: 'TypingChanged', cursor: string, typing: boolean, text: string | null, author: { kind: AuthorKind, name: string } }
   };

export type StartConversationMutationVariables = Exact<{
  input: StartConversationInput;
}>;


export type StartConversationMutation = { startConversation: { visitorToken: string | null, conversation: { id: string } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { sendMessage: { message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, imageUrl: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> } | null, conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type AnswerOfferMutationVariables = Exact<{
  input: AnswerHandoffOfferInput;
}>;


export type AnswerOfferMutation = { answerHandoffOffer: { conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type IdentifyMutationVariables = Exact<{
  input: IdentifyVisitorInput;
}>;


export type IdentifyMutation = { identifyVisitor: { conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type CloseMutationVariables = Exact<{
  input: CloseConversationInput;
}>;


export type CloseMutation = { closeConversation: { conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type EndAccessMutationVariables = Exact<{
  input: EndVisitorAccessInput;
}>;


export type EndAccessMutation = { endVisitorAccess: { errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type SetTypingMutationVariables = Exact<{
  input: SetTypingInput;
}>;


export type SetTypingMutation = { setTyping: { errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type RecordClickMutationVariables = Exact<{
  input: RecordProductClickInput;
}>;


export type RecordClickMutation = { recordProductClick: { errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type CreateUploadMutationVariables = Exact<{
  input: CreateUploadInput;
}>;


export type CreateUploadMutation = { createUpload: { attachmentId: string | null, url: string | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const FiguresFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Figures on Metrics {
  range {
    start
    end
    timeZone
  }
  totalVolume {
    count
  }
  resolvedByAi {
    count
    rate
  }
  notResolvedByAi {
    count
    rate
  }
  open {
    count
  }
  closed {
    count
  }
  aiGeneratedSales {
    amount
    currency
  }
  averageOrderValue {
    amount
    currency
  }
}
    `, {"fragmentName":"Figures"}) as unknown as TypedDocumentString<FiguresFragment, unknown>;
export const LineFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Line on Series {
  key
  label
  total
  points {
    date
    count
  }
}
    `, {"fragmentName":"Line"}) as unknown as TypedDocumentString<LineFragment, unknown>;
export const ReportFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Report on Metrics {
  ...Figures
  asOf
  reachesBackTo
  sales(first: 1) {
    totalCount
  }
  statuses: series(groupBy: STATUS) {
    ...Line
  }
  others: series(groupBy: $group, top: $top) @skip(if: $byStatus) {
    ...Line
  }
  previous {
    ...Figures
    statuses: series(groupBy: STATUS) {
      total
      points {
        date
        count
      }
    }
  }
}
    fragment Figures on Metrics {
  range {
    start
    end
    timeZone
  }
  totalVolume {
    count
  }
  resolvedByAi {
    count
    rate
  }
  notResolvedByAi {
    count
    rate
  }
  open {
    count
  }
  closed {
    count
  }
  aiGeneratedSales {
    amount
    currency
  }
  averageOrderValue {
    amount
    currency
  }
}
fragment Line on Series {
  key
  label
  total
  points {
    date
    count
  }
}`, {"fragmentName":"Report"}) as unknown as TypedDocumentString<ReportFragment, unknown>;
export const ListedConversationFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ListedConversation on Conversation {
  id
  displayName
  identityVerified
  firstQuestion
  status
  channel
  tags
  messageCount
  startedAt
  lastMessageAt
}
    `, {"fragmentName":"ListedConversation"}) as unknown as TypedDocumentString<ListedConversationFragment, unknown>;
export const ConversationPageFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ConversationPage on ConversationConnection {
  totalCount
  totalCountIsExact
  nodes {
    ...ListedConversation
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}
    fragment ListedConversation on Conversation {
  id
  displayName
  identityVerified
  firstQuestion
  status
  channel
  tags
  messageCount
  startedAt
  lastMessageAt
}`, {"fragmentName":"ConversationPage"}) as unknown as TypedDocumentString<ConversationPageFragment, unknown>;
export const SalePageFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment SalePage on AttributedSaleConnection {
  totalCount
  nodes {
    id
    orderId
    amount {
      amount
      currency
    }
    placedAt
    touch
    touchedAt
    window
    conversation {
      id
      displayName
      firstQuestion
      channel
      startedAt
    }
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}
    `, {"fragmentName":"SalePage"}) as unknown as TypedDocumentString<SalePageFragment, unknown>;
export const HappeningFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Happening on BusinessEvent {
  __typename
  id
  cursor
  type
  at
  channel
  conversation {
    id
  }
  snapshot {
    displayName
    firstQuestion
  }
  ... on ConversationEscalatedEvent {
    reason
  }
  ... on ConversationResolvedEvent {
    resolutionSeconds
  }
  ... on ProductRecommendedEvent {
    products {
      title
    }
  }
}
    `, {"fragmentName":"Happening"}) as unknown as TypedDocumentString<HappeningFragment, unknown>;
export const HappeningPageFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment HappeningPage on EventConnection {
  nodes {
    ...Happening
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}
    fragment Happening on BusinessEvent {
  __typename
  id
  cursor
  type
  at
  channel
  conversation {
    id
  }
  snapshot {
    displayName
    firstQuestion
  }
  ... on ConversationEscalatedEvent {
    reason
  }
  ... on ConversationResolvedEvent {
    resolutionSeconds
  }
  ... on ProductRecommendedEvent {
    products {
      title
    }
  }
}`, {"fragmentName":"HappeningPage"}) as unknown as TypedDocumentString<HappeningPageFragment, unknown>;
export const TranscriptHeadFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment TranscriptHead on Conversation {
  ...ListedConversation
  version
  closedAt
  contact {
    email {
      value
      verified
    }
    phone {
      value
      verified
    }
  }
  handoffs {
    id
    state
    reason
    requestedAt
  }
  sales {
    id
    orderId
    amount {
      amount
      currency
    }
  }
}
    fragment ListedConversation on Conversation {
  id
  displayName
  identityVerified
  firstQuestion
  status
  channel
  tags
  messageCount
  startedAt
  lastMessageAt
}`, {"fragmentName":"TranscriptHead"}) as unknown as TypedDocumentString<TranscriptHeadFragment, unknown>;
export const TranscriptMessageFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment TranscriptMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
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
    url
  }
}
    `, {"fragmentName":"TranscriptMessage"}) as unknown as TypedDocumentString<TranscriptMessageFragment, unknown>;
export const TicketRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  createdAt
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    lastMessageAt
    lastMessage {
      sequence
      text
      author {
        kind
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}
    `, {"fragmentName":"TicketRow"}) as unknown as TypedDocumentString<TicketRowFragment, unknown>;
export const ThreadMessageFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}
    `, {"fragmentName":"ThreadMessage"}) as unknown as TypedDocumentString<ThreadMessageFragment, unknown>;
export const MessageViewFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
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
    imageUrl
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
    `, {"fragmentName":"MessageView"}) as unknown as TypedDocumentString<MessageViewFragment, unknown>;
export const ConversationViewFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ConversationView on Conversation {
  id
  version
  status
  closedAt
  identityVerified
  controller {
    kind
    staff {
      name
    }
  }
  handoff {
    id
    state
  }
}
    `, {"fragmentName":"ConversationView"}) as unknown as TypedDocumentString<ConversationViewFragment, unknown>;
export const DashboardDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Dashboard($range: DateRangeInput!, $filter: MetricsFilter, $asOf: DateTime, $group: MetricsGroup!, $top: Int, $byStatus: Boolean!, $bySale: Boolean!, $soldIn: DateRangeInput!, $listed: ConversationFilter, $order: ConversationOrder, $first: Int!, $live: Boolean!, $on: EventFilter) {
  me {
    name
  }
  metrics(range: $range, filter: $filter, asOf: $asOf) {
    ...Report
    tags: series(groupBy: TAG, top: 50) {
      key
    }
  }
  sold: metrics(range: $soldIn, filter: $filter, asOf: $asOf) @include(if: $bySale) {
    sales(first: $first) {
      ...SalePage
    }
  }
  conversations(filter: $listed, orderBy: $order, first: $first, asOf: $asOf) @skip(if: $bySale) {
    ...ConversationPage
  }
  events(filter: $on, first: 25) @include(if: $live) {
    ...HappeningPage
  }
}
    fragment Figures on Metrics {
  range {
    start
    end
    timeZone
  }
  totalVolume {
    count
  }
  resolvedByAi {
    count
    rate
  }
  notResolvedByAi {
    count
    rate
  }
  open {
    count
  }
  closed {
    count
  }
  aiGeneratedSales {
    amount
    currency
  }
  averageOrderValue {
    amount
    currency
  }
}
fragment Line on Series {
  key
  label
  total
  points {
    date
    count
  }
}
fragment Report on Metrics {
  ...Figures
  asOf
  reachesBackTo
  sales(first: 1) {
    totalCount
  }
  statuses: series(groupBy: STATUS) {
    ...Line
  }
  others: series(groupBy: $group, top: $top) @skip(if: $byStatus) {
    ...Line
  }
  previous {
    ...Figures
    statuses: series(groupBy: STATUS) {
      total
      points {
        date
        count
      }
    }
  }
}
fragment ListedConversation on Conversation {
  id
  displayName
  identityVerified
  firstQuestion
  status
  channel
  tags
  messageCount
  startedAt
  lastMessageAt
}
fragment ConversationPage on ConversationConnection {
  totalCount
  totalCountIsExact
  nodes {
    ...ListedConversation
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}
fragment SalePage on AttributedSaleConnection {
  totalCount
  nodes {
    id
    orderId
    amount {
      amount
      currency
    }
    placedAt
    touch
    touchedAt
    window
    conversation {
      id
      displayName
      firstQuestion
      channel
      startedAt
    }
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}
fragment Happening on BusinessEvent {
  __typename
  id
  cursor
  type
  at
  channel
  conversation {
    id
  }
  snapshot {
    displayName
    firstQuestion
  }
  ... on ConversationEscalatedEvent {
    reason
  }
  ... on ConversationResolvedEvent {
    resolutionSeconds
  }
  ... on ProductRecommendedEvent {
    products {
      title
    }
  }
}
fragment HappeningPage on EventConnection {
  nodes {
    ...Happening
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}`) as unknown as TypedDocumentString<DashboardQuery, DashboardQueryVariables>;
export const ConversationsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Conversations($listed: ConversationFilter, $order: ConversationOrder, $asOf: DateTime, $first: Int!, $after: String) {
  conversations(
    filter: $listed
    orderBy: $order
    first: $first
    after: $after
    asOf: $asOf
  ) {
    ...ConversationPage
  }
}
    fragment ListedConversation on Conversation {
  id
  displayName
  identityVerified
  firstQuestion
  status
  channel
  tags
  messageCount
  startedAt
  lastMessageAt
}
fragment ConversationPage on ConversationConnection {
  totalCount
  totalCountIsExact
  nodes {
    ...ListedConversation
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}`) as unknown as TypedDocumentString<ConversationsQuery, ConversationsQueryVariables>;
export const SalesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Sales($soldIn: DateRangeInput!, $filter: MetricsFilter, $asOf: DateTime, $first: Int!, $after: String) {
  sold: metrics(range: $soldIn, filter: $filter, asOf: $asOf) {
    sales(first: $first, after: $after) {
      ...SalePage
    }
  }
}
    fragment SalePage on AttributedSaleConnection {
  totalCount
  nodes {
    id
    orderId
    amount {
      amount
      currency
    }
    placedAt
    touch
    touchedAt
    window
    conversation {
      id
      displayName
      firstQuestion
      channel
      startedAt
    }
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}`) as unknown as TypedDocumentString<SalesQuery, SalesQueryVariables>;
export const HappeningsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Happenings($on: EventFilter, $first: Int!, $after: String) {
  events(filter: $on, first: $first, after: $after) {
    ...HappeningPage
  }
}
    fragment Happening on BusinessEvent {
  __typename
  id
  cursor
  type
  at
  channel
  conversation {
    id
  }
  snapshot {
    displayName
    firstQuestion
  }
  ... on ConversationEscalatedEvent {
    reason
  }
  ... on ConversationResolvedEvent {
    resolutionSeconds
  }
  ... on ProductRecommendedEvent {
    products {
      title
    }
  }
}
fragment HappeningPage on EventConnection {
  nodes {
    ...Happening
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}`) as unknown as TypedDocumentString<HappeningsQuery, HappeningsQueryVariables>;
export const FollowReportDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription FollowReport($range: DateRangeInput!, $filter: MetricsFilter, $group: MetricsGroup!, $top: Int, $byStatus: Boolean!) {
  metrics(range: $range, filter: $filter) {
    ...Report
  }
}
    fragment Figures on Metrics {
  range {
    start
    end
    timeZone
  }
  totalVolume {
    count
  }
  resolvedByAi {
    count
    rate
  }
  notResolvedByAi {
    count
    rate
  }
  open {
    count
  }
  closed {
    count
  }
  aiGeneratedSales {
    amount
    currency
  }
  averageOrderValue {
    amount
    currency
  }
}
fragment Line on Series {
  key
  label
  total
  points {
    date
    count
  }
}
fragment Report on Metrics {
  ...Figures
  asOf
  reachesBackTo
  sales(first: 1) {
    totalCount
  }
  statuses: series(groupBy: STATUS) {
    ...Line
  }
  others: series(groupBy: $group, top: $top) @skip(if: $byStatus) {
    ...Line
  }
  previous {
    ...Figures
    statuses: series(groupBy: STATUS) {
      total
      points {
        date
        count
      }
    }
  }
}`) as unknown as TypedDocumentString<FollowReportSubscription, FollowReportSubscriptionVariables>;
export const FollowHappeningsDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription FollowHappenings($on: EventFilter, $after: Cursor) {
  events(filter: $on, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on StreamReady {
      resumed
    }
    ... on EventHappened {
      event {
        ...Happening
      }
    }
  }
}
    fragment Happening on BusinessEvent {
  __typename
  id
  cursor
  type
  at
  channel
  conversation {
    id
  }
  snapshot {
    displayName
    firstQuestion
  }
  ... on ConversationEscalatedEvent {
    reason
  }
  ... on ConversationResolvedEvent {
    resolutionSeconds
  }
  ... on ProductRecommendedEvent {
    products {
      title
    }
  }
}`) as unknown as TypedDocumentString<FollowHappeningsSubscription, FollowHappeningsSubscriptionVariables>;
export const TranscriptDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Transcript($id: ID!, $before: String) {
  conversation(id: $id) {
    ...TranscriptHead
    streamCursor
    messages(last: 100, before: $before) {
      nodes {
        ...TranscriptMessage
      }
      pageInfo {
        hasPreviousPage
        startCursor
      }
    }
  }
}
    fragment ListedConversation on Conversation {
  id
  displayName
  identityVerified
  firstQuestion
  status
  channel
  tags
  messageCount
  startedAt
  lastMessageAt
}
fragment TranscriptHead on Conversation {
  ...ListedConversation
  version
  closedAt
  contact {
    email {
      value
      verified
    }
    phone {
      value
      verified
    }
  }
  handoffs {
    id
    state
    reason
    requestedAt
  }
  sales {
    id
    orderId
    amount {
      amount
      currency
    }
  }
}
fragment TranscriptMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
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
    url
  }
}`) as unknown as TypedDocumentString<TranscriptQuery, TranscriptQueryVariables>;
export const FollowTranscriptDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription FollowTranscript($id: ID!, $after: Cursor) {
  conversation(id: $id, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on MessageAdded {
      message {
        ...TranscriptMessage
      }
      conversation {
        ...TranscriptHead
      }
    }
    ... on ConversationChanged {
      conversation {
        ...TranscriptHead
      }
    }
    ... on HandoffChanged {
      conversation {
        ...TranscriptHead
      }
    }
  }
}
    fragment ListedConversation on Conversation {
  id
  displayName
  identityVerified
  firstQuestion
  status
  channel
  tags
  messageCount
  startedAt
  lastMessageAt
}
fragment TranscriptHead on Conversation {
  ...ListedConversation
  version
  closedAt
  contact {
    email {
      value
      verified
    }
    phone {
      value
      verified
    }
  }
  handoffs {
    id
    state
    reason
    requestedAt
  }
  sales {
    id
    orderId
    amount {
      amount
      currency
    }
  }
}
fragment TranscriptMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
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
    url
  }
}`) as unknown as TypedDocumentString<FollowTranscriptSubscription, FollowTranscriptSubscriptionVariables>;
export const TeamDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Team {
  me {
    id
    name
    availability
  }
}
    `) as unknown as TypedDocumentString<TeamQuery, TeamQueryVariables>;
export const InboxDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Inbox($view: InboxView!, $after: String) {
  inbox(view: $view, first: 50, after: $after) {
    totalCount
    streamCursor
    nodes {
      ...TicketRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  createdAt
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    lastMessageAt
    lastMessage {
      sequence
      text
      author {
        kind
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`) as unknown as TypedDocumentString<InboxQuery, InboxQueryVariables>;
export const FollowInboxDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription FollowInbox($view: InboxView!, $after: Cursor) {
  inbox(view: $view, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on TicketAdded {
      ticket {
        ...TicketRow
      }
    }
    ... on TicketChanged {
      ticket {
        ...TicketRow
      }
    }
    ... on TicketRemoved {
      ticketId
    }
    ... on MessageAdded {
      message {
        sequence
        text
        author {
          kind
          name
        }
      }
      conversation {
        id
        version
        lastMessageAt
      }
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  createdAt
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    lastMessageAt
    lastMessage {
      sequence
      text
      author {
        kind
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`) as unknown as TypedDocumentString<FollowInboxSubscription, FollowInboxSubscriptionVariables>;
export const ThreadDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Thread($id: ID!) {
  conversation(id: $id) {
    id
    version
    streamCursor
    drafts {
      epoch
      text
      writtenAt
    }
    messages(last: 100) {
      nodes {
        ...ThreadMessage
      }
      pageInfo {
        hasPreviousPage
      }
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}`) as unknown as TypedDocumentString<ThreadQuery, ThreadQueryVariables>;
export const FollowThreadDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription FollowThread($id: ID!, $after: Cursor) {
  conversation(id: $id, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on MessageAdded {
      message {
        ...ThreadMessage
      }
    }
    ... on ConversationChanged {
      conversation {
        drafts {
          epoch
          text
          writtenAt
        }
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
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}`) as unknown as TypedDocumentString<FollowThreadSubscription, FollowThreadSubscriptionVariables>;
export const SetAvailabilityDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SetAvailability($input: SetAvailabilityInput!) {
  setAvailability(input: $input) {
    staff {
      id
      name
      availability
    }
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SetAvailabilityMutation, SetAvailabilityMutationVariables>;
export const TakeTicketDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation TakeTicket($input: TicketInput!) {
  takeTicket(input: $input) {
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<TakeTicketMutation, TakeTicketMutationVariables>;
export const ReleaseTicketDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ReleaseTicket($input: TicketInput!) {
  releaseTicket(input: $input) {
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ReleaseTicketMutation, ReleaseTicketMutationVariables>;
export const ReturnToAgentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ReturnToAgent($input: TicketInput!) {
  returnToAgent(input: $input) {
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ReturnToAgentMutation, ReturnToAgentMutationVariables>;
export const CloseTicketDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CloseTicket($input: TicketInput!) {
  closeTicket(input: $input) {
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<CloseTicketMutation, CloseTicketMutationVariables>;
export const MarkReadDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation MarkRead($input: TicketInput!) {
  markTicketRead(input: $input) {
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<MarkReadMutation, MarkReadMutationVariables>;
export const ReplyDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation Reply($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) {
    message {
      ...ThreadMessage
    }
    errors {
      code
      message
      ... on StaleView {
        unseen {
          ...ThreadMessage
        }
      }
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}`) as unknown as TypedDocumentString<ReplyMutation, ReplyMutationVariables>;
export const NoteDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation Note($input: AddNoteInput!) {
  addNote(input: $input) {
    message {
      ...ThreadMessage
    }
    errors {
      code
      message
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}`) as unknown as TypedDocumentString<NoteMutation, NoteMutationVariables>;
export const StaffTypingDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation StaffTyping($input: SetTypingInput!) {
  setTyping(input: $input) {
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<StaffTypingMutation, StaffTypingMutationVariables>;
export const SignOutDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SignOut {
  signOut(input: {}) {
    errors {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SignOutMutation, SignOutMutationVariables>;
export const WidgetDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Widget {
  widget {
    shopName
    agentName
    greeting
    live
    identityPolicy
    largestAttachment
    attachmentTypes
  }
}
    `) as unknown as TypedDocumentString<WidgetQuery, WidgetQueryVariables>;
export const ConversationDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Conversation($id: ID!) {
  conversation(id: $id) {
    ...ConversationView
    streamCursor
    messages(last: 50) {
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
    imageUrl
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
  status
  closedAt
  identityVerified
  controller {
    kind
    staff {
      name
    }
  }
  handoff {
    id
    state
  }
}`) as unknown as TypedDocumentString<ConversationQuery, ConversationQueryVariables>;
export const EarlierMessagesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query EarlierMessages($id: ID!, $before: String!) {
  conversation(id: $id) {
    messages(last: 50, before: $before) {
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
    imageUrl
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
}`) as unknown as TypedDocumentString<EarlierMessagesQuery, EarlierMessagesQueryVariables>;
export const FollowDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription Follow($id: ID!, $after: Cursor) {
  conversation(id: $id, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on MessageAdded {
      message {
        ...MessageView
      }
      conversation {
        ...ConversationView
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
    imageUrl
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
  status
  closedAt
  identityVerified
  controller {
    kind
    staff {
      name
    }
  }
  handoff {
    id
    state
  }
}`) as unknown as TypedDocumentString<FollowSubscription, FollowSubscriptionVariables>;
export const StartConversationDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation StartConversation($input: StartConversationInput!) {
  startConversation(input: $input) {
    conversation {
      id
    }
    visitorToken
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<StartConversationMutation, StartConversationMutationVariables>;
export const SendMessageDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    message {
      ...MessageView
    }
    conversation {
      ...ConversationView
    }
    errors {
      code
      message
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
    imageUrl
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
  status
  closedAt
  identityVerified
  controller {
    kind
    staff {
      name
    }
  }
  handoff {
    id
    state
  }
}`) as unknown as TypedDocumentString<SendMessageMutation, SendMessageMutationVariables>;
export const AnswerOfferDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation AnswerOffer($input: AnswerHandoffOfferInput!) {
  answerHandoffOffer(input: $input) {
    conversation {
      ...ConversationView
    }
    errors {
      code
      message
    }
  }
}
    fragment ConversationView on Conversation {
  id
  version
  status
  closedAt
  identityVerified
  controller {
    kind
    staff {
      name
    }
  }
  handoff {
    id
    state
  }
}`) as unknown as TypedDocumentString<AnswerOfferMutation, AnswerOfferMutationVariables>;
export const IdentifyDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation Identify($input: IdentifyVisitorInput!) {
  identifyVisitor(input: $input) {
    conversation {
      ...ConversationView
    }
    errors {
      code
      message
    }
  }
}
    fragment ConversationView on Conversation {
  id
  version
  status
  closedAt
  identityVerified
  controller {
    kind
    staff {
      name
    }
  }
  handoff {
    id
    state
  }
}`) as unknown as TypedDocumentString<IdentifyMutation, IdentifyMutationVariables>;
export const CloseDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation Close($input: CloseConversationInput!) {
  closeConversation(input: $input) {
    conversation {
      ...ConversationView
    }
    errors {
      code
      message
    }
  }
}
    fragment ConversationView on Conversation {
  id
  version
  status
  closedAt
  identityVerified
  controller {
    kind
    staff {
      name
    }
  }
  handoff {
    id
    state
  }
}`) as unknown as TypedDocumentString<CloseMutation, CloseMutationVariables>;
export const EndAccessDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation EndAccess($input: EndVisitorAccessInput!) {
  endVisitorAccess(input: $input) {
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<EndAccessMutation, EndAccessMutationVariables>;
export const SetTypingDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SetTyping($input: SetTypingInput!) {
  setTyping(input: $input) {
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SetTypingMutation, SetTypingMutationVariables>;
export const RecordClickDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RecordClick($input: RecordProductClickInput!) {
  recordProductClick(input: $input) {
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RecordClickMutation, RecordClickMutationVariables>;
export const CreateUploadDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateUpload($input: CreateUploadInput!) {
  createUpload(input: $input) {
    attachmentId
    url
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<CreateUploadMutation, CreateUploadMutationVariables>;