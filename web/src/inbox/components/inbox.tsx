import { useEffect, useMemo, useState } from "preact/hooks";
import { Header } from "../../pages/header";
import type { Desk } from "../desk";
import { commandOf, shortcutsOn, takesText, type Command } from "../shortcuts";
import type { State } from "../state";
import { AssignDialog, HelpDialog, SnoozeDialog } from "./dialogs";
import { Thread } from "./thread";
import { Tickets } from "./tickets";
import { Tools } from "./tools";
import { Views } from "./views";

const FRAME = 16; // milliseconds; changes within them are drawn together
const WIDE = matchMedia("(min-width: 1280px)");

export type DialogName = "help" | "assign" | "snooze";

export function Inbox({ desk, leave }: { desk: Desk; leave: () => void }) {
  const state = useDesk(desk);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [isNote, setNote] = useState(false);
  const [hasDetails, setDetails] = useState(WIDE.matches);
  const { open, thread, me, team, trouble, counts } = state;
  const live = state.live && !state.waits;
  const waiting = counts.UNASSIGNED;
  useEffect(() => { document.title = waiting ? `(${waiting}) Inbox` : "Inbox"; }, [waiting]);
  useEffect(() => { if (!open && dialog !== "help") setDialog(null); }, [open]);
  useShortcuts((command) => carryOut(command, { desk, setDialog, setNote, toggleDetails: () => setDetails((shown) => !shown) }), () => desk.shut());
  const closed = (name: DialogName) => () => setDialog((shown) => (shown === name ? null : shown)); // the next may be open
  // A change of the list draws no conversation again.
  const conversation = useMemo(
    () => (
      <Thread key={open?.id ?? ""} desk={desk} {...{ open, thread, me, trouble, isNote, setNote, setDialog, hasDetails }} toggleDetails={() => setDetails(!hasDetails)} />
    ),
    [desk, open, thread, me, trouble, isNote, hasDetails],
  );
  return (
    <div class={`desk${open ? " reading" : ""}${open && hasDetails ? " detailed" : ""}`}>
      <Header page="inbox" name={me?.name ?? ""} leave={leave}><Tools desk={desk} me={me} live={live} help={() => setDialog("help")} /></Header>
      <main id="content" tabIndex={-1}>
        <h1 class="unseen">Inbox</h1>
        <Views desk={desk} view={state.view} counts={counts} />
        <Tickets desk={desk} state={state} live={live} />
        {conversation}
      </main>
      {dialog === "help" && <HelpDialog close={closed("help")} />}
      {dialog === "assign" && open && <AssignDialog desk={desk} team={team} open={open} close={closed("assign")} />}
      {dialog === "snooze" && open && <SnoozeDialog desk={desk} close={closed("snooze")} />}
    </div>
  );
}

interface Hands {
  desk: Desk;
  setDialog: (name: DialogName) => void;
  setNote: (isNote: boolean) => void;
  toggleDetails: () => void;
}

function carryOut(command: Command, { desk, setDialog, setNote, toggleDetails }: Hands): void {
  switch (command) {
    case "next":
    case "previous":
      return desk.leaf(command === "next" ? 1 : -1);
    case "search":
      return document.getElementById("search")?.focus();
    case "help":
      return setDialog("help");
    case "details":
      return toggleDetails();
    case "ALL":
    case "MINE":
    case "UNASSIGNED":
    case "SNOOZED":
    case "CLOSED":
      return void desk.list.show({ view: command });
  }
  const { open } = desk.state;
  if (!open) return;
  switch (command) {
    case "snooze":
      return open.state === "SNOOZED" ? void desk.act("reopen") : setDialog("snooze");
    case "assign":
      return setDialog("assign");
    case "reply":
    case "note":
      setNote(command === "note");
      return document.getElementById("writing")?.focus();
    case "close":
      return void desk.act(open.state === "CLOSED" ? "reopen" : "close");
    default:
      return void desk.act(command);
  }
}

function useShortcuts(run: (command: Command) => void, escape: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const isTyping = takesText(event.target);
      if (event.key === "Escape" && !event.isComposing) return isTyping ? (event.target as HTMLElement).blur() : escape();
      const command = shortcutsOn() ? commandOf(event, isTyping) : undefined;
      if (!command) return;
      event.preventDefault();
      run(command);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
}

function useDesk(desk: Desk): State {
  const [state, setState] = useState(desk.state);
  useEffect(() => {
    let due = false;
    let drawn = -Infinity;
    const draw = () => {
      due = false;
      drawn = performance.now();
      setState(desk.state);
    };
    desk.changed = () => {
      const wait = drawn + FRAME - performance.now();
      if (wait <= 0) draw();
      else if (!due) setTimeout(draw, wait);
      due = wait > 0;
    };
    draw();
  }, [desk]);
  return state;
}
