import { execute, RequestFailed } from "../client/http";
import { random } from "../client/random";
import { backOff, pause } from "../client/pause";
import { SendMessageDocument, StartConversationDocument } from "../documents/generated";
import type { Options, Session } from "./session";
import { isOpen, withConversation, withMessages } from "./state";
import type { Storage, Unsent } from "./storage";

const ENDED = new Set(["CONVERSATION_CLOSED", "CONVERSATION_FULL"]);

/**
 * Sends the shopper's messages in order, one at a time. A message is stored before it is sent, and is sent with the same
 * idempotency key until the server confirms it: after a lost response or a reload it is neither lost nor doubled.
 */
export class Sending {
  private running = false;

  constructor(
    private readonly options: Options,
    private readonly storage: Storage,
    private readonly session: Session,
  ) {}

  add(message: Unsent): void {
    this.change((unsent) => [...unsent, message]);
    this.flush();
  }

  /** A refused message is a new one: its key belongs to the refused call. */
  retry(key: string): void {
    const again = ({ text, attachments, after }: Unsent) => ({ key: random(), text, attachments, after });
    this.change((unsent) => unsent.map((message) => message.key === key ? again(message) : message));
    this.flush();
  }

  discard(key: string): void {
    this.change((unsent) => unsent.filter((message) => message.key !== key));
  }

  flush(): void {
    if (this.running || !this.next()) return;
    this.running = true;
    void this.storage.alone(() => this.sendAll()).finally(() => {
      this.running = false;
      this.session.set({ unsent: this.unsent });
      this.flush(); // what came while the lock was given back
    });
  }

  private get unsent(): Unsent[] {
    return this.storage.get("unsent") ?? [];
  }

  private change(changed: (unsent: Unsent[]) => Unsent[]): void {
    const unsent = changed(this.unsent);
    this.storage.set("unsent", unsent);
    this.session.set({ unsent });
  }

  private next(): Unsent | undefined {
    return this.unsent.find((message) => !message.failed);
  }

  private async sendAll(): Promise<void> {
    let failures = 0;
    for (let message = this.next(); message; message = this.next()) {
      try {
        await this.sendOne(message);
        failures = 0;
      } catch (error) {
        if (!(error instanceof RequestFailed) || !error.passes) this.fail(message.key);
        else await pause(Math.max(error.retryAfter, backOff(failures++)));
      }
    }
  }

  private fail(key: string): void {
    this.change((unsent) => unsent.map((message) => message.key === key ? { ...message, failed: true } : message));
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
      session.state = withConversation(withMessages(session.state, [sent.message!]), sent.conversation!);
      this.discard(key);
      return true;
    } catch (error) {
      if (error instanceof RequestFailed && error.refusesCredential) return false;
      throw error;
    }
  }

  private async start({ text, key, attachments }: Unsent): Promise<void> {
    // Files belong to the conversation for which they were uploaded.
    if (attachments.length) refuse([{ code: "CONVERSATION_CLOSED", message: "The conversation has ended." }]);
    const { endpoint, locale, identityToken } = this.options;
    const browser = this.storage.get("browser") ?? random() + random();
    this.storage.set("browser", browser);
    const visitor = { anonymousId: browser, ...(identityToken && { identityToken }) };
    const input = { channel: "WEB_CHAT" as const, text, locale, idempotencyKey: `${key}:start`, visitor };
    const { startConversation: begun } = await execute(endpoint, this.options.key, StartConversationDocument, { input });
    if (begun.errors.length) refuse(begun.errors);
    this.discard(key);
    this.session.keep({ id: begun.conversation!.id, token: begun.visitorToken! });
  }
}

function refuse([error]: { code: string; message: string }[]): never {
  throw new RequestFailed(error!.code, error!.message);
}
