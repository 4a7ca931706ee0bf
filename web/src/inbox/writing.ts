import { ofTab } from "../client/storage";
import type { SentFile } from "../client/upload";

/** To whom a member writes: to the shopper, or to colleagues. */
export type Kind = "reply" | "note";

export interface Draft {
  text: string;
  files: readonly SentFile[];
}

/** What was sent, and whose result nobody has seen yet. A repetition has the same key, so that it has no second effect. */
export interface Pending extends Draft {
  kind: Kind;
  key: string;
  lastSeen: number; // number of the last message that was on the screen
  since: number; // milliseconds since 1970
}

/** What a member writes in a conversation. The two drafts never share a text or a file: no note may become a reply. */
export interface Writing {
  kind: Kind; // the draft that is shown
  reply: Draft;
  note: Draft;
  pending: Pending | null;
  problem: string; // why something was not sent; empty if there is none
  uploading: readonly Upload[];
}

/** A file whose bytes are on their way, or could not be sent. */
export interface Upload {
  key: string;
  kind: Kind;
  name: string;
  problem: string; // why it was not sent; empty while it is on its way
}

export const NOTHING: Draft = { text: "", files: [] };
const UNTOUCHED: Writing = { kind: "reply", reply: NOTHING, note: NOTHING, pending: null, problem: "", uploading: [] };
const KEPT = "baton:writing:"; // in the storage of the tab, with the IDs of the member and of the conversation
const KEYS_LAST = 6 * 24 * 3_600_000; // milliseconds; the server remembers idempotency keys for 7 days

/**
 * What one member has written and not sent, by conversation. It outlives a look at another ticket, a reload and a sign-in;
 * another member who signs in later in the same tab gets none of it.
 */
export class Writings {
  private readonly all = new Map<string, Writing>();
  private readonly listeners = new Set<() => void>();
  private prefix = KEPT;

  /** Opens what the member with this ID has written in this tab. */
  belongTo(member: string): void {
    this.prefix = `${KEPT}${member}:`;
  }

  of(conversationId: string): Writing {
    let writing = this.all.get(conversationId);
    if (!writing) this.all.set(conversationId, (writing = read(this.prefix + conversationId)));
    return writing;
  }

  set(conversationId: string, change: Partial<Writing>): void {
    const writing = { ...this.of(conversationId), ...change };
    this.all.set(conversationId, writing);
    keep(this.prefix + conversationId, writing);
    for (const changed of this.listeners) changed();
  }

  /** Calls a function after every change. Returns what ends that. */
  listen(changed: () => void): () => void {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  }

  /** Returns the conversations in which something was sent whose result nobody has seen. */
  pending(): string[] {
    const ids = ofTab.names().flatMap((name) => (name.startsWith(this.prefix) ? [name.slice(this.prefix.length)] : []));
    return ids.filter((id) => this.of(id).pending);
  }

  /** Makes what is written the message to send, unless another one is on its way. */
  begin(conversationId: string, kind: Kind, given: Pick<Pending, "key" | "lastSeen" | "since">): void {
    const writing = this.of(conversationId);
    if (writing.pending || isNothing(writing[kind])) return;
    this.set(conversationId, { pending: { ...writing[kind], kind, ...given }, [kind]: NOTHING, problem: "" });
  }

  /** Gives back what was refused, before what was written since. */
  giveBack(conversationId: string, problem: string): void {
    const writing = this.of(conversationId);
    const { pending } = writing;
    if (pending) this.set(conversationId, { pending: null, problem, [pending.kind]: joined(pending, writing[pending.kind]) });
  }

  /** Keeps an unsent reply as a note: after the end of a conversation no shopper reads it. */
  end(conversationId: string): void {
    const { reply, note } = this.of(conversationId);
    if (reply.text || reply.files.length) this.set(conversationId, { kind: "note", reply: NOTHING, note: joined(note, reply) });
  }
}

export function isNothing({ text, files }: Draft): boolean {
  return !text.trim() && !files.length;
}

/** Returns whether the server still knows the idempotency key. */
export function isRepeatable({ since }: Pending, now = Date.now()): boolean {
  return now - since < KEYS_LAST;
}

function joined(first: Draft, second: Draft): Draft {
  const text = first.text && second.text ? `${first.text}\n${second.text}` : first.text || second.text;
  return { text, files: [...first.files, ...second.files] };
}

function read(name: string): Writing {
  try {
    return { ...UNTOUCHED, ...(JSON.parse(ofTab.get(name) ?? "{}") as Partial<Writing>) };
  } catch {
    return UNTOUCHED;
  }
}

function keep(name: string, { uploading: _, ...writing }: Writing): void {
  const { kind, reply, note, pending, problem } = writing;
  const isWorthless = kind === "reply" && !pending && !problem && [reply, note].every(({ text, files }) => !text && !files.length);
  if (isWorthless) ofTab.remove(name);
  else ofTab.set(name, JSON.stringify(writing));
}
