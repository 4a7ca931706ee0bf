import type {
  Channel,
  ColleagueFragment,
  FollowInboxSubscription,
  FollowThreadSubscription,
  InboxView,
  ThreadFactsFragment,
  ThreadMessageFragment,
  TicketRowFragment,
} from "../documents/generated";

export type Row = TicketRowFragment;
export type Message = ThreadMessageFragment;
export type Facts = ThreadFactsFragment;
export type Colleague = ColleagueFragment;
export type InboxItem = NonNullable<FollowInboxSubscription["inbox"]>;
export type ThreadItem = NonNullable<FollowThreadSubscription["conversation"]>;

/** The views of the API list open tickets; the other two are states. */
export type View = InboxView | "SNOOZED" | "CLOSED";
export const VIEWS: readonly View[] = ["ALL", "MINE", "UNASSIGNED", "SNOOZED", "CLOSED"];

export interface Filter {
  search: string; // in all tickets, whatever the view
  channel: Channel | "";
  tag: string;
  assignee: string; // the ID of a member
  unread: boolean;
}

export type Counts = Record<Exclude<View, "CLOSED">, number>;

export interface Writer {
  kind: string;
  name: string;
  text: string | null; // of the agent: its reply so far
  until: number; // milliseconds, on the clock of this page, which nobody sets
}

export interface Thread {
  conversationId: string;
  messages: readonly Message[]; // by `sequence`
  earlier: string | null; // the position before the first message, if there are more
  facts: Facts;
  writers: readonly Writer[];
  unseen: readonly Message[]; // what the shopper wrote while a reply was written; the reply was not sent
}

export interface State {
  me: Colleague | null;
  team: readonly Colleague[];
  view: View;
  filter: Filter;
  rows: readonly Row[]; // of the view, as far as they are loaded, the newest ticket first
  more: string | null; // the position after the last row, if there are more
  loading: boolean;
  counts: Counts;
  writers: ReadonlyMap<string, readonly Writer[]>; // by the ID of the conversation
  open: Row | null;
  thread: Thread | null;
  live: boolean; // whether the stream of the list is connected
  threadLive: boolean; // whether the stream of the open conversation is, if there is one
  refusal: string | null; // why the server refuses a stream, which is begun again; null if it does not
  waits: boolean; // whether a request could not be made, and is made again
  acting: ReadonlySet<string>; // the IDs of the tickets of which a command is on its way
  trouble: Trouble | null;
}

/** Why something was not done. */
export interface Trouble {
  ticketId: string | null; // the ticket that it is about
  text: string;
}

export const NO_FILTER: Filter = { search: "", channel: "", tag: "", assignee: "", unread: false };
export const EMPTY: State = {
  me: null, team: [], view: "ALL", filter: NO_FILTER, rows: [], more: null, loading: true,
  counts: { ALL: 0, MINE: 0, UNASSIGNED: 0, SNOOZED: 0 }, writers: new Map(), open: null, thread: null,
  live: true, threadLive: true, refusal: null, waits: false, acting: new Set(), trouble: null,
};

const TYPING_LASTS = 7_000; // milliseconds; the server's indicators expire after 6 s

export function isSearch(filter: Filter): boolean {
  return filter.search.trim() !== "";
}

/** Returns whether a list leaves out tickets of its view. */
export function isNarrow(filter: Filter): boolean {
  return isSearch(filter) || Boolean(filter.channel || filter.tag || filter.assignee || filter.unread);
}

/**
 * Returns the rows that the filter shows. The server has carried out the filter and the search on the pages; the stream
 * brings tickets that do not fulfil the filter, and a search takes no assignee.
 */
export function shownRows({ rows, filter }: Pick<State, "rows" | "filter">): readonly Row[] {
  const { channel, tag, assignee, unread } = filter;
  if (!channel && !tag && !assignee && !unread) return rows;
  return rows.filter((row) =>
    (!channel || row.conversation.channel === channel) &&
    (!tag || row.conversation.tags.includes(tag)) &&
    (!assignee || row.assignee?.id === assignee) &&
    (!unread || row.unread));
}

/** Returns whether a view lists the ticket. */
export function isIn(view: View, row: Row, me: string): boolean {
  if (view === "SNOOZED" || view === "CLOSED") return row.state === view;
  return row.state === "OPEN" && (view === "ALL" || (view === "MINE" ? row.assignee?.id === me : row.assignee === null));
}

/** What tells which views of the open and snoozed tickets a ticket is in. */
export type Place = Pick<Row, "state" | "assignee">;

