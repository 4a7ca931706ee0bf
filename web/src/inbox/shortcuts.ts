import { ofOrigin } from "../client/storage";

export const SHORTCUTS = [
  ["j", "next", "Open the next ticket"],
  ["k", "previous", "Open the ticket before"],
  ["t", "take", "Take the ticket"],
  ["l", "release", "Put it back into the queue"],
  ["a", "assign", "Assign it to somebody"],
  ["s", "snooze", "Snooze it, or wake it"],
  ["e", "close", "Close it, or reopen it"],
  ["b", "returnToAgent", "Give it back to the agent"],
  ["r", "reply", "Write a reply"],
  ["n", "note", "Write a note"],
  ["d", "details", "Show or hide the details"],
  ["/", "search", "Search"],
  ["1", "ALL", "Show all open tickets"],
  ["2", "MINE", "Show yours"],
  ["3", "UNASSIGNED", "Show those of nobody"],
  ["4", "SNOOZED", "Show the snoozed ones"],
  ["5", "CLOSED", "Show the closed ones"],
  ["?", "help", "Show this list"],
] as const;

export type Command = (typeof SHORTCUTS)[number][1];

interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
  repeat: boolean;
}

const REPEATED: ReadonlySet<string> = new Set(["j", "k"]);

/** Returns the command of a key, if it is one. `typing`: whether the key goes into a field. */
export function commandOf(press: Press, typing: boolean): Command | undefined {
  if (typing || press.ctrlKey || press.metaKey || press.altKey || press.isComposing) return undefined;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (press.repeat && !REPEATED.has(key)) return undefined;
  return SHORTCUTS.find(([of]) => of === key)?.[1];
}

/** Returns whether an element takes letters itself. */
export function takesText(element: EventTarget | null): boolean {
  if (!(element instanceof HTMLElement)) return false;
  return element.matches("textarea, select, input:not([type=checkbox], [type=radio])") || element.isContentEditable;
}

const SWITCH = "baton:shortcuts";

/** People who speak to their computer switch single keys off: a word is a row of them. */
export function shortcutsOn(): boolean {
  return ofOrigin.get(SWITCH) !== "off";
}

export function switchShortcuts(on: boolean): void {
  ofOrigin.set(SWITCH, on ? "on" : "off");
}
