import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Desk } from "../desk";
import { offlineText } from "../../pages/connection";
import { isNarrow, shownRows, type Counts, type Row, type State, type Trouble } from "../state";
import { scrolledTo, windowOf } from "../virtual";
import { Filters } from "./filters";
import { Summary } from "./summary";

const ROW = 92; // pixels; style.css has the same height
const MINUTE = 60_000; // milliseconds
const AHEAD = 30; // rows before the end of the list at which the next page is read

/** The tickets of the view. Of a list of any length, the page has the rows on the screen and a few around them. */
export function Tickets({ desk, state, live }: { desk: Desk; state: State; live: boolean }) {
  const { open, more, loading, filter, trouble } = state;
  const rows = useMemo(() => shownRows(state), [state.rows, filter]);
  const now = useNow();
  const box = useRef<HTMLDivElement>(null);
  const { top, height, keepPlace } = useScroll(box);
  const { active, press, choose } = useActive({ rows, openId: open?.id, box, height });
  useLayoutEffect(() => keepPlace(rows), [rows]);
  const [first, end] = windowOf(top, height, ROW, rows.length);
  useEffect(() => { if (more && !loading && end + AHEAD >= rows.length) void desk.list.loadMore(); });
  const shown = rows.slice(first, end).map((row, index) => [row, first + index] as const);
  // The row that may have the focus stays in the page, in the order of the list: a row that is moved loses the focus.
  if (active >= end) shown.push([rows[active]!, active]);
  else if (active >= 0 && active < first) shown.unshift([rows[active]!, active]);
  const size = more ? -1 : rows.length;
  return (
    <section class="list" aria-label="Tickets">
      <Filters desk={desk} state={state} found={rows.length} />
      <p class="status" role="status" title={state.refusal ?? undefined}>{live ? sizeOf(state) : offlineText(state.refusal)}</p>
      <p role="alert">{trouble && (!open || (trouble.ticketId !== null && trouble.ticketId !== open.id)) ? <Elsewhere trouble={trouble} rows={rows} /> : ""}</p>
      <div ref={box} class="scroller" onKeyDown={press}>
        <ul style={{ height: `${rows.length * ROW}px` }}>
          {shown.map(([row, index]) => (
            <li key={row.id} aria-setsize={size} aria-posinset={index + 1} style={{ transform: `translateY(${index * ROW}px)` }}>
              <button
                type="button"
                class="ticket"
                tabIndex={index === Math.max(active, 0) ? 0 : -1}
                aria-current={row.id === open?.id}
                data-index={index}
                onFocus={() => choose(row)}
                onClick={() => void desk.open(row)}
              >
                <Summary row={row} me={state.me?.id} writers={state.writers.get(row.conversation.id)} now={now} />
              </button>
            </li>
          ))}
        </ul>
        <End state={state} found={rows.length} />
      </div>
    </section>
  );
}

const SIZES: Record<keyof Counts, string> = { ALL: "Open tickets", MINE: "Your open tickets", UNASSIGNED: "Unassigned tickets", SNOOZED: "Snoozed tickets" };

/** The number of the tickets of a view. Of a list that is narrowed, the filters tell how many were found. */
function sizeOf({ view, filter, counts }: State): string {
  if (isNarrow(filter)) return "";
  return view === "CLOSED" ? "Closed tickets" : `${SIZES[view]}: ${counts[view]}`;
}

/** What went wrong with a ticket that is not open, or with none. */
function Elsewhere({ trouble: { ticketId, text }, rows }: { trouble: Trouble; rows: readonly Row[] }) {
  const name = rows.find(({ id }) => id === ticketId)?.conversation.displayName;
  return <>{name !== undefined && <><bdi>{name}</bdi>: </>}{text}</>;
}

function End({ state: { loading, more, rows, view, filter }, found }: { state: State; found: number }) {
  if (loading && !rows.length) return <div class="bones-list" aria-hidden="true">{Array.from({ length: 6 }, (_, index) => <div key={index} class="bones" />)}</div>;
  if (loading || more) return <p class="empty">{found === rows.length ? "Loading more…" : `Looking through ${rows.length.toLocaleString()} tickets…`}</p>;
  if (found) return null;
  if (rows.length || isNarrow(filter)) return <p class="empty">No ticket matches.</p>;
  return <p class="empty">{view === "MINE" ? "You have no open ticket." : view === "CLOSED" || view === "SNOOZED" ? `No ${view.toLowerCase()} ticket.` : "No open ticket."}</p>;
}

type Box = { current: HTMLDivElement | null };

/** Follows the scrolling, row by row, and keeps what is read in its place when rows are added or removed above it. */
function useScroll(box: Box) {
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(0);
  const place = useRef<{ id: string; index: number } | null>(null);
  const rowsNow = useRef<readonly Row[]>([]);
  useLayoutEffect(() => {
    const element = box.current!;
    const scroll = () => {
      const index = Math.floor(element.scrollTop / ROW);
      const row = rowsNow.current[index];
      place.current = row && element.scrollTop > 0 ? { id: row.id, index } : null;
      setTop(index * ROW);
    };
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    element.addEventListener("scroll", scroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", scroll);
    };
  }, []);
  const keepPlace = (rows: readonly Row[]) => {
    rowsNow.current = rows;
    const kept = place.current;
    if (!kept || rows[kept.index]?.id === kept.id) return;
    const index = rows.findIndex(({ id }) => id === kept.id);
    if (index >= 0) box.current!.scrollTop += (index - kept.index) * ROW;
  };
  return { top, height: height + ROW, keepPlace };
}

interface Active {
  rows: readonly Row[];
  openId: string | undefined;
  box: Box;
  height: number;
}

/** The row that Tab reaches, from which the arrow keys move on. It is the open ticket, until another one has the focus. */
function useActive({ rows, openId, box, height }: Active) {
  const [id, setId] = useState(openId);
  const [focusing, setFocusing] = useState(false);
  const active = useMemo(() => rows.findIndex((row) => row.id === id), [rows, id]);
  const reveal = (index: number) => {
    const element = box.current!;
    element.scrollTop = scrolledTo(index, element.scrollTop, height - ROW, ROW);
  };
  useLayoutEffect(() => {
    if (openId !== undefined) setId(openId); // after the ticket is shut, its row keeps the place
    const index = rows.findIndex((row) => row.id === openId);
    if (index >= 0) reveal(index);
  }, [openId]);
  useLayoutEffect(() => {
    if (!focusing || active < 0) return;
    setFocusing(false);
    box.current!.querySelector<HTMLElement>(`[data-index="${active}"]`)?.focus({ preventScroll: true });
  }, [focusing, active]);
  const press = (event: KeyboardEvent) => {
    const last = rows.length - 1;
    const target = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: last, PageDown: active + 8, PageUp: active - 8 }[event.key];
    if (target === undefined || last < 0) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(last, target));
    reveal(index);
    setId(rows[index]!.id);
    setFocusing(true);
  };
  return { active, press, choose: (row: Row) => setId(row.id) };
}

/** Waiting times are drawn again every minute. */
function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE);
    return () => clearInterval(timer);
  }, []);
  return now;
}
