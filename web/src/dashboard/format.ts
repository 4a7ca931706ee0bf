import type { DatePreset, EventType, MetricsGroup, TouchKind } from "../documents/generated";
import { money, number, percent, type Money } from "../pages/numbers";

export const PRESET_NAMES: Record<DatePreset, string> = {
  TODAY: "Today", YESTERDAY: "Yesterday", LAST_7_DAYS: "7 days", LAST_30_DAYS: "30 days", LAST_90_DAYS: "90 days",
  THIS_WEEK: "This week", LAST_WEEK: "Last week", THIS_MONTH: "This month", LAST_MONTH: "Last month",
};
export const GROUP_NAMES: Record<MetricsGroup, string> = { STATUS: "Status", CHANNEL: "Channel", TAG: "Tag" };
export const EVENT_NAMES: Record<EventType, string> = {
  CONVERSATION_STARTED: "Started", CONVERSATION_RESOLVED: "Resolved", CONVERSATION_ESCALATED: "Escalated", PRODUCT_RECOMMENDED: "Recommended",
};
export const TOUCH_NAMES: Record<TouchKind, string> = {
  EMAIL_CLICK: "clicked in a mail", EMAIL_OPEN: "opened a mail", PRODUCT_CARD_CLICK: "clicked a product card", SMS_CLICK: "clicked in a text message",
  SMS_DELIVERY: "got a text message", WHATSAPP_CLICK: "clicked in a WhatsApp message", WHATSAPP_OPEN: "opened a WhatsApp message",
};

interface Asked {
  firstQuestion: string;
  firstQuestionRemovedAt: string | null;
  transcriptRemovedAt?: string | null;
}

/** The first question of a conversation, or why it is not shown. */
export function questionOf({ firstQuestion, firstQuestionRemovedAt, transcriptRemovedAt }: Asked): string {
  if (firstQuestion) return firstQuestion;
  if (transcriptRemovedAt && (!firstQuestionRemovedAt || firstQuestionRemovedAt >= transcriptRemovedAt)) return "(removed after the time for which words are kept)";
  return firstQuestionRemovedAt ? "(removed)" : "(no text)";
}

/** Sales in words; `other`: sales of another period, which tell the currency of none. */
export function salesText(sales: readonly Money[], other: readonly Money[]): string {
  const nothing = sales.length || !other.length ? sales : [{ amount: "0", currency: other[0]!.currency }];
  return nothing.map(money).join(" + ") || number(0);
}

/** How a number compares with the one before. */
export interface Change {
  direction: "up" | "down" | "same";
  text: string; // "12.5%", or "3.1 points" of two rates
}

/** Returns `null` where there is nothing to compare with. */
export function changeOf(now: number | null | undefined, before: number | null | undefined, rates = false): Change | null {
  if (now == null || before == null || (!rates && before === 0)) return null;
  const change = rates ? 100 * (now - before) : (now - before) / before;
  const rounded = Math.round(Math.abs(change) * (rates ? 10 : 1000)) / (rates ? 10 : 1000);
  const text = rates ? `${number(rounded)} points` : percent(rounded);
  return { direction: rounded === 0 ? "same" : change > 0 ? "up" : "down", text };
}
