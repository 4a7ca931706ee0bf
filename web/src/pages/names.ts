/* The words of the team's pages for what the API names by enums. */

import type { Channel, ConversationStatus, EscalationReason, HandoffState } from "../documents/generated";

export const CHANNEL_NAMES: Record<Channel, string> = { WEB_CHAT: "Web chat", SMS: "SMS", EMAIL: "E-mail", WHATSAPP: "WhatsApp" };
export const STATUS_NAMES: Record<ConversationStatus, string> = {
  RESOLVED_BY_AI: "Resolved by AI", NOT_RESOLVED_BY_AI: "Not resolved by AI", CLOSED: "Closed", OPEN: "Open",
};
export const REASON_NAMES: Record<EscalationReason, string> = {
  AGENT_FAILURE: "the agent failed", AGENT_OFF: "the agent was off", ESCALATION_RULE: "a rule of the shop", EXPLICIT_ASK: "the shopper asked for a human",
  KNOWLEDGE_GAP: "the agent did not know", OTHER: "another reason", UNINTELLIGIBLE_INPUT: "the agent did not understand",
};
export const HANDOFF_NAMES: Record<HandoffState, string> = {
  AWAITING_IDENTITY: "waits for the shopper's address", DECLINED: "declined by the shopper", DELIVERED: "with the team", EXPIRED: "expired",
  FAILED: "the helpdesk refused it", MESSAGE_SHOWN: "the shop's message was shown", OFFERED: "offered to the shopper", QUEUED: "on its way to the team",
  WITHDRAWN: "withdrawn by the shopper",
};

/** Returns the keys of a table in its order. */
export function keysOf<Key extends string>(table: Record<Key, unknown>): Key[] {
  return Object.keys(table) as Key[];
}
