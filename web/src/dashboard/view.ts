import type {
  Channel, ConversationFilter, ConversationOrder, ConversationOrderField, ConversationStatus, DatePreset, DateRangeInput, EventFilter, EventType,
  MetricsFilter, MetricsGroup,
} from "../documents/generated";

/** Days of the account's time zone, as `2026-11-30`, both included. */
export interface Days {
  start: string;
  end: string;
}

/** A list of conversations or sales: the report's own, or the part of it that explains one number. */
export interface ListView {
  of: "conversations" | "sales";
  status: readonly ConversationStatus[];
  channel: readonly Channel[]; // empty: as the report
  tag: readonly string[]; // empty: as the report
  untagged: boolean; // only conversations without a tag
  days: Days | null; // null: as the report
  search: string;
  sort: ConversationOrderField;
}

/** The contents of the page. The fragment of its address holds them, so that every number is a link, and "back" goes back. */
export interface View {
  range: DatePreset | Days;
  channel: readonly Channel[];
  tag: readonly string[];
  group: MetricsGroup;
  asOf: string | null; // null: now, live
  list: ListView;
  event: EventType | null; // null: all types
  open: string | null; // the conversation in the drawer
}

export const PRESETS: readonly DatePreset[] = [
  "TODAY", "YESTERDAY", "LAST_7_DAYS", "LAST_30_DAYS", "LAST_90_DAYS", "THIS_WEEK", "LAST_WEEK", "THIS_MONTH", "LAST_MONTH",
];
export const CHANNELS: readonly Channel[] = ["WEB_CHAT", "SMS", "EMAIL", "WHATSAPP"];
export const STATUSES: readonly ConversationStatus[] = ["RESOLVED_BY_AI", "NOT_RESOLVED_BY_AI", "CLOSED", "OPEN"];
export const EVENTS: readonly EventType[] = ["CONVERSATION_STARTED", "CONVERSATION_RESOLVED", "CONVERSATION_ESCALATED", "PRODUCT_RECOMMENDED"];
export const GROUPS: readonly MetricsGroup[] = ["STATUS", "CHANNEL", "TAG"];
const SORTS: readonly ConversationOrderField[] = ["STARTED_AT", "LAST_MESSAGE_AT"];
const DAY = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const MOST = 100; // values of one list in a filter

export const WHOLE: ListView = { of: "conversations", status: [], channel: [], tag: [], untagged: false, days: null, search: "", sort: "STARTED_AT" };
export const HOME: View = { range: "LAST_30_DAYS", channel: [], tag: [], group: "STATUS", asOf: null, list: WHOLE, event: null, open: null };

/** Returns the view of a fragment. Values that cannot be read are those of the first visit. */
export function viewOf(fragment: string): View {
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  const one = <Value extends string>(name: string, allowed: readonly Value[]) => allowed.find((value) => value === given.get(name));
  const some = <Value extends string>(name: string, allowed: readonly Value[]) => allowed.filter((value) => given.getAll(name).includes(value));
  const days = (name: string) => daysOf(given.get(name));
  const at = given.get("at") ?? "";
  const asOf = INSTANT.test(at) && isTime(at) ? at : null;
  return {
    range: one("range", PRESETS) ?? days("range") ?? HOME.range,
    channel: some("channel", CHANNELS),
    tag: tagsOf(given.getAll("tag")),
    group: one("group", GROUPS) ?? HOME.group,
    asOf,
    list: {
      of: one("list", ["conversations", "sales"] as const) ?? WHOLE.of,
      status: some("status", STATUSES),
      channel: some("of-channel", CHANNELS),
      tag: tagsOf(given.getAll("of-tag")),
      untagged: given.get("untagged") === "yes",
      days: days("days"),
      search: asOf === null ? given.get("search") ?? "" : "",
      sort: one("sort", SORTS) ?? WHOLE.sort,
    },
    event: one("event", EVENTS) ?? null,
    open: given.get("open") || null,
  };
}

