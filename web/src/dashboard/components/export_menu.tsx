import { useRef, useState } from "preact/hooks";
import { exported, save, type Format } from "../export";
import { useBoard } from "../navigation";
import type { State } from "../state";
import { listFilter } from "../view";
import { Menu } from "./menu";

const UNIT = 1_000_000; // bytes

/** Saves the list with its transcripts as a file, by `/export`. */
export function ExportMenu({ state: { view, report } }: { state: State }) {
  const board = useBoard();
  const [format, setFormat] = useState<Format>("csv");
  const [notes, setNotes] = useState(false);
  const [bytes, setBytes] = useState<number | null>(null); // while it runs
  const [problem, setProblem] = useState("");
  const running = useRef<AbortController | null>(null);

  const run = async () => {
    const controller = running.current = new AbortController();
    setProblem("");
    setBytes(0);
    try {
      const endpoint = new URL("/export", board.endpoint).href;
      const file = await exported(endpoint, board.credential, { filter: listFilter(view, board.days(view)), format, notes }, setBytes, controller.signal);
      const { start, end } = view.list.days ?? report!.range;
      save(file, `conversations-${start}-${end}.${format}`);
    } catch (error) {
      if (!controller.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
    }
    setBytes(null);
  };
  const isRunning = bytes !== null;
  if (view.asOf !== null) return null; // an export has the present state
  return (
    <Menu label="Export">
      <form class="card" onSubmit={(event) => { event.preventDefault(); if (isRunning) running.current!.abort(); else void run(); }}>
        <p class="remark">The conversations of this list with their messages, the latest first.</p>
        <label class="field">Format
          <select value={format} onChange={(event) => setFormat(event.currentTarget.value as Format)}>
            <option value="csv">CSV, for spreadsheets</option>
            <option value="ndjson">NDJSON, for programs</option>
          </select>
        </label>
        <label><input type="checkbox" checked={notes} onChange={(event) => setNotes(event.currentTarget.checked)} /> With the team's notes</label>
        <div class="row">
          {/* One button for both: another one in its place would not have the focus. */}
          <button class={isRunning ? undefined : "primary"}>{isRunning ? "Stop" : "Save the file"}</button>
          <span role="status">{isRunning && `${(bytes / UNIT).toFixed(1)} MB`}</span>
        </div>
        <p role="alert">{problem}</p>
      </form>
    </Menu>
  );
}
