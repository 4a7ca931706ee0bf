// The schema of the peers on Node.js, and its resolvers, which all of them share.
import { readFileSync } from 'node:fs';
import { GraphQLScalarType } from 'graphql';
import * as store from './store.js';

export const typeDefs = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

const FIELDS = {
  Conversation: {
    displayName: 'display_name',
    firstQuestion: 'first_question',
    startedAt: 'started_at',
    lastMessageAt: 'last_message_at',
    closedAt: 'closed_at',
    messageCount: 'message_count',
    initialSkill: 'initial_skill',
    finalSkill: 'final_skill',
    identityVerified: 'identity_verified',
  },
  Profile: { displayName: 'display_name' },
  Handoff: { requestedAt: 'requested_at' },
  Message: { sentAt: 'sent_at' },
};

const renamed = Object.fromEntries(
  Object.entries(FIELDS).map(([type, fields]) => [
    type,
    Object.fromEntries(Object.entries(fields).map(([name, stored]) => [name, (row) => row[stored]])),
  ]),
);
for (const type of ['Conversation', 'Profile', 'Message']) renamed[type].id = (row) => row._id;

export const resolvers = {
  DateTime: new GraphQLScalarType({ name: 'DateTime', serialize: (at) => (at instanceof Date ? at.toISOString() : at) }),
  ...renamed,
  Conversation: {
    ...renamed.Conversation,
    tags: (row) => row.tags ?? [],
    handoffs: (row) => row.handoffs ?? [],
    profile: (row, _, context) => row.profile ?? context.profiles.load(row.profile_id),
    messages: (row, { first }) => store.messagesOf(row, first ?? 50),
  },
  Query: {
    conversations: (_, { first, after }) => store.page(first ?? 50, after),
    conversation: (_, { id }) => store.conversation(id),
    metrics: (_, { range }) => store.report(range.between),
  },
  Mutation: {
    sendMessage: async (_, { input }) => ({ message: await store.send(input.conversationId, input.text), errors: [] }),
  },
};

export const context = () => ({ profiles: store.profileLoader() });

// What a subscriber gets of an event. The event holds the profile, so that no subscriber reads it.
export const item = (event) => ({
  inbox: { message: event.message, conversation: { ...event.conversation, profile: event.profile } },
});
