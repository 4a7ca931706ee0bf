import { execute, RequestFailed } from "../client/http";
import { random } from "../client/random";
import { backOff, pause } from "../client/pause";
import { upload, type SentFile } from "../client/upload";
import { SendMessageDocument, StartConversationDocument } from "../documents/generated";
import { personOf } from "./identity";
import type { Options, Session } from "./session";
import { isOpen, lastBefore, withConversation, withMessages } from "./state";
import type { Storage, Unsent } from "./storage";

// The conversation has ended, or is out of reach: what is written begins the next one.
const ENDED = new Set(["CONVERSATION_CLOSED", "CONVERSATION_FULL", "NOT_FOUND", "FORBIDDEN"]);
const OWN_TAB = 5_000; // milliseconds for which a start, or a chat of nobody's, is left to the tabs that have the customer's token
const MOMENT = 100; // milliseconds
const PROOF = 20_000; // milliseconds for which the proof is left to them: of two tokens, with the time for the second one
const NO_PROOF = { code: "FORBIDDEN", message: "Nobody has proved whose conversation it is." };
const NO_FILE = { code: "NOT_FOUND", message: "The file has to be chosen again." };
const TOKENS = 2; // identity tokens that are tried; a message without a proof is better than none

/** The server refused a message because of its files. */
class FilesRefused extends RequestFailed {}

/**
 * Sends the shopper's messages in order, one at a time. A message is stored before it is sent, and is sent with the same
 * idempotency key until the server confirms it: after a lost response or a reload it is neither lost nor doubled.
 */
export class Sending {
  private running = false;
  private again = false; // something has changed since the last attempt began
  private wake = new AbortController();
  private last = 0;

  constructor(
    private readonly options: Options,
    private readonly storage: Storage,
    private readonly session: Session,
  ) {}

  add(text: string, attachments: SentFile[]): void {
    this.browser(); // before two tabs can begin at the same time, as two browsers
    const after = lastBefore(this.session.state);
    const { locale, identityToken } = this.options;
    const filesOf = attachments.length ? this.session.kept?.id : undefined;
    this.put({ key: random(), at: this.now(), text, attachments, after, locale, person: personOf(identityToken), ...(filesOf && { filesOf }) });
    this.flush();
  }

  /** A refused message is a new one: its key belongs to the refused call. It is sent as of the page whose shopper wants that. */
  retry(key: string): void {
    const refused = this.storage.unsent.find((message) => message.key === key);
    if (!refused) return;
    const { text, attachments, after, locale, filesLost } = refused;
    const isAtHand = this.hasFiles(refused);
    const filesOf = isAtHand ? "" : refused.filesOf; // they are sent again: perhaps they have expired
    const isLost = filesLost && !isAtHand; // the words go without them, and the shopper is told of them
    const files = !isLost && { attachments, ...(filesOf !== undefined && { filesOf }) };
    this.storage.drop(key);
    this.put({ key: random(), at: this.now(), text, attachments: [], after, locale, person: personOf(this.options.identityToken), ...files });
    if (isLost) this.put({ ...refused, key: random(), at: this.now(), text: "" });
    this.flush();
  }

  /** Whether a message that was refused may be sent again: its words can, and its files if they are for this conversation or at hand. */
  isRepeatable(message: Unsent): boolean {
    return message.text.trim() !== "" || this.hasFiles(message) || (!message.filesLost && message.filesOf === this.session.kept?.id);
  }

  private hasFiles({ attachments }: Unsent): boolean {
    return attachments.length > 0 && attachments.every(({ id }) => this.session.uploads.fileOf(id));
  }

  discard(key: string): void {
    this.storage.drop(key);
    this.show();
  }

  /** Sends what waits, now: also if the last attempt failed a moment ago. */
  flush(): void {
    for (const { key, sent } of this.storage.unsent) if (sent) this.storage.drop(key); // whose tab has died just then
    this.again = true;
    this.wake.abort();
    if (this.running || !this.next()) return;
    this.running = true;
    void this.run().finally(() => {
      this.running = false;
      this.show();
      if (this.again) this.flush();
    });
  }

  /** Waits until what was written is sent. Returns whether nothing was written meanwhile. */
  async isIdle(): Promise<boolean> {
    const { last } = this;
    while (this.running) await pause(MOMENT);
    return this.last === last;
  }

