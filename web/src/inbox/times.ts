const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Returns the time of day. */
export function clock(at: string): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" });
}

/** Returns the day and the time of day, short: the day only if it is not today. */
export function short(at: string, now = new Date()): string {
  const time = new Date(at);
  if (time.toDateString() === now.toDateString()) return clock(at);
  const year = time.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return time.toLocaleString(undefined, { day: "numeric", month: "short", year, hour: "numeric", minute: "2-digit" });
}

/** Returns the day with its name. */
export function day(at: string, now = new Date()): string {
  const time = new Date(at);
  if (time.toDateString() === now.toDateString()) return "Today";
  if (time.toDateString() === new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1).toDateString()) return "Yesterday";
  return time.toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** Returns the exact time, with seconds and the time zone. */
export function full(at: string): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
}

/** Returns how long ago an instant is, in one unit: `<1 min`, `5 min`, `3 h`, `2 d`. */
export function ago(at: string, now = Date.now()): string {
  const passed = now - Date.parse(at);
  if (passed < MINUTE) return "<1 min";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min`;
  return passed < DAY ? `${Math.floor(passed / HOUR)} h` : `${Math.floor(passed / DAY)} d`;
}

/** Returns the proposals for a snooze, in the time zone of the browser. */
export function snoozeTimes(now = new Date()): { name: string; until: Date }[] {
  const at = (days: number, hour: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const times = [
    { name: "In one hour", until: new Date(now.getTime() + HOUR) },
    { name: "In three hours", until: new Date(now.getTime() + 3 * HOUR) },
    { name: "This evening", until: at(0, 18) },
    { name: "Tomorrow morning", until: at(1, 9) },
    { name: "Next Monday", until: at(((8 - now.getDay()) % 7) || 7, 9) },
  ];
  return times.filter(({ name, until }) => name !== "This evening" || until.getTime() - now.getTime() > HOUR);
}

/** Returns an instant as the value of a field of the type `datetime-local`. */
export function localValue(time: Date): string {
  return new Date(time.getTime() - time.getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);
}
