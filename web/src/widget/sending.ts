import { execute, RequestFailed } from "../client/http";
import { random } from "../client/random";
import { backOff, pause } from "../client/pause";
import type { SentFile } from "../client/upload";
import { SendMessageDocument, StartConversationDocument } from "../documents/generated";
import { personOf } from "./identity";
import type { Options, Session } from "./session";
import { isOpen, lastBefore, withConversation, withMessages } from "./state";
import type { Storage, Unsent } from "./storage";

// The conversation has ended, or is out of reach: what is written begins the next one.
const ENDED = new Set(["CONVERSATION_CLOSED", "CONVERSATION_FULL", "NOT_FOUND", "FORBIDDEN"]);
const OWN_TAB = 5_000; // milliseconds for which a start is left to the tabs that have the customer's token
const TOKENS = 2; // identity tokens that are tried; a message without a proof is better than none

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
    this.put({ key: random(), at: this.now(), text, attachments, after, locale, person: personOf(identityToken) });
    this.flush();
  }

  /** A refused message is a new one: its key belongs to the refused call. */
  retry(key: string): void {
    const refused = this.storage.unsent.find((message) => message.key === key);
    if (!refused) return;
    const { text, attachments, after, locale, person } = refused;
    this.storage.drop(key);
    this.put({ key: random(), at: this.now(), text, attachments, after, locale, person });
    this.flush();
  }

  discard(key: string): void {
    this.storage.drop(key);
    this.show();
  }

  /** Sends what waits, now: also if the last attempt failed a moment ago. */
  flush(): void {
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

  private put(message: Unsent): void {
    this.storage.put(message);
    this.show();
  }

  private show(): void {
    this.session.set({ unsent: this.storage.unsent });
  }

  private now(): number {
    return this.last = Math.max(Date.now(), this.last + 1);
  }

  private next(): Unsent | undefined {
    return this.storage.unsent.find((message) => !message.failed);
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
        if (this.storage.has(message.key)) this.put({ ...message, failed: true });
        if (error instanceof RequestFailed && error.code === "AGENT_NOT_LIVE") void this.session.prepare();
      }
    }
    return null;
  }

  /** What a customer writes waits until it is known that the conversation is nobody else's: null, until that is news. */
  private waitBefore({ person, at }: Unsent): number | null {
    const { kept, state: { conversation } } = this.session;
    if (person === undefined || kept?.person === person) return 0;
    if (!kept) {
      const age = Date.now() - at; // of a wrong clock, perhaps
      return personOf(this.options.identityToken) === person || age < 0 || age > OWN_TAB ? 0 : OWN_TAB - age;
    }
    return conversation?.id === kept.id && !conversation.identityVerified ? 0 : null;
  }

  private async sendOne(message: Unsent): Promise<void> {
    const { kept, state } = this.session;
    const goesOn = kept && (state.conversation?.id !== kept.id || isOpen(state));
    if (!goesOn || !(await this.sendOn(message, kept))) await this.start(message);
  }

  /** Returns whether the conversation took the message; if not, it has ended. */
  private async sendOn(message: Unsent, { id, token }: { id: string; token: string }): Promise<boolean> {
    const { text, key, attachments } = message;
    const input = { conversationId: id, text, idempotencyKey: key, attachments: attachments.map((file) => file.id) };
    try {
      const { sendMessage: sent } = await execute(this.options.endpoint, token, SendMessageDocument, { input });
      if (sent.errors.length) return !ENDED.has(sent.errors[0]!.code) && refuse(sent.errors);
      const { session } = this;
      if (!this.storage.has(key)) return true; // the shopper has changed meanwhile
      if (session.kept?.id === id) session.state = withConversation(withMessages(session.state, [sent.message!]), sent.conversation!);
      this.discard(key);
      return true;
    } catch (error) {
      if (error instanceof RequestFailed && error.refusesCredential) return false;
      throw error;
    }
  }

  private async start(message: Unsent): Promise<void> {
    // Files belong to the conversation for which they were uploaded.
    if (message.attachments.length) refuse([{ code: "CONVERSATION_CLOSED", message: "The conversation has ended." }]);
    for (let tokens = 0; this.storage.has(message.key);) {
      const identityToken = tokens < TOKENS ? this.tokenFor(message) : undefined;
      const begun = await this.begin(message, identityToken);
      const refused = begun.errors[0];
      if (refused && identityToken && refused.path?.includes("identityToken")) {
        tokens++;
        const { begun: _, ...untouched } = message; // nothing was carried out
        message = untouched;
        await this.session.tokenRefused(identityToken, refused.message);
        continue;
      }
      if (refused) refuse(begun.errors);
      if (!this.storage.has(message.key)) return; // the shopper has changed meanwhile
      this.session.keep({ id: begun.conversation!.id, token: begun.visitorToken!, person: personOf(identityToken) });
      this.discard(message.key);
      return;
    }
  }

  /** A call that is repeated proves the same as the first time: else its key would be refused, and the message sent twice. */
  private tokenFor({ begun }: Unsent): string | undefined {
    const { identityToken } = this.options;
    return begun && begun.person !== (personOf(identityToken) ?? null) ? undefined : identityToken;
  }

  private async begin(message: Unsent, identityToken: string | undefined) {
    const { text, key, locale } = message;
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

function refuse([error]: { code: string; message: string }[]): never {
  throw new RequestFailed(error!.code, error!.message);
}
