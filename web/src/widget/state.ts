import type { ConversationViewFragment, FollowSubscription, MessageViewFragment, WidgetQuery } from "../documents/generated";
import type { Unsent } from "./storage";
import type { Upload } from "./uploads";

export type Message = MessageViewFragment;
export type Settings = NonNullable<WidgetQuery["widget"]>;
type Item = NonNullable<FollowSubscription["conversation"]>;

export interface Typing {
  kind: string; // of the author
  name: string;
  text: string | null; // the agent's reply so far
}

export interface State {
  session: string; // another one after every change of the shopper
  settings: Settings | null;
  conversation: ConversationViewFragment | null;
  messages: readonly Message[]; // by `sequence`, without a double
  earlier: string | null; // the position before the first message, if there are earlier ones
  unsent: readonly Unsent[];
  uploads: readonly Upload[]; // files of the message that is being written
  email: string; // an address that the shopper has written in a message while one was asked for
  typing: Typing | null;
  live: boolean;
  seen: number;
  trouble: "unavailable" | "refused" | null;
}

export const EMPTY: State = {
  session: "",
  settings: null,
  conversation: null,
  messages: [],
  earlier: null,
  unsent: [],
  uploads: [],
  email: "",
  typing: null,
  live: true,
  seen: 0,
  trouble: null,
};

/** Returns the state after an item of the conversation's stream. Items that repeat something change nothing. */
export function reduced(state: State, item: Item): State {
  switch (item.__typename) {
    case "MessageAdded": {
      const spoken = item.message.author.kind === "SHOPPER" ? state.typing : null; // a reply ends what was typed
      return withConversation({ ...withMessages(state, [item.message]), typing: spoken }, item.conversation);
    }
    case "MessageRedacted": {
      const isShown = state.messages.some(({ sequence }) => sequence === item.message.sequence); // else a later page has it
      return withConversation(isShown ? withMessages(state, [item.message]) : state, item.conversation);
    }
    case "ConversationChanged":
    case "HandoffChanged":
      return withConversation(state, item.conversation);
    case "TypingChanged":
      if (item.author.kind === "SHOPPER") return state;
      if (!item.typing) return { ...state, typing: null };
      return heard({ ...state, typing: { kind: item.author.kind, name: item.author.name, text: item.text } });
    default:
      return state;
  }
}

export function withMessages(state: State, messages: readonly Message[]): State {
  const all = new Map(state.messages.map((message) => [message.sequence, message]));
  for (const message of messages) {
    if (message.redactedAt || !all.get(message.sequence)?.redactedAt) all.set(message.sequence, message); // a page may be older
  }
  return { ...state, messages: [...all.values()].sort((one, other) => one.sequence - other.sequence) };
}

/**
 * Returns the state with the last messages of the conversation, and where there are earlier ones. After a long absence
 * the page may begin behind the last known message: those before it are let go, because what is between is not known.
 */
export function withPage(state: State, messages: readonly Message[], earlier: string | null): State {
  const last = state.messages.at(-1)?.sequence ?? 0;
  const begins = messages[0]?.sequence ?? 0;
  const known = earlier !== null && begins > last ? { ...state, messages: [] } : state;
  const all = withMessages(known, messages);
  return all.messages[0]?.sequence === messages[0]?.sequence ? { ...all, earlier } : all;
}

export function withConversation(state: State, conversation: ConversationViewFragment): State {
  const known = state.conversation;
  if (known?.id === conversation.id && known.version > conversation.version) return state;
  return heard({ ...state, conversation });
}

/** Returns the state without a reply that nobody will get: the chat has ended, or the agent has handed it over. */
function heard(state: State): State {
  const { conversation, typing } = state;
  if (!conversation || !typing) return state;
  const agent = conversation.controller.kind === "AI_AGENT";
  return conversation.closedAt !== null || (typing.kind === "AI_AGENT" && !agent) ? { ...state, typing: null } : state;
}

export function isOpen(state: State): boolean {
  return state.conversation !== null && state.conversation.closedAt === null;
}

/** Returns the number after which a message that is written now will appear; in a closed chat it never does. */
export function lastBefore(state: State): number {
  return state.conversation && !isOpen(state) ? Number.MAX_SAFE_INTEGER : state.messages.at(-1)?.sequence ?? 0;
}

/**
 * Returns the messages that are still to be shown as unsent: the stream may be faster than the response of the call, or
 * slower. Of two messages with one text, one has arrived for each that did.
 */
export function waiting(state: State): readonly Unsent[] {
  const { unsent, messages } = state;
  const found = new Set(unsent.map(({ sent }) => sent?.sequence));
  const arrived = (message: Unsent) => {
    const { text, after, sent } = message;
    if (sent) return hasArrived(state, message);
    const one = messages.find(({ author, sequence, text: shown }) =>
      author.kind === "SHOPPER" && sequence > after && shown === text && !found.has(sequence));
    if (one) found.add(one.sequence);
    return one !== undefined;
  };
  return unsent.filter((message) => message.failed || !arrived(message));
}

/** Returns whether a message that the server has taken is one of those that are shown, or of another conversation. */
export function hasArrived({ conversation, messages }: State, { sent }: Unsent): boolean {
  if (!sent || !conversation) return false;
  const begins = messages[0]?.sequence ?? 0; // those before it are known to be there
  return conversation.id !== sent.conversation || sent.sequence < begins || messages.some(({ sequence }) => sequence === sent.sequence);
}

/** Returns whether the shopper is asked for an e-mail address, without which the handoff does not go on. */
export function asksForEmail({ conversation, settings }: State): boolean {
  return conversation?.handoff?.state === "AWAITING_IDENTITY" && settings?.identityPolicy === "EMAIL";
}

/** Returns the number of messages of others that no tab has shown yet. */
export function unread(state: State): number {
  return state.messages.filter(({ sequence, author }) => sequence > state.seen && author.kind !== "SHOPPER").length;
}
