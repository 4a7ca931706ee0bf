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

export type AgentKind =
  | 'BUILT_IN'
  | 'MODEL'
  | 'OFF';

export type AnswerHandoffOfferInput = {
  accept: boolean;
  handoffId: string;
  idempotencyKey?: string | null | undefined;
};

export type AssignTicketInput = {
  idempotencyKey?: string | null | undefined;
  staffId?: string | null | undefined;
  ticketId: string;
};

export type Assignment =
  | 'MANUAL'
  | 'ROUND_ROBIN';

export type AttributionTouchInput = {
  channel: Channel;
  enabled: boolean;
  touch: TouchKind;
  window?: string | null | undefined;
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

export type ChatAfterHandoff =
  | 'CONTINUES'
  | 'MOVES_TO_EMAIL';

export type CloseConversationInput = {
  conversationId: string;
  idempotencyKey?: string | null | undefined;
};

export type ConnectGorgiasInput = {
  apiKey: string;
  domain: string;
  email: string;
  webhookToken?: string | null | undefined;
};

export type ConnectHelpdeskInput =
  {   gorgias: ConnectGorgiasInput; zendesk?: never; }
  |  { gorgias?: never;   zendesk: ConnectZendeskInput; };

export type ConnectZendeskInput = {
  apiToken: string;
  email: string;
  subdomain: string;
  webhookSecret?: string | null | undefined;
};

export type ConsentDecision =
  | 'ACCEPTED'
  | 'DECLINED'
  | 'WITHDRAWN';

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
  untagged?: boolean | null | undefined;
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

export type CreateKeyInput = {
  documents?: DocumentPolicy;
  expiresAt?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
  label?: string | null | undefined;
  networks?: Array<string> | null | undefined;
  publishable?: boolean;
  scopes?: Array<KeyScope> | null | undefined;
  staffId?: string | null | undefined;
};

export type CreateUploadInput = {
  bytes: number;
  contentType: string;
  idempotencyKey?: string | null | undefined;
  name: string;
};

export type CreateWebhookEndpointInput = {
  after?: string | null | undefined;
  description?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
  topics: Array<EventType>;
  url: string;
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

export type DeliveryState =
  | 'DELIVERED'
  | 'FAILED'
  | 'NOT_NEEDED'
  | 'PENDING'
  | 'RETRYING';

export type DisconnectHelpdeskInput = {
  helpdesk: Helpdesk;
};

export type DocumentPolicy =
  | 'AUTO'
  | 'OFF'
  | 'ONLY';

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

export type FirstKeyInput = {
  expiresAt?: string | null | undefined;
  label?: string | null | undefined;
  networks?: Array<string> | null | undefined;
};

export type HandoffMethod =
  | 'HELPDESK'
  | 'MESSAGE';

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

export type Helpdesk =
  | 'GORGIAS'
  | 'INBOX'
  | 'ZENDESK';

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

export type InviteStaffInput = {
  email: string;
  idempotencyKey?: string | null | undefined;
  key?: FirstKeyInput | null | undefined;
  name: string;
  role: StaffRole;
};

export type KeyKind =
  | 'PUBLISHABLE'
  | 'SCOPED'
  | 'STAFF';

export type KeyScope =
  | 'AGENT'
  | 'AUDIT_READ'
  | 'CONVERSATIONS_READ'
  | 'CONVERSATIONS_WRITE'
  | 'EVENTS_READ'
  | 'HANDOFF_WRITE'
  | 'INBOX_READ'
  | 'INBOX_WRITE'
  | 'METRICS_READ'
  | 'ORDERS_WRITE'
  | 'STAFF_ADMIN';

export type MessageKind =
  | 'CUSTOM_MESSAGE'
  | 'HANDOFF_OFFER'
  | 'IDENTITY_REQUEST'
  | 'NOTE'
  | 'NOTICE'
  | 'PRODUCT_RECOMMENDATION'
  | 'TEXT';

export type MessageProgress =
  | 'DELIVERED'
  | 'FAILED'
  | 'READ'
  | 'SENT'
  | 'WAITING';

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

export type OpeningHoursInput = {
  closesAt: string;
  opensAt: string;
  weekday: number;
};

export type OrderDirection =
  | 'ASC'
  | 'DESC';

export type RecordProductClickInput = {
  clickedAt?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
  messageId: string;
  productId: string;
};

export type RedactMessageInput = {
  idempotencyKey?: string | null | undefined;
  messageId: string;
};

export type RedeliverEventsInput = {
  after: string;
  forwardingId: string;
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

export type RetryDeadLetterInput = {
  deadLetterId: string;
};

export type RevokeKeyInput = {
  keyId: string;
};

export type RotateKeyInput = {
  expiresAt?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
  keyId: string;
  overlap?: string | null | undefined;
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

export type SetLegalHoldInput = {
  conversationId: string;
  held: boolean;
  idempotencyKey?: string | null | undefined;
  reason?: string | null | undefined;
};

export type SetTypingInput = {
  conversationId: string;
  typing: boolean;
};

export type SnoozeTicketInput = {
  idempotencyKey?: string | null | undefined;
  lastSeenSequence?: number | null | undefined;
  ticketId: string;
  until: string;
};

export type StaffInput = {
  staffId: string;
};

export type StaffRole =
  | 'ADMIN'
  | 'ANALYST'
  | 'MANAGER'
  | 'OWNER'
  | 'SUPPORT';

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

export type TicketFilter = {
  assigneeId?: string | null | undefined;
  channel?: Array<Channel> | null | undefined;
  tag?: Array<string> | null | undefined;
  unread?: boolean | null | undefined;
};

export type TicketInput = {
  idempotencyKey?: string | null | undefined;
  lastSeenSequence?: number | null | undefined;
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

export type UpdateAccountInput = {
  agentLive?: boolean | null | undefined;
  agentName?: string | null | undefined;
  agentSilence?: string | null | undefined;
  assignment?: Assignment | null | undefined;
  attachmentTypes?: Array<string> | null | undefined;
  attribution?: Array<AttributionTouchInput> | null | undefined;
  awayMessage?: string | null | undefined;
  businessWeek?: Array<OpeningHoursInput> | null | undefined;
  channels?: Array<Channel> | null | undefined;
  currency?: string | null | undefined;
  expectedVersion?: number | null | undefined;
  greeting?: string | null | undefined;
  holidays?: Array<string> | null | undefined;
  largestAttachment?: number | null | undefined;
  mailRepliesAfter?: string | null | undefined;
  name?: string | null | undefined;
  strandedAfter?: string | null | undefined;
  timeZone?: string | null | undefined;
  weekStartsOn?: WeekStart | null | undefined;
};

export type UpdateAgentSettingsInput = {
  answeredBy?: AgentKind | null | undefined;
  expectedVersion?: number | null | undefined;
};

export type UpdateHandoffSettingsInput = {
  acceptLabel?: string | null | undefined;
  chatAfterHandoff?: ChatAfterHandoff | null | undefined;
  customMessage?: string | null | undefined;
  declineLabel?: string | null | undefined;
  expectedVersion?: number | null | undefined;
  helpdesk?: Helpdesk | null | undefined;
  identityPolicy?: IdentityPolicy | null | undefined;
  method?: HandoffMethod | null | undefined;
  offerText?: string | null | undefined;
};

export type UpdateRetentionInput = {
  attachments?: string | null | undefined;
  events?: string | null | undefined;
  transcripts?: string | null | undefined;
};

export type UpdateStaffInput = {
  capacity?: number | null | undefined;
  name?: string | null | undefined;
  role?: StaffRole | null | undefined;
  staffId: string;
};

export type UpdateWebhookEndpointInput = {
  description?: string | null | undefined;
  enabled?: boolean | null | undefined;
  endpointId: string;
  expectedVersion?: number | null | undefined;
  topics?: Array<EventType> | null | undefined;
  url?: string | null | undefined;
};

export type VisitorInput = {
  anonymousId?: string | null | undefined;
  browserToken?: string | null | undefined;
  email?: string | null | undefined;
  identityToken?: string | null | undefined;
  name?: string | null | undefined;
  phone?: string | null | undefined;
  profileId?: string | null | undefined;
};

export type WebhookEndpointInput = {
  endpointId: string;
};

export type WeekStart =
  | 'MONDAY'
  | 'SUNDAY';

export type FiguresFragment = { range: { start: string, end: string, timeZone: string }, totalVolume: { count: number }, resolvedByAi: { count: number, rate: number | null }, notResolvedByAi: { count: number, rate: number | null }, open: { count: number }, closed: { count: number }, aiGeneratedSales: Array<{ amount: string, currency: string }>, averageOrderValue: Array<{ amount: string, currency: string }> };

export type LineFragment = { key: string, label: string, total: number, points: Array<{ date: string, count: number }> };

export type ReportFragment = { asOf: string, reachesBackTo: string, sales: { totalCount: number }, statuses: Array<{ key: string, label: string, total: number, points: Array<{ date: string, count: number }> }>, others?: Array<{ key: string, label: string, total: number, points: Array<{ date: string, count: number }> }>, previous: { statuses: Array<{ total: number, points: Array<{ date: string, count: number }> }>, range: { start: string, end: string, timeZone: string }, totalVolume: { count: number }, resolvedByAi: { count: number, rate: number | null }, notResolvedByAi: { count: number, rate: number | null }, open: { count: number }, closed: { count: number }, aiGeneratedSales: Array<{ amount: string, currency: string }>, averageOrderValue: Array<{ amount: string, currency: string }> }, range: { start: string, end: string, timeZone: string }, totalVolume: { count: number }, resolvedByAi: { count: number, rate: number | null }, notResolvedByAi: { count: number, rate: number | null }, open: { count: number }, closed: { count: number }, aiGeneratedSales: Array<{ amount: string, currency: string }>, averageOrderValue: Array<{ amount: string, currency: string }> };

export type ListedConversationFragment = { id: string, displayName: string, identityVerified: boolean, firstQuestion: string, firstQuestionRemovedAt: string | null, transcriptRemovedAt: string | null, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string };

export type ConversationPageFragment = { totalCount: number, totalCountIsExact: boolean, nodes: Array<{ id: string, displayName: string, identityVerified: boolean, firstQuestion: string, firstQuestionRemovedAt: string | null, transcriptRemovedAt: string | null, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } };

export type SalePageFragment = { totalCount: number, nodes: Array<{ id: string, orderId: string, placedAt: string, touch: TouchKind, touchedAt: string, window: string, amount: { amount: string, currency: string }, conversation: { id: string, displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null, transcriptRemovedAt: string | null, channel: Channel, startedAt: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } };

type Happening_ConversationEscalatedEvent_Fragment = { __typename: 'ConversationEscalatedEvent', reason: EscalationReason, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } };

type Happening_ConversationResolvedEvent_Fragment = { __typename: 'ConversationResolvedEvent', resolutionSeconds: number, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } };

type Happening_ConversationStartedEvent_Fragment = { __typename: 'ConversationStartedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } };

type Happening_ProductRecommendedEvent_Fragment = { __typename: 'ProductRecommendedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, products: Array<{ title: string }>, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } };

export type HappeningFragment =
  | Happening_ConversationEscalatedEvent_Fragment
  | Happening_ConversationResolvedEvent_Fragment
  | Happening_ConversationStartedEvent_Fragment
  | Happening_ProductRecommendedEvent_Fragment
;

export type HappeningPageFragment = { nodes: Array<
    | { __typename: 'ConversationEscalatedEvent', reason: EscalationReason, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
    | { __typename: 'ConversationResolvedEvent', resolutionSeconds: number, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
    | { __typename: 'ConversationStartedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
    | { __typename: 'ProductRecommendedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, products: Array<{ title: string }>, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
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


export type DashboardQuery = { me: { name: string } | null, metrics: { asOf: string, reachesBackTo: string, tags: Array<{ key: string }>, sales: { totalCount: number }, statuses: Array<{ key: string, label: string, total: number, points: Array<{ date: string, count: number }> }>, others?: Array<{ key: string, label: string, total: number, points: Array<{ date: string, count: number }> }>, previous: { statuses: Array<{ total: number, points: Array<{ date: string, count: number }> }>, range: { start: string, end: string, timeZone: string }, totalVolume: { count: number }, resolvedByAi: { count: number, rate: number | null }, notResolvedByAi: { count: number, rate: number | null }, open: { count: number }, closed: { count: number }, aiGeneratedSales: Array<{ amount: string, currency: string }>, averageOrderValue: Array<{ amount: string, currency: string }> }, range: { start: string, end: string, timeZone: string }, totalVolume: { count: number }, resolvedByAi: { count: number, rate: number | null }, notResolvedByAi: { count: number, rate: number | null }, open: { count: number }, closed: { count: number }, aiGeneratedSales: Array<{ amount: string, currency: string }>, averageOrderValue: Array<{ amount: string, currency: string }> } | null, sold?: { sales: { totalCount: number, nodes: Array<{ id: string, orderId: string, placedAt: string, touch: TouchKind, touchedAt: string, window: string, amount: { amount: string, currency: string }, conversation: { id: string, displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null, transcriptRemovedAt: string | null, channel: Channel, startedAt: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null, conversations?: { totalCount: number, totalCountIsExact: boolean, nodes: Array<{ id: string, displayName: string, identityVerified: boolean, firstQuestion: string, firstQuestionRemovedAt: string | null, transcriptRemovedAt: string | null, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null, events?: { nodes: Array<
      | { __typename: 'ConversationEscalatedEvent', reason: EscalationReason, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
      | { __typename: 'ConversationResolvedEvent', resolutionSeconds: number, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
      | { __typename: 'ConversationStartedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
      | { __typename: 'ProductRecommendedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, products: Array<{ title: string }>, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
    >, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type ConversationsQueryVariables = Exact<{
  listed?: ConversationFilter | null | undefined;
  order?: ConversationOrder | null | undefined;
  asOf?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type ConversationsQuery = { conversations: { totalCount: number, totalCountIsExact: boolean, nodes: Array<{ id: string, displayName: string, identityVerified: boolean, firstQuestion: string, firstQuestionRemovedAt: string | null, transcriptRemovedAt: string | null, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type SalesQueryVariables = Exact<{
  soldIn: DateRangeInput;
  filter?: MetricsFilter | null | undefined;
  asOf?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type SalesQuery = { sold: { sales: { totalCount: number, nodes: Array<{ id: string, orderId: string, placedAt: string, touch: TouchKind, touchedAt: string, window: string, amount: { amount: string, currency: string }, conversation: { id: string, displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null, transcriptRemovedAt: string | null, channel: Channel, startedAt: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type HappeningsQueryVariables = Exact<{
  on?: EventFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type HappeningsQuery = { events: { nodes: Array<
      | { __typename: 'ConversationEscalatedEvent', reason: EscalationReason, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
      | { __typename: 'ConversationResolvedEvent', resolutionSeconds: number, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
      | { __typename: 'ConversationStartedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
      | { __typename: 'ProductRecommendedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, products: Array<{ title: string }>, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
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
        | { __typename: 'ConversationEscalatedEvent', reason: EscalationReason, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
        | { __typename: 'ConversationResolvedEvent', resolutionSeconds: number, id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
        | { __typename: 'ConversationStartedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
        | { __typename: 'ProductRecommendedEvent', id: string, cursor: string, type: EventType, at: string, channel: Channel, products: Array<{ title: string }>, conversation: { id: string }, snapshot: { displayName: string, firstQuestion: string, firstQuestionRemovedAt: string | null } }
       }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string, resumed: boolean }
    | { __typename: 'StreamReset', cursor: string }
   };

export type TranscriptHeadFragment = { version: number, closedAt: string | null, erasedAt: string | null, id: string, displayName: string, identityVerified: boolean, firstQuestion: string, firstQuestionRemovedAt: string | null, transcriptRemovedAt: string | null, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string, contact: { email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null }, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, requestedAt: string }>, sales: Array<{ id: string, orderId: string, placedAt: string, amount: { amount: string, currency: string } }> };

export type TranscriptMessageFragment = { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, author: { kind: AuthorKind, name: string }, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, url: string | null }> };

export type TranscriptQueryVariables = Exact<{
  id: string;
  before?: string | null | undefined;
}>;


export type TranscriptQuery = { conversation: { streamCursor: string, version: number, closedAt: string | null, erasedAt: string | null, id: string, displayName: string, identityVerified: boolean, firstQuestion: string, firstQuestionRemovedAt: string | null, transcriptRemovedAt: string | null, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string, messages: { nodes: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, author: { kind: AuthorKind, name: string }, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, url: string | null }> }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } }, contact: { email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null }, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, requestedAt: string }>, sales: Array<{ id: string, orderId: string, placedAt: string, amount: { amount: string, currency: string } }> } | null };

export type FollowTranscriptSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type FollowTranscriptSubscription = { conversation:
    | { __typename: 'ConversationChanged', cursor: string, conversation: { version: number, closedAt: string | null, erasedAt: string | null, id: string, displayName: string, identityVerified: boolean, firstQuestion: string, firstQuestionRemovedAt: string | null, transcriptRemovedAt: string | null, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string, contact: { email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null }, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, requestedAt: string }>, sales: Array<{ id: string, orderId: string, placedAt: string, amount: { amount: string, currency: string } }> } }
    | { __typename: 'HandoffChanged', cursor: string, conversation: { version: number, closedAt: string | null, erasedAt: string | null, id: string, displayName: string, identityVerified: boolean, firstQuestion: string, firstQuestionRemovedAt: string | null, transcriptRemovedAt: string | null, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string, contact: { email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null }, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, requestedAt: string }>, sales: Array<{ id: string, orderId: string, placedAt: string, amount: { amount: string, currency: string } }> } }
    | { __typename: 'MessageAdded', cursor: string, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, author: { kind: AuthorKind, name: string }, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, url: string | null }> }, conversation: { version: number, closedAt: string | null, erasedAt: string | null, id: string, displayName: string, identityVerified: boolean, firstQuestion: string, firstQuestionRemovedAt: string | null, transcriptRemovedAt: string | null, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string, contact: { email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null }, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, requestedAt: string }>, sales: Array<{ id: string, orderId: string, placedAt: string, amount: { amount: string, currency: string } }> } }
    | { __typename: 'MessageDeliveryChanged', cursor: string }
    | { __typename: 'MessageRedacted', cursor: string, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, author: { kind: AuthorKind, name: string }, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, url: string | null }> }, conversation: { version: number, closedAt: string | null, erasedAt: string | null, id: string, displayName: string, identityVerified: boolean, firstQuestion: string, firstQuestionRemovedAt: string | null, transcriptRemovedAt: string | null, status: ConversationStatus, channel: Channel, tags: Array<string>, messageCount: number, startedAt: string, lastMessageAt: string, contact: { email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null }, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, requestedAt: string }>, sales: Array<{ id: string, orderId: string, placedAt: string, amount: { amount: string, currency: string } }> } }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string }
    | { __typename: 'StreamReset', cursor: string }
    | { __typename: 'TypingChanged', cursor: string }
   };

export type TicketRowFragment = { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } };

export type ShoppersMessageFragment = { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, via: Channel | null, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null, problem: string | null }> };

export type UnseenFragment = { unseen: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, via: Channel | null, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null, problem: string | null }> }> };

export type ThreadMessageFragment = { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, via: Channel | null, products: Array<{ productId: string, title: string, url: string | null }>, delivery: { progress: MessageProgress, error: string | null } | null, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null, problem: string | null }> };

export type ThreadFactsFragment = { version: number, status: ConversationStatus, startedAt: string, windowEndsAt: string | null, transcriptRemovedAt: string | null, erasedAt: string | null, legalHold: { reason: string, since: string, setBy: { name: string | null, keyLabel: string | null } } | null, contact: { name: { value: string, verified: boolean } | null, email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null, externalId: { value: string, verified: boolean } | null }, drafts: Array<{ epoch: number, text: string, writtenAt: string }>, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, reasonDetail: string | null, summary: string | null, requestedAt: string, helpdesk: Helpdesk | null, consent: { decision: ConsentDecision, wording: string, actionLabel: string, locale: string, channel: Channel, offeredAt: string, decidedAt: string, settingsVersion: number } | null }>, ticket: { id: string, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }> } | null };

export type ColleagueFragment = { id: string, name: string, role: StaffRole | null, availability: Availability | null, suspendedAt: string | null };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { me: { id: string, name: string, role: StaffRole | null, availability: Availability | null, suspendedAt: string | null } | null };

export type TeamQueryVariables = Exact<{ [key: string]: never; }>;


export type TeamQuery = { account: { staff: Array<{ id: string, name: string, role: StaffRole | null, availability: Availability | null, suspendedAt: string | null }> } | null };

export type InboxQueryVariables = Exact<{
  view: InboxView;
  state: Array<TicketState> | TicketState;
  filter: TicketFilter;
  after?: string | null | undefined;
}>;


export type InboxQuery = { inbox: { nodes: Array<{ id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type InboxCountsQueryVariables = Exact<{ [key: string]: never; }>;


export type InboxCountsQuery = { all: { totalCount: number, streamCursor: string } | null, mine: { totalCount: number } | null, unassigned: { totalCount: number } | null, snoozed: { totalCount: number } | null };

export type SearchTicketsQueryVariables = Exact<{
  filter: ConversationFilter;
  after?: string | null | undefined;
}>;


export type SearchTicketsQuery = { conversations: { nodes: Array<{ ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type OneTicketQueryVariables = Exact<{
  id: string;
}>;


export type OneTicketQuery = { node:
    | { __typename: 'Account' }
    | { __typename: 'AgentTurn' }
    | { __typename: 'ApiKey' }
    | { __typename: 'Article' }
    | { __typename: 'Attachment' }
    | { __typename: 'AttributedSale' }
    | { __typename: 'AuditEntry' }
    | { __typename: 'CatalogProduct' }
    | { __typename: 'Conversation' }
    | { __typename: 'ConversationEscalatedEvent' }
    | { __typename: 'ConversationResolvedEvent' }
    | { __typename: 'ConversationStartedEvent' }
    | { __typename: 'DeadLetter' }
    | { __typename: 'Erasure' }
    | { __typename: 'Forwarding' }
    | { __typename: 'Handoff' }
    | { __typename: 'KnowledgeGap' }
    | { __typename: 'Message' }
    | { __typename: 'Outgoing' }
    | { __typename: 'PassedOver' }
    | { __typename: 'ProductRecommendedEvent' }
    | { __typename: 'Profile' }
    | { __typename: 'Session' }
    | { __typename: 'Staff' }
    | { __typename: 'Ticket', id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } }
    | { __typename: 'WebhookEndpoint' }
   | null };

export type FollowInboxSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type FollowInboxSubscription = { inbox:
    | { __typename: 'MessageAdded', cursor: string, message: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } }, conversation: { id: string, version: number, displayName: string, lastMessageAt: string, tags: Array<string>, ticket: { id: string, assignee: { id: string } | null } | null } }
    | { __typename: 'MessageRedacted', cursor: string, conversation: { ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null } }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string }
    | { __typename: 'StreamReset', cursor: string }
    | { __typename: 'TicketAdded', cursor: string, ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } }
    | { __typename: 'TicketChanged', cursor: string, ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } }
    | { __typename: 'TicketRemoved', cursor: string, ticketId: string }
    | { __typename: 'TypingChanged', cursor: string, conversationId: string, typing: boolean, until: string, author: { kind: AuthorKind, name: string } }
   };

export type ThreadQueryVariables = Exact<{
  id: string;
}>;


export type ThreadQuery = { conversation: { id: string, streamCursor: string, version: number, status: ConversationStatus, startedAt: string, windowEndsAt: string | null, transcriptRemovedAt: string | null, erasedAt: string | null, ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }>, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null, messages: { nodes: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, via: Channel | null, products: Array<{ productId: string, title: string, url: string | null }>, delivery: { progress: MessageProgress, error: string | null } | null, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null, problem: string | null }> }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } }, legalHold: { reason: string, since: string, setBy: { name: string | null, keyLabel: string | null } } | null, contact: { name: { value: string, verified: boolean } | null, email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null, externalId: { value: string, verified: boolean } | null }, drafts: Array<{ epoch: number, text: string, writtenAt: string }>, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, reasonDetail: string | null, summary: string | null, requestedAt: string, helpdesk: Helpdesk | null, consent: { decision: ConsentDecision, wording: string, actionLabel: string, locale: string, channel: Channel, offeredAt: string, decidedAt: string, settingsVersion: number } | null }> } | null };

export type EarlierInThreadQueryVariables = Exact<{
  id: string;
  before: string;
}>;


export type EarlierInThreadQuery = { conversation: { messages: { nodes: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, via: Channel | null, products: Array<{ productId: string, title: string, url: string | null }>, delivery: { progress: MessageProgress, error: string | null } | null, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null, problem: string | null }> }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } } } | null };

export type DraftsQueryVariables = Exact<{
  id: string;
}>;


export type DraftsQuery = { conversation: { drafts: Array<{ epoch: number, text: string, writtenAt: string }> } | null };

export type FollowThreadSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type FollowThreadSubscription = { conversation:
    | { __typename: 'ConversationChanged', cursor: string, conversation: { version: number, status: ConversationStatus, startedAt: string, windowEndsAt: string | null, transcriptRemovedAt: string | null, erasedAt: string | null, ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }>, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null, legalHold: { reason: string, since: string, setBy: { name: string | null, keyLabel: string | null } } | null, contact: { name: { value: string, verified: boolean } | null, email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null, externalId: { value: string, verified: boolean } | null }, drafts: Array<{ epoch: number, text: string, writtenAt: string }>, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, reasonDetail: string | null, summary: string | null, requestedAt: string, helpdesk: Helpdesk | null, consent: { decision: ConsentDecision, wording: string, actionLabel: string, locale: string, channel: Channel, offeredAt: string, decidedAt: string, settingsVersion: number } | null }> } }
    | { __typename: 'HandoffChanged', cursor: string, conversation: { version: number, status: ConversationStatus, startedAt: string, windowEndsAt: string | null, transcriptRemovedAt: string | null, erasedAt: string | null, ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }>, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null, legalHold: { reason: string, since: string, setBy: { name: string | null, keyLabel: string | null } } | null, contact: { name: { value: string, verified: boolean } | null, email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null, externalId: { value: string, verified: boolean } | null }, drafts: Array<{ epoch: number, text: string, writtenAt: string }>, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, reasonDetail: string | null, summary: string | null, requestedAt: string, helpdesk: Helpdesk | null, consent: { decision: ConsentDecision, wording: string, actionLabel: string, locale: string, channel: Channel, offeredAt: string, decidedAt: string, settingsVersion: number } | null }> } }
    | { __typename: 'MessageAdded', cursor: string, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, via: Channel | null, products: Array<{ productId: string, title: string, url: string | null }>, delivery: { progress: MessageProgress, error: string | null } | null, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null, problem: string | null }> } }
    | { __typename: 'MessageDeliveryChanged', cursor: string, messageId: string, delivery: { progress: MessageProgress, error: string | null } }
    | { __typename: 'MessageRedacted', cursor: string, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, via: Channel | null, products: Array<{ productId: string, title: string, url: string | null }>, delivery: { progress: MessageProgress, error: string | null } | null, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null, problem: string | null }> }, conversation: { version: number, status: ConversationStatus, startedAt: string, windowEndsAt: string | null, transcriptRemovedAt: string | null, erasedAt: string | null, ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }>, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null, legalHold: { reason: string, since: string, setBy: { name: string | null, keyLabel: string | null } } | null, contact: { name: { value: string, verified: boolean } | null, email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null, externalId: { value: string, verified: boolean } | null }, drafts: Array<{ epoch: number, text: string, writtenAt: string }>, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, reasonDetail: string | null, summary: string | null, requestedAt: string, helpdesk: Helpdesk | null, consent: { decision: ConsentDecision, wording: string, actionLabel: string, locale: string, channel: Channel, offeredAt: string, decidedAt: string, settingsVersion: number } | null }> } }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string }
    | { __typename: 'StreamReset', cursor: string }
    | { __typename: 'TypingChanged', cursor: string, typing: boolean, text: string | null, until: string, author: { kind: AuthorKind, name: string } }
   };

