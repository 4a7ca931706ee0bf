// Written by `make clients` from clients/operations.graphql. Do not edit.
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

export type AgentTurnInput = {
  conversationId: string;
  idempotencyKey?: string | null | undefined;
  seconds?: number;
};

export type AgentTurnState =
  | 'CLAIMED'
  | 'OVER'
  | 'RELEASED'
  | 'WAITING';

export type AnswerHandoffOfferInput = {
  accept: boolean;
  handoffId: string;
  idempotencyKey?: string | null | undefined;
};

export type AuthorKind =
  | 'AI_AGENT'
  | 'HUMAN_AGENT'
  | 'SHOPPER'
  | 'SYSTEM'
  | 'UNKNOWN';

export type Channel =
  | 'EMAIL'
  | 'SMS'
  | 'UNKNOWN'
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
  | 'QUEUE'
  | 'UNKNOWN';

export type ConversationFilter = {
  channel?: Array<Channel> | null | undefined;
  profileId?: string | null | undefined;
  search?: string | null | undefined;
  startedOn?: DateRangeInput | null | undefined;
  status?: Array<ConversationStatus> | null | undefined;
  tag?: Array<string> | null | undefined;
  untagged?: boolean | null | undefined;
};

export type ConversationStatus =
  | 'CLOSED'
  | 'NOT_RESOLVED_BY_AI'
  | 'OPEN'
  | 'RESOLVED_BY_AI'
  | 'UNKNOWN';

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
  | 'UNINTELLIGIBLE_INPUT'
  | 'UNKNOWN';

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
  | 'PRODUCT_RECOMMENDED'
  | 'UNKNOWN';

export type HandoffState =
  | 'AWAITING_IDENTITY'
  | 'DECLINED'
  | 'DELIVERED'
  | 'EXPIRED'
  | 'FAILED'
  | 'MESSAGE_SHOWN'
  | 'OFFERED'
  | 'QUEUED'
  | 'UNKNOWN'
  | 'WITHDRAWN';

export type HeartbeatAgentTurnInput = {
  conversationId: string;
  lastSeenSequence?: number | null | undefined;
  seconds?: number;
  turn: number;
};

export type IdentifyVisitorInput = {
  conversationId: string;
  email?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
  identityToken?: string | null | undefined;
  name?: string | null | undefined;
  phone?: string | null | undefined;
  profileId?: string | null | undefined;
};

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
  | 'TEXT'
  | 'UNKNOWN';

export type MessageTemplateInput = {
  sid: string;
  variables?: Array<TemplateVariableInput>;
};

export type MoneyInput = {
  amount: string;
  currency: string;
};

export type PostAgentMessageInput = {
  attachments?: Array<string> | null | undefined;
  conversationId: string;
  epoch: number;
  idempotencyKey?: string | null | undefined;
  products?: Array<ProductCardInput> | null | undefined;
  skill?: string | null | undefined;
  tags?: Array<string> | null | undefined;
  text: string;
  turn?: number | null | undefined;
};

export type ProductCardInput = {
  imageUrl?: string | null | undefined;
  price?: MoneyInput | null | undefined;
  productId: string;
  sku?: string | null | undefined;
  title: string;
  url?: string | null | undefined;
};

export type RecordOrderInput = {
  anonymousId?: string | null | undefined;
  email?: string | null | undefined;
  orderId: string;
  phone?: string | null | undefined;
  placedAt: string;
  productIds?: Array<string> | null | undefined;
  profileId?: string | null | undefined;
  total: MoneyInput;
  updatedAt?: string | null | undefined;
};