/** Returns the lists after an item of the inbox's stream. Items that repeat something change nothing. */
export function withInboxItem(state: State, item: InboxItem, now = performance.now()): State {
  switch (item.__typename) {
    case "TicketAdded":
    case "TicketChanged":
      return withTicket(state, item.ticket);
    case "TicketRemoved":
      return isOfStream(state) ? { ...state, rows: state.rows.filter(({ id }) => id !== item.ticketId) } : state;
    case "MessageAdded":
      return withLatest(state, item);
    case "MessageRedacted":
      return item.conversation.ticket ? withTicket(state, item.conversation.ticket) : state;
    case "TypingChanged":
      return { ...state, writers: withWriter(state.writers, item.conversationId, writersAfter(state.writers.get(item.conversationId) ?? [], item, now)) };
    default:
      return state;
  }
}

// The stream is of the tickets that are not closed. What became of one that left it, only the ticket itself tells.
function isOfStream({ view, filter }: State): boolean {
  return view !== "CLOSED" && !isSearch(filter);
}

/** Returns the state with a ticket as it is now, unless a later state of it is known. */
export function withTicket(state: State, row: Row): State {
  const { open } = state;
  return { ...state, rows: withRow(state, row), open: open && isLater(open, row) ? row : open };
}

/** Returns whether one is a later state of a ticket, or a later ticket of the same conversation. */
function isLater(known: Row, row: Row): boolean {
  const isSame = known.conversation.id === row.conversation.id && known.conversation.version <= row.conversation.version;
  return isSame && (known.id === row.id || known.createdAt <= row.createdAt);
}

function withRow({ rows, view, filter, more, me }: State, row: Row): readonly Row[] {
  const index = rows.findIndex(({ id }) => id === row.id);
  const known = rows[index];
  if (known && known.conversation.version > row.conversation.version) return rows;
  if (isSearch(filter)) return known ? rows.with(index, row) : rows;
  if (!isIn(view, row, me?.id ?? "")) return known ? rows.toSpliced(index, 1) : rows;
  if (known) return rows.with(index, row); // a ticket keeps its place, which is its creation's
  const place = placeOf(rows, row);
  return place === rows.length && more ? rows : rows.toSpliced(place, 0, row); // else a later page has it
}

/** Returns the rows with those of another page; each ticket once, in its later state. */
export function withPage(rows: readonly Row[], page: readonly Row[]): readonly Row[] {
  const all = new Map(rows.map((row) => [row.id, row]));
  for (const row of page) {
    const known = all.get(row.id);
    if (!known || known.conversation.version <= row.conversation.version) all.set(row.id, row);
  }
  return [...all.values()].sort(newestFirst);
}

// Instants have one format, so that they compare as texts.
function newestFirst(one: Row, other: Row): number {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt ? 1 : -1;
  return one.id < other.id ? 1 : one.id > other.id ? -1 : 0;
}

