import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ConversationStatus } from "../../documents/generated";
import { sparkline, thinned, volumeOf } from "../chart";
import { changeOf, salesText, type Change } from "../format";
import { money, number, percent } from "../../pages/numbers";
import { days as daysText } from "../../pages/times";
import { ToList } from "../navigation";
import type { Report } from "../state";
import type { Days, ListView, View } from "../view";

const WIDTH = 120; // of a small line, in its own units
const HEIGHT = 32;
const POINTS = 90;
const FLASH = 600; // milliseconds
const LONG = 9; // signs of a number that is written smaller

interface Props {
  view: View;
  report: Report;
}

/** The four numbers, each beside that of the period before. */
export function Cards({ view, report }: Props) {
  const { previous, statuses } = report;
  const lineOf = (status: ConversationStatus) => statuses.find(({ key }) => key === status)?.points.map(({ count }) => count) ?? [];
  return (
    <section class="cards" aria-label="The numbers of these days">
      <Card title="Conversations" change={changeOf(report.totalVolume.count, previous.totalVolume.count)} line={volumeOf(statuses)}
        value={number(report.totalVolume.count)} list={{}} before={number(previous.totalVolume.count)} view={view} report={report}>
        <ToList view={view} list={{ status: ["OPEN"] }}>{number(report.open.count)} open</ToList>
        <ToList view={view} list={{ status: ["CLOSED"] }}>{number(report.closed.count)} closed</ToList>
      </Card>
      <Outcome title="Resolved by AI" status="RESOLVED_BY_AI" good="up" now={report.resolvedByAi} then={previous.resolvedByAi} line={lineOf("RESOLVED_BY_AI")} view={view} report={report} />
      <Outcome title="Not resolved by AI" status="NOT_RESOLVED_BY_AI" good="down" now={report.notResolvedByAi} then={previous.notResolvedByAi} line={lineOf("NOT_RESOLVED_BY_AI")} view={view} report={report} />
      <Sales view={view} report={report} />
    </section>
  );
}

interface OutcomeProps extends Props {
  title: string;
  status: ConversationStatus;
  good: "up" | "down";
  now: { count: number; rate: number | null };
  then: { count: number; rate: number | null };
  line: readonly number[];
}

function Outcome({ title, status, good, now, then, line, view, report }: OutcomeProps) {
  return (
    <Card title={title} change={changeOf(now.rate, then.rate, true)} good={good} line={line} tint={status}
      value={number(now.count)} list={{ status: [status] }} before={`${number(then.count)} (${percent(then.rate)})`} view={view} report={report}>
      <span><b>{percent(now.rate)}</b> of the conversations</span>
    </Card>
  );
}

function Sales({ view, report }: Props) {
  const { aiGeneratedSales: sales, averageOrderValue: average, previous, sales: { totalCount: orders } } = report;
  const [first, ...others] = sales;
  const then = first && previous.aiGeneratedSales.find(({ currency }) => currency === first.currency);
  const only = sales.length === 1 && previous.aiGeneratedSales.length <= 1;
  const earlier = salesText(previous.aiGeneratedSales, sales);
  return (
    <Card title="AI-generated sales" change={only && then ? changeOf(Number(first!.amount), Number(then.amount)) : null} good="up"
      value={salesText(sales.slice(0, 1), previous.aiGeneratedSales)} list={{ of: "sales" }} before={earlier} view={view} report={report}>
      {others.length > 0 && <b>+ {others.map(money).join(" + ")}</b>}
      <ToList view={view} list={{ of: "sales" }}>{orders === 1 ? "1 order" : `${number(orders)} orders`}</ToList>
      {average.length > 0 && <span>{average.map(money).join(", ")} on average</span>}
    </Card>
  );
}

interface CardProps extends Props {
  title: string;
  value: string;
  before: string; // in the period before
  list: Partial<ListView>; // that is counted
  change: Change | null;
  good?: "up" | "down";
  line?: readonly number[];
  tint?: ConversationStatus;
  children: ComponentChildren;
}

function Card({ view, report, title, value, before, list, change, good, line, tint, children }: CardProps) {
  const { start, end } = report.previous.range;
  const days = { start, end };
  const path = line && sparkline(thinned(line, POINTS), WIDTH, HEIGHT);
  const earlier = <ToList view={view} list={{ ...list, days }} title={daysText(days)} aria-label={`${title} in the period before: ${before}`}>{before}</ToList>;
  return (
    <article class="card figure" aria-label={title}>
      <h2>{title}</h2>
      <p class={value.length > LONG ? "value long" : "value"} ref={useFlash(value, report.range)}><ToList view={view} list={list} class="number" aria-label={`${title}: ${value}`}>{value}</ToList></p>
      {line && line.length > 1 && (
        <svg class={`spark ${tint ?? "all"}`} viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`} preserveAspectRatio="none" aria-hidden="true">
          <path class="area" d={`${path}V${HEIGHT}H0Z`} />
          <path class="line" d={path} />
        </svg>
      )}
      <p class={line ? "parts" : "parts alone"}>{children}</p>
      <p class="before">{change ? <><Difference change={change} good={good} /> from {earlier}</> : <>{earlier} before</>}</p>
    </article>
  );
}

const ARROWS = { up: "▲", down: "▼", same: "=" };
const WORDS = { up: "up by", down: "down by", same: "the same:" };

function Difference({ change: { direction, text }, good }: { change: Change; good: "up" | "down" | undefined }) {
  const tone = direction === "same" || !good ? "" : direction === good ? " good" : " warm";
  return (
    <span class={`chip${tone}`}>
      <span aria-hidden="true">{ARROWS[direction]}</span><span class="unseen">{WORDS[direction]}</span> {text}
    </span>
  );
}

/** Lets an element light up when its text changes while the days stay: something happened. */
function useFlash(text: string, days: Days) {
  const element = useRef<HTMLParagraphElement>(null);
  const shown = useRef({ text, days });
  useEffect(() => {
    const before = shown.current;
    shown.current = { text, days };
    const happened = before.text !== text && before.days.start === days.start && before.days.end === days.end;
    if (happened && !matchMedia("(prefers-reduced-motion: reduce)").matches) element.current!.animate({ opacity: [0.25, 1] }, FLASH);
  });
  return element;
}
