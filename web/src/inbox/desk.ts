import type { Credential } from "../client/credential";
import { execute, RequestFailed } from "../client/http";
import { follow } from "../client/live";
import { backOff, pause } from "../client/pause";
import { random } from "../client/random";
import {
  CloseTicketDocument,
  FollowInboxDocument,
  FollowThreadDocument,
  InboxDocument,
  MarkReadDocument,
  NoteDocument,
  ReleaseTicketDocument,
  ReplyDocument,
  ReturnToAgentDocument,
  SetAvailabilityDocument,
  StaffTypingDocument,
  TakeTicketDocument,
  TeamDocument,
  ThreadDocument,
  type InboxView,
  type TicketInput,
  type TypedDocumentString,
} from "../documents/generated";
import { EMPTY, withInboxItem, withMessages, withThreadItem, type Message, type Row, type State } from "./state";

const TYPING_REPEAT = 3_000; // milliseconds, as `setTyping` wants it
const TYPING_END = 7_000; // milliseconds; the server's indicators expire after 6 s

type Action = "take" | "release" | "returnToAgent" | "close";
const ACTIONS: Record<Action, TypedDocumentString<unknown, { input: TicketInput }>> = {
  take: TakeTicketDocument,
  release: ReleaseTicketDocument,
  returnToAgent: ReturnToAgentDocument,
  close: CloseTicketDocument,
};