  private put(message: Unsent): void {
    this.storage.put(message);
    this.show();
  }

  private show(): void {
    this.session.showUnsent();
  }

  /** Returns a number after those of all messages that wait, also if the clock was set back. */
  private now(): number {
    const waiting = this.storage.unsent.map(({ at }) => at + 1);
    return this.last = Math.max(Date.now(), this.last + 1, ...waiting);
  }

  private next(): Unsent | undefined {
    return this.storage.unsent.find(({ failed, sent }) => !failed && !sent);
  }

  /** The other tabs may try while this one waits: it may be one that nobody looks at, whose timers are late. */
  private async run(): Promise<void> {
    for (let failures = 0; this.next(); failures++) {
      this.wake = new AbortController();
      this.again = false;
      const wait = await this.storage.alone(() => this.sendAll(() => { failures = 0; }));
      if (wait !== null) await pause(Math.max(wait, backOff(failures)), this.wake.signal);
      else if (!this.again) return;
    }
  }

  /** Returns null if all are sent that this tab may send, else the milliseconds that it should wait. */
  private async sendAll(succeeded: () => void): Promise<number | null> {
    for (let message = this.next(); message; message = this.next()) {
      const wait = this.waitBefore(message);
      if (wait !== 0) return wait;
      try {
        await this.sendOne(message);
        succeeded();
      } catch (error) {
        if (error instanceof RequestFailed && error.passes) return error.retryAfter;
        if (this.storage.has(message.key)) this.put({ ...message, failed: true, ...(error instanceof FilesRefused && { filesLost: true }) });
        if (error instanceof RequestFailed && error.code === "AGENT_NOT_LIVE") void this.session.prepare();
      }
    }
    return null;
  }

  /**
   * What a customer writes waits until it is known that the conversation is nobody else's. Returns the milliseconds that it should
   * wait; null until the page is told something new.
   */
  private waitBefore({ person, at, begun }: Unsent): number | null {
    const { kept, state: { conversation } } = this.session;
    const age = Date.now() - at;
    const restOf = (patience: number) => (age < 0 || age > patience ? 0 : patience - age); // the clock may have been set back
    const own = personOf(this.options.identityToken);
    if (kept && begun && begun.person !== (own ?? null)) return restOf(PROOF); // the tab that has begun with it can repeat that
    if (person === undefined || kept?.person === person) return 0;
    if (kept && conversation?.id !== kept.id) return null; // until it has been read
    const { proving } = this.session;
    const isOwn = own === person;
    if (kept && !this.isSomebodys(kept.id)) { // as far as this page knows
      if (proving.isUnderWay) return restOf(PROOF);
      return isOwn ? 0 : restOf(OWN_TAB); // another tab may prove it just now
    }
    if (isOwn) {
      if (kept) void proving.claim();
      return kept ? null : 0;
    }
    return restOf(kept ? PROOF : OWN_TAB);
  }

  /** Whether a conversation goes on in which an identity was proved. In one that has ended nothing is written any more. */
  private isSomebodys(id: string): boolean {
    const { state } = this.session;
    return state.conversation?.id === id && state.conversation.identityVerified && isOpen(state);
  }

  private async sendOne(message: Unsent): Promise<void> {
    const { kept, state } = this.session;
    // What began the conversation may be seen here as unsent, since a tab hears of another's changes later. Its start is repeated, by
    // its key: sent into the conversation, it would be there twice.
    const goesOn = kept && !message.begun && (state.conversation?.id !== kept.id || isOpen(state));
    // No tab has proved whose it is, in all the time: the shopper sees that, and may send it from this page.
    if (goesOn && message.person !== undefined && kept.person !== message.person && this.isSomebodys(kept.id)) refuse(NO_PROOF);
    if (!goesOn || !(await this.sendOn(message, kept))) await this.start(message);
  }

