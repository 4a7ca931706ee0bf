import { random } from "../client/random";

const MARK = "baton:covered"; // in the state of the entry
const MOMENT = 100; // milliseconds
const PATIENCE = 1_000; // milliseconds for the browser to go back

let leaving: Promise<void> = Promise.resolve(); // until an earlier entry is left

/**
 * Lets the browser's Back close what covers the whole page, as everybody expects on a phone: an entry of the history stands for
 * it. The page's own scripts hear nothing when it is made; when it is left, those that listened before the widget was loaded hear
 * that the browser is back at the address and the state where they are. Returns what takes it away.
 */
export function closedByBack(close: () => void): () => void {
  const mark = random();
  let [isMade, isOver] = [false, false];
  const isCurrent = () => (history.state as { [MARK]?: string } | null)?.[MARK] === mark;
  const left = (event: PopStateEvent) => {
    if (isCurrent()) return; // back from an entry of the page's own
    removeEventListener("popstate", left, true);
    event.stopImmediatePropagation();
    isOver = true;
    close();
  };
  void leaving.then(() => {
    if (isOver) return;
    try {
      // Routers put their own functions in the place of this one, and would take the entry for a page.
      History.prototype.pushState.call(history, { ...history.state as object | null, [MARK]: mark }, "");
    } catch {
      return; // the browser allows no more entries: Back leaves the page
    }
    isMade = true;
    addEventListener("popstate", left, true); // before those of the page
  });
  return () => {
    if (isOver) return;
    isOver = true;
    if (!isMade) return;
    removeEventListener("popstate", left, true);
    if (isCurrent()) goBack(); // else the page has gone on meanwhile
  };
}

function goBack(): void {
  leaving = new Promise((resolve) => {
    const left = (event: PopStateEvent) => {
      event.stopImmediatePropagation();
      keepFocus();
      resolve();
    };
    addEventListener("popstate", left, { once: true, capture: true });
    setTimeout(() => { removeEventListener("popstate", left, true); resolve(); }, PATIENCE);
  });
  history.back();
}

/** Gives the focus back, which browsers take away a moment after they have gone to an address with a fragment. */
function keepFocus(): void {
  const focused = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
  if (!(focused instanceof HTMLElement)) return;
  const lost = ({ relatedTarget }: FocusEvent) => {
    if (!relatedTarget) setTimeout(() => focused.focus({ preventScroll: true }));
  };
  focused.addEventListener("blur", lost, { once: true });
  setTimeout(() => focused.removeEventListener("blur", lost), MOMENT);
}
