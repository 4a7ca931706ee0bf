import { createContext, type ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import type { Board } from "./board";
import { fragmentOf, listOf, viewOf, type ListView, type View } from "./view";

export const LIST = "list"; // the id of the heading of the list
export const Current = createContext<Board>(null!);

export function useBoard(): Board {
  return useContext(Current);
}

/** Shows a view, and puts it into the address: as a new step of the history, or in place of the present one. */
export function go(board: Board, view: View, { replace = false } = {}): void {
  const address = `${location.pathname}${fragmentOf(view)}`;
  if (replace || address === `${location.pathname}${location.hash || "#"}`) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  board.show(view);
}

/** Shows what the address says whenever the history moves. Returns a function that ends this. */
export function followHistory(board: Board): () => void {
  const moved = () => {
    const view = viewOf(location.hash);
    if (fragmentOf(view) !== fragmentOf(board.state.view)) board.show(view);
  };
  const events = ["popstate", "hashchange"]; // the second one of an address that is typed
  for (const event of events) addEventListener(event, moved);
  return () => { for (const event of events) removeEventListener(event, moved); };
}

interface Props {
  to: View;
  replace?: boolean;
  /** Called after the view is shown. */
  then?: () => void;
  children?: ComponentChildren;
  class?: string | undefined;
  tabindex?: number; // in lower case, since SVG takes no other
  title?: string;
  "aria-current"?: "true" | undefined;
  "aria-label"?: string;
}

/** A link to a view of this page, which may as well be opened in another tab. */
export function Link({ to, replace, then, children, ...others }: Props) {
  const board = useBoard();
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(board, to, { replace });
    then?.();
  };
  return <a {...others} href={fragmentOf(to)} onClick={follow}>{children}</a>;
}

interface Number extends Omit<Props, "to" | "then"> {
  view: View;
  list: Partial<ListView>;
}

/** A number: it leads to the list that it counts. */
export function ToList({ view, list, ...others }: Number) {
  return <Link {...others} to={listOf(view, list)} then={showList} />;
}

/** Moves to the list, by the eye and by the keyboard. */
export function showList(): void {
  focusList();
  document.getElementById(LIST)?.scrollIntoView({ block: "start" });
}

/** Gives the list the focus of a control of its own that is gone now. */
export function focusList(): void {
  document.getElementById(LIST)?.focus({ preventScroll: true });
}
