import { backOff, pause, waitAfter } from "../client/pause";
import { execute, RequestFailed } from "../client/http";
import { random } from "../client/random";
import { follow } from "../client/live";
import {
  AnswerOfferDocument,
  CloseDocument,
  ConversationDocument,
  EarlierMessagesDocument,
  EndAccessDocument,
  FollowDocument,
  IdentifyDocument,
  SetTypingDocument,
  WidgetDocument,
  type TypedDocumentString,
} from "../documents/generated";
import { Clicks } from "./clicks";
import { personOf } from "./identity";
import { Proving } from "./proving";
import { EMPTY, hasArrived, isOpen, reduced, withConversation, withMessages, withPage, type State } from "./state";
import { Storage, type Kept, type Unsent } from "./storage";
import { Sending } from "./sending";
import { Uploads } from "./uploads";

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
  readonly sending: Sending;
  readonly proving: Proving;
  readonly uploads: Uploads;
  text = ""; // of the message that is being written
  choose: (chosen?: () => void) => void = () => {}; // asks for files, which go with that message
  private unfollow: (() => void) | null = null;
  private followed: string | null = null;
  private typedAt: number | null = null; // on the clock of this page, which nobody sets
  private typingEnds: ReturnType<typeof setTimeout> | undefined;
  private interrupted = 0; // streams that ended in a row, without an item
  private answered: string | null = null; // the offer whose answer is under way
  private readonly clicks: Clicks;
  private filesOf: string | null = null; // the conversation of the files that are being written with
  private arriving: readonly Unsent[] = []; // the server has them, and this tab perhaps not yet
  private isOpened = false; // the window

  constructor(private readonly options: Options) {
    this.storage = new Storage(options.key);
    this.sending = new Sending(options, this.storage, this);
    this.proving = new Proving(options, this.storage, this);
    this.uploads = new Uploads(options.endpoint, this);
    this.clicks = new Clicks(options.endpoint);
    this.storage.watch((name, message) => {
      if (name === "seen") return this.set({ seen: this.storage.get("seen") ?? 0 });
      if (message?.sent) this.showUntilHere(message);
      this.catchUp();
    });
    // A page that comes back from the browser's cache, or from a long sleep, was told nothing of the other tabs.
    addEventListener("pageshow", ({ persisted }) => { if (persisted) this.catchUp(true); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.catchUp(true); });
    setInterval(() => {
      void this.renewAddresses();
      this.readAgain();
    }, ADDRESSES);
    const { identityToken } = options;
    options.identityToken = undefined;
    this.state = { ...this.state, session: this.storage.shopper.session };
    if (identityToken !== undefined) this.present(identityToken);
    this.restoreDraft();
    this.catchUp();
  }

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.changed();
  }

  get kept(): Kept["conversation"] | undefined {
    return this.storage.get("conversation");
  }

  /** Reads what the account wants shown. It may have changed in a tab that stays open for days. */
  async prepare(): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        const { widget } = await execute(this.options.endpoint, this.options.key, WidgetDocument, {});
        return this.set({ settings: widget, trouble: null });
      } catch (error) {
        if (this.state.settings) return; // the last known ones are better than none
        this.set({ trouble: "unavailable" });
        if (!(error instanceof RequestFailed) || !error.passes) return;
        await pause(Math.max(error.retryAfter, backOff(failures)));
      }
    }
  }

  /** Reads again what the account wants shown, while the window is open: after an absence it may have changed. */
  private readAgain(): void {
    if (this.isOpened) void this.prepare();
  }

  private setLive(live: boolean): void {
    if (live && !this.state.live) this.readAgain();
    this.set({ live, ...(!live && { typing: null }) });
  }

  /** The window is open, or is not any more. */
  show(opened: boolean): void {
    this.isOpened = opened;
    this.readAgain();
  }

  /** Sends the text with the files that are ready. */
  send(text: string): void {
    this.text = "";
    this.typedAt = null; // the message ends the indicator
    const files = this.uploads.take();
    this.keepDraft();
    this.sending.add(text, files);
  }

  showUnsent(): void {
    const unsent = [...this.storage.unsent, ...this.arriving];
    this.set({ unsent: unsent.sort((one, other) => one.at - other.at) });
  }

  /** Shows a message that the server has until this tab has it too: a stream may be interrupted, a page not be read yet. */
  showUntilHere(message: Unsent): void {
    const others = this.arriving.filter((other) => other.key !== message.key && !hasArrived(this.state, other));
    this.arriving = [...others, message];
    this.showUnsent();
  }

  /** Whether this is the browser's conversation, and is that of this tab. */
  isShown(id: string): boolean {
    return this.kept?.id === id && this.followed === id;
  }

  /** Keeps what is being written over a reload. */
  keepDraft(): void {
    const files = this.state.uploads.flatMap(({ sent }) => sent ?? []);
    const person = this.storage.get("shopper")?.person;
    const draft = { session: this.state.session, person, conversation: this.kept?.id, text: this.text, files };
    this.storage.draft = this.text || files.length ? draft : undefined;
  }

  /** Tells the other side that the shopper writes; often called, seldom sent. */
  type(typing: boolean): void {
    const { kept } = this;
    const now = performance.now();
    if (!kept || !isOpen(this.state)) return;
    if (this.typedAt === null ? !typing : typing && now - this.typedAt < TYPING_REPEAT) return;
    this.typedAt = typing ? now : null;
    const input = { conversationId: kept.id, typing };
    execute(this.options.endpoint, kept.token, SetTypingDocument, { input }).catch(() => {}); // a signal may be lost
  }

  /** The first click counts: the answer to an offer cannot be taken back by a second one that follows at once. */
  async answer(accept: boolean): Promise<void> {
    const handoffId = this.state.conversation?.handoff?.id;
    if (!handoffId || this.answered === handoffId) return;
    this.answered = handoffId;
    await this.command(AnswerOfferDocument, { handoffId, accept }, (data) => data.answerHandoffOffer);
    this.answered = null;
  }

  /** Returns the code of the refusal, or null: INVALID if the address is a wrong one. */
  async identify(email: string): Promise<string | null> {
    return this.command(IdentifyDocument, { conversationId: this.followed ?? "", email }, (data) => data.identifyVisitor);
  }

  /**
   * Takes what was written in the place of a message as the address that is asked for. Returns the code of the refusal; null if it
   * was taken, or another one was before.
   */
  async answerWithEmail(email: string, written: string): Promise<string | null> {
    const refusal = await this.identify(email);
    if (refusal !== null && refusal !== "CONFLICT") return refusal;
    if (this.text !== written) return "CHANGED"; // something else is being written
    this.text = "";
    this.keepDraft();
    return null;
  }

  /** What was written before goes into this conversation; who writes on meanwhile does not want it to end any more. */
  async close(): Promise<void> {
    if (await this.sending.isIdle()) await this.command(CloseDocument, { conversationId: this.followed ?? "" }, (data) => data.closeConversation);
  }

  click(messageId: string, productId: string): void {
    if (this.kept) void this.clicks.record(this.kept.token, messageId, productId);
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
    const found = await execute(this.options.endpoint, kept.token, EarlierMessagesDocument, variables).catch(() => null);
    const conversation = found?.conversation;
    if (kept.id !== this.followed) return;
    if (!conversation) return this.set({ trouble: "refused" });
    const { nodes, pageInfo } = conversation.messages;
    this.state = withMessages(this.state, nodes);
    this.set({ earlier: pageInfo.hasPreviousPage ? pageInfo.startCursor : null, trouble: null });
  }

  /**
   * The shop's page says who the shopper is: the customer of the token, or with an empty one nobody it knows. What the
   * browser has of another customer ends before anything else.
   */
  present(identityToken: string): void {
    this.catchUp();
    this.proving.present(identityToken);
  }

  /** The shopper has left, and perhaps another one has come: nobody can read on in this browser, in any tab. */
  leave(person?: string): void {
    const { kept, storage: { draft } } = this;
    this.options.identityToken = undefined;
    this.storage.begin({ session: random(), person });
    this.catchUp();
    if (person !== undefined && draft?.person === person) this.text = draft.text; // it was this customer who wrote
    this.keepDraft();
    if (!kept) return;
    const input = { conversationId: kept.id };
    execute(this.options.endpoint, kept.token, EndAccessDocument, { input }, { keepalive: true }).catch(() => {});
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
    const { unsent, settings, session, uploads } = this.state;
    this.interrupted = 0;
    this.set({ ...EMPTY, settings, unsent, session, uploads, seen: this.storage.get("seen") ?? 0 });
    if (this.filesOf !== id) this.uploads.clear();
    this.filesOf = id;
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
    if (id === this.followed) void this.join(); // the page has emptied the storage
  }

  private async load(id: string, token: string): Promise<void> {
    const { conversation } = await execute(this.options.endpoint, token, ConversationDocument, { id });
    if (id !== this.followed) return;
    if (!conversation) return this.forget();
    // It may be another customer's: it is shown after the server has taken this one's proof.
    const doubtful = conversation.identityVerified && this.proving.isDoubtful;
    if (doubtful && !(await this.proving.proveTwice())) return this.proving.forgetUnproved(id);
    if (id !== this.followed) return;
    const { messages: { nodes, pageInfo }, streamCursor, ...view } = conversation;
    this.state = withConversation(withPage(this.state, nodes, pageInfo.hasPreviousPage ? pageInfo.startCursor : null), view);
    this.setLive(true);
    this.follow(id, token, streamCursor);
    if (view.closedAt !== null) this.uploads.end();
    else if (this.proving.isUnproved) void this.proving.proveNobodys();
  }

  /** Does what this tab has missed. */
  private catchUp(afterAbsence = false): void {
    const { session, person } = this.storage.shopper;
    if (session !== this.state.session) {
      if (personOf(this.options.identityToken) !== person) this.options.identityToken = undefined;
      this.text = "";
      this.uploads.forget();
      this.arriving = [];
      this.set({ session, typing: null });
      this.storage.draft = undefined;
    }
    this.showUnsent();
    this.set({ seen: this.storage.get("seen") ?? 0 });
    if (afterAbsence) this.readAgain();
    void this.join();
    this.sending.flush(); // the tab whose messages they are may be gone
  }

  private restoreDraft(): void {
    const { draft, shopper: { person } } = this.storage;
    if (draft?.session !== this.state.session || (draft.person ?? person) !== person) return;
    this.text = draft.text;
    this.filesOf = this.kept?.id ?? null;
    if (draft.conversation === this.kept?.id) this.set({ uploads: draft.files.map((sent) => ({ key: sent.id, name: sent.name, sent })) });
  }

  private follow(id: string, token: string, after: string): void {
    this.unfollow?.();
    const again = () => {
      if (id !== this.followed) return;
      this.unfollow?.();
      this.unfollow = null;
      void this.reload(id);
    };
    const later = (error?: unknown) => void pause(waitAfter(error, this.interrupted++)).then(again);
    this.unfollow = follow(this.options.endpoint, token, FollowDocument, { id, after }, {
      next: ({ conversation: item }) => {
        this.interrupted = 0;
        if (item?.__typename === "StreamReset") again();
        else if (item) this.take(item);
      },
      connected: (live) => this.setLive(live),
      refused: () => later(),
      failed: later,
    });
  }

  private take(item: Parameters<typeof reduced>[1]): void {
    this.state = reduced(this.state, item);
    clearTimeout(this.typingEnds);
    if (this.state.typing) this.typingEnds = setTimeout(() => this.set({ typing: null }), TYPING_END);
    if (!isOpen(this.state)) this.uploads.end();
    this.changed();
  }

  /** Carries out a command of the shopper, again until its result is known. Returns the code of its refusal, or null. */
  async command<Result, Input extends object>(
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
