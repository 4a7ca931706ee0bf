import type {
  ConversationPageFragment, FollowTranscriptSubscription, HappeningFragment, HappeningPageFragment, ListedConversationFragment, ReportFragment,
  SalePageFragment, TranscriptHeadFragment, TranscriptMessageFragment,
} from "../documents/generated";
import { HOME, WHOLE, type ListView, type View } from "./view";

export type Report = ReportFragment;
export type Row = ListedConversationFragment;
export type Sale = SalePageFragment["nodes"][number];
export type Happening = HappeningFragment;
export type Head = TranscriptHeadFragment;
export type Message = TranscriptMessageFragment;

export interface List {
  view: ListView; // of which these are the rows; while another list is read, the page still shows this one
  rows: readonly Row[];
  sales: readonly Sale[];
  total: number;
  exact: boolean;
  more: string | null; // the position after the last row, if there are more
  changed: boolean; // the list changed after so many rows were read that they are not read again by themselves
}

export interface Feed {
  events: readonly Happening[]; // the newest first
  more: string | null;
}

export interface Transcript {
  head: Head;
  messages: readonly Message[]; // by `sequence`
  earlier: string | null; // the position before the first message, if there are more
}

export interface State {
  view: View;
  name: string; // of the member of staff; empty for other keys
  report: Report | null;
  reported: View; // of which it is the report; while another one is read, the page still shows this one
  tags: readonly string[]; // the most frequent ones, for the filter
  list: List;
  feed: Feed;
  transcript: Transcript | null; // of the conversation in the drawer
  loading: boolean; // a report is on its way
  live: boolean;
  refusal: string | null; // why the server refuses the stream, which is begun again; null if it does not
  trouble: string | null;
  listTrouble: string | null; // of the list alone, such as a search that the server refuses
}

export const NO_LIST: List = { view: WHOLE, rows: [], sales: [], total: 0, exact: true, more: null, changed: false };
export const EMPTY: State = {
  view: HOME, name: "", report: null, reported: HOME, tags: [], list: NO_LIST, feed: { events: [], more: null }, transcript: null, loading: true, live: true, refusal: null, trouble: null, listTrouble: null,
};

interface Connection {
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

function moreOf({ pageInfo }: Connection): string | null {
  return pageInfo.hasNextPage ? pageInfo.endCursor : null;
}

export function listOfRows(view: ListView, page: ConversationPageFragment): List {
  return { ...NO_LIST, view, rows: page.nodes, total: page.totalCount, exact: page.totalCountIsExact, more: moreOf(page) };
}

export function listOfSales(view: ListView, page: SalePageFragment): List {
  return { ...NO_LIST, view, sales: page.nodes, total: page.totalCount, more: moreOf(page) };
}

/** Returns the list with its next page. Rows that moved between the pages stay where they were read first. */
export function withNext(list: List, next: List): List {
  return { ...next, rows: joined(list.rows, next.rows), sales: joined(list.sales, next.sales), changed: list.changed };
}

export function feedOf(page: HappeningPageFragment): Feed {
  return { events: page.nodes, more: moreOf(page) };
}

/** Returns the feed with a newer page before it; the page alone if events may lie between the two. */
export function refreshed(feed: Feed, newest: Feed): Feed {
  const known = new Set(feed.events.map(({ id }) => id));
  const meets = newest.more === null || newest.events.some(({ id }) => known.has(id));
  return meets ? { events: joined(newest.events, feed.events), more: feed.events.length ? feed.more : newest.more } : newest;
}

export function withEarlier(feed: Feed, earlier: Feed): Feed {
  return { events: joined(feed.events, earlier.events), more: earlier.more };
}

export function withEvent(feed: Feed, event: Happening): Feed {
  return { ...feed, events: joined([event], feed.events) };
}

/** Returns the events of a feed up to an instant. */
export function upTo(events: readonly Happening[], instant: string | null): readonly Happening[] {
  return instant === null ? events : events.filter(({ at }) => at <= instant);
}

export function joined<Item extends { id: string }>(first: readonly Item[], second: readonly Item[]): Item[] {
  const known = new Set(first.map(({ id }) => id));
  return [...first, ...second.filter(({ id }) => !known.has(id))];
}

/** Returns the transcript after an item of its stream. Items in any order, once or twice, end in the same state. */
export function withItem(transcript: Transcript, item: NonNullable<FollowTranscriptSubscription["conversation"]>): Transcript {
  switch (item.__typename) {
    case "MessageAdded":
    case "MessageRedacted":
      return withMessages(withHead(transcript, item.conversation), [item.message]);
    case "ConversationChanged":
    case "HandoffChanged":
      return withHead(transcript, item.conversation);
    default:
      return transcript;
  }
}

/** Returns the transcript as it was read. After the shopper was erased, it takes seconds until the messages are without words. */
export function transcriptOf(head: Head, messages: readonly Message[], earlier: string | null): Transcript {
  return withHead({ head, messages, earlier }, head);
}

function withHead(transcript: Transcript, head: Head): Transcript {
  if (head.version < transcript.head.version) return transcript;
  // Retention and the erasure of the shopper remove the words of all messages at once, and tell so by the conversation alone.
  const isEmptied = head.transcriptRemovedAt && head.transcriptRemovedAt !== transcript.head.transcriptRemovedAt;
  const messages = isEmptied || head.erasedAt ? transcript.messages.map((message) => emptied(message, head.erasedAt)) : transcript.messages;
  return { ...transcript, head, messages };
}

function emptied(message: Message, erasedAt: string | null): Message {
  const left = { ...message, text: "", products: [], attachments: [] };
  if (!erasedAt) return left;
  const name = message.author.kind === "SHOPPER" ? "Anonymous" : message.author.name;
  return { ...left, redactedAt: message.redactedAt ?? erasedAt, author: { ...message.author, name } };
}

export function withMessages(transcript: Transcript, messages: readonly Message[]): Transcript {
  const redacted = transcript.messages.filter(({ redactedAt }) => redactedAt); // for good, whatever an older page or item has
  const { erasedAt } = transcript.head;
  const added = erasedAt ? messages.map((message) => emptied(message, erasedAt)) : messages;
  const all = new Map([...transcript.messages, ...added, ...redacted].map((message) => [message.sequence, message]));
  return { ...transcript, messages: [...all.values()].sort((one, other) => one.sequence - other.sequence) };
}
