import type { Desk } from "../desk";
import { VIEWS, type Counts, type View } from "../state";

const NAMES: Record<View, string> = { ALL: "All open", MINE: "Mine", UNASSIGNED: "Unassigned", SNOOZED: "Snoozed", CLOSED: "Closed" };

export function Views({ desk, view: shown, counts }: { desk: Desk; view: View; counts: Counts }) {
  const choose = (event: MouseEvent, view: View) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab
    event.preventDefault();
    void desk.list.show({ view });
  };
  return (
    <nav class="views" aria-label="Views">
      {VIEWS.map((view) => (
        <a key={view} href={`/inbox?view=${view}`} aria-current={view === shown ? "page" : undefined} onClick={(event) => choose(event, view)}>
          {NAMES[view]} {view !== "CLOSED" && <span class="count">{counts[view].toLocaleString()}</span>}
        </a>
      ))}
    </nav>
  );
}
