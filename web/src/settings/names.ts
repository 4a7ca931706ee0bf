import type { AgentKind, EventType, KeyKind, KeyScope, StaffRole, TouchKind } from "../documents/generated";

export const TOUCHES: Record<TouchKind, string> = {
  PRODUCT_CARD_CLICK: "A click on a product card",
  SMS_CLICK: "A click on a link in a text message",
  SMS_DELIVERY: "A text message that was delivered",
  WHATSAPP_CLICK: "A click on a link in a message",
  WHATSAPP_OPEN: "A message that was opened",
  EMAIL_CLICK: "A click on a link in a mail",
  EMAIL_OPEN: "A mail that was opened",
};

export const AGENTS: Record<AgentKind, [string, string]> = {
  BUILT_IN: ["The built-in agent", "Quotes your knowledge, recommends products, tells verified shoppers of their orders, and hands over what it does not know."],
  MODEL: ["Your language model", "The model that the account has connected, which replies from the knowledge."],
  OFF: ["No agent of Baton’s", "Agents of your own reply over the API, with keys of the scope “AI agent”."],
};

export const ROLES: Record<StaffRole, [string, string]> = {
  OWNER: ["Owner", "Everything."],
  ADMIN: ["Admin", "As an owner, except for the sign-in provider, and for changes of owners."],
  MANAGER: ["Manager", "As an admin, except for the audit log, the sign-in of others, legal holds and retention, and the erasure and export of shoppers."],
  SUPPORT: ["Support", "Reads conversations, and works on tickets."],
  ANALYST: ["Analyst", "Reads conversations, reports and events, and changes nothing."],
};

export const KINDS: Record<KeyKind, [string, string]> = {
  SCOPED: ["A program", "An agent or a partner, with the rights that you tick."],
  STAFF: ["A colleague", "A member of the team, with the rights of the role."],
  PUBLISHABLE: ["A chat widget", "May start conversations and nothing else. It is public."],
};

export const SCOPES: Record<KeyScope, [string, string]> = {
  AGENT: ["AI agent", "writes as the agent, and requests handoffs"],
  CONVERSATIONS_READ: ["Read conversations", "and profiles"],
  CONVERSATIONS_WRITE: ["Carry a channel", "starts conversations, and sends the shoppers’ messages"],
  METRICS_READ: ["Read reports", "and sales"],
  EVENTS_READ: ["Read business events", "the feed and its stream"],
  ORDERS_WRITE: ["Record orders", "refunds and touches"],
  HANDOFF_WRITE: ["Request handoffs", "and read these settings"],
  INBOX_READ: ["Read the inbox", "tickets, conversations and profiles"],
  INBOX_WRITE: ["Work on tickets", "assigns, replies for a member, writes notes"],
  STAFF_ADMIN: ["Manage staff and keys", "below owners"],
  AUDIT_READ: ["Read the audit log", "who changed what"],
};

export const EVENTS: Record<EventType, string> = {
  CONVERSATION_STARTED: "Conversation started",
  CONVERSATION_RESOLVED: "Conversation resolved",
  CONVERSATION_ESCALATED: "Conversation escalated",
  PRODUCT_RECOMMENDED: "Product recommended",
};

export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
