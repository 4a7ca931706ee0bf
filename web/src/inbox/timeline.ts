import type { Facts, Message, Thread } from "./state";

export type Handoff = Facts["handoffs"][number];
export type Draft = Facts["drafts"][number];
export type Attempt = NonNullable<Facts["ticket"]>["attempts"][number];

/** What a thread shows, by time: messages, and what else happened in the conversation. */
export type Entry = { at: string; key: string } & (
  | { kind: "day" }
  | { kind: "message"; message: Message }
  | { kind: "draft"; draft: Draft }
  | { kind: "handoff"; handoff: Handoff }
  | { kind: "consent"; handoff: Handoff; consent: NonNullable<Handoff["consent"]> }
  | { kind: "attempt"; attempt: Attempt }
);

/** Returns the entries in order. While earlier messages are not loaded, what happened among them is left out too. */
export function timelineOf({ messages, facts, earlier }: Pick<Thread, "messages" | "facts" | "earlier">): Entry[] {
  const entries: Entry[] = messages.map((message) => ({ kind: "message", at: message.sentAt, key: `m${message.sequence}`, message }));
  for (const [index, draft] of facts.drafts.entries()) entries.push({ kind: "draft", at: draft.writtenAt, key: `d${index}`, draft });
  for (const handoff of facts.handoffs) {
    const { consent, id, requestedAt } = handoff;
    entries.push({ kind: "handoff", at: requestedAt, key: `h${id}`, handoff });
    if (consent) entries.push({ kind: "consent", at: consent.decidedAt, key: `c${id}`, handoff, consent });
  }
  for (const [index, attempt] of (facts.ticket?.attempts ?? []).entries()) entries.push({ kind: "attempt", at: attempt.at, key: `a${index}`, attempt });
  const from = earlier ? messages[0]?.sentAt ?? "" : "";
  const inOrder = entries.filter(({ at }) => at >= from).sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  return withDays(inOrder);
}

function withDays(entries: readonly Entry[]): Entry[] {
  let day = "";
  return entries.flatMap((entry) => {
    const began = new Date(entry.at).toDateString();
    if (began === day) return [entry];
    day = began;
    return [{ kind: "day", at: entry.at, key: `day${entry.at}` }, entry];
  });
}