  /** Returns whether the conversation took the message; if not, it has ended. */
  private async sendOn(message: Unsent, { id, token }: { id: string; token: string }): Promise<boolean> {
    const { text, key } = message;
    try {
      const attachments = (await this.filesFor(message, id, token)).map((file) => file.id);
      const input = { conversationId: id, text, idempotencyKey: key, attachments };
      const { sendMessage: sent } = await execute(this.options.endpoint, token, SendMessageDocument, { input });
      const refused = sent.errors[0];
      if (refused?.path?.includes("attachments")) throw new FilesRefused(refused.code, refused.message);
      if (refused && ENDED.has(refused.code)) return false;
      if (refused) refuse(refused);
      const { session } = this;
      if (!this.storage.has(key)) return true; // the shopper has changed meanwhile
      if (session.kept?.id === id) session.state = withConversation(withMessages(session.state, [sent.message!]), sent.conversation!);
      this.taken(message, id, sent.message!.sequence);
      return true;
    } catch (error) {
      if (error instanceof RequestFailed && error.refusesCredential) return false;
      throw error;
    }
  }

  /** Returns the files of a message for this conversation. Those of one that has ended are sent again, if the tab has them. */
  private async filesFor(message: Unsent, id: string, token: string): Promise<SentFile[]> {
    const { key, attachments, filesOf } = message;
    if (!attachments.length || filesOf === undefined || filesOf === id) return attachments;
    const { uploads } = this.session;
    const files: SentFile[] = [];
    for (const [place, { id: before }] of attachments.entries()) {
      const file = uploads.fileOf(before);
      if (!file) throw new FilesRefused(NO_FILE.code, NO_FILE.message);
      const sent = await upload(this.options.endpoint, token, file, { key: `${key}:${place}` });
      uploads.hold(sent.id, file);
      files.push(sent);
    }
    if (this.storage.has(key)) this.put({ ...message, attachments: files, filesOf: id });
    return files;
  }

  private async start(message: Unsent): Promise<void> {
    for (let tokens = 0; this.storage.has(message.key);) {
      const identityToken = tokens < TOKENS ? this.tokenFor(message) : undefined;
      const begun = await this.begin(message, identityToken);
      const refused = begun.errors[0];
      if (refused && identityToken && refused.path?.includes("identityToken")) {
        tokens++;
        const { begun: _, ...untouched } = message; // nothing was carried out
        message = untouched;
        await this.session.proving.tokenRefused(identityToken, refused.message);
        continue;
      }
      if (refused) refuse(refused);
      if (!this.storage.has(message.key)) return; // the shopper has changed meanwhile
      const { id } = begun.conversation!;
      if (identityToken) this.session.proving.accepted();
      this.followUp(message);
      this.session.keep({ id, token: begun.visitorToken!, person: personOf(identityToken) });
      this.taken(message, id, begun.message!.sequence);
      return;
    }
  }

  /** A conversation begins with words. The files of the message, which belong to the one before, follow in a message of their own. */
  private followUp({ begun: _, ...message }: Unsent): void {
    if (message.attachments.length) this.storage.put({ ...message, key: `${message.key}:files`, text: "", filesOf: message.filesOf ?? "" });
  }

  private taken(message: Unsent, conversation: string, sequence: number): void {
    const sent = { ...message, sent: { conversation, sequence } };
    this.storage.dropSent(sent);
    this.session.showUntilHere(sent);
  }

  /** A call that is repeated proves the same as the first time: else its key would be refused, and the message sent twice. */
  private tokenFor({ begun }: Unsent): string | undefined {
    const { identityToken } = this.options;
    return begun && begun.person !== (personOf(identityToken) ?? null) ? undefined : identityToken;
  }

  private async begin(message: Unsent, identityToken: string | undefined) {
    const { key, locale, attachments } = message;
    const text = message.text.trim() ? message.text : attachments.map(({ name }) => name).join(", ");
    const person = personOf(identityToken) ?? null;
    if (message.begun?.person !== person) this.storage.put({ ...message, begun: { person } }); // only news wake other tabs
    const visitor = { anonymousId: this.browser(), ...(identityToken && { identityToken }) };
    const input = { channel: "WEB_CHAT" as const, text, locale, idempotencyKey: `${key}:start`, visitor };
    const { endpoint, key: publishable } = this.options;
    return (await execute(endpoint, publishable, StartConversationDocument, { input })).startConversation;
  }

  private browser(): string {
    const known = this.storage.get("browser");
    if (known) return known;
    const browser = random() + random();
    this.storage.set("browser", browser);
    return browser;
  }
}

function refuse({ code, message }: { code: string; message: string }): never {
  throw new RequestFailed(code, message);
}
