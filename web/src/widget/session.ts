import { backOff, pause } from "../client/pause";
import { execute, RequestFailed } from "../client/http";
import { random } from "../client/random";
import { follow } from "../client/live";
import { upload, type SentFile } from "../client/upload";
import {
  AnswerOfferDocument,
  CloseDocument,
  ConversationDocument,
  EarlierMessagesDocument,
  EndAccessDocument,
  FollowDocument,
  IdentifyDocument,
  RecordClickDocument,
  SetTypingDocument,
  WidgetDocument,
  type TypedDocumentString,
} from "../documents/generated";
import { EMPTY, isOpen, lastBefore, reduced, withConversation, withMessages, withPage, type State } from "./state";
import { Storage, type Kept } from "./storage";
import { Sending } from "./sending";

const TYPING_REPEAT = 3_000; // milliseconds, as `setTyping` wants it
const TYPING_END = 7_000; // milliseconds; the server's indicators expire after 6 s
const GONE = new Set(["UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"]);
const EXPECTED = new Set(["INVALID", "CONFLICT"]); // a wrong address; another tab was faster
const ADDRESSES = 30 * 60_000; // milliseconds; addresses of files work for 45 minutes at least

export interface Options {
  endpoint: string;
  key: string;
  locale: string;
  identityToken?: string | undefined;
}

