import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { MetricsGroup } from "../../documents/generated";
import { barsOf, bucketsOf, labelled, partAt, pathsOf, stepOf, ticksOf, volumeOf, type Bar, type Bucket, type Series, type Step } from "../chart";
import { GROUP_NAMES } from "../format";
import { CHANNEL_NAMES, STATUS_NAMES } from "../../pages/names";
import { number } from "../../pages/numbers";
import { days, shortDay, weekday } from "../../pages/times";
import { go, Link, showList, ToList, useBoard } from "../navigation";
import type { Report } from "../state";
import { CHANNELS, GROUPS, listOf, STATUSES, type Days, type ListView, type View } from "../view";

const HEIGHT = 230; // pixels of the area of the bars
const LEFT = 44; // for the numbers of the lines
const BELOW = 24; // for the days
const ABOVE = 8;
const LABEL = 62; // the width of a day's label
const WITHOUT = "", TOGETHER = "*"; // keys of series by tag that are no tags: without one, and with rare ones, which no filter finds

interface Props {
  view: View;
  report: Report;
  reported: View;
}

/** The conversations by day, as bars and as a table; every number leads to its list. */
export function Bars({ view, report, reported }: Props) {
  const { group } = reported;
  const series = useMemo(() => seriesOf(reported, report), [reported, report]);
  const volume = useMemo(() => (group === "TAG" ? null : volumeOf(report.previous.statuses)), [group, report]);
  const drawn = useMemo(() => ({ ...view, group }), [view, group]); // the links lead on from the present view
  const buckets = useMemo(() => bucketsOf(series, volume), [series, volume]);
  const step = stepOf(series[0]?.points.length ?? 0);
  const [opened, setOpened] = useState(false); // the table
  return (
    <section class="card bars" aria-labelledby="bars">
      <div class="row title">
        <h2 id="bars">Conversations by {step}</h2>
        <nav class="row" aria-label="Group">
          {GROUPS.map((each) => (
            <Link key={each} class="pill" to={{ ...view, group: each }} aria-current={view.group === each ? "true" : undefined}>{GROUP_NAMES[each]}</Link>
          ))}
        </nav>
      </div>
      <Picture view={drawn} series={series} buckets={buckets} step={step} />
      <Legend view={drawn} series={series} compared={volume !== null} />
      {group === "TAG" && <p class="remark">A conversation counts under each of its tags. The {number(series.length)} most frequent are shown.</p>}
      <details onToggle={(event) => setOpened(event.currentTarget.open)}>
        <summary>The numbers as a table</summary>
        {opened && <div class="scroll" tabIndex={0} role="region" aria-label="The numbers as a table"><Numbers view={drawn} series={series} buckets={buckets} /></div>}
      </details>
    </section>
  );
}

/** Returns the series in the order in which they are stacked, from the bottom up. */
function seriesOf(view: View, report: Report): Series[] {
  const given: readonly Series[] = (view.group === "STATUS" ? report.statuses : report.others) ?? [];
  const order: readonly string[] = view.group === "STATUS" ? STATUSES : view.group === "CHANNEL" ? CHANNELS : given.map(({ key }) => key);
  // Under a filter by tags, only the series of these tags have a list of their own.
  const shown = view.group === "TAG" && view.tag.length ? given.filter(({ key }) => view.tag.includes(key)) : given;
  return [...shown].sort((one, other) => order.indexOf(one.key) - order.indexOf(other.key));
}

function narrowed(group: MetricsGroup, { key }: Series): Partial<ListView> | null {
  if (group === "STATUS") return { status: STATUSES.filter((status) => status === key) };
  if (group === "CHANNEL") return { channel: CHANNELS.filter((channel) => channel === key) };
  if (key === WITHOUT) return { untagged: true };
  return key === TOGETHER ? null : { tag: [key] };
}

function nameOf(group: MetricsGroup, { key, label }: Series): string {
  const names: Record<string, string> = group === "STATUS" ? STATUS_NAMES : group === "CHANNEL" ? CHANNEL_NAMES : {};
  return names[key] ?? label;
}

function tintOf(group: MetricsGroup, { key }: Series, index: number): string {
  return group === "STATUS" ? key : `tint${index}`;
}

interface PictureProps {
  view: View;
  series: readonly Series[];
  buckets: readonly Bucket[];
  step: Step;
}

