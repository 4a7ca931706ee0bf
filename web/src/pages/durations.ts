/** A length of time as a person writes it. */
export interface Span {
  amount: string; // empty: none
  unit: Unit;
}

export const UNITS = ["seconds", "minutes", "hours", "days"] as const;
export type Unit = (typeof UNITS)[number];

const SECONDS: Record<Unit, number> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };
const DURATION = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Returns an ISO 8601 duration in its largest unit: PT24H is a day. */
export function spanOf(duration: string | null): Span {
  const total = secondsOf(duration ?? "");
  if (!total) return { amount: "", unit: "minutes" };
  const unit = UNITS.findLast((each) => total % SECONDS[each] === 0)!;
  return { amount: String(total / SECONDS[unit]), unit };
}

/** Returns the ISO 8601 duration; null if there is none. */
export function durationOf({ amount, unit }: Span): string | null {
  if (!/^\d+$/.test(amount)) return null;
  return unit === "days" ? `P${Number(amount)}D` : `PT${Number(amount)}${unit[0]!.toUpperCase()}`;
}

/**
 * Returns the duration of a field that may be empty, for none. A number that is none, such as 1e3, is refused at its field, and
 * never means "none".
 */
export function optionalDurationOf(span: Span): string | null {
  return durationOf(span) ?? (span.amount === "" ? null : "PT0S");
}

/** The seconds of an ISO 8601 duration; 0 if it is none. */
export function secondsOf(duration: string): number {
  const [, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = (DURATION.exec(duration) ?? []).map((part) => Number(part ?? 0));
  return (weeks * 7 + days) * SECONDS.days + hours * SECONDS.hours + minutes * SECONDS.minutes + seconds;
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
