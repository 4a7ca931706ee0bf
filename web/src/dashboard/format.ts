import type { Channel, ConversationStatus, DatePreset, EscalationReason, EventType, HandoffState, MetricsGroup, TouchKind } from "../documents/generated";
import type { Days } from "./view";

export const PRESET_NAMES: Record<DatePreset, string> = {
  TODAY: "Today", YESTERDAY: "Yesterday", LAST_7_DAYS: "7 days", LAST_30_DAYS: "30 days", LAST_90_DAYS: "90 days",
  THIS_WEEK: "This week", LAST_WEEK: "Last week", THIS_MONTH: "This month", LAST_MONTH: "Last month",
};
export const CHANNEL_NAMES: Record<Channel, string> = { WEB_CHAT: "Web chat", SMS: "SMS", EMAIL: "E-mail", WHATSAPP: "WhatsApp" };
export const STATUS_NAMES: Record<ConversationStatus, string> = {
  RESOLVED_BY_AI: "Resolved by AI", NOT_RESOLVED_BY_AI: "Not resolved by AI", CLOSED: "Closed", OPEN: "Open",
};
export const GROUP_NAMES: Record<MetricsGroup, string> = { STATUS: "Status", CHANNEL: "Channel", TAG: "Tag" };
export const EVENT_NAMES: Record<EventType, string> = {
  CONVERSATION_STARTED: "Started", CONVERSATION_RESOLVED: "Resolved", CONVERSATION_ESCALATED: "Escalated", PRODUCT_RECOMMENDED: "Recommended",
};
export const REASON_NAMES: Record<EscalationReason, string> = {
  AGENT_FAILURE: "the agent failed", AGENT_OFF: "the agent was off", ESCALATION_RULE: "a rule of the shop", EXPLICIT_ASK: "the shopper asked for a human",
  KNOWLEDGE_GAP: "the agent did not know", OTHER: "another reason", UNINTELLIGIBLE_INPUT: "the agent did not understand",
};
export const TOUCH_NAMES: Record<TouchKind, string> = {
  EMAIL_CLICK: "clicked in a mail", EMAIL_OPEN: "opened a mail", PRODUCT_CARD_CLICK: "clicked a product card", SMS_CLICK: "clicked in a text message",
  SMS_DELIVERY: "got a text message", WHATSAPP_CLICK: "clicked in a WhatsApp message", WHATSAPP_OPEN: "opened a WhatsApp message",
};
export const HANDOFF_NAMES: Record<HandoffState, string> = {
  AWAITING_IDENTITY: "waits for the shopper's address", DECLINED: "declined by the shopper", DELIVERED: "with the team", EXPIRED: "expired",
  FAILED: "the helpdesk refused it", MESSAGE_SHOWN: "the shop's message was shown", OFFERED: "offered to the shopper", QUEUED: "on its way to the team",
  WITHDRAWN: "withdrawn by the shopper",
};

// To make a formatter takes 20 times as long as to use it, and a page uses hundreds.
const NUMBERS = new Intl.NumberFormat();
const PERCENT = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
const currencies = new Map<string, Intl.NumberFormat | null>();
const clocks = new Map<string, Intl.DateTimeFormat>();

export function number(value: number): string {
  return NUMBERS.format(value);
}

export function percent(rate: number | null | undefined): string {
  return rate == null ? "–" : PERCENT.format(rate);
}

export function money({ amount, currency }: { amount: string; currency: string }): string {
  if (!currencies.has(currency)) currencies.set(currency, currencyOf(currency));
  // A text is formatted with all its digits; the type of the library knows numbers only.
  return currencies.get(currency)?.format(amount as unknown as number) ?? `${amount} ${currency}`;
}

function currencyOf(currency: string): Intl.NumberFormat | null {
  try {
    return new Intl.NumberFormat(undefined, { style: "currency", currency });
  } catch {
    return null; // three letters that are no currency
  }
}

function clockOf(options: Intl.DateTimeFormatOptions, language?: string): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  const found = clocks.get(key) ?? new Intl.DateTimeFormat(language, options);
  clocks.set(key, found);
  return found;
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

const noon = (day: string) => new Date(`${day}T12:00:00Z`);

/** A day, or some days, of the account. */
export function days({ start, end }: Days): string {
  return clockOf({ timeZone: "UTC", day: "numeric", month: "short", year: "numeric" }).formatRange(noon(start), noon(end));
}

/** The same without the year, for the axis. */
export function shortDay(day: string, step: "day" | "week" | "month"): string {
  return clockOf({ timeZone: "UTC", month: "short", ...(step === "month" ? { year: "2-digit" } : { day: "numeric" }) }).format(noon(day));
}

export function weekday(day: string): string {
  return clockOf({ timeZone: "UTC", weekday: "short", day: "numeric", month: "short" }).format(noon(day));
}

/** An instant in the time zone of the account: the time, and the day unless it is `today`. */
export function clock(instant: string, timeZone: string, now = new Date()): string {
  const time = new Date(instant);
  const today = dayIn(time, timeZone) === dayIn(now, timeZone);
  return clockOf({ timeZone, ...(!today && { day: "numeric", month: "short" }), hour: "numeric", minute: "2-digit" }).format(time);
}

export function moment(instant: string, timeZone: string): string {
  const format = clockOf({
    timeZone, weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit",
  });
  return format.format(new Date(instant));
}

/** The day of an instant in a time zone, as `2026-11-30`. */
export function dayIn(instant: Date, timeZone: string): string {
  const parts = clockOf({ timeZone, year: "numeric", month: "2-digit", day: "2-digit" }, "en").formatToParts(instant);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${part["year"]}-${part["month"]}-${part["day"]}`;
}

/** A time between two instants in its largest unit, or two: "3 h 12 min". */
export function span(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${Math.round(seconds)} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} days${hours % 24 ? ` ${hours % 24} h` : ""}`;
}

/** The seconds of an ISO 8601 duration of days and smaller units, for example `P5D` or `PT24H`. */
export function secondsOf(duration: string): number {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  const [, d = 0, h = 0, m = 0, s = 0] = (found ?? []).map(Number).map((value) => value || 0);
  return ((d * 24 + h) * 60 + m) * 60 + s;
}
