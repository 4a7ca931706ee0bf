import type { FollowInboxSubscription, FollowThreadSubscription, InboxView, TeamQuery, ThreadMessageFragment, ThreadQuery, TicketRowFragment } from "../documents/generated";

export type Row = TicketRowFragment;
export type Message = ThreadMessageFragment;
export type Draft = NonNullable<ThreadQuery["conversation"]>["drafts"][number];

export interface Thread {
  conversationId: string;
  messages: readonly Message[]; // by `sequence`
  drafts: readonly Draft[]; // of the agent, which were not shown
  typing: { name: string; text: string | null } | null;
  unseen: readonly Message[]; // what the shopper wrote while a reply was written; the reply was not sent
}

export interface State {
  me: NonNullable<TeamQuery["me"]> | null;
  view: InboxView;
  rows: readonly Row[]; // the newest ticket first
  total: number;
  more: string | null; // the position after the last row, if there are more
  ticketId: string | null; // of the ticket that is open
  thread: Thread | null;
  live: boolean;
  trouble: string | null;
}

export const EMPTY: State = {
  me: null, view: "ALL", rows: [], total: 0, more: null, ticketId: null, thread: null, live: true, trouble: null,
};

/** Returns the list after an item of the inbox's stream. Items that repeat something change nothing. */
export function withInboxItem(state: State, item: NonNullable<FollowInboxSubscription["inbox"]>): State {
  switch (item.__typename) {
    case "TicketAdded":
    case "TicketChanged":
      return withRow(state, item.ticket);
    case "TicketRemoved":
      return withoutRow(state, item.ticketId);
    case "MessageAdded":
      return { ...state, rows: state.rows.map((row) => withLatest(row, item)) };
    default:
      return state;
  }
}

function withRow(state: State, row: Row): State {
  const others = state.rows.filter(({ id }) => id !== row.id);
  const total = others.length === state.rows.length ? state.total + 1 : state.total;
  return { ...state, total, rows: [...others, row].sort(newestFirst) };
}

function withoutRow(state: State, id: string): State {
  const rows = state.rows.filter((row) => row.id !== id);
  return { ...state, rows, total: state.total - (state.rows.length - rows.length) };
}

type Added = Extract<NonNullable<FollowInboxSubscription["inbox"]>, { __typename: "MessageAdded" }>;

function withLatest(row: Row, { message, conversation }: Added): Row {
  const { id, version, lastMessageAt } = conversation;
  if (row.conversation.id !== id || row.conversation.version > version) return row;
  return { ...row, conversation: { ...row.conversation, version, lastMessageAt, lastMessage: message } };
}

function newestFirst(one: Row, other: Row): number {
  return other.createdAt.localeCompare(one.createdAt) || other.id.localeCompare(one.id);
}

/** Returns the thread after an item of its conversation's stream. */
export function withThreadItem(thread: Thread, item: NonNullable<FollowThreadSubscription["conversation"]>): Thread {
  switch (item.__typename) {
    case "MessageAdded":
      return { ...withMessages(thread, [item.message]), typing: null };
    case "ConversationChanged":
      return { ...thread, drafts: item.conversation.drafts };
    case "TypingChanged":
      if (item.author.kind === "HUMAN_AGENT") return thread;
      return { ...thread, typing: item.typing ? { name: item.author.name, text: item.text } : null };
    default:
      return thread;
  }
}

export function withMessages(thread: Thread, messages: readonly Message[]): Thread {
  const all = new Map(thread.messages.map((message) => [message.sequence, message]));
  for (const message of messages) all.set(message.sequence, message);
  return { ...thread, messages: [...all.values()].sort((one, other) => one.sequence - other.sequence) };
}
