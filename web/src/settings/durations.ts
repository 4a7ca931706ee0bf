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
  const [, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = (DURATION.exec(duration ?? "") ?? []).map((part) => Number(part ?? 0));
  const total = (weeks * 7 + days) * SECONDS.days + hours * SECONDS.hours + minutes * SECONDS.minutes + seconds;
  if (!total) return { amount: "", unit: "minutes" };
  const unit = UNITS.findLast((each) => total % SECONDS[each] === 0)!;
  return { amount: String(total / SECONDS[unit]), unit };
}

/** Returns the ISO 8601 duration; null if there is none. */
export function durationOf({ amount, unit }: Span): string | null {
  if (!/^\d+$/.test(amount)) return null;
  return unit === "days" ? `P${Number(amount)}D` : `PT${Number(amount)}${unit[0]!.toUpperCase()}`;
}
