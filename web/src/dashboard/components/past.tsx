import { useEffect, useState } from "preact/hooks";
import { moment } from "../../pages/times";
import { go, useBoard } from "../navigation";
import type { State } from "../state";
import { asOf } from "../view";

const STEPS = 500; // of the slider
const HOUR = 3_600_000; // milliseconds
const REFRESH = 30_000; // milliseconds, after which the end of the slider moves on

/** The instant of the page: a slider from the earliest state that is kept to now. */
export function Past({ state }: { state: State }) {
  const { view, report, loading } = state;
  const board = useBoard();
  const now = useNow();
  const [wanted, setWanted] = useState<string | null | undefined>(undefined); // while the slider is dragged

  // The slider asks for one report at a time, and then for the latest position.
  useEffect(() => {
    if (wanted !== undefined && !loading && wanted !== view.asOf) board.show(asOf(view, wanted));
  }, [wanted, loading]);

  const since = new Date(report?.reachesBackTo ?? now).getTime();
  const shown = wanted === undefined ? view.asOf : wanted;
  const timeOf = (instant: string | null) => (instant === null ? now : new Date(instant).getTime());
  const value = timeOf(shown);
  const step = Math.max(1, Math.round((now - since) / STEPS));
  const instantOf = (milliseconds: number) => (milliseconds >= now ? null : new Date(Math.max(milliseconds, since)).toISOString());
  const move = (milliseconds: number, options?: { replace: boolean }) => {
    setWanted(undefined);
    go(board, asOf(view, instantOf(milliseconds)), options);
  };
  // From where the last key or click led, which may not be drawn yet.
  const moveBy = (milliseconds: number, options?: { replace: boolean }) => move(timeOf(board.state.view.asOf) + milliseconds, options);
  const text = shown === null ? "now" : moment(shown, report?.range.timeZone ?? "UTC");
  return (
    <section class={shown === null ? "past" : "past back"} aria-label="Instant">
      <label for="instant">As of</label>
      <input
        id="instant" type="range" min={since} max={Math.max(now, since + 1)} step="any" value={value} aria-valuetext={text} aria-describedby="since"
        onInput={(event) => setWanted(instantOf(snapped(event.currentTarget.valueAsNumber, now, step)))}
        onPointerUp={(event) => { if (wanted !== undefined) move(snapped(event.currentTarget.valueAsNumber, now, step)); }} // also where it is back at its start, which is no change
        onChange={(event) => move(snapped(event.currentTarget.valueAsNumber, now, step))}
        onKeyDown={(event) => {
          const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -20, PageUp: 20 }[event.key];
          if (!steps) return; // a browser's own step of "any" is its choice
          event.preventDefault();
          moveBy(steps * step, { replace: true });
        }}
      />
      <span class="when-shown" aria-hidden="true">{text}</span>
      <span id="since" class="remark">{report && `Earlier states are kept since ${moment(report.reachesBackTo, report.range.timeZone)}.`}</span>
      <button type="button" class="small" disabled={value - HOUR < since} onClick={() => moveBy(-HOUR)}>1 h back</button>
      <button type="button" class="small" disabled={shown === null} onClick={() => move(now)}>Now</button>
    </section>
  );
}

function snapped(value: number, now: number, step: number): number {
  return now - Math.round((now - value) / step) * step;
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), REFRESH);
    return () => clearInterval(timer);
  }, []);
  return now;
}
