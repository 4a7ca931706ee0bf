import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Header } from "../../pages/header";
import type { Desk } from "../desk";
import { commandOf, shortcutsOn, takesText, type Command } from "../shortcuts";
import type { State } from "../state";
import { FIELD } from "./composer";
import { AssignDialog, HelpDialog, SnoozeDialog } from "./dialogs";
import { isFocusLost } from "./focus";
import { Thread } from "./thread";
import { Tickets } from "./tickets";
import { Tools } from "./tools";
import { Views } from "./views";

const FRAME = 16; // milliseconds; changes within them are drawn together
const WORD = 2_000; // milliseconds from one letter to the next
const WIDE = matchMedia("(min-width: 1280px)");

export type DialogName = "help" | "assign" | "snooze";

export function Inbox({ desk, leave }: { desk: Desk; leave: () => void }) {
  const state = useDesk(desk);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [hasDetails, setDetails] = useState(WIDE.matches);
  const { open, thread, me, team, acting, counts } = state;
  const live = state.live && state.threadLive && !state.waits;
  const trouble = (open && troubleOf(state, open.id)) ?? "";
  const offline = live ? "" : "Offline: what you see may be old.";
  const isActing = open !== null && acting.has(open.id);
  const waiting = counts.UNASSIGNED;
  useEffect(() => { document.title = waiting ? `(${waiting}) Inbox` : "Inbox"; }, [waiting]);
  useEffect(() => setDialog((shown) => (shown === "help" ? shown : null)), [open?.id]); // it was about another ticket
  useFocus(open?.id);
  useShortcuts((command) => carryOut(command, { desk, setDialog, toggleDetails: () => setDetails((shown) => !shown) }), () => desk.shut());
  const closed = (name: DialogName) => () => setDialog((shown) => (shown === name ? null : shown)); // the next may be open
  // A change of the list draws no conversation again.
  const conversation = useMemo(
    () => (
      <Thread key={open?.conversation.id ?? ""} desk={desk} {...{ open, thread, me, trouble, isActing, setDialog, hasDetails, offline }} toggleDetails={() => setDetails(!hasDetails)} />
    ),
    [desk, open, thread, me, trouble, isActing, hasDetails, offline],
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
      {dialog === "snooze" && open && <SnoozeDialog desk={desk} open={open} close={closed("snooze")} />}
    </div>
  );
}

/** Returns what to tell beside a ticket: what is about it, or about none. */
function troubleOf({ trouble }: State, ticketId: string): string | null {
  return trouble && (trouble.ticketId === null || trouble.ticketId === ticketId) ? trouble.text : null;
}

interface Hands {
  desk: Desk;
  setDialog: (name: DialogName) => void;
  toggleDetails: () => void;
}

function carryOut(command: Command, { desk, setDialog, toggleDetails }: Hands): void {
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
  const { open, me } = desk.state;
  if (!open) return;
  const isMine = open.assignee?.id === me?.id;
  switch (command) {
    case "take":
      return void (isMine || desk.act(open, command));
    case "release":
      return void (isMine && desk.act(open, command)); // that of a colleague is released by assigning it to nobody
    case "snooze":
      return open.state === "SNOOZED" ? void desk.act(open, "reopen") : setDialog("snooze");
    case "assign":
      return setDialog("assign");
    case "reply":
    case "note":
      desk.writings.set(open.conversation.id, { kind: command });
      return queueMicrotask(() => document.getElementById(FIELD)?.focus()); // once the field is that of the draft
    case "close":
      return void desk.act(open, open.state === "CLOSED" ? "reopen" : "close");
    default:
      return void desk.act(open, command);
  }
}

/** Hands the focus on when a ticket is opened or shut, if what had it is hidden or gone. */
function useFocus(openId: string | undefined): void {
  const before = useRef(openId);
  useLayoutEffect(() => {
    if (before.current !== openId && isFocusLost()) document.querySelector<HTMLElement>(openId ? ".thread .back" : '.ticket[tabindex="0"]')?.focus();
    before.current = openId;
  }, [openId]);
}

function useShortcuts(run: (command: Command) => void, escape: () => void): void {
  const field = useRef<{ element: Element; at: number } | null>(null); // the last one that was typed into
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isTyping = takesText(event.target);
      const isLetter = isTyping && event.key.length === 1;
      field.current = isLetter ? { element: event.target as Element, at: performance.now() } : event.key.length > 1 ? null : field.current;
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      if (event.key === "Escape" && !event.isComposing) return isTyping ? (event.target as HTMLElement).blur() : escape();
      const command = shortcutsOn() ? commandOf(event, isTyping) : undefined;
      if (!command) return;
      // The field has gone while a word was typed into it: its next letters are no commands.
      if (field.current && !field.current.element.isConnected && performance.now() - field.current.at < WORD) return;
      event.preventDefault();
      run(command);
    };
    const point = () => { field.current = null; };
    addEventListener("keydown", press);
    addEventListener("pointerdown", point);
    return () => {
      removeEventListener("keydown", press);
      removeEventListener("pointerdown", point);
    };
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