/** Returns the fragment of a view, with its `#`. Values of the first visit are left out. */
export function fragmentOf(view: View): string {
  const { range, list } = view;
  const fragment = new URLSearchParams();
  const put = (name: string, usual: string, ...values: readonly string[]) => {
    for (const value of values) if (value !== usual) fragment.append(name, value);
  };
  put("range", HOME.range as string, typeof range === "string" ? range : textOf(range));
  put("channel", "", ...view.channel);
  put("tag", "", ...view.tag);
  put("group", HOME.group, view.group);
  put("at", "", view.asOf ?? "");
  put("list", WHOLE.of, list.of);
  put("status", "", ...list.status);
  put("of-channel", "", ...list.channel);
  put("of-tag", "", ...list.tag);
  put("untagged", "", list.untagged ? "yes" : "");
  put("days", "", list.days ? textOf(list.days) : "");
  put("search", "", list.search);
  put("sort", WHOLE.sort, list.sort);
  put("event", "", view.event ?? "");
  put("open", "", view.open ?? "");
  return `#${fragment}`;
}

function daysOf(text: string | null): Days | null {
  const [start = "", end = "", ...rest] = (text ?? "").split("..");
  return isDay(start) && isDay(end) && !rest.length && start <= end ? { start, end } : null;
}

function isDay(text: string): boolean {
  return DAY.test(text) && isTime(`${text}T12:00:00Z`);
}

/** Whether the browser can show it: it fails at the 40th of a month. */
function isTime(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}

function textOf({ start, end }: Days): string {
  return `${start}..${end}`;
}

function tagsOf(given: readonly string[]): readonly string[] {
  return [...new Set(given)].filter((tag) => tag !== "").slice(0, MOST);
}

/** The same page with another report. Conditions that narrowed the list to a part of the old report end. */
export function withReport(view: View, change: Partial<Pick<View, "range" | "channel" | "tag">>): View {
  return { ...view, ...change, list: { ...view.list, channel: [], tag: [], untagged: false, days: null } };
}

/** The same page as it was at an instant, or as it is now. A search finds only what is there now. */
export function asOf(view: View, instant: string | null): View {
  return { ...view, asOf: instant, list: instant === null ? view.list : { ...view.list, search: "" } };
}

/** The list behind one number. */
export function listOf(view: View, list: Partial<ListView>): View {
  return { ...view, list: { ...WHOLE, sort: view.list.sort, ...list }, open: null };
}

/** The list as it is, with another search, order or status. */
export function withList(view: View, change: Partial<ListView>): View {
  return { ...view, list: { ...view.list, ...change } };
}

export function rangeInput(range: DatePreset | Days): DateRangeInput {
  return typeof range === "string" ? { preset: range } : { between: range };
}

export function metricsFilter({ channel, tag }: View): MetricsFilter | null {
  return channel.length || tag.length ? { ...(channel.length && { channel: [...channel] }), ...(tag.length && { tag: [...tag] }) } : null;
}

/** The filter of the list. `/export` takes the same. `days`: those of the report on the page, which it is the list of. */
export function listFilter(view: View, days = rangeInput(view.range)): ConversationFilter {
  const { list } = view;
  const channel = list.channel.length ? list.channel : view.channel;
  const tag = list.tag.length ? list.tag : view.tag;
  return {
    startedOn: list.days ? rangeInput(list.days) : days,
    ...(list.status.length && { status: [...list.status] }),
    ...(channel.length && { channel: [...channel] }),
    ...(tag.length && { tag: [...tag] }),
    ...(list.untagged && { untagged: true }),
    ...(list.search.trim() && { search: list.search }),
  };
}

/** The days of the conversations whose sales are listed. */
export function soldIn({ list }: View, days: DateRangeInput): DateRangeInput {
  return list.days ? rangeInput(list.days) : days;
}

export function listOrder({ list }: View): ConversationOrder {
  return { field: list.sort, direction: "DESC" };
}

/** The filter of the feed, whose days are those on which the events occurred. */
export function eventFilter(view: View, on: DateRangeInput): EventFilter {
  return { on, ...(view.channel.length && { channel: [...view.channel] }), ...(view.event && { type: [view.event] }) };
}

/** The days of the feed of a report of the past: they end with the day of the report. */
export function daysUntil(days: Days, last: string): Days {
  const end = last < days.end ? last : days.end;
  return { start: days.start < end ? days.start : end, end };
}

/** Returns whether two views have the same report, so that only other parts of the page are read. */
export function sameReport(one: View, other: View): boolean {
  return reportKey(one) === reportKey(other);
}

function reportKey({ range, channel, tag, group, asOf }: View): string {
  return JSON.stringify([range, channel, tag, group, asOf]);
}

export function sameList(one: View, other: View): boolean {
  return JSON.stringify(one.list) === JSON.stringify(other.list);
}
