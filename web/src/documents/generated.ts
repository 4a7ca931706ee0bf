// Made by `npm run types`. Do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

export type MessageKind =
  | 'CUSTOM_MESSAGE'
  | 'HANDOFF_OFFER'
  | 'IDENTITY_REQUEST'
  | 'NOTE'
  | 'NOTICE'
  | 'PRODUCT_RECOMMENDATION'
  | 'TEXT';

export type RecordProductClickInput = {
  clickedAt?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
  messageId: string;
  productId: string;
};

export type SendMessageInput = {
  attachments?: Array<string> | null | undefined;
  conversationId: string;
  idempotencyKey?: string | null | undefined;
  text: string;
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

export type VisitorInput = {
  anonymousId?: string | null | undefined;
  browserToken?: string | null | undefined;
  email?: string | null | undefined;
  identityToken?: string | null | undefined;
  name?: string | null | undefined;
  phone?: string | null | undefined;
  profileId?: string | null | undefined;
};

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
export const MessageViewFragmentDoc = new TypedDocumentString(`
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
export const ConversationViewFragmentDoc = new TypedDocumentString(`
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
export const WidgetDocument = new TypedDocumentString(`
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
export const ConversationDocument = new TypedDocumentString(`
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
export const EarlierMessagesDocument = new TypedDocumentString(`
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
export const FollowDocument = new TypedDocumentString(`
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
export const StartConversationDocument = new TypedDocumentString(`
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
export const SendMessageDocument = new TypedDocumentString(`
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
export const AnswerOfferDocument = new TypedDocumentString(`
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
export const IdentifyDocument = new TypedDocumentString(`
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
export const CloseDocument = new TypedDocumentString(`
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
export const EndAccessDocument = new TypedDocumentString(`
    mutation EndAccess($input: EndVisitorAccessInput!) {
  endVisitorAccess(input: $input) {
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<EndAccessMutation, EndAccessMutationVariables>;
export const SetTypingDocument = new TypedDocumentString(`
    mutation SetTyping($input: SetTypingInput!) {
  setTyping(input: $input) {
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SetTypingMutation, SetTypingMutationVariables>;
export const RecordClickDocument = new TypedDocumentString(`
    mutation RecordClick($input: RecordProductClickInput!) {
  recordProductClick(input: $input) {
    errors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RecordClickMutation, RecordClickMutationVariables>;
export const CreateUploadDocument = new TypedDocumentString(`
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