import { follow } from "../client/live";
import { pause, waitAfter } from "../client/pause";
import { refusalOf } from "../pages/connection";
import { DraftsDocument, EarlierInThreadDocument, FollowThreadDocument, StaffTypingDocument, ThreadDocument, type ShoppersMessageFragment } from "../documents/generated";
import type { Calls } from "./calls";
import type { Desk } from "./desk";
import { threadOf, withMessages, withThreadItem, withTicket, type Message, type Row } from "./state";

const TYPING_REPEAT = 3_000; // milliseconds, as `setTyping` wants it
const DRAFTS = 5_000; // milliseconds between two looks for drafts of the agent, which no stream tells of
const GONE = "This conversation does not exist any more.";

/** The conversation that is open. */
export class OpenConversation {
  private end: (() => void) | null = null;
  private looking: ReturnType<typeof setInterval> | undefined;
  private typedAt: number | null = null; // on the clock of this page, which nobody sets
  private interrupted = 0; // streams that ended in a row, without an item
  private seen = { conversationId: "", sequence: 0 };

  constructor(private readonly desk: Desk, private readonly calls: Calls) {}

  /** Shows a ticket without its conversation. */
  choose(row: Row): void {
    this.leave();
    this.desk.set({ open: row, thread: null, threadLive: true, trouble: null });
  }

  async open(row: Row): Promise<void> {
    this.choose(row);
    await this.calls.again(() => this.load(row), { wanted: () => this.isOpen(row) });
  }

  close(): void {
    this.leave();
    this.desk.set({ open: null, thread: null, threadLive: true, trouble: null });
  }

  private leave(): void {
    this.type(false);
    this.end?.();
    this.end = null;
    clearInterval(this.looking);
  }

  private isOpen({ conversation }: Row): boolean {
    return this.desk.state.open?.conversation.id === conversation.id;
  }

  /** Reads the conversation and its ticket, and then every change after them. */
  private async load(row: Row): Promise<void> {
    const { conversation } = await this.calls.ask(ThreadDocument, { id: row.conversation.id });
    if (!this.isOpen(row)) return;
    if (!conversation) return this.desk.set({ trouble: { ticketId: row.id, text: GONE } });
    const { id, messages, streamCursor, ...facts } = conversation;
    if (facts.ticket) this.desk.set(withTicket(this.desk.state, facts.ticket));
    this.desk.set({ thread: threadOf(id, messages.nodes, earlierOf(messages), facts) });
    const renew = () => { if (this.isOpen(row)) void this.calls.again(() => this.load(row), { wanted: () => this.isOpen(row) }); };
    this.end?.();
    this.end = follow(this.calls.endpoint, this.calls.credential, FollowThreadDocument, { id, after: streamCursor }, {
      next: ({ conversation: item }) => {
        this.interrupted = 0;
        if (!this.desk.state.threadLive && this.isOpen(row)) this.desk.set({ threadLive: true, refusal: null });
        const { thread } = this.desk.state;
        if (item?.__typename === "StreamReset") renew();
        else if (item && thread?.conversationId === id) this.desk.set({ thread: withThreadItem(thread, item) });
        // The stream of the list tells of the open tickets only.
        if (item && "conversation" in item && item.conversation.ticket) this.desk.set(withTicket(this.desk.state, item.conversation.ticket));
      },
      connected: (threadLive) => { if (this.isOpen(row)) this.desk.set({ threadLive: threadLive && !this.interrupted }); },
      refused: () => {}, // the stream goes on by itself
      failed: (error) => {
        if (this.isOpen(row)) this.desk.set({ threadLive: false, refusal: refusalOf(error) });
        void pause(waitAfter(error, this.interrupted++)).then(renew);
      },
    });
    clearInterval(this.looking);
    this.looking = setInterval(() => { if (!document.hidden) void this.readDrafts(id).catch(() => {}); }, DRAFTS);
    this.desk.read();
  }

  private async readDrafts(id: string): Promise<void> {
    const { conversation } = await this.calls.ask(DraftsDocument, { id });
    const { thread } = this.desk.state;
    if (!conversation || thread?.conversationId !== id || thread.facts.erasedAt) return;
    if (JSON.stringify(thread.facts.drafts) === JSON.stringify(conversation.drafts)) return;
    this.desk.set({ thread: { ...thread, facts: { ...thread.facts, drafts: conversation.drafts } } });
  }

  /** The member has had a message on the screen, and those before it. */
  see(conversationId: string, sequence: number): void {
    const { seen } = this;
    this.seen = { conversationId, sequence: seen.conversationId === conversationId ? Math.max(seen.sequence, sequence) : sequence };
  }

  /** Returns the number of the last message of a conversation that has been on the screen; null if it is not open. */
  lastSeen(conversationId: string): number | null {
    const { seen, desk: { state: { thread } } } = this;
    if (thread?.conversationId !== conversationId) return null;
    return seen.conversationId === conversationId ? seen.sequence : 0;
  }

  /** Shows what the shopper wrote while the member was at something that was not carried out because of it. */
  showUnseen(conversationId: string, unseen: readonly ShoppersMessageFragment[]): void {
    const { thread } = this.desk.state;
    if (thread?.conversationId !== conversationId) return;
    const messages: Message[] = unseen.map((one) => ({ ...one, products: [], delivery: null }));
    this.desk.set({ thread: { ...withMessages(thread, messages), unseen: thread.facts.erasedAt ? [] : messages } });
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
    }, { wanted: () => this.desk.state.thread?.conversationId === id });
  }

  /** Shows shopper and colleagues that the member writes, or does not any more. */
  type(typing: boolean): void {
    const { thread } = this.desk.state;
    const now = performance.now();
    if (!thread || (typing ? this.typedAt !== null && now - this.typedAt < TYPING_REPEAT : this.typedAt === null)) return;
    this.typedAt = typing ? now : null;
    const input = { conversationId: thread.conversationId, typing };
    this.calls.ask(StaffTypingDocument, { input }).catch(() => {}); // a signal may be lost
  }

  /** The member's message has ended the indicator. */
  typed(): void {
    this.typedAt = null;
  }
}

function earlierOf({ pageInfo }: { pageInfo: { hasPreviousPage: boolean; startCursor: string | null } }): string | null {
  return pageInfo.hasPreviousPage ? pageInfo.startCursor : null;
}
