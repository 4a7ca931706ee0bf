import { random } from "../client/random";
import { RedactDocument, SetHoldDocument, type StaffRole } from "../documents/generated";
import type { Calls } from "./calls";
import type { Desk } from "./desk";
import { withFacts, withMessages, type Colleague, type Message } from "./state";

const MAY_REDACT: readonly (StaffRole | null)[] = ["OWNER", "ADMIN", "MANAGER"];
const MAY_HOLD: readonly (StaffRole | null)[] = ["OWNER", "ADMIN"];

export function mayRedact(me: Colleague | null): boolean {
  return me !== null && MAY_REDACT.includes(me.role);
}

export function mayHold(me: Colleague | null): boolean {
  return me !== null && MAY_HOLD.includes(me.role);
}

/** Removes the words of a message, and keeps a conversation from that. */
export class Protection {
  constructor(private readonly desk: Desk, private readonly calls: Calls) {}

  /** Removes words and files of a message of the open conversation. Returns why it was refused, or null. */
  async redact(message: Message): Promise<string | null> {
    const input = { messageId: message.id, idempotencyKey: random() };
    return this.run(async () => {
      const { message: after, errors } = (await this.calls.ask(RedactDocument, { input })).redactMessage;
      const { thread } = this.desk.state;
      if (after && thread?.messages.some(({ id }) => id === after.id)) this.desk.set({ thread: withMessages(thread, [after]) });
      return errors[0]?.message ?? null;
    });
  }

  /** Begins the legal hold of a conversation with a reason, or ends it without one. Returns why it was refused, or null. */
  async hold(conversationId: string, reason: string | null): Promise<string | null> {
    const input = { conversationId, held: reason !== null, reason, idempotencyKey: random() };
    return this.run(async () => {
      const { conversation, errors } = (await this.calls.ask(SetHoldDocument, { input })).setLegalHold;
      const { thread } = this.desk.state;
      if (conversation && thread?.conversationId === conversation.id && conversation.version >= thread.facts.version) {
        const { id: _, ...facts } = conversation;
        this.desk.set({ thread: withFacts(thread, facts) });
      }
      return errors[0]?.message ?? null;
    });
  }

  private async run(task: () => Promise<string | null>): Promise<string | null> {
    let refusal: string | null = null;
    await this.calls.again(async () => { refusal = await task(); }, { refused: ({ message }) => { refusal = message; } });
    return refusal;
  }
}
