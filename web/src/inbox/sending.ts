import { RequestFailed } from "../client/http";
import { random } from "../client/random";
import { NoteDocument, ReplyDocument, type ShoppersMessageFragment } from "../documents/generated";
import type { Calls } from "./calls";
import type { Desk } from "./desk";
import { withMessages, type Message } from "./state";
import { isRepeatable, type Kind, type Pending, type Writings } from "./writing";

const USUAL = 2_000; // milliseconds for which a message is on its way while all is well
const STALE = "The shopper wrote meanwhile. Your reply was not sent: read what is new, and send it again.";
const UNSURE = "This was sent a long time ago, and nobody knows whether it arrived. Look for it above before you send it again.";

interface Sent {
  message: Message | null;
  errors: { message: string; unseen?: ShoppersMessageFragment[] }[];
}

/**
 * Sends what members write. A message is kept with its idempotency key until its result is known: after a reload, or a
 * loss of the network, it is sent again with the same key, and arrives once.
 */
export class Sending {
  private readonly sending = new Set<string>(); // conversations

  constructor(private readonly desk: Desk, private readonly calls: Calls, private readonly writings: Writings) {}

  /** Sends again what was on its way when the page was left. With the tab it would end, so the browser asks before it closes one. */
  resume(): void {
    addEventListener("beforeunload", (event) => {
      const isWaiting = (id: string) => Date.now() - (this.writings.of(id).pending?.since ?? Infinity) > USUAL;
      if ([...this.sending].some(isWaiting)) event.preventDefault();
    });
    for (const id of this.writings.pending()) void this.deliver(id);
  }

  /** Sends what is written in the open conversation. It counts as written with everything seen that has been on the screen. */
  async send(kind: Kind): Promise<void> {
    const { thread } = this.desk.state;
    if (!thread) return;
    this.writings.begin(thread.conversationId, kind, { key: random(), lastSeen: this.desk.conversation.lastSeen(thread.conversationId) ?? 0, since: Date.now() });
    await this.deliver(thread.conversationId);
  }

  private async deliver(id: string): Promise<void> {
    const { pending } = this.writings.of(id);
    if (!pending || this.sending.has(id)) return;
    if (!isRepeatable(pending)) return this.writings.giveBack(id, UNSURE);
    this.sending.add(id);
    await this.calls.again(async () => this.take(id, await this.ask(id, pending)), {
      refused: (failure) => {
        const signsIn = failure instanceof RequestFailed && failure.refusesCredential; // the page comes back, and resumes it
        if (!signsIn) this.writings.giveBack(id, failure.message);
      },
    });
    this.sending.delete(id);
  }

  private async ask(conversationId: string, { kind, text, files, key, lastSeen }: Pending): Promise<Sent> {
    const input = { conversationId, text, attachments: files.map((file) => file.id), idempotencyKey: key };
    if (kind === "note") return (await this.calls.ask(NoteDocument, { input })).addNote;
    return (await this.calls.ask(ReplyDocument, { input: { ...input, lastSeenSequence: lastSeen } })).replyToConversation;
  }

  /** Shows what came of a message; a refused one is given back. What the shopper wrote meanwhile counts as seen then. */
  private take(id: string, { message, errors: [error] }: Sent): void {
    const unseen = error?.unseen ?? [];
    if (message) this.writings.set(id, { pending: null });
    else this.writings.giveBack(id, unseen.length ? STALE : error?.message ?? "");
    const { thread } = this.desk.state;
    if (thread?.conversationId !== id) return;
    if (message && message.kind !== "NOTE") this.desk.conversation.typed();
    const { open, trouble } = this.desk.state;
    const isOver = trouble !== null && trouble.ticketId === open?.id; // what was refused before was about the state then
    if (message) this.desk.set({ thread: { ...withMessages(thread, [message]), unseen: [] }, trouble: isOver ? null : trouble });
    else this.desk.conversation.showUnseen(id, unseen);
  }
}