/** The inbox of one member of staff. Every change of `state` is told to the listener. */
export class Desk {
  state: State = EMPTY;
  changed: () => void = () => {};
  private endList: (() => void) | null = null;
  private endThread: (() => void) | null = null;
  private typedAt = 0;
  private typingEnds: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly endpoint: string, private readonly key: Credential) {}

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.changed();
  }

  get row(): Row | undefined {
    return this.state.rows.find(({ id }) => id === this.state.ticketId);
  }

  /** Raises `RequestFailed` if the key is not that of a member who may read the inbox. */
  async start(): Promise<void> {
    const { me } = await this.ask(TeamDocument, {});
    if (!me) throw new RequestFailed("FORBIDDEN", "This key belongs to no member of staff.");
    await this.load("ALL");
    this.set({ me });
  }

  /** Says whether the member takes new conversations. */
  async setAvailable(available: boolean): Promise<void> {
    const input = { availability: available ? "ONLINE" as const : "AWAY" as const };
    await this.again(async () => {
      const { staff, errors } = (await this.ask(SetAvailabilityDocument, { input })).setAvailability;
      this.set({ ...(staff && { me: staff }), trouble: errors[0]?.message ?? null });
    }, () => true);
  }

  /** Shows a view: its list, and then every change after it. */
  async show(view: InboxView): Promise<void> {
    this.endList?.();
    this.endList = null;
    this.set({ view, rows: [], total: 0, more: null });
    await this.again(() => this.load(view), () => this.state.view === view);
  }

  private async load(view: InboxView): Promise<void> {
    const { inbox } = await this.ask(InboxDocument, { view });
    if (!inbox) throw new RequestFailed("FORBIDDEN", "This key may not read the inbox.");
    if (this.state.view !== view) return;
    const { nodes, totalCount, streamCursor, pageInfo } = inbox;
    this.set({ rows: nodes, total: totalCount, more: pageInfo.hasNextPage ? pageInfo.endCursor : null, live: true });
    this.endList?.();
    const renew = () => { if (this.state.view === view) void this.show(view); };
    this.endList = follow(this.endpoint, this.key, FollowInboxDocument, { view, after: streamCursor }, {
      next: ({ inbox: item }) => {
        if (item?.__typename === "StreamReset") renew();
        else if (item) this.set(withInboxItem(this.state, item));
      },
      connected: (live) => this.set({ live }),
      refused: () => void pause(backOff(0)).then(renew),
      failed: () => void pause(backOff(0)).then(renew),
    });
  }

  async loadMore(): Promise<void> {
    const { view, more } = this.state;
    if (!more) return;
    const { inbox } = await this.ask(InboxDocument, { view, after: more });
    if (!inbox || this.state.view !== view || this.state.more !== more) return;
    const known = new Set(this.state.rows.map(({ id }) => id));
    const rows = [...this.state.rows, ...inbox.nodes.filter(({ id }) => !known.has(id))];
    this.set({ rows, more: inbox.pageInfo.hasNextPage ? inbox.pageInfo.endCursor : null });
  }

  async open(row: Row): Promise<void> {
    this.endThread?.();
    this.endThread = null;
    this.set({ ticketId: row.id, thread: null, trouble: null });
    await this.again(() => this.loadThread(row), () => this.state.ticketId === row.id);
  }

  private async loadThread(row: Row): Promise<void> {
    const { conversation } = await this.ask(ThreadDocument, { id: row.conversation.id });
    if (!conversation || this.state.ticketId !== row.id) return;
    const { id, messages: { nodes }, drafts, streamCursor } = conversation;
    this.set({ thread: { conversationId: id, messages: nodes, drafts, typing: null, unseen: [] } });
    const renew = () => { if (this.state.ticketId === row.id) void this.open(row); };
    this.endThread?.();
    this.endThread = follow(this.endpoint, this.key, FollowThreadDocument, { id, after: streamCursor }, {
      next: ({ conversation: item }) => {
        if (item?.__typename === "StreamReset") renew();
        else if (item && this.state.thread?.conversationId === id) this.take(withThreadItem(this.state.thread, item));
        if (item?.__typename === "MessageAdded" && item.message.author.kind === "SHOPPER") this.read();
      },
      connected: (live) => this.set({ live }),
      refused: () => void pause(backOff(0)).then(renew),
      failed: () => void pause(backOff(0)).then(renew),
    });
    if (row.unread) this.read();
  }

  private take(thread: NonNullable<State["thread"]>): void {
    clearTimeout(this.typingEnds);
    if (thread.typing) this.typingEnds = setTimeout(() => this.state.thread && this.set({ thread: { ...this.state.thread, typing: null } }), TYPING_END);
    this.set({ thread });
  }

  /** Tells that the member has seen the open ticket. Only the assignee's look counts. */
  private read(): void {
    const { row, state: { me } } = this;
    if (row?.assignee && row.assignee.id === me?.id && !document.hidden) void this.run(MarkReadDocument, row.id);
  }

  /** Carries out one of the `ACTIONS` on the open ticket. */
  async act(action: Action): Promise<void> {
    const { ticketId } = this.state;
    if (!ticketId) return;
    await this.run(ACTIONS[action], ticketId);
    if (action === "take" && !this.state.trouble) await this.run(MarkReadDocument, ticketId);
  }

  /**
   * Returns whether the reply was sent. It is not if the shopper wrote something that is not on the screen yet, which
   * the thread then shows; the next attempt counts as having seen it.
   */
  async reply(text: string): Promise<boolean> {
    const { thread } = this.state;
    if (!thread) return false;
    const lastSeenSequence = thread.messages.at(-1)?.sequence ?? 0;
    const input = { conversationId: thread.conversationId, text, lastSeenSequence, idempotencyKey: random() };
    return this.sent(async () => (await this.ask(ReplyDocument, { input })).replyToConversation);
  }

  async note(text: string): Promise<boolean> {
    const { thread } = this.state;
    if (!thread) return false;
    const input = { conversationId: thread.conversationId, text, idempotencyKey: random() };
    return this.sent(async () => (await this.ask(NoteDocument, { input })).addNote);
  }

  type(typing: boolean): void {
    const { thread } = this.state;
    if (!thread || (typing ? Date.now() - this.typedAt < TYPING_REPEAT : this.typedAt === 0)) return;
    this.typedAt = typing ? Date.now() : 0;
    const input = { conversationId: thread.conversationId, typing };
    this.ask(StaffTypingDocument, { input }).catch(() => {}); // a signal may be lost
  }

  private async sent(send: () => Promise<Sent>): Promise<boolean> {
    this.set({ trouble: null });
    const { thread } = this.state;
    let done = false;
    await this.again(async () => {
      const { message, errors } = await send();
      done = message !== null;
      const [error] = errors;
      const unseen = error?.unseen ?? [];
      if (this.state.thread?.conversationId !== thread?.conversationId) return;
      const shown = withMessages(this.state.thread!, message ? [message] : unseen);
      this.set({ thread: { ...shown, unseen }, trouble: error && !unseen.length ? error.message : null });
      this.typedAt = 0;
    }, () => true);
    return done;
  }

  private async run(document: TypedDocumentString<unknown, { input: TicketInput }>, ticketId: string): Promise<void> {
    const input = { ticketId, idempotencyKey: random() };
    await this.again(async () => {
      const data = await this.ask(document, { input });
      const [payload] = Object.values(data as Record<string, { errors: { message: string }[] }>);
      this.set({ trouble: payload!.errors[0]?.message ?? null });
    }, () => true);
  }

  /** Runs a task until its result is known, as long as it is wanted. */
  private async again(task: () => Promise<void>, wanted: () => boolean): Promise<void> {
    for (let failures = 0; wanted(); failures++) {
      try {
        return await task();
      } catch (error) {
        if (!(error instanceof RequestFailed) || !error.passes) return this.set({ trouble: String(error) });
        this.set({ live: false });
        await pause(Math.max(error.retryAfter, backOff(failures)));
      }
    }
  }

  private ask<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
    return execute(this.endpoint, this.key, document, variables);
  }
}

interface Sent {
  message: Message | null;
  errors: { message: string; unseen?: Message[] }[];
}