export type SetAvailabilityMutationVariables = Exact<{
  input: SetAvailabilityInput;
}>;


export type SetAvailabilityMutation = { setAvailability: { staff: { id: string, name: string, role: StaffRole | null, availability: Availability | null, suspendedAt: string | null } | null, errors: Array<
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


export type TakeTicketMutation = { takeTicket: { ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null, errors: Array<
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


export type ReleaseTicketMutation = { releaseTicket: { ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type AssignTicketMutationVariables = Exact<{
  input: AssignTicketInput;
}>;


export type AssignTicketMutation = { assignTicket: { ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type SnoozeTicketMutationVariables = Exact<{
  input: SnoozeTicketInput;
}>;


export type SnoozeTicketMutation = { snoozeTicket: { ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string, unseen: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, via: Channel | null, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null, problem: string | null }> }> }
    > } };

export type ReturnToAgentMutationVariables = Exact<{
  input: TicketInput;
}>;


export type ReturnToAgentMutation = { returnToAgent: { ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null, errors: Array<
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


export type CloseTicketMutation = { closeTicket: { ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string, unseen: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, via: Channel | null, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null, problem: string | null }> }> }
    > } };

export type ReopenTicketMutationVariables = Exact<{
  input: TicketInput;
}>;


export type ReopenTicketMutation = { reopenTicket: { ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type RetryDeliveryMutationVariables = Exact<{
  input: TicketInput;
}>;


export type RetryDeliveryMutation = { retryDelivery: { ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null, errors: Array<
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


export type MarkReadMutation = { markTicketRead: { ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, snoozedUntil: string | null, createdAt: string, helpdesk: Helpdesk, delivery: DeliveryState, externalUrl: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, displayName: string, identityVerified: boolean, channel: Channel, tags: Array<string>, closedAt: string | null, lastMessageAt: string, transcriptRemovedAt: string | null, lastMessage: { sequence: number, kind: MessageKind, text: string, redactedAt: string | null, author: { kind: AuthorKind, name: string } } | null, controller: { kind: ControllerKind, since: string, staff: { id: string, name: string } | null }, handoff: { reason: EscalationReason, summary: string | null } | null } } | null, errors: Array<
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


export type ReplyMutation = { replyToConversation: { message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, via: Channel | null, products: Array<{ productId: string, title: string, url: string | null }>, delivery: { progress: MessageProgress, error: string | null } | null, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null, problem: string | null }> } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string, unseen: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, via: Channel | null, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null, problem: string | null }> }> }
    > } };

export type NoteMutationVariables = Exact<{
  input: AddNoteInput;
}>;


export type NoteMutation = { addNote: { message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, via: Channel | null, products: Array<{ productId: string, title: string, url: string | null }>, delivery: { progress: MessageProgress, error: string | null } | null, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null, problem: string | null }> } | null, errors: Array<
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

export type RedactMutationVariables = Exact<{
  input: RedactMessageInput;
}>;


export type RedactMutation = { redactMessage: { message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, via: Channel | null, products: Array<{ productId: string, title: string, url: string | null }>, delivery: { progress: MessageProgress, error: string | null } | null, author: { kind: AuthorKind, name: string }, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null, problem: string | null }> } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

export type SetHoldMutationVariables = Exact<{
  input: SetLegalHoldInput;
}>;


export type SetHoldMutation = { setLegalHold: { conversation: { id: string, version: number, status: ConversationStatus, startedAt: string, windowEndsAt: string | null, transcriptRemovedAt: string | null, erasedAt: string | null, legalHold: { reason: string, since: string, setBy: { name: string | null, keyLabel: string | null } } | null, contact: { name: { value: string, verified: boolean } | null, email: { value: string, verified: boolean } | null, phone: { value: string, verified: boolean } | null, externalId: { value: string, verified: boolean } | null }, drafts: Array<{ epoch: number, text: string, writtenAt: string }>, handoffs: Array<{ id: string, state: HandoffState, reason: EscalationReason, reasonDetail: string | null, summary: string | null, requestedAt: string, helpdesk: Helpdesk | null, consent: { decision: ConsentDecision, wording: string, actionLabel: string, locale: string, channel: Channel, offeredAt: string, decidedAt: string, settingsVersion: number } | null }>, ticket: { id: string, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }> } | null } | null, errors: Array<
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
      | { code: ErrorCode, message: string }
    > } };

type Refused_Conflict_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type Refused_HelpdeskNotConnected_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type Refused_InvalidInput_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type Refused_NotAllowed_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type Refused_NotInControl_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type Refused_NotYourTurn_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type Refused_RateLimited_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type Refused_StaleView_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

export type RefusedFragment =
  | Refused_Conflict_Fragment
  | Refused_HelpdeskNotConnected_Fragment
  | Refused_InvalidInput_Fragment
  | Refused_NotAllowed_Fragment
  | Refused_NotInControl_Fragment
  | Refused_NotYourTurn_Fragment
  | Refused_RateLimited_Fragment
  | Refused_StaleView_Fragment
;

export type AccountPartsFragment = { id: string, agentName: string, greeting: string, awayMessage: string | null, agentLive: boolean, agentSilence: string | null, channels: Array<Channel>, assignment: Assignment, strandedAfter: string, timeZone: string, version: number, businessHours: { holidays: Array<string>, openNow: boolean, opensAt: string | null, week: Array<{ weekday: number, opensAt: string, closesAt: string }> }, attribution: Array<{ channel: Channel, touch: TouchKind, enabled: boolean, window: string }> };

export type HelpdeskPartsFragment = { helpdesk: Helpdesk, connected: boolean, displayName: string | null, problem: string | null, checkedAt: string | null, webhookUrl: string | null };

export type HandoffPartsFragment = { method: HandoffMethod, helpdesk: Helpdesk, customMessage: string | null, chatAfterHandoff: ChatAfterHandoff, identityPolicy: IdentityPolicy, offerText: string, acceptLabel: string, declineLabel: string, version: number, connections: Array<{ helpdesk: Helpdesk, connected: boolean, displayName: string | null, problem: string | null, checkedAt: string | null, webhookUrl: string | null }> };

export type AgentPartsFragment = { answeredBy: AgentKind, version: number };

export type MemberPartsFragment = { id: string, name: string, email: string | null, role: StaffRole | null, capacity: number | null, availability: Availability | null, suspendedAt: string | null };

export type KeyPartsFragment = { id: string, kind: KeyKind, label: string | null, scopes: Array<KeyScope>, networks: Array<string>, createdAt: string, lastUsedAt: string | null, expiresAt: string | null, revokedAt: string | null, createdBy: { id: string, name: string } | null, staff: { id: string, name: string } | null };

export type DeliveryPartsFragment = { id: string, failingSince: string | null, nextAttemptAt: string | null, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }>, deadLetters: { totalCount: number, nodes: Array<{ id: string, at: string, error: string, event:
        | { name: string, at: string, cursor: string }
        | { name: string, at: string, cursor: string }
        | { name: string, at: string, cursor: string }
        | { name: string, at: string, cursor: string }
       | null }> } };

export type WebhookPartsFragment = { id: string, url: string, description: string | null, topics: Array<EventType>, enabled: boolean, problem: string | null, previousSecretUntil: string | null, version: number, forwarding: { id: string, failingSince: string | null, nextAttemptAt: string | null, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }>, deadLetters: { totalCount: number, nodes: Array<{ id: string, at: string, error: string, event:
          | { name: string, at: string, cursor: string }
          | { name: string, at: string, cursor: string }
          | { name: string, at: string, cursor: string }
          | { name: string, at: string, cursor: string }
         | null }> } } };