export type ReleaseAgentTurnInput = {
  conversationId: string;
  turn: number;
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

export type RequestHandoffInput = {
  conversationId: string;
  epoch: number;
  idempotencyKey?: string | null | undefined;
  reason: EscalationReason;
  reasonDetail?: string | null | undefined;
  skill?: string | null | undefined;
  summary?: string | null | undefined;
  turn?: number | null | undefined;
};

export type SendMessageInput = {
  attachments?: Array<string> | null | undefined;
  conversationId: string;
  idempotencyKey?: string | null | undefined;
  text: string;
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

export type StreamResetReason =
  | 'EXPIRED'
  | 'TOO_FAR_BEHIND'
  | 'UNKNOWN_CURSOR';

export type TemplateVariableInput = {
  name: string;
  value: string;
};

export type TicketInput = {
  idempotencyKey?: string | null | undefined;
  lastSeenSequence?: number | null | undefined;
  ticketId: string;
};

export type TicketState =
  | 'CLOSED'
  | 'OPEN'
  | 'SNOOZED'
  | 'UNKNOWN';

export type VisitorInput = {
  anonymousId?: string | null | undefined;
  browserToken?: string | null | undefined;
  email?: string | null | undefined;
  identityToken?: string | null | undefined;
  name?: string | null | undefined;
  phone?: string | null | undefined;
  profileId?: string | null | undefined;
};

type ErrorView_Conflict_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type ErrorView_HelpdeskNotConnected_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type ErrorView_InvalidInput_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type ErrorView_NotAllowed_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type ErrorView_NotInControl_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type ErrorView_NotYourTurn_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type ErrorView_RateLimited_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

type ErrorView_StaleView_Fragment = { code: ErrorCode, message: string, path: Array<string> | null };

export type ErrorViewFragment =
  | ErrorView_Conflict_Fragment
  | ErrorView_HelpdeskNotConnected_Fragment
  | ErrorView_InvalidInput_Fragment
  | ErrorView_NotAllowed_Fragment
  | ErrorView_NotInControl_Fragment
  | ErrorView_NotYourTurn_Fragment
  | ErrorView_RateLimited_Fragment
  | ErrorView_StaleView_Fragment
;

export type MessageViewFragment = { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> };

export type ConversationViewFragment = { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null };

export type TicketViewFragment = { id: string, state: TicketState, unread: boolean, waitingSince: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } };

export type TurnViewFragment = { id: string, epoch: number, firstSequence: number, lastSequence: number, waitingSince: string, lease: { number: number, until: string } | null, messages: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }>, conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } };

export type StartConversationMutationVariables = Exact<{
  input: StartConversationInput;
}>;