function placeOf(rows: readonly Row[], row: Row): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (newestFirst(rows[middle]!, row) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Added = Extract<InboxItem, { __typename: "MessageAdded" }>;

function withLatest(state: State, { message, conversation }: Added): State {
  const { id, version, lastMessageAt, tags } = conversation;
  // Baton's own words to the shopper say nothing of what the ticket is about.
  const isNotice = message.author.kind === "SYSTEM" && message.kind !== "NOTE";
  const latest = (row: Row): Row => {
    if (row.conversation.version > version) return row;
    const lastMessage = isNotice ? row.conversation.lastMessage : message;
    return { ...row, conversation: { ...row.conversation, version, lastMessageAt, tags, lastMessage } };
  };
  const index = state.rows.findIndex((row) => row.conversation.id === id);
  const rows = index < 0 ? state.rows : state.rows.with(index, latest(state.rows[index]!));
  const open = state.open?.conversation.id === id ? latest(state.open) : state.open;
  const writers = (state.writers.get(id) ?? []).filter((writer) => !isBy(writer, message.author));
  return { ...state, rows, open, writers: withWriter(state.writers, id, writers) };
}

/**
 * Returns the counts after an item of the inbox's stream. `before`: the ticket before it; undefined if it was closed or
 * new, or is not known.
 */
export function countsAfter(counts: Counts, item: InboxItem, before: Place | undefined, me: string): Counts {
  const change = { ...counts };
  const count = ({ state, assignee }: Place, by: number) => {
    if (state === "SNOOZED") change.SNOOZED += by;
    if (state !== "OPEN") return;
    change.ALL += by;
    if (assignee?.id === me) change.MINE += by;
    if (assignee === null) change.UNASSIGNED += by;
  };
  const isAdded = item.__typename === "TicketAdded";
  if (!isAdded && item.__typename !== "TicketChanged" && item.__typename !== "TicketRemoved") return counts;
  if (before) count(before, -1);
  else if (!isAdded) return counts; // it is counted again
  if ("ticket" in item) count(item.ticket, 1);
  return change;
}

/** Returns the thread as it was read. After the shopper was erased, it takes seconds until the messages are without words. */
export function threadOf(conversationId: string, messages: readonly Message[], earlier: string | null, facts: Facts): Thread {
  return withFacts({ conversationId, messages, earlier, facts, writers: [], unseen: [] }, facts);
}

/** Returns the thread after an item of its conversation's stream. */
export function withThreadItem(thread: Thread, item: ThreadItem, now = performance.now()): Thread {
  switch (item.__typename) {
    case "MessageAdded":
      return { ...withMessages(thread, [item.message]), writers: thread.writers.filter((writer) => !isBy(writer, item.message.author)) };
    case "MessageRedacted": {
      const shown = withMessages(thread, thread.messages.some(({ id }) => id === item.message.id) ? [item.message] : []);
      return item.conversation.version < thread.facts.version ? shown : withFacts(shown, item.conversation);
    }
    case "MessageDeliveryChanged":
      return { ...thread, messages: thread.messages.map((message) => message.id === item.messageId ? { ...message, delivery: item.delivery } : message) };
    case "ConversationChanged":
    case "HandoffChanged":
      return item.conversation.version < thread.facts.version ? thread : withFacts(thread, item.conversation);
    case "TypingChanged":
      return { ...thread, writers: writersAfter(thread.writers, item, now) };
    default:
      return thread;
  }
}

/** Retention and the erasure of the shopper remove the words of all messages at once, and tell so by the conversation alone. */
export function withFacts(thread: Thread, facts: Facts): Thread {
  const isEmptied = facts.transcriptRemovedAt !== null && facts.transcriptRemovedAt !== thread.facts.transcriptRemovedAt;
  const messages = isEmptied || facts.erasedAt ? thread.messages.map((message) => emptied(message, facts.erasedAt)) : thread.messages;
  if (!facts.erasedAt) return { ...thread, facts, messages };
  return { ...thread, facts: { ...facts, drafts: [] }, messages, unseen: [], writers: [] };
}

function emptied(message: Message, erasedAt: string | null): Message {
  const left = { ...message, text: "", products: [], attachments: [] };
  if (!erasedAt) return left;
  const name = message.author.kind === "SHOPPER" ? "Anonymous" : message.author.name;
  return { ...left, redactedAt: message.redactedAt ?? erasedAt, author: { ...message.author, name } };
}

export function withMessages(thread: Thread, messages: readonly Message[]): Thread {
  const all = new Map(thread.messages.map((message) => [message.sequence, message]));
  const { erasedAt } = thread.facts;
  for (const message of erasedAt ? messages.map((one) => emptied(one, erasedAt)) : messages) {
    if (message.redactedAt || !all.get(message.sequence)?.redactedAt) all.set(message.sequence, message); // a page may be older
  }
  return { ...thread, messages: [...all.values()].sort((one, other) => one.sequence - other.sequence) };
}

interface TypingSignal {
  author: { kind: string; name: string };
  typing: boolean;
  text?: string | null;
}

function writersAfter(writers: readonly Writer[], { author, typing, text }: TypingSignal, now: number): readonly Writer[] {
  const others = writers.filter((writer) => !isBy(writer, author));
  return typing ? [...others, { ...author, text: text ?? null, until: now + TYPING_LASTS }] : others;
}

// There is one shopper and one agent, whatever their names were then.
function isBy(writer: Writer, author: { kind: string; name: string }): boolean {
  return writer.kind === author.kind && (writer.kind !== "HUMAN_AGENT" || writer.name === author.name);
}

function withWriter(all: State["writers"], conversationId: string, writers: readonly Writer[]): State["writers"] {
  if (!writers.length && !all.has(conversationId)) return all;
  const changed = new Map(all);
  if (writers.length) changed.set(conversationId, writers);
  else changed.delete(conversationId);
  return changed;
}

/** Returns the state without the indicators that have expired; the same state if there are none. */
export function withoutSilent(state: State, now = performance.now()): State {
  const isCurrent = (writer: Writer) => writer.until > now;
  const { thread } = state;
  const silent = [...state.writers].filter(([, writers]) => !writers.every(isCurrent));
  const writers = silent.reduce((all, [id, some]) => withWriter(all, id, some.filter(isCurrent)), state.writers);
  const stopped = thread && !thread.writers.every(isCurrent);
  if (!silent.length && !stopped) return state;
  return { ...state, writers, thread: stopped ? { ...thread, writers: thread.writers.filter(isCurrent) } : thread };
}
