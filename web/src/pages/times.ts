/* Days and times for people. Reports have the time zone of the account; settings and tickets that of the person. */

const clocks = new Map<string, Intl.DateTimeFormat>(); // to make one takes 20 times as long as to use it

function clockOf(options: Intl.DateTimeFormatOptions, language?: string): Intl.DateTimeFormat {
  const key = JSON.stringify([language, options]);
  const found = clocks.get(key) ?? new Intl.DateTimeFormat(language, options);
  clocks.set(key, found);
  return found;
}

const noon = (day: string) => new Date(`${day}T12:00:00Z`);

/** A day, or some days, of the account. */
export function days({ start, end }: { start: string; end: string }): string {
  return clockOf({ timeZone: "UTC", day: "numeric", month: "short", year: "numeric" }).formatRange(noon(start), noon(end));
}

/** The same without the year, for the axis. */
export function shortDay(day: string, step: "day" | "week" | "month"): string {
  return clockOf({ timeZone: "UTC", month: "short", ...(step === "month" ? { year: "2-digit" } : { day: "numeric" }) }).format(noon(day));
}

export function weekday(day: string): string {
  return clockOf({ timeZone: "UTC", weekday: "short", day: "numeric", month: "short" }).format(noon(day));
}

/** An instant in the time zone of the account: the time, the day unless it is today, and the year unless it is this one. */
export function clock(instant: string, timeZone: string, now = new Date()): string {
  const time = new Date(instant);
  const [day, today] = [dayIn(time, timeZone), dayIn(now, timeZone)];
  const thisYear = day.slice(0, 4) === today.slice(0, 4);
  return clockOf({ timeZone, ...(day !== today && { day: "numeric", month: "short" }), ...(!thisYear && { year: "numeric" }), hour: "numeric", minute: "2-digit" }).format(time);
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

/** An instant for people, in their own time zone and form. */
export function when(at: string): string {
  return clockOf({ day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit" }).format(new Date(at));
}