export type StartConversationMutation = { startConversation: { visitorToken: string | null, browserToken: string | null, conversation: { streamCursor: string, id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } | null, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> } | null, errors: Array<
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


export type SendMessageMutation = { sendMessage: { message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type AnswerHandoffOfferMutationVariables = Exact<{
  input: AnswerHandoffOfferInput;
}>;


export type AnswerHandoffOfferMutation = { answerHandoffOffer: { conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type IdentifyVisitorMutationVariables = Exact<{
  input: IdentifyVisitorInput;
}>;


export type IdentifyVisitorMutation = { identifyVisitor: { conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type CloseConversationMutationVariables = Exact<{
  input: CloseConversationInput;
}>;


export type CloseConversationMutation = { closeConversation: { conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type AgentTurnsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type AgentTurnsQuery = { agentTurns: { streamCursor: string, nodes: Array<{ id: string, epoch: number, firstSequence: number, lastSequence: number, waitingSince: string, lease: { number: number, until: string } | null, messages: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }>, conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type FollowAgentTurnsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type FollowAgentTurnsSubscription = { agentTurns:
    | { __typename: 'AgentTurnChanged', cursor: string, state: AgentTurnState, turn: { id: string, epoch: number, firstSequence: number, lastSequence: number, waitingSince: string, lease: { number: number, until: string } | null, messages: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }>, conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } } }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string }
    | { __typename: 'StreamReset', cursor: string, reason: StreamResetReason }
   };

export type ClaimAgentTurnMutationVariables = Exact<{
  input: AgentTurnInput;
}>;


export type ClaimAgentTurnMutation = { claimAgentTurn: { turn: { id: string, epoch: number, firstSequence: number, lastSequence: number, waitingSince: string, lease: { number: number, until: string } | null, messages: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }>, conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type HeartbeatAgentTurnMutationVariables = Exact<{
  input: HeartbeatAgentTurnInput;
}>;


export type HeartbeatAgentTurnMutation = { heartbeatAgentTurn: { turn: { lease: { number: number, until: string } | null } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type ReleaseAgentTurnMutationVariables = Exact<{
  input: ReleaseAgentTurnInput;
}>;


export type ReleaseAgentTurnMutation = { releaseAgentTurn: { errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type PostAgentMessageMutationVariables = Exact<{
  input: PostAgentMessageInput;
}>;


export type PostAgentMessageMutation = { postAgentMessage: { message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type RequestHandoffMutationVariables = Exact<{
  input: RequestHandoffInput;
}>;


export type RequestHandoffMutation = { requestHandoff: { handoff: { id: string, state: HandoffState } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type InboxQueryVariables = Exact<{
  view?: InboxView | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type InboxQuery = { inbox: { totalCount: number, streamCursor: string, nodes: Array<{ id: string, state: TicketState, unread: boolean, waitingSince: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type FollowInboxSubscriptionVariables = Exact<{
  view?: InboxView | null | undefined;
  after?: string | null | undefined;
}>;


export type FollowInboxSubscription = { inbox:
    | { __typename: 'MessageAdded', cursor: string, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }, conversation: { id: string, version: number } }
    | { __typename: 'MessageRedacted', cursor: string, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> } }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string }
    | { __typename: 'StreamReset', cursor: string, reason: StreamResetReason }
    | { __typename: 'TicketAdded', cursor: string, ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } } }
    | { __typename: 'TicketChanged', cursor: string, ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } } }
    | { __typename: 'TicketRemoved', cursor: string, ticketId: string }
    | { __typename: 'TypingChanged', cursor: string }
   };

export type TakeTicketMutationVariables = Exact<{
  input: TicketInput;
}>;


export type TakeTicketMutation = { takeTicket: { ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type CloseTicketMutationVariables = Exact<{
  input: TicketInput;
}>;


export type CloseTicketMutation = { closeTicket: { ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type ReturnToAgentMutationVariables = Exact<{
  input: TicketInput;
}>;


export type ReturnToAgentMutation = { returnToAgent: { ticket: { id: string, state: TicketState, unread: boolean, waitingSince: string | null, assignee: { id: string, name: string } | null, conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type ReplyToConversationMutationVariables = Exact<{
  input: ReplyToConversationInput;
}>;


export type ReplyToConversationMutation = { replyToConversation: { message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> } | null, errors: Array<
      | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'HelpdeskNotConnected', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'InvalidInput', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'NotAllowed', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'NotInControl', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'NotYourTurn', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'RateLimited', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'StaleView', code: ErrorCode, message: string, path: Array<string> | null, unseen: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }> }
    > } };

export type AddNoteMutationVariables = Exact<{
  input: AddNoteInput;
}>;


export type AddNoteMutation = { addNote: { message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> } | null, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type ConversationQueryVariables = Exact<{
  id: string;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type ConversationQuery = { conversation: { streamCursor: string, id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, messages: { nodes: Array<{ id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } }, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } | null };

export type FollowConversationSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type FollowConversationSubscription = { conversation:
    | { __typename: 'ConversationChanged', cursor: string, conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } }
    | { __typename: 'HandoffChanged', cursor: string, conversation: { id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null } }
    | { __typename: 'MessageAdded', cursor: string, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> } }
    | { __typename: 'MessageDeliveryChanged', cursor: string }
    | { __typename: 'MessageRedacted', cursor: string, message: { id: string, sequence: number, kind: MessageKind, text: string, sentAt: string, author: { kind: AuthorKind, name: string }, actions: Array<{ action: string, label: string }>, products: Array<{ productId: string, title: string, url: string | null, price: { amount: string, currency: string } | null }>, attachments: Array<{ id: string, name: string, contentType: string, bytes: number, url: string | null }> } }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string }
    | { __typename: 'StreamReset', cursor: string, reason: StreamResetReason }
    | { __typename: 'TypingChanged', cursor: string, typing: boolean, text: string | null, author: { kind: AuthorKind, name: string } }
   };

export type ConversationsQueryVariables = Exact<{
  filter?: ConversationFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ConversationsQuery = { conversations: { totalCount: number, nodes: Array<{ firstQuestion: string, id: string, version: number, channel: Channel, status: ConversationStatus, startedAt: string, closedAt: string | null, displayName: string, tags: Array<string>, messageCount: number, controller: { kind: ControllerKind, epoch: number, staff: { name: string } | null }, handoff: { id: string, state: HandoffState, reason: EscalationReason, summary: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type MetricsQueryVariables = Exact<{
  range: DateRangeInput;
}>;


export type MetricsQuery = { metrics: { asOf: string, totalVolume: { count: number }, open: { count: number, rate: number | null }, resolvedByAi: { count: number, rate: number | null }, notResolvedByAi: { count: number, rate: number | null }, closed: { count: number, rate: number | null }, aiGeneratedSales: Array<{ amount: string, currency: string }> } | null };

export type FollowEventsSubscriptionVariables = Exact<{
  filter?: EventFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type FollowEventsSubscription = { events:
    | { __typename: 'EventHappened', cursor: string, event:
        | { id: string, type: EventType, name: string, at: string, channel: Channel, conversation: { id: string }, profile: { id: string } | null }
        | { id: string, type: EventType, name: string, at: string, channel: Channel, conversation: { id: string }, profile: { id: string } | null }
        | { id: string, type: EventType, name: string, at: string, channel: Channel, conversation: { id: string }, profile: { id: string } | null }
        | { id: string, type: EventType, name: string, at: string, channel: Channel, conversation: { id: string }, profile: { id: string } | null }
       }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamReady', cursor: string }
    | { __typename: 'StreamReset', cursor: string, reason: StreamResetReason }
   };

export type RecordOrderMutationVariables = Exact<{
  input: RecordOrderInput;
}>;


export type RecordOrderMutation = { recordOrder: { sales: Array<{ id: string, amount: { amount: string, currency: string } }>, errors: Array<
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
      | { code: ErrorCode, message: string, path: Array<string> | null }
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
export const ErrorViewFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ErrorView on UserError {
  code
  message
  path
}
    `, {"fragmentName":"ErrorView"}) as unknown as TypedDocumentString<ErrorViewFragment, unknown>;
export const ConversationViewFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
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
    `, {"fragmentName":"ConversationView"}) as unknown as TypedDocumentString<ConversationViewFragment, unknown>;
export const TicketViewFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
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
}`, {"fragmentName":"TicketView"}) as unknown as TypedDocumentString<TicketViewFragment, unknown>;
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
export const TurnViewFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
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
}`, {"fragmentName":"TurnView"}) as unknown as TypedDocumentString<TurnViewFragment, unknown>;
export const StartConversationDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<StartConversationMutation, StartConversationMutationVariables>;
export const SendMessageDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<SendMessageMutation, SendMessageMutationVariables>;
export const AnswerHandoffOfferDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<AnswerHandoffOfferMutation, AnswerHandoffOfferMutationVariables>;
export const IdentifyVisitorDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<IdentifyVisitorMutation, IdentifyVisitorMutationVariables>;
export const CloseConversationDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<CloseConversationMutation, CloseConversationMutationVariables>;
export const AgentTurnsDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<AgentTurnsQuery, AgentTurnsQueryVariables>;
export const FollowAgentTurnsDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<FollowAgentTurnsSubscription, FollowAgentTurnsSubscriptionVariables>;
export const ClaimAgentTurnDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<ClaimAgentTurnMutation, ClaimAgentTurnMutationVariables>;
export const HeartbeatAgentTurnDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<HeartbeatAgentTurnMutation, HeartbeatAgentTurnMutationVariables>;
export const ReleaseAgentTurnDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<ReleaseAgentTurnMutation, ReleaseAgentTurnMutationVariables>;
export const PostAgentMessageDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<PostAgentMessageMutation, PostAgentMessageMutationVariables>;
export const RequestHandoffDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<RequestHandoffMutation, RequestHandoffMutationVariables>;
export const InboxDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<InboxQuery, InboxQueryVariables>;
export const FollowInboxDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<FollowInboxSubscription, FollowInboxSubscriptionVariables>;
export const TakeTicketDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<TakeTicketMutation, TakeTicketMutationVariables>;
export const CloseTicketDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<CloseTicketMutation, CloseTicketMutationVariables>;
export const ReturnToAgentDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<ReturnToAgentMutation, ReturnToAgentMutationVariables>;
export const ReplyToConversationDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<ReplyToConversationMutation, ReplyToConversationMutationVariables>;
export const AddNoteDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<AddNoteMutation, AddNoteMutationVariables>;
export const ConversationDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<ConversationQuery, ConversationQueryVariables>;
export const FollowConversationDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<FollowConversationSubscription, FollowConversationSubscriptionVariables>;
export const ConversationsDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<ConversationsQuery, ConversationsQueryVariables>;
export const MetricsDocument = /*#__PURE__*/ new TypedDocumentString(`
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
    `) as unknown as TypedDocumentString<MetricsQuery, MetricsQueryVariables>;
export const FollowEventsDocument = /*#__PURE__*/ new TypedDocumentString(`
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
    `) as unknown as TypedDocumentString<FollowEventsSubscription, FollowEventsSubscriptionVariables>;
export const RecordOrderDocument = /*#__PURE__*/ new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<RecordOrderMutation, RecordOrderMutationVariables>;
/** The inputs that take an idempotency key. */
export const KEYED: ReadonlySet<string> = new Set(["AddNoteInput", "AgentTurnInput", "AnswerHandoffOfferInput", "CloseConversationInput", "IdentifyVisitorInput", "PostAgentMessageInput", "ReplyToConversationInput", "RequestHandoffInput", "SendMessageInput", "StartConversationInput", "TicketInput"]);
