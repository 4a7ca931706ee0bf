import { follow } from "../client/live";
import { backOff, pause } from "../client/pause";
import { random } from "../client/random";
import { upload, type SentFile } from "../client/upload";
import { DraftsDocument, EarlierInThreadDocument, FollowThreadDocument, NoteDocument, ReplyDocument, StaffTypingDocument, ThreadDocument, type ShoppersMessageFragment } from "../documents/generated";
import type { Calls } from "./calls";
import type { Desk } from "./desk";
import { withMessages, withThreadItem, type Message, type Row, type Thread } from "./state";

const TYPING_REPEAT = 3_000; // milliseconds, as `setTyping` wants it
const DRAFTS = 5_000; // milliseconds between two looks for drafts of the agent, which no stream tells of
const KEPT = "baton:draft:"; // in the storage of the tab, with the ID of a conversation: what is written and not sent

interface Sent {
  message: Message | null;
  errors: { message: string; unseen?: ShoppersMessageFragment[] }[];
}

/** The conversation that is open, and what the member writes in it. */
export class OpenConversation {
  private end: (() => void) | null = null;
  private looking: ReturnType<typeof setInterval> | undefined;
  private typedAt = 0;

  constructor(private readonly desk: Desk, private readonly calls: Calls) {}

  /** Shows a ticket without its conversation. */
  choose(row: Row): void {
    this.leave();
    this.desk.set({ open: row, thread: null, trouble: null });
  }

  async open(row: Row): Promise<void> {
    this.choose(row);
    await this.calls.again(() => this.load(row), () => this.desk.state.open?.id === row.id);
  }

  close(): void {
    this.leave();
    this.desk.set({ open: null, thread: null, trouble: null });
  }

  private leave(): void {
    this.type(false);
    this.end?.();
    this.end = null;
    clearInterval(this.looking);
  }

  /** Reads the conversation, and then every change after it. */
  private async load(row: Row): Promise<void> {
    const { conversation } = await this.calls.ask(ThreadDocument, { id: row.conversation.id });
    const isOpen = () => this.desk.state.open?.id === row.id;
    if (!conversation || !isOpen()) return;
    const { id, messages, streamCursor, ...facts } = conversation;
    this.desk.set({ thread: { conversationId: id, messages: messages.nodes, earlier: earlierOf(messages), facts, writers: [], unseen: [] } });
    const renew = () => { if (isOpen()) void this.calls.again(() => this.load(row), isOpen); };
    this.end?.();
    this.end = follow(this.calls.endpoint, this.calls.credential, FollowThreadDocument, { id, after: streamCursor }, {
      next: ({ conversation: item }) => {
        const { thread } = this.desk.state;
        if (item?.__typename === "StreamReset") renew();
        else if (item && thread?.conversationId === id) this.desk.set({ thread: withThreadItem(thread, item) });
      },
      connected: () => {}, // the list tells of the connection
      refused: () => {}, // the stream goes on by itself
      failed: () => void pause(backOff(0)).then(renew),
    });
    clearInterval(this.looking);
    this.looking = setInterval(() => { if (!document.hidden) void this.readDrafts(id).catch(() => {}); }, DRAFTS);
    this.desk.read();
  }

  private async readDrafts(id: string): Promise<void> {
    const { conversation } = await this.calls.ask(DraftsDocument, { id });
    const { thread } = this.desk.state;
    if (!conversation || thread?.conversationId !== id || thread.facts.drafts.length === conversation.drafts.length) return;
    this.desk.set({ thread: { ...thread, facts: { ...thread.facts, drafts: conversation.drafts } } });
  }

  /** Reads the messages before the first one that is shown. */
  async earlier(): Promise<void> {
    const { thread } = this.desk.state;
    if (!thread?.earlier) return;
    const { conversationId: id, earlier: before } = thread;
    await this.calls.again(async () => {
      const { conversation } = await this.calls.ask(EarlierInThreadDocument, { id, before });
      const { thread: now } = this.desk.state;
      if (!conversation || now?.conversationId !== id || now.earlier !== before) return;
      this.desk.set({ thread: { ...withMessages(now, conversation.messages.nodes), earlier: earlierOf(conversation.messages) } });
    });
  }

  /**
   * Returns whether the reply was sent. It is not if the shopper wrote something that is not on the screen yet, which
   * the thread then shows; the next attempt counts as having seen it.
   */
  async reply(text: string, attachments: string[]): Promise<boolean> {
    const { thread } = this.desk.state;
    if (!thread) return false;
    const lastSeenSequence = thread.messages.at(-1)?.sequence ?? 0;
    const input = { conversationId: thread.conversationId, text, attachments, lastSeenSequence, idempotencyKey: random() };
    return this.sent(thread, async () => (await this.calls.ask(ReplyDocument, { input })).replyToConversation);
  }

  async note(text: string, attachments: string[]): Promise<boolean> {
    const { thread } = this.desk.state;
    if (!thread) return false;
    const input = { conversationId: thread.conversationId, text, attachments, idempotencyKey: random() };
    return this.sent(thread, async () => (await this.calls.ask(NoteDocument, { input })).addNote);
  }

  /** Sends the bytes of a file, for the next message. Raises `RequestFailed`. */
  upload(file: File): Promise<SentFile> {
    return upload(this.calls.endpoint, this.calls.credential, file);
  }

  private async sent({ conversationId }: Thread, send: () => Promise<Sent>): Promise<boolean> {
    this.desk.set({ trouble: null });
    let done = false;
    await this.calls.again(async () => {
      const { message, errors } = await send();
      done = message !== null;
      this.typedAt = 0; // a message ends the indicator
      const { thread } = this.desk.state;
      if (thread?.conversationId !== conversationId) return;
      const [error] = errors;
      const unseen: Message[] = (error?.unseen ?? []).map((one) => ({ ...one, products: [], delivery: null }));
      const shown = withMessages(thread, message ? [message] : unseen);
      this.desk.set({ thread: { ...shown, unseen }, trouble: error && !unseen.length ? error.message : null });
    });
    return done;
  }

  /** Shows shopper and colleagues that the member writes, or does not any more. */
  type(typing: boolean): void {
    const { thread } = this.desk.state;
    if (!thread || (typing ? Date.now() - this.typedAt < TYPING_REPEAT : this.typedAt === 0)) return;
    this.typedAt = typing ? Date.now() : 0;
    const input = { conversationId: thread.conversationId, typing };
    this.calls.ask(StaffTypingDocument, { input }).catch(() => {}); // a signal may be lost
  }
}

/** What was written in a conversation and not sent. It outlives a look at another ticket, and a reload. */
export const drafts = {
  of: (conversationId: string): string => sessionStorage.getItem(KEPT + conversationId) ?? "",
  keep: (conversationId: string, text: string): void => {
    if (text) sessionStorage.setItem(KEPT + conversationId, text);
    else sessionStorage.removeItem(KEPT + conversationId);
  },
  /** Forgets a text that was sent, and not what was written after it. */
  drop: (conversationId: string, sent: string): void => {
    const kept = drafts.of(conversationId);
    if (kept.startsWith(sent)) drafts.keep(conversationId, kept.slice(sent.length).replace(/^\n/, ""));
  },
};

function earlierOf({ pageInfo }: { pageInfo: { hasPreviousPage: boolean; startCursor: string | null } }): string | null {
  return pageInfo.hasPreviousPage ? pageInfo.startCursor : null;
}