/** For the eye and the pointer. The table below has the same numbers and links for keyboards and screen readers. */
function Picture({ view, series, buckets, step }: PictureProps) {
  const board = useBoard();
  const frame = useRef<HTMLDivElement>(null);
  const width = Math.max(useWidth(frame) - LEFT, 0);
  const ticks = useMemo(() => ticksOf(Math.max(...buckets.map(({ total, before }) => Math.max(total, before ?? 0)), 1)), [buckets]);
  const bars = useMemo(() => barsOf(buckets, width, HEIGHT, ticks.at(-1)!), [buckets, width, ticks]);
  const slot = width / Math.max(bars.length, 1);
  const [pointed, setPointed] = useState<ReturnType<typeof partAt>>(null);
  const at = ({ clientX, clientY }: MouseEvent) => {
    const { left, top } = frame.current!.getBoundingClientRect();
    return partAt(bars, slot, clientX - left - LEFT, clientY - top - ABOVE);
  };
  const point = (event: PointerEvent) => {
    const next = at(event);
    if (next?.bar !== pointed?.bar || next?.series !== pointed?.series) setPointed(next);
  };
  const listAt = ({ bar, series: each }: { bar: number; series: number | null }) => ({ ...(each !== null && narrowed(view.group, series[each]!)), days: buckets[bar]!.days });
  const click = (event: MouseEvent) => {
    const part = at(event);
    if (event.defaultPrevented || (event.target as Element).closest("a") || !part) return; // a finger points only now
    go(board, listOf(view, listAt(part)));
    showList();
  };
  const drawing = useMemo(
    () => <Drawing group={view.group} series={series} ticks={ticks} bars={bars} step={step} width={width} />, [view.group, series, ticks, bars, width],
  );
  const bar = pointed && bars[pointed.bar];
  const part = bar && pointed.series !== null ? bar.parts.find((each) => each.series === pointed.series) : undefined;
  return (
    <div ref={frame} class="picture" onPointerMove={point} onPointerDown={point} onPointerLeave={() => setPointed(null)} onClick={click} aria-hidden="true">
      <svg width="100%" height={ABOVE + HEIGHT + BELOW}>
        {bar && <rect class="pointed" x={LEFT + pointed.bar * slot} y={ABOVE} width={slot} height={HEIGHT} />}
        {drawing}
        {bar && (
          <ToList view={view} list={listAt(pointed)} tabindex={-1}>
            {part
              ? <rect class={`bar over ${tintOf(view.group, series[part.series]!, part.series)}`} x={LEFT + bar.x} y={ABOVE + part.y} width={bar.width} height={part.height} />
              : <rect class="slot" x={LEFT + pointed.bar * slot} y={ABOVE} width={slot} height={HEIGHT} />}
          </ToList>
        )}
      </svg>
      {bar && <Tip group={view.group} series={series} bucket={bar.bucket} x={LEFT + (pointed.bar + 0.5) * slot} right={pointed.bar > bars.length / 2} />}
      {buckets.every(({ total }) => total === 0) && <p class="empty">No conversation started in these days.</p>}
    </div>
  );
}

interface DrawingProps {
  group: MetricsGroup;
  series: readonly Series[];
  ticks: readonly number[];
  bars: readonly Bar[];
  step: Step;
  width: number;
}

function Drawing({ group, series, ticks, bars, step, width }: DrawingProps) {
  const slot = width / Math.max(bars.length, 1);
  const paths = pathsOf(bars, series.length);
  const earlier = bars.map(({ before }, index) => (before === null ? "" : `M${index * slot + 1} ${before}h${Math.max(slot - 2, 1)}`)).join("");
  return (
    <g transform={`translate(${LEFT} ${ABOVE})`}>
      {ticks.map((tick) => {
        const y = HEIGHT * (1 - tick / ticks.at(-1)!);
        return <g key={tick}><line class="grid" x2={width} y1={y} y2={y} /><text x={-8} y={y + 4} text-anchor="end">{number(tick)}</text></g>;
      })}
      {width > 0 && series.map((each, index) => <path key={each.key} class={`bar ${tintOf(group, each, index)}`} d={paths[index]} />)}
      {labelled(bars.length, width, LABEL).map((index) => (
        <text key={index} x={(index + 0.5) * slot} y={HEIGHT + 17} text-anchor="middle">{shortDay(bars[index]!.bucket.days.start, step)}</text>
      ))}
      <path class="earlier" d={earlier} />
    </g>
  );
}

function Tip({ group, series, bucket, x, right }: { group: MetricsGroup; series: readonly Series[]; bucket: Bucket; x: number; right: boolean }) {
  return (
    <div class={right ? "tip right" : "tip"} style={{ left: `${x}px` }}>
      <b>{nameOfDays(bucket.days)}</b>
      {series.map((each, index) => bucket.counts[index] ? (
        <span key={each.key}><i class={`swatch ${tintOf(group, each, index)}`} /> <bdi>{nameOf(group, each)}</bdi> <b>{number(bucket.counts[index]!)}</b></span>
      ) : null).reverse()}
      {group !== "TAG" && <span><i class="swatch none" /> All <b>{number(bucket.total)}</b></span>}
      {bucket.before !== null && <span><i class="swatch earlier" /> Before <b>{number(bucket.before)}</b></span>}
    </div>
  );
}

function Legend({ view, series, compared }: { view: View; series: readonly Series[]; compared: boolean }) {
  return (
    <ul class="legend">
      {series.map((each, index) => {
        const list = narrowed(view.group, each);
        const content = <><i class={`swatch ${tintOf(view.group, each, index)}`} /> <bdi>{nameOf(view.group, each)}</bdi> <b>{number(each.total)}</b></>;
        return <li key={each.key}>{list ? <ToList view={view} list={list}>{content}</ToList> : <span>{content}</span>}</li>;
      })}
      {compared && <li><span><i class="swatch earlier" /> All, in the period before</span></li>}
    </ul>
  );
}

function Numbers({ view, series, buckets }: { view: View; series: readonly Series[]; buckets: readonly Bucket[] }) {
  return (
    <table class="numbers">
      <thead>
        <tr><th scope="col">Days</th>{series.map((each) => <th key={each.key} scope="col"><bdi>{nameOf(view.group, each)}</bdi></th>)}{view.group !== "TAG" && <th scope="col">All</th>}</tr>
      </thead>
      <tbody>
        {[...buckets].reverse().map((bucket) => (
          <tr key={bucket.days.start}>
            <th scope="row">{nameOfDays(bucket.days)}</th>
            {series.map((each, index) => <td key={each.key}><Cell view={view} list={narrowed(view.group, each)} count={bucket.counts[index]!} of={bucket.days} /></td>)}
            {view.group !== "TAG" && <td><Cell view={view} list={{}} count={bucket.total} of={bucket.days} /></td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ view, list, count, of }: { view: View; list: Partial<ListView> | null; count: number; of: Days }) {
  return list && count ? <ToList view={view} list={{ ...list, days: of }}>{number(count)}</ToList> : <>{number(count)}</>;
}

function nameOfDays(of: Days): string {
  return of.start === of.end ? weekday(of.start) : days(of);
}

function useWidth(element: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return width;
}
