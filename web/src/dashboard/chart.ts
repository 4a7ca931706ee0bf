/*
 * The geometry of the bars. They are SVG made by Preact, without a chart library: a path for each series, and a link over
 * the part that is pointed at, which the canvas of uPlot (22 KB, compressed) or Chart.js (71 KB) cannot have.
 */

import type { Days } from "./view";

export interface Series {
  key: string;
  label: string;
  total: number;
  points: readonly { date: string; count: number }[];
}

/** Some days that share a bar, with the count of each series, in the order of the series. */
export interface Bucket {
  days: Days;
  counts: readonly number[];
  total: number;
  before: number | null; // the volume of the same days of the period before
}

export type Step = "day" | "week" | "month";

const MOST_DAYS = 100; // shown one by one
const MOST_WEEKS = 105; // shown one by one

/** Returns the size of a bar: a range is shown in at most about a hundred. */
export function stepOf(days: number): Step {
  return days <= MOST_DAYS ? "day" : days <= 7 * MOST_WEEKS ? "week" : "month";
}

/** Returns the bars of some series of equal days. `before`: the volume of each day of the period before, in order. */
export function bucketsOf(series: readonly Series[], before: readonly number[] | null): Bucket[] {
  const dates = series[0]?.points.map(({ date }) => date) ?? [];
  const step = stepOf(dates.length);
  const buckets: Bucket[] = [];
  let from = 0;
  for (let to = 1; to <= dates.length; to++) {
    if (to < dates.length && periodOf(dates[to]!, step) === periodOf(dates[from]!, step)) continue;
    const counts = series.map(({ points }) => sum(points.slice(from, to).map(({ count }) => count)));
    const days = { start: dates[from]!, end: dates[to - 1]! };
    buckets.push({ days, counts, total: sum(counts), before: before && sum(before.slice(from, to)) });
    from = to;
  }
  return buckets;
}

/** Returns a name of the day, week (from Monday) or month that a day belongs to. */
function periodOf(date: string, step: Step): string {
  if (step === "day") return date;
  if (step === "month") return date.slice(0, 7);
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}

/** Returns the volume of each day: the sum of the series by status. */
export function volumeOf(statuses: readonly Pick<Series, "points">[]): number[] {
  return (statuses[0]?.points ?? []).map((_, day) => sum(statuses.map(({ points }) => points[day]?.count ?? 0)));
}

/** Returns 0 and a few round numbers above it, the last one not below `most`. */
export function ticksOf(most: number): number[] {
  const rough = Math.max(most, 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= rough && Number.isInteger(Math.max(each, 1)))!);
  const count = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

export interface Bar {
  bucket: Bucket;
  x: number;
  width: number;
  parts: readonly { series: number; y: number; height: number }[]; // from the bottom up; empty ones are left out
  before: number | null; // the height at which the period before stands
}

/** Returns the bars in an area of a width and a height, whose highest line has the value `top`. */
export function barsOf(buckets: readonly Bucket[], width: number, height: number, top: number): Bar[] {
  const slot = width / Math.max(buckets.length, 1);
  const bar = Math.max(1, Math.min(slot * 0.72, 56));
  return buckets.map((bucket, index) => {
    let y = height;
    const parts = bucket.counts.flatMap((count, series) => {
      const part = (count / top) * height;
      y -= part;
      return count ? [{ series, y, height: part }] : [];
    });
    return { bucket, x: index * slot + (slot - bar) / 2, width: bar, parts, before: bucket.before === null ? null : height * (1 - bucket.before / top) };
  });
}

/** Returns the outlines of each series' parts, so that hundreds of parts are a few elements of the page. */
export function pathsOf(bars: readonly Bar[], series: number): string[] {
  const paths = Array.from({ length: series }, () => "");
  for (const { x, width, parts } of bars) {
    for (const { series: each, y, height } of parts) paths[each] += `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;
  }
  return paths;
}

/** Returns the bar at a point, and the series whose part is there; `null` beside every bar's place. */
export function partAt(bars: readonly Bar[], slot: number, x: number, y: number): { bar: number; series: number | null } | null {
  const index = Math.floor(x / slot);
  const bar = bars[index];
  if (!bar) return null;
  const part = x >= bar.x && x <= bar.x + bar.width ? bar.parts.find((each) => y >= each.y && y <= each.y + each.height) : undefined;
  return { bar: index, series: part?.series ?? null };
}

/** Returns the indices of the bars that have a label, so that labels of a width do not touch. */
export function labelled(count: number, width: number, label: number): number[] {
  const every = Math.max(1, Math.ceil((count * label) / Math.max(width, 1)));
  return Array.from({ length: Math.ceil(count / every) }, (_, index) => index * every);
}

/** Returns at most so many sums of neighbours, in order. */
export function thinned(values: readonly number[], most: number): number[] {
  const size = Math.ceil(values.length / most) || 1;
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) => sum(values.slice(index * size, (index + 1) * size)));
}

/** Returns the path of a small line through some values, from the left edge to the right. */
export function sparkline(values: readonly number[], width: number, height: number): string {
  const most = Math.max(...values, 1);
  const at = (index: number) => (values.length > 1 ? (index / (values.length - 1)) * width : 0);
  return values.map((value, index) => `${index ? "L" : "M"}${round(at(index))} ${round(height - (value / most) * height)}`).join("");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