export type RetentionPartsFragment = { transcripts: string | null, attachments: string | null, events: string | null };

export type SettingsQueryVariables = Exact<{ [key: string]: never; }>;


export type SettingsQuery = { me: { id: string, name: string, role: StaffRole | null } | null, account: { id: string, agentName: string, greeting: string, awayMessage: string | null, agentLive: boolean, agentSilence: string | null, channels: Array<Channel>, assignment: Assignment, strandedAfter: string, timeZone: string, version: number, businessHours: { holidays: Array<string>, openNow: boolean, opensAt: string | null, week: Array<{ weekday: number, opensAt: string, closesAt: string }> }, attribution: Array<{ channel: Channel, touch: TouchKind, enabled: boolean, window: string }> } | null, handoffSettings: { method: HandoffMethod, helpdesk: Helpdesk, customMessage: string | null, chatAfterHandoff: ChatAfterHandoff, identityPolicy: IdentityPolicy, offerText: string, acceptLabel: string, declineLabel: string, version: number, connections: Array<{ helpdesk: Helpdesk, connected: boolean, displayName: string | null, problem: string | null, checkedAt: string | null, webhookUrl: string | null }> } | null, agentSettings: { answeredBy: AgentKind, version: number } | null, connectedModel: { model: string, problem: string | null } | null };