/** The shopper's conversation, as this tab sees it. Every change of `state` is told to the listener. */
export class Session {
  state: State = EMPTY;
  changed: () => void = () => {};
  private readonly storage: Storage;
  private readonly sending: Sending;
  private unfollow: (() => void) | null = null;
  private followed: string | null = null;
  private typedAt = 0;
  private typingEnds: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: Options) {
    this.storage = new Storage(options.key);
    this.sending = new Sending(options, this.storage, this);
    this.storage.watch((name) => this.changedElsewhere(name));
    setInterval(() => void this.renewAddresses(), ADDRESSES);
    this.set({ unsent: this.storage.get("unsent") ?? [], seen: this.storage.get("seen") ?? 0 });
    void this.join();
    this.sending.flush();
  }

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.changed();
  }

  get kept(): Kept["conversation"] | undefined {
    return this.storage.get("conversation");
  }

  /** Reads what the account wants shown, once. */
  async prepare(): Promise<void> {
    for (let failures = 0; this.state.settings === null; failures++) {
      try {
        const { widget } = await execute(this.options.endpoint, this.options.key, WidgetDocument, {});
        this.set({ settings: widget, trouble: null });
      } catch (error) {
        this.set({ trouble: "unavailable" });
        if (!(error instanceof RequestFailed) || !error.passes) return;
        await pause(Math.max(error.retryAfter, backOff(failures)));
      }
    }
  }

  send(text: string, attachments: SentFile[]): void {
    this.sending.add({ key: random(), text, attachments, after: lastBefore(this.state) });
  }

  retry(key: string): void {
    this.sending.retry(key);
  }

  discard(key: string): void {
    this.sending.discard(key);
  }

  /** Sends the bytes of a file, and returns what a message names. Raises `RequestFailed`. */
  upload(file: File): Promise<SentFile> {
    if (!this.kept) throw new RequestFailed("NOT_FOUND", "There is no conversation yet.");
    return upload(this.options.endpoint, this.kept.token, file);
  }

  /** Tells the other side that the shopper writes; often called, seldom sent. */
  type(typing: boolean): void {
    const { kept } = this;
    if (!kept || !isOpen(this.state) || (typing && Date.now() - this.typedAt < TYPING_REPEAT)) return;
    if (!typing && this.typedAt === 0) return;
    this.typedAt = typing ? Date.now() : 0;
    const input = { conversationId: kept.id, typing };
    execute(this.options.endpoint, kept.token, SetTypingDocument, { input }).catch(() => {}); // a signal may be lost
  }

  async answer(accept: boolean): Promise<void> {
    const handoffId = this.state.conversation?.handoff?.id;
    if (handoffId) await this.command(AnswerOfferDocument, { handoffId, accept }, (data) => data.answerHandoffOffer);
  }

  /** Returns whether the server took the address. */
  async identify(email: string): Promise<boolean> {
    return await this.command(IdentifyDocument, { ...this.named, email }, (data) => data.identifyVisitor) === null;
  }

  async close(): Promise<void> {
    await this.command(CloseDocument, this.named, (data) => data.closeConversation);
  }

  click(messageId: string, productId: string): void {
    if (!this.kept) return;
    const input = { messageId, productId, idempotencyKey: random() };
    execute(this.options.endpoint, this.kept.token, RecordClickDocument, { input }, { keepalive: true }).catch(() => {});
  }

  see(): void {
    const last = this.state.messages.at(-1)?.sequence ?? 0;
    if (last <= this.state.seen) return;
    this.storage.set("seen", last);
    this.set({ seen: last });
  }

  async loadEarlier(): Promise<void> {
    const { kept, state: { earlier } } = this;
    if (!kept || !earlier) return;
    const variables = { id: kept.id, before: earlier };
    const { conversation } = await execute(this.options.endpoint, kept.token, EarlierMessagesDocument, variables);
    if (!conversation || kept.id !== this.followed) return;
    const { nodes, pageInfo } = conversation.messages;
    this.state = withMessages(this.state, nodes);
    this.set({ earlier: pageInfo.hasPreviousPage ? pageInfo.startCursor : null });
  }

  /** The shop's page signed the shopper in. */
  async prove(identityToken: string): Promise<void> {
    this.options.identityToken = identityToken;
    if (!this.kept || !isOpen(this.state)) return;
    const code = await this.command(IdentifyDocument, { ...this.named, identityToken }, (data) => data.identifyVisitor);
    if (code === "CONFLICT") this.forget(); // the conversation was proved to be another shopper's
  }

  /** The shopper signed out: nobody can read on in this browser. */
  async leave(): Promise<void> {
    const { kept } = this;
    this.options.identityToken = undefined;
    this.forget();
    this.storage.set("browser", undefined);
    this.storage.set("unsent", undefined);
    this.set({ unsent: [] });
    if (!kept) return;
    const input = { conversationId: kept.id };
    await execute(this.options.endpoint, kept.token, EndAccessDocument, { input }, { keepalive: true }).catch(() => {});
  }

  keep(conversation: Kept["conversation"]): void {
    if (this.kept?.id !== conversation.id) this.storage.set("seen", 0);
    this.storage.set("conversation", conversation);
    void this.join();
  }

  forget(): void {
    this.storage.set("conversation", undefined);
    this.storage.set("seen", undefined);
    void this.join();
  }

  /** Shows the conversation that the browser keeps, and follows it. */
  async join(): Promise<void> {
    const id = this.kept?.id ?? null;
    if (id === this.followed) return;
    this.unfollow?.();
    this.unfollow = null;
    this.followed = id;
    const { unsent, settings } = this.state;
    this.set({ ...EMPTY, settings, unsent, seen: this.storage.get("seen") ?? 0 });
    if (id) await this.reload(id);
    this.sending.flush();
  }

  private async reload(id: string): Promise<void> {
    for (let failures = 0; id === this.followed && this.kept; failures++) {
      try {
        await this.load(id, this.kept.token);
        return;
      } catch (error) {
        if (id !== this.followed) return;
        if (error instanceof RequestFailed && GONE.has(error.code)) return this.forget(); // the token has ended
        this.set({ live: false });
        await pause(Math.max(error instanceof RequestFailed ? error.retryAfter : 0, backOff(failures)));
      }
    }
  }

  private async load(id: string, token: string): Promise<void> {
    const { conversation } = await execute(this.options.endpoint, token, ConversationDocument, { id });
    if (id !== this.followed) return;
    if (!conversation) return this.forget();
    const { messages: { nodes, pageInfo }, streamCursor, ...view } = conversation;
    this.state = withConversation(withPage(this.state, nodes, pageInfo.hasPreviousPage ? pageInfo.startCursor : null), view);
    this.set({ live: true });
    this.follow(id, token, streamCursor);
    if (this.options.identityToken && !view.identityVerified) void this.prove(this.options.identityToken);
  }

  private follow(id: string, token: string, after: string): void {
    this.unfollow?.();
    const again = () => {
      if (id !== this.followed) return;
      this.unfollow?.();
      this.unfollow = null;
      void this.reload(id);
    };
    const later = () => void pause(backOff(0)).then(again);
    this.unfollow = follow(this.options.endpoint, token, FollowDocument, { id, after }, {
      next: ({ conversation: item }) => {
        if (item?.__typename === "StreamReset") again();
        else if (item) this.take(item);
      },
      connected: (live) => this.set({ live, ...(!live && { typing: null }) }),
      refused: later,
      failed: later,
    });
  }

  private take(item: Parameters<typeof reduced>[1]): void {
    this.state = reduced(this.state, item);
    clearTimeout(this.typingEnds);
    if (this.state.typing) this.typingEnds = setTimeout(() => this.set({ typing: null }), TYPING_END);
    this.changed();
  }

  private get named(): { conversationId: string } {
    return { conversationId: this.kept?.id ?? "" };
  }

  /** Carries out a command of the shopper, again until its result is known. Returns the code of its refusal, or null. */
  private async command<Result, Input extends object>(
    document: TypedDocumentString<Result, { input: Input }>,
    given: Input,
    payload: (data: Result) => { conversation: Parameters<typeof withConversation>[1] | null; errors: { code: string }[] },
  ): Promise<string | null> {
    const { kept } = this;
    const input = { ...given, idempotencyKey: random() };
    let code: string | null = "NOT_FOUND";
    this.set({ trouble: null });
    for (let failures = 0; kept && kept.id === this.followed; failures++) {
      try {
        const { conversation, errors } = payload(await execute(this.options.endpoint, kept.token, document, { input }));
        if (conversation && kept.id === this.followed) this.state = withConversation(this.state, conversation);
        code = errors[0]?.code ?? null;
        break;
      } catch (error) {
        code = error instanceof RequestFailed ? error.code : "INTERNAL";
        if (!(error instanceof RequestFailed) || !error.passes) break;
        await pause(Math.max(error.retryAfter, backOff(failures)));
      }
    }
    this.set({ trouble: code === null || EXPECTED.has(code) ? null : "refused" });
    return code;
  }

  private changedElsewhere(name: keyof Kept): void {
    if (name === "conversation") void this.join();
    else if (name === "unsent") {
      this.set({ unsent: this.storage.get("unsent") ?? [] });
      this.sending.flush(); // the other tab may have been closed
    } else if (name === "seen") this.set({ seen: this.storage.get("seen") ?? 0 });
  }

  private async renewAddresses(): Promise<void> {
    const { kept } = this;
    if (!kept || !this.state.messages.some(({ attachments }) => attachments.length)) return;
    const found = await execute(this.options.endpoint, kept.token, ConversationDocument, { id: kept.id }).catch(() => null);
    if (found?.conversation && kept.id === this.followed) {
      this.state = withMessages(this.state, found.conversation.messages.nodes);
      this.changed();
    }
  }
}
