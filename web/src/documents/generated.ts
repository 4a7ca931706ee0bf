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

export type VisitorInput = {
  anonymousId?: string | null | undefined;
  browserToken?: string | null | undefined;
  email?: string | null | undefined;
  identityToken?: string | null | undefined;
  name?: string | null | undefined;
  phone?: string | null | undefined;
  profileId?: string | null | undefined;
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