export type MembersQueryVariables = Exact<{ [key: string]: never; }>;


export type MembersQuery = { account: { staff: Array<{ id: string, name: string, email: string | null, role: StaffRole | null, capacity: number | null, availability: Availability | null, suspendedAt: string | null }> } | null };

export type KeysQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type KeysQuery = { account: { keys: { nodes: Array<{ id: string, kind: KeyKind, label: string | null, scopes: Array<KeyScope>, networks: Array<string>, createdAt: string, lastUsedAt: string | null, expiresAt: string | null, revokedAt: string | null, createdBy: { id: string, name: string } | null, staff: { id: string, name: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type WebhooksQueryVariables = Exact<{ [key: string]: never; }>;


export type WebhooksQuery = { webhookEndpoints: Array<{ id: string, url: string, description: string | null, topics: Array<EventType>, enabled: boolean, problem: string | null, previousSecretUntil: string | null, version: number, forwarding: { id: string, failingSince: string | null, nextAttemptAt: string | null, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }>, deadLetters: { totalCount: number, nodes: Array<{ id: string, at: string, error: string, event:
            | { name: string, at: string, cursor: string }
            | { name: string, at: string, cursor: string }
            | { name: string, at: string, cursor: string }
            | { name: string, at: string, cursor: string }
           | null }> } } }> | null, klaviyo: { displayName: string | null, problem: string | null, forwarding: { id: string, failingSince: string | null, nextAttemptAt: string | null, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }>, deadLetters: { totalCount: number, nodes: Array<{ id: string, at: string, error: string, event:
            | { name: string, at: string, cursor: string }
            | { name: string, at: string, cursor: string }
            | { name: string, at: string, cursor: string }
            | { name: string, at: string, cursor: string }
           | null }> } } } | null };

export type RetentionQueryVariables = Exact<{ [key: string]: never; }>;


export type RetentionQuery = { retention: { transcripts: string | null, attachments: string | null, events: string | null } | null };

export type SaveRetentionMutationVariables = Exact<{
  input: UpdateRetentionInput;
}>;


export type SaveRetentionMutation = { updateRetention: { retention: { transcripts: string | null, attachments: string | null, events: string | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type SaveAccountMutationVariables = Exact<{
  input: UpdateAccountInput;
}>;


export type SaveAccountMutation = { updateAccount: { account: { id: string, agentName: string, greeting: string, awayMessage: string | null, agentLive: boolean, agentSilence: string | null, channels: Array<Channel>, assignment: Assignment, strandedAfter: string, timeZone: string, version: number, businessHours: { holidays: Array<string>, openNow: boolean, opensAt: string | null, week: Array<{ weekday: number, opensAt: string, closesAt: string }> }, attribution: Array<{ channel: Channel, touch: TouchKind, enabled: boolean, window: string }> } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type SaveHandoffMutationVariables = Exact<{
  input: UpdateHandoffSettingsInput;
}>;


export type SaveHandoffMutation = { updateHandoffSettings: { handoffSettings: { method: HandoffMethod, helpdesk: Helpdesk, customMessage: string | null, chatAfterHandoff: ChatAfterHandoff, identityPolicy: IdentityPolicy, offerText: string, acceptLabel: string, declineLabel: string, version: number, connections: Array<{ helpdesk: Helpdesk, connected: boolean, displayName: string | null, problem: string | null, checkedAt: string | null, webhookUrl: string | null }> } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type SaveAgentMutationVariables = Exact<{
  input: UpdateAgentSettingsInput;
}>;


export type SaveAgentMutation = { updateAgentSettings: { agentSettings: { answeredBy: AgentKind, version: number } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type ConnectHelpdeskMutationVariables = Exact<{
  input: ConnectHelpdeskInput;
}>;


export type ConnectHelpdeskMutation = { connectHelpdesk: { connection: { helpdesk: Helpdesk, connected: boolean, displayName: string | null, problem: string | null, checkedAt: string | null, webhookUrl: string | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type DisconnectHelpdeskMutationVariables = Exact<{
  input: DisconnectHelpdeskInput;
}>;


export type DisconnectHelpdeskMutation = { disconnectHelpdesk: { connection: { helpdesk: Helpdesk, connected: boolean, displayName: string | null, problem: string | null, checkedAt: string | null, webhookUrl: string | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type InviteMemberMutationVariables = Exact<{
  input: InviteStaffInput;
}>;


export type InviteMemberMutation = { inviteStaff: { token: string | null, staff: { id: string, name: string, email: string | null, role: StaffRole | null, capacity: number | null, availability: Availability | null, suspendedAt: string | null } | null, key: { id: string } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type UpdateMemberMutationVariables = Exact<{
  input: UpdateStaffInput;
}>;


export type UpdateMemberMutation = { updateStaff: { staff: { id: string, name: string, email: string | null, role: StaffRole | null, capacity: number | null, availability: Availability | null, suspendedAt: string | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type SuspendMemberMutationVariables = Exact<{
  input: StaffInput;
}>;


export type SuspendMemberMutation = { suspendStaff: { staff: { id: string, name: string, email: string | null, role: StaffRole | null, capacity: number | null, availability: Availability | null, suspendedAt: string | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type ReinstateMemberMutationVariables = Exact<{
  input: StaffInput;
}>;


export type ReinstateMemberMutation = { reinstateStaff: { staff: { id: string, name: string, email: string | null, role: StaffRole | null, capacity: number | null, availability: Availability | null, suspendedAt: string | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type CreateKeyMutationVariables = Exact<{
  input: CreateKeyInput;
}>;


export type CreateKeyMutation = { createKey: { token: string | null, key: { id: string, kind: KeyKind, label: string | null, scopes: Array<KeyScope>, networks: Array<string>, createdAt: string, lastUsedAt: string | null, expiresAt: string | null, revokedAt: string | null, createdBy: { id: string, name: string } | null, staff: { id: string, name: string } | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type RotateKeyMutationVariables = Exact<{
  input: RotateKeyInput;
}>;


export type RotateKeyMutation = { rotateKey: { token: string | null, key: { id: string, kind: KeyKind, label: string | null, scopes: Array<KeyScope>, networks: Array<string>, createdAt: string, lastUsedAt: string | null, expiresAt: string | null, revokedAt: string | null, createdBy: { id: string, name: string } | null, staff: { id: string, name: string } | null } | null, replaced: { id: string, kind: KeyKind, label: string | null, scopes: Array<KeyScope>, networks: Array<string>, createdAt: string, lastUsedAt: string | null, expiresAt: string | null, revokedAt: string | null, createdBy: { id: string, name: string } | null, staff: { id: string, name: string } | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type RevokeKeyMutationVariables = Exact<{
  input: RevokeKeyInput;
}>;


export type RevokeKeyMutation = { revokeKey: { key: { id: string, kind: KeyKind, label: string | null, scopes: Array<KeyScope>, networks: Array<string>, createdAt: string, lastUsedAt: string | null, expiresAt: string | null, revokedAt: string | null, createdBy: { id: string, name: string } | null, staff: { id: string, name: string } | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type CreateWebhookMutationVariables = Exact<{
  input: CreateWebhookEndpointInput;
}>;


export type CreateWebhookMutation = { createWebhookEndpoint: { secret: string | null, endpoint: { id: string, url: string, description: string | null, topics: Array<EventType>, enabled: boolean, problem: string | null, previousSecretUntil: string | null, version: number, forwarding: { id: string, failingSince: string | null, nextAttemptAt: string | null, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }>, deadLetters: { totalCount: number, nodes: Array<{ id: string, at: string, error: string, event:
              | { name: string, at: string, cursor: string }
              | { name: string, at: string, cursor: string }
              | { name: string, at: string, cursor: string }
              | { name: string, at: string, cursor: string }
             | null }> } } } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type UpdateWebhookMutationVariables = Exact<{
  input: UpdateWebhookEndpointInput;
}>;


export type UpdateWebhookMutation = { updateWebhookEndpoint: { endpoint: { id: string, url: string, description: string | null, topics: Array<EventType>, enabled: boolean, problem: string | null, previousSecretUntil: string | null, version: number, forwarding: { id: string, failingSince: string | null, nextAttemptAt: string | null, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }>, deadLetters: { totalCount: number, nodes: Array<{ id: string, at: string, error: string, event:
              | { name: string, at: string, cursor: string }
              | { name: string, at: string, cursor: string }
              | { name: string, at: string, cursor: string }
              | { name: string, at: string, cursor: string }
             | null }> } } } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type RotateWebhookMutationVariables = Exact<{
  input: WebhookEndpointInput;
}>;


export type RotateWebhookMutation = { rotateWebhookSecret: { secret: string | null, endpoint: { id: string, url: string, description: string | null, topics: Array<EventType>, enabled: boolean, problem: string | null, previousSecretUntil: string | null, version: number, forwarding: { id: string, failingSince: string | null, nextAttemptAt: string | null, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }>, deadLetters: { totalCount: number, nodes: Array<{ id: string, at: string, error: string, event:
              | { name: string, at: string, cursor: string }
              | { name: string, at: string, cursor: string }
              | { name: string, at: string, cursor: string }
              | { name: string, at: string, cursor: string }
             | null }> } } } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type DeleteWebhookMutationVariables = Exact<{
  input: WebhookEndpointInput;
}>;


export type DeleteWebhookMutation = { deleteWebhookEndpoint: { deletedId: string | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type PingWebhookMutationVariables = Exact<{
  input: WebhookEndpointInput;
}>;


export type PingWebhookMutation = { pingWebhookEndpoint: { httpStatus: number | null, milliseconds: number | null, error: string | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type RetryDeadLetterMutationVariables = Exact<{
  input: RetryDeadLetterInput;
}>;


export type RetryDeadLetterMutation = { retryDeadLetter: { delivered: boolean, httpStatus: number | null, error: string | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type RedeliverEventsMutationVariables = Exact<{
  input: RedeliverEventsInput;
}>;


export type RedeliverEventsMutation = { redeliverEvents: { forwarding: { id: string, failingSince: string | null, nextAttemptAt: string | null, attempts: Array<{ at: string, outcome: string, httpStatus: number | null, error: string | null }>, deadLetters: { totalCount: number, nodes: Array<{ id: string, at: string, error: string, event:
            | { name: string, at: string, cursor: string }
            | { name: string, at: string, cursor: string }
            | { name: string, at: string, cursor: string }
            | { name: string, at: string, cursor: string }
           | null }> } } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
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

export type MessageViewFragment = { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, imageUrl: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> };

export type ConversationViewFragment = { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, awaitsTeam: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null };

export type WidgetQueryVariables = Exact<{ [key: string]: never; }>;


export type WidgetQuery = { widget: { shopName: string, agentName: string, greeting: string, live: boolean, identityPolicy: IdentityPolicy, largestAttachment: number, attachmentTypes: Array<string> } | null };

export type ConversationQueryVariables = Exact<{
  id: string;
}>;


export type ConversationQuery = { conversation: { streamCursor: string, id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, awaitsTeam: boolean, messages: { nodes: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, imageUrl: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } }, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } | null };

export type EarlierMessagesQueryVariables = Exact<{
  id: string;
  before: string;
}>;


export type EarlierMessagesQuery = { conversation: { messages: { nodes: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, imageUrl: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } } } | null };

export type FollowSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type FollowSubscription = { conversation:
    | { __typename: 'ConversationChanged', cursor: string, conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, awaitsTeam: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } }
    | { __typename: 'HandoffChanged', cursor: string, conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, awaitsTeam: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } }
    | { __typename: 'MessageAdded', cursor: string, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, imageUrl: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }, conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, awaitsTeam: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } }
    | { __typename: 'MessageDeliveryChanged', cursor: string }
    | { __typename: 'MessageRedacted', cursor: string, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, imageUrl: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }, conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, awaitsTeam: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string }
    | { __typename: 'StreamReset', cursor: string }
    | { __typename: 'TypingChanged', cursor: string, typing: boolean, text: string | null, author: { kind: AuthorKind, name: string } }
   };

export type StartConversationMutationVariables = Exact<{
  input: StartConversationInput;
}>;


export type StartConversationMutation = { startConversation: { visitorToken: string | null, conversation: { id: string } | null, message: { sequence: number } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { sendMessage: { message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, redactedAt: string | null, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, imageUrl: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> } | null, conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, awaitsTeam: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type AnswerOfferMutationVariables = Exact<{
  input: AnswerHandoffOfferInput;
}>;


export type AnswerOfferMutation = { answerHandoffOffer: { conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, awaitsTeam: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } | null, errors: Array<
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


export type IdentifyMutation = { identifyVisitor: { conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, awaitsTeam: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } | null, errors: Array<
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


export type CloseMutation = { closeConversation: { conversation: { id: string, version: number, status: ConversationStatus, closedAt: string | null, identityVerified: boolean, awaitsTeam: boolean, controller: { kind: ControllerKind, staff: { name: string } | null }, handoff: { id: string, state: HandoffState } | null } | null, errors: Array<
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
  firstQuestionRemovedAt
  transcriptRemovedAt
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
  firstQuestionRemovedAt
  transcriptRemovedAt
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
      firstQuestionRemovedAt
      transcriptRemovedAt
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
    firstQuestionRemovedAt
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
    firstQuestionRemovedAt
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
  erasedAt
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
    placedAt
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
  firstQuestionRemovedAt
  transcriptRemovedAt
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
  redactedAt
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
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
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
export const ShoppersMessageFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
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
    problem
  }
}
    `, {"fragmentName":"ShoppersMessage"}) as unknown as TypedDocumentString<ShoppersMessageFragment, unknown>;
export const UnseenFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Unseen on StaleView {
  unseen {
    ...ShoppersMessage
  }
}
    fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
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
    problem
  }
}`, {"fragmentName":"Unseen"}) as unknown as TypedDocumentString<UnseenFragment, unknown>;
export const ThreadMessageFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ThreadMessage on Message {
  ...ShoppersMessage
  products {
    productId
    title
    url
  }
  delivery {
    progress
    error
  }
}
    fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
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
    problem
  }
}`, {"fragmentName":"ThreadMessage"}) as unknown as TypedDocumentString<ThreadMessageFragment, unknown>;
export const ThreadFactsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ThreadFacts on Conversation {
  version
  status
  startedAt
  windowEndsAt
  transcriptRemovedAt
  erasedAt
  legalHold {
    reason
    since
    setBy {
      name
      keyLabel
    }
  }
  contact {
    name {
      value
      verified
    }
    email {
      value
      verified
    }
    phone {
      value
      verified
    }
    externalId {
      value
      verified
    }
  }
  drafts {
    epoch
    text
    writtenAt
  }
  handoffs {
    id
    state
    reason
    reasonDetail
    summary
    requestedAt
    helpdesk
    consent {
      decision
      wording
      actionLabel
      locale
      channel
      offeredAt
      decidedAt
      settingsVersion
    }
  }
  ticket {
    id
    attempts {
      at
      outcome
      httpStatus
      error
    }
  }
}
    `, {"fragmentName":"ThreadFacts"}) as unknown as TypedDocumentString<ThreadFactsFragment, unknown>;
export const ColleagueFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Colleague on Staff {
  id
  name
  role
  availability
  suspendedAt
}
    `, {"fragmentName":"Colleague"}) as unknown as TypedDocumentString<ColleagueFragment, unknown>;
export const RefusedFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment Refused on UserError {
  code
  message
  path
}
    `, {"fragmentName":"Refused"}) as unknown as TypedDocumentString<RefusedFragment, unknown>;
export const AccountPartsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment AccountParts on Account {
  id
  agentName
  greeting
  awayMessage
  agentLive
  agentSilence
  channels
  assignment
  strandedAfter
  timeZone
  businessHours {
    week {
      weekday
      opensAt
      closesAt
    }
    holidays
    openNow
    opensAt
  }
  version
  attribution {
    channel
    touch
    enabled
    window
  }
}
    `, {"fragmentName":"AccountParts"}) as unknown as TypedDocumentString<AccountPartsFragment, unknown>;
export const HelpdeskPartsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment HelpdeskParts on HelpdeskAccount {
  helpdesk
  connected
  displayName
  problem
  checkedAt
  webhookUrl
}
    `, {"fragmentName":"HelpdeskParts"}) as unknown as TypedDocumentString<HelpdeskPartsFragment, unknown>;
export const HandoffPartsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment HandoffParts on HandoffSettings {
  method
  helpdesk
  customMessage
  chatAfterHandoff
  identityPolicy
  offerText
  acceptLabel
  declineLabel
  version
  connections {
    ...HelpdeskParts
  }
}
    fragment HelpdeskParts on HelpdeskAccount {
  helpdesk
  connected
  displayName
  problem
  checkedAt
  webhookUrl
}`, {"fragmentName":"HandoffParts"}) as unknown as TypedDocumentString<HandoffPartsFragment, unknown>;
export const AgentPartsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment AgentParts on AgentSettings {
  answeredBy
  version
}
    `, {"fragmentName":"AgentParts"}) as unknown as TypedDocumentString<AgentPartsFragment, unknown>;
export const MemberPartsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment MemberParts on Staff {
  id
  name
  email
  role
  capacity
  availability
  suspendedAt
}
    `, {"fragmentName":"MemberParts"}) as unknown as TypedDocumentString<MemberPartsFragment, unknown>;
export const KeyPartsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment KeyParts on ApiKey {
  id
  kind
  label
  scopes
  networks
  createdAt
  createdBy {
    id
    name
  }
  lastUsedAt
  expiresAt
  revokedAt
  staff {
    id
    name
  }
}
    `, {"fragmentName":"KeyParts"}) as unknown as TypedDocumentString<KeyPartsFragment, unknown>;
export const DeliveryPartsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment DeliveryParts on Forwarding {
  id
  failingSince
  nextAttemptAt
  attempts {
    at
    outcome
    httpStatus
    error
  }
  deadLetters(first: 20) {
    totalCount
    nodes {
      id
      at
      error
      event {
        name
        at
        cursor
      }
    }
  }
}
    `, {"fragmentName":"DeliveryParts"}) as unknown as TypedDocumentString<DeliveryPartsFragment, unknown>;
export const WebhookPartsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment WebhookParts on WebhookEndpoint {
  id
  url
  description
  topics
  enabled
  problem
  previousSecretUntil
  version
  forwarding {
    ...DeliveryParts
  }
}
    fragment DeliveryParts on Forwarding {
  id
  failingSince
  nextAttemptAt
  attempts {
    at
    outcome
    httpStatus
    error
  }
  deadLetters(first: 20) {
    totalCount
    nodes {
      id
      at
      error
      event {
        name
        at
        cursor
      }
    }
  }
}`, {"fragmentName":"WebhookParts"}) as unknown as TypedDocumentString<WebhookPartsFragment, unknown>;
export const RetentionPartsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment RetentionParts on Retention {
  transcripts
  attachments
  events
}
    `, {"fragmentName":"RetentionParts"}) as unknown as TypedDocumentString<RetentionPartsFragment, unknown>;
export const MessageViewFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
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
  awaitsTeam
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
  firstQuestionRemovedAt
  transcriptRemovedAt
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
      firstQuestionRemovedAt
      transcriptRemovedAt
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
    firstQuestionRemovedAt
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
  firstQuestionRemovedAt
  transcriptRemovedAt
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
      firstQuestionRemovedAt
      transcriptRemovedAt
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
    firstQuestionRemovedAt
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
    firstQuestionRemovedAt
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
  firstQuestionRemovedAt
  transcriptRemovedAt
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
  erasedAt
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
    placedAt
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
  redactedAt
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
    ... on MessageRedacted {
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
  firstQuestionRemovedAt
  transcriptRemovedAt
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
  erasedAt
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
    placedAt
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
  redactedAt
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
export const MeDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Me {
  me {
    ...Colleague
  }
}
    fragment Colleague on Staff {
  id
  name
  role
  availability
  suspendedAt
}`) as unknown as TypedDocumentString<MeQuery, MeQueryVariables>;
export const TeamDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Team {
  account {
    staff {
      ...Colleague
    }
  }
}
    fragment Colleague on Staff {
  id
  name
  role
  availability
  suspendedAt
}`) as unknown as TypedDocumentString<TeamQuery, TeamQueryVariables>;
export const InboxDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Inbox($view: InboxView!, $state: [TicketState!]!, $filter: TicketFilter!, $after: String) {
  inbox(view: $view, state: $state, filter: $filter, first: 100, after: $after) {
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
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`) as unknown as TypedDocumentString<InboxQuery, InboxQueryVariables>;
export const InboxCountsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query InboxCounts {
  all: inbox(view: ALL, first: 1) {
    totalCount
    streamCursor
  }
  mine: inbox(view: MINE, first: 1) {
    totalCount
  }
  unassigned: inbox(view: UNASSIGNED, first: 1) {
    totalCount
  }
  snoozed: inbox(view: ALL, state: [SNOOZED], first: 1) {
    totalCount
  }
}
    `) as unknown as TypedDocumentString<InboxCountsQuery, InboxCountsQueryVariables>;
export const SearchTicketsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query SearchTickets($filter: ConversationFilter!, $after: String) {
  conversations(filter: $filter, first: 50, after: $after) {
    nodes {
      ticket {
        ...TicketRow
      }
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
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`) as unknown as TypedDocumentString<SearchTicketsQuery, SearchTicketsQueryVariables>;
export const OneTicketDocument = /*#__PURE__*/ new TypedDocumentString(`
    query OneTicket($id: ID!) {
  node(id: $id) {
    __typename
    ... on Ticket {
      ...TicketRow
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`) as unknown as TypedDocumentString<OneTicketQuery, OneTicketQueryVariables>;
export const FollowInboxDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription FollowInbox($after: Cursor) {
  inbox(view: ALL, state: [OPEN, SNOOZED], after: $after) {
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
        kind
        text
        redactedAt
        author {
          kind
          name
        }
      }
      conversation {
        id
        version
        displayName
        lastMessageAt
        tags
        ticket {
          id
          assignee {
            id
          }
        }
      }
    }
    ... on MessageRedacted {
      conversation {
        ticket {
          ...TicketRow
        }
      }
    }
    ... on TypingChanged {
      conversationId
      author {
        kind
        name
      }
      typing
      until
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
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
    streamCursor
    ...ThreadFacts
    ticket {
      ...TicketRow
    }
    messages(last: 100) {
      nodes {
        ...ThreadMessage
      }
      pageInfo {
        hasPreviousPage
        startCursor
      }
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}
fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
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
    problem
  }
}
fragment ThreadMessage on Message {
  ...ShoppersMessage
  products {
    productId
    title
    url
  }
  delivery {
    progress
    error
  }
}
fragment ThreadFacts on Conversation {
  version
  status
  startedAt
  windowEndsAt
  transcriptRemovedAt
  erasedAt
  legalHold {
    reason
    since
    setBy {
      name
      keyLabel
    }
  }
  contact {
    name {
      value
      verified
    }
    email {
      value
      verified
    }
    phone {
      value
      verified
    }
    externalId {
      value
      verified
    }
  }
  drafts {
    epoch
    text
    writtenAt
  }
  handoffs {
    id
    state
    reason
    reasonDetail
    summary
    requestedAt
    helpdesk
    consent {
      decision
      wording
      actionLabel
      locale
      channel
      offeredAt
      decidedAt
      settingsVersion
    }
  }
  ticket {
    id
    attempts {
      at
      outcome
      httpStatus
      error
    }
  }
}`) as unknown as TypedDocumentString<ThreadQuery, ThreadQueryVariables>;
export const EarlierInThreadDocument = /*#__PURE__*/ new TypedDocumentString(`
    query EarlierInThread($id: ID!, $before: String!) {
  conversation(id: $id) {
    messages(last: 100, before: $before) {
      nodes {
        ...ThreadMessage
      }
      pageInfo {
        hasPreviousPage
        startCursor
      }
    }
  }
}
    fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
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
    problem
  }
}
fragment ThreadMessage on Message {
  ...ShoppersMessage
  products {
    productId
    title
    url
  }
  delivery {
    progress
    error
  }
}`) as unknown as TypedDocumentString<EarlierInThreadQuery, EarlierInThreadQueryVariables>;
export const DraftsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Drafts($id: ID!) {
  conversation(id: $id) {
    drafts {
      epoch
      text
      writtenAt
    }
  }
}
    `) as unknown as TypedDocumentString<DraftsQuery, DraftsQueryVariables>;
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
    ... on MessageRedacted {
      message {
        ...ThreadMessage
      }
      conversation {
        ...ThreadFacts
        ticket {
          ...TicketRow
        }
      }
    }
    ... on MessageDeliveryChanged {
      messageId
      delivery {
        progress
        error
      }
    }
    ... on ConversationChanged {
      conversation {
        ...ThreadFacts
        ticket {
          ...TicketRow
        }
      }
    }
    ... on HandoffChanged {
      conversation {
        ...ThreadFacts
        ticket {
          ...TicketRow
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
      until
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}
fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
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
    problem
  }
}
fragment ThreadMessage on Message {
  ...ShoppersMessage
  products {
    productId
    title
    url
  }
  delivery {
    progress
    error
  }
}
fragment ThreadFacts on Conversation {
  version
  status
  startedAt
  windowEndsAt
  transcriptRemovedAt
  erasedAt
  legalHold {
    reason
    since
    setBy {
      name
      keyLabel
    }
  }
  contact {
    name {
      value
      verified
    }
    email {
      value
      verified
    }
    phone {
      value
      verified
    }
    externalId {
      value
      verified
    }
  }
  drafts {
    epoch
    text
    writtenAt
  }
  handoffs {
    id
    state
    reason
    reasonDetail
    summary
    requestedAt
    helpdesk
    consent {
      decision
      wording
      actionLabel
      locale
      channel
      offeredAt
      decidedAt
      settingsVersion
    }
  }
  ticket {
    id
    attempts {
      at
      outcome
      httpStatus
      error
    }
  }
}`) as unknown as TypedDocumentString<FollowThreadSubscription, FollowThreadSubscriptionVariables>;
export const SetAvailabilityDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SetAvailability($input: SetAvailabilityInput!) {
  setAvailability(input: $input) {
    staff {
      ...Colleague
    }
    errors {
      code
      message
    }
  }
}
    fragment Colleague on Staff {
  id
  name
  role
  availability
  suspendedAt
}`) as unknown as TypedDocumentString<SetAvailabilityMutation, SetAvailabilityMutationVariables>;
export const TakeTicketDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation TakeTicket($input: TicketInput!) {
  takeTicket(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`) as unknown as TypedDocumentString<TakeTicketMutation, TakeTicketMutationVariables>;
export const ReleaseTicketDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ReleaseTicket($input: TicketInput!) {
  releaseTicket(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`) as unknown as TypedDocumentString<ReleaseTicketMutation, ReleaseTicketMutationVariables>;
export const AssignTicketDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation AssignTicket($input: AssignTicketInput!) {
  assignTicket(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`) as unknown as TypedDocumentString<AssignTicketMutation, AssignTicketMutationVariables>;
export const SnoozeTicketDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SnoozeTicket($input: SnoozeTicketInput!) {
  snoozeTicket(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
      ...Unseen
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}
fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
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
    problem
  }
}
fragment Unseen on StaleView {
  unseen {
    ...ShoppersMessage
  }
}`) as unknown as TypedDocumentString<SnoozeTicketMutation, SnoozeTicketMutationVariables>;
export const ReturnToAgentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ReturnToAgent($input: TicketInput!) {
  returnToAgent(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`) as unknown as TypedDocumentString<ReturnToAgentMutation, ReturnToAgentMutationVariables>;
export const CloseTicketDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CloseTicket($input: TicketInput!) {
  closeTicket(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
      ...Unseen
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}
fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
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
    problem
  }
}
fragment Unseen on StaleView {
  unseen {
    ...ShoppersMessage
  }
}`) as unknown as TypedDocumentString<CloseTicketMutation, CloseTicketMutationVariables>;
export const ReopenTicketDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ReopenTicket($input: TicketInput!) {
  reopenTicket(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`) as unknown as TypedDocumentString<ReopenTicketMutation, ReopenTicketMutationVariables>;
export const RetryDeliveryDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RetryDelivery($input: TicketInput!) {
  retryDelivery(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`) as unknown as TypedDocumentString<RetryDeliveryMutation, RetryDeliveryMutationVariables>;
export const MarkReadDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation MarkRead($input: TicketInput!) {
  markTicketRead(input: $input) {
    ticket {
      ...TicketRow
    }
    errors {
      code
      message
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  snoozedUntil
  createdAt
  helpdesk
  delivery
  externalUrl
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
    tags
    closedAt
    lastMessageAt
    transcriptRemovedAt
    lastMessage: lastSpoken {
      sequence
      kind
      text
      redactedAt
      author {
        kind
        name
      }
    }
    controller {
      kind
      since
      staff {
        id
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`) as unknown as TypedDocumentString<MarkReadMutation, MarkReadMutationVariables>;
export const ReplyDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation Reply($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) {
    message {
      ...ThreadMessage
    }
    errors {
      code
      message
      ...Unseen
    }
  }
}
    fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
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
    problem
  }
}
fragment Unseen on StaleView {
  unseen {
    ...ShoppersMessage
  }
}
fragment ThreadMessage on Message {
  ...ShoppersMessage
  products {
    productId
    title
    url
  }
  delivery {
    progress
    error
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
    fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
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
    problem
  }
}
fragment ThreadMessage on Message {
  ...ShoppersMessage
  products {
    productId
    title
    url
  }
  delivery {
    progress
    error
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
export const RedactDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation Redact($input: RedactMessageInput!) {
  redactMessage(input: $input) {
    message {
      ...ThreadMessage
    }
    errors {
      code
      message
    }
  }
}
    fragment ShoppersMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
  via
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
    problem
  }
}
fragment ThreadMessage on Message {
  ...ShoppersMessage
  products {
    productId
    title
    url
  }
  delivery {
    progress
    error
  }
}`) as unknown as TypedDocumentString<RedactMutation, RedactMutationVariables>;
export const SetHoldDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SetHold($input: SetLegalHoldInput!) {
  setLegalHold(input: $input) {
    conversation {
      id
      ...ThreadFacts
    }
    errors {
      code
      message
    }
  }
}
    fragment ThreadFacts on Conversation {
  version
  status
  startedAt
  windowEndsAt
  transcriptRemovedAt
  erasedAt
  legalHold {
    reason
    since
    setBy {
      name
      keyLabel
    }
  }
  contact {
    name {
      value
      verified
    }
    email {
      value
      verified
    }
    phone {
      value
      verified
    }
    externalId {
      value
      verified
    }
  }
  drafts {
    epoch
    text
    writtenAt
  }
  handoffs {
    id
    state
    reason
    reasonDetail
    summary
    requestedAt
    helpdesk
    consent {
      decision
      wording
      actionLabel
      locale
      channel
      offeredAt
      decidedAt
      settingsVersion
    }
  }
  ticket {
    id
    attempts {
      at
      outcome
      httpStatus
      error
    }
  }
}`) as unknown as TypedDocumentString<SetHoldMutation, SetHoldMutationVariables>;
export const SettingsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Settings {
  me {
    id
    name
    role
  }
  account {
    ...AccountParts
  }
  handoffSettings {
    ...HandoffParts
  }
  agentSettings {
    ...AgentParts
  }
  connectedModel {
    model
    problem
  }
}
    fragment AccountParts on Account {
  id
  agentName
  greeting
  awayMessage
  agentLive
  agentSilence
  channels
  assignment
  strandedAfter
  timeZone
  businessHours {
    week {
      weekday
      opensAt
      closesAt
    }
    holidays
    openNow
    opensAt
  }
  version
  attribution {
    channel
    touch
    enabled
    window
  }
}
fragment HelpdeskParts on HelpdeskAccount {
  helpdesk
  connected
  displayName
  problem
  checkedAt
  webhookUrl
}
fragment HandoffParts on HandoffSettings {
  method
  helpdesk
  customMessage
  chatAfterHandoff
  identityPolicy
  offerText
  acceptLabel
  declineLabel
  version
  connections {
    ...HelpdeskParts
  }
}
fragment AgentParts on AgentSettings {
  answeredBy
  version
}`) as unknown as TypedDocumentString<SettingsQuery, SettingsQueryVariables>;
export const MembersDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Members {
  account {
    staff {
      ...MemberParts
    }
  }
}
    fragment MemberParts on Staff {
  id
  name
  email
  role
  capacity
  availability
  suspendedAt
}`) as unknown as TypedDocumentString<MembersQuery, MembersQueryVariables>;
export const KeysDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Keys($after: String) {
  account {
    keys(first: 50, after: $after) {
      nodes {
        ...KeyParts
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment KeyParts on ApiKey {
  id
  kind
  label
  scopes
  networks
  createdAt
  createdBy {
    id
    name
  }
  lastUsedAt
  expiresAt
  revokedAt
  staff {
    id
    name
  }
}`) as unknown as TypedDocumentString<KeysQuery, KeysQueryVariables>;
export const WebhooksDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Webhooks {
  webhookEndpoints {
    ...WebhookParts
  }
  klaviyo {
    displayName
    problem
    forwarding {
      ...DeliveryParts
    }
  }
}
    fragment DeliveryParts on Forwarding {
  id
  failingSince
  nextAttemptAt
  attempts {
    at
    outcome
    httpStatus
    error
  }
  deadLetters(first: 20) {
    totalCount
    nodes {
      id
      at
      error
      event {
        name
        at
        cursor
      }
    }
  }
}
fragment WebhookParts on WebhookEndpoint {
  id
  url
  description
  topics
  enabled
  problem
  previousSecretUntil
  version
  forwarding {
    ...DeliveryParts
  }
}`) as unknown as TypedDocumentString<WebhooksQuery, WebhooksQueryVariables>;
export const RetentionDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Retention {
  retention {
    ...RetentionParts
  }
}
    fragment RetentionParts on Retention {
  transcripts
  attachments
  events
}`) as unknown as TypedDocumentString<RetentionQuery, RetentionQueryVariables>;
export const SaveRetentionDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SaveRetention($input: UpdateRetentionInput!) {
  updateRetention(input: $input) {
    retention {
      ...RetentionParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment RetentionParts on Retention {
  transcripts
  attachments
  events
}`) as unknown as TypedDocumentString<SaveRetentionMutation, SaveRetentionMutationVariables>;
export const SaveAccountDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SaveAccount($input: UpdateAccountInput!) {
  updateAccount(input: $input) {
    account {
      ...AccountParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment AccountParts on Account {
  id
  agentName
  greeting
  awayMessage
  agentLive
  agentSilence
  channels
  assignment
  strandedAfter
  timeZone
  businessHours {
    week {
      weekday
      opensAt
      closesAt
    }
    holidays
    openNow
    opensAt
  }
  version
  attribution {
    channel
    touch
    enabled
    window
  }
}`) as unknown as TypedDocumentString<SaveAccountMutation, SaveAccountMutationVariables>;
export const SaveHandoffDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SaveHandoff($input: UpdateHandoffSettingsInput!) {
  updateHandoffSettings(input: $input) {
    handoffSettings {
      ...HandoffParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment HelpdeskParts on HelpdeskAccount {
  helpdesk
  connected
  displayName
  problem
  checkedAt
  webhookUrl
}
fragment HandoffParts on HandoffSettings {
  method
  helpdesk
  customMessage
  chatAfterHandoff
  identityPolicy
  offerText
  acceptLabel
  declineLabel
  version
  connections {
    ...HelpdeskParts
  }
}`) as unknown as TypedDocumentString<SaveHandoffMutation, SaveHandoffMutationVariables>;
export const SaveAgentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SaveAgent($input: UpdateAgentSettingsInput!) {
  updateAgentSettings(input: $input) {
    agentSettings {
      ...AgentParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment AgentParts on AgentSettings {
  answeredBy
  version
}`) as unknown as TypedDocumentString<SaveAgentMutation, SaveAgentMutationVariables>;
export const ConnectHelpdeskDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ConnectHelpdesk($input: ConnectHelpdeskInput!) {
  connectHelpdesk(input: $input) {
    connection {
      ...HelpdeskParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment HelpdeskParts on HelpdeskAccount {
  helpdesk
  connected
  displayName
  problem
  checkedAt
  webhookUrl
}`) as unknown as TypedDocumentString<ConnectHelpdeskMutation, ConnectHelpdeskMutationVariables>;
export const DisconnectHelpdeskDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation DisconnectHelpdesk($input: DisconnectHelpdeskInput!) {
  disconnectHelpdesk(input: $input) {
    connection {
      ...HelpdeskParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment HelpdeskParts on HelpdeskAccount {
  helpdesk
  connected
  displayName
  problem
  checkedAt
  webhookUrl
}`) as unknown as TypedDocumentString<DisconnectHelpdeskMutation, DisconnectHelpdeskMutationVariables>;
export const InviteMemberDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation InviteMember($input: InviteStaffInput!) {
  inviteStaff(input: $input) {
    staff {
      ...MemberParts
    }
    key {
      id
    }
    token
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment MemberParts on Staff {
  id
  name
  email
  role
  capacity
  availability
  suspendedAt
}`) as unknown as TypedDocumentString<InviteMemberMutation, InviteMemberMutationVariables>;
export const UpdateMemberDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateMember($input: UpdateStaffInput!) {
  updateStaff(input: $input) {
    staff {
      ...MemberParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment MemberParts on Staff {
  id
  name
  email
  role
  capacity
  availability
  suspendedAt
}`) as unknown as TypedDocumentString<UpdateMemberMutation, UpdateMemberMutationVariables>;
export const SuspendMemberDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SuspendMember($input: StaffInput!) {
  suspendStaff(input: $input) {
    staff {
      ...MemberParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment MemberParts on Staff {
  id
  name
  email
  role
  capacity
  availability
  suspendedAt
}`) as unknown as TypedDocumentString<SuspendMemberMutation, SuspendMemberMutationVariables>;
export const ReinstateMemberDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ReinstateMember($input: StaffInput!) {
  reinstateStaff(input: $input) {
    staff {
      ...MemberParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment MemberParts on Staff {
  id
  name
  email
  role
  capacity
  availability
  suspendedAt
}`) as unknown as TypedDocumentString<ReinstateMemberMutation, ReinstateMemberMutationVariables>;
export const CreateKeyDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateKey($input: CreateKeyInput!) {
  createKey(input: $input) {
    key {
      ...KeyParts
    }
    token
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment KeyParts on ApiKey {
  id
  kind
  label
  scopes
  networks
  createdAt
  createdBy {
    id
    name
  }
  lastUsedAt
  expiresAt
  revokedAt
  staff {
    id
    name
  }
}`) as unknown as TypedDocumentString<CreateKeyMutation, CreateKeyMutationVariables>;
export const RotateKeyDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RotateKey($input: RotateKeyInput!) {
  rotateKey(input: $input) {
    key {
      ...KeyParts
    }
    replaced {
      ...KeyParts
    }
    token
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment KeyParts on ApiKey {
  id
  kind
  label
  scopes
  networks
  createdAt
  createdBy {
    id
    name
  }
  lastUsedAt
  expiresAt
  revokedAt
  staff {
    id
    name
  }
}`) as unknown as TypedDocumentString<RotateKeyMutation, RotateKeyMutationVariables>;
export const RevokeKeyDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RevokeKey($input: RevokeKeyInput!) {
  revokeKey(input: $input) {
    key {
      ...KeyParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment KeyParts on ApiKey {
  id
  kind
  label
  scopes
  networks
  createdAt
  createdBy {
    id
    name
  }
  lastUsedAt
  expiresAt
  revokedAt
  staff {
    id
    name
  }
}`) as unknown as TypedDocumentString<RevokeKeyMutation, RevokeKeyMutationVariables>;
export const CreateWebhookDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateWebhook($input: CreateWebhookEndpointInput!) {
  createWebhookEndpoint(input: $input) {
    endpoint {
      ...WebhookParts
    }
    secret
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment DeliveryParts on Forwarding {
  id
  failingSince
  nextAttemptAt
  attempts {
    at
    outcome
    httpStatus
    error
  }
  deadLetters(first: 20) {
    totalCount
    nodes {
      id
      at
      error
      event {
        name
        at
        cursor
      }
    }
  }
}
fragment WebhookParts on WebhookEndpoint {
  id
  url
  description
  topics
  enabled
  problem
  previousSecretUntil
  version
  forwarding {
    ...DeliveryParts
  }
}`) as unknown as TypedDocumentString<CreateWebhookMutation, CreateWebhookMutationVariables>;
export const UpdateWebhookDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateWebhook($input: UpdateWebhookEndpointInput!) {
  updateWebhookEndpoint(input: $input) {
    endpoint {
      ...WebhookParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment DeliveryParts on Forwarding {
  id
  failingSince
  nextAttemptAt
  attempts {
    at
    outcome
    httpStatus
    error
  }
  deadLetters(first: 20) {
    totalCount
    nodes {
      id
      at
      error
      event {
        name
        at
        cursor
      }
    }
  }
}
fragment WebhookParts on WebhookEndpoint {
  id
  url
  description
  topics
  enabled
  problem
  previousSecretUntil
  version
  forwarding {
    ...DeliveryParts
  }
}`) as unknown as TypedDocumentString<UpdateWebhookMutation, UpdateWebhookMutationVariables>;
export const RotateWebhookDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RotateWebhook($input: WebhookEndpointInput!) {
  rotateWebhookSecret(input: $input) {
    endpoint {
      ...WebhookParts
    }
    secret
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment DeliveryParts on Forwarding {
  id
  failingSince
  nextAttemptAt
  attempts {
    at
    outcome
    httpStatus
    error
  }
  deadLetters(first: 20) {
    totalCount
    nodes {
      id
      at
      error
      event {
        name
        at
        cursor
      }
    }
  }
}
fragment WebhookParts on WebhookEndpoint {
  id
  url
  description
  topics
  enabled
  problem
  previousSecretUntil
  version
  forwarding {
    ...DeliveryParts
  }
}`) as unknown as TypedDocumentString<RotateWebhookMutation, RotateWebhookMutationVariables>;
export const DeleteWebhookDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation DeleteWebhook($input: WebhookEndpointInput!) {
  deleteWebhookEndpoint(input: $input) {
    deletedId
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}`) as unknown as TypedDocumentString<DeleteWebhookMutation, DeleteWebhookMutationVariables>;
export const PingWebhookDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation PingWebhook($input: WebhookEndpointInput!) {
  pingWebhookEndpoint(input: $input) {
    httpStatus
    milliseconds
    error
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}`) as unknown as TypedDocumentString<PingWebhookMutation, PingWebhookMutationVariables>;
export const RetryDeadLetterDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RetryDeadLetter($input: RetryDeadLetterInput!) {
  retryDeadLetter(input: $input) {
    delivered
    httpStatus
    error
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}`) as unknown as TypedDocumentString<RetryDeadLetterMutation, RetryDeadLetterMutationVariables>;
export const RedeliverEventsDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RedeliverEvents($input: RedeliverEventsInput!) {
  redeliverEvents(input: $input) {
    forwarding {
      ...DeliveryParts
    }
    errors {
      ...Refused
    }
  }
}
    fragment Refused on UserError {
  code
  message
  path
}
fragment DeliveryParts on Forwarding {
  id
  failingSince
  nextAttemptAt
  attempts {
    at
    outcome
    httpStatus
    error
  }
  deadLetters(first: 20) {
    totalCount
    nodes {
      id
      at
      error
      event {
        name
        at
        cursor
      }
    }
  }
}`) as unknown as TypedDocumentString<RedeliverEventsMutation, RedeliverEventsMutationVariables>;
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
  redactedAt
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
  awaitsTeam
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
  redactedAt
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
    ... on MessageRedacted {
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
  redactedAt
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
  awaitsTeam
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
    message {
      sequence
    }
    visitorToken
    errors {
      code
      message
      path
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
      path
    }
  }
}
    fragment MessageView on Message {
  id
  sequence
  kind
  text
  sentAt
  redactedAt
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
  awaitsTeam
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
  awaitsTeam
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
  awaitsTeam
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
  awaitsTeam
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