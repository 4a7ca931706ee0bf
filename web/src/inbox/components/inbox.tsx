import type { InboxView } from "../../documents/generated";
import { useEffect, useState } from "preact/hooks";
import type { Desk } from "../desk";
import type { Row, State } from "../state";
import { Thread } from "./thread";

const VIEWS: [InboxView, string][] = [["ALL", "All"], ["MINE", "Mine"], ["UNASSIGNED", "Unassigned"]];

export function Inbox({ desk, leave }: { desk: Desk; leave: () => void }) {
  const state = useDesk(desk);
  return (
    <main class={state.ticketId ? "desk reading" : "desk"}>
      <header>
        <h1>Inbox</h1>
        <nav aria-label="Views">
          {VIEWS.map(([view, name]) => (
            <button key={view} type="button" aria-pressed={state.view === view} onClick={() => void desk.show(view)}>{name}</button>
          ))}
        </nav>
        <p role="status">{state.live ? `Open tickets: ${state.total}` : "No connection. Trying again."}</p>
        <p class="me" dir="auto">{state.me?.name}</p>
        <label>
          <input type="checkbox" checked={state.me?.availability === "ONLINE"} onChange={(event) => void desk.setAvailable(event.currentTarget.checked)} /> Available
        </label>
        <button type="button" onClick={leave}>Sign out</button>
      </header>
      <List desk={desk} state={state} />
      <Thread key={state.ticketId ?? ""} desk={desk} state={state} />
    </main>
  );
}

function List({ desk, state }: { desk: Desk; state: State }) {
  return (
    <section class="list" aria-label="Tickets">
      <ul>
        {state.rows.map((row) => (
          <li key={row.id}>
            <button type="button" aria-current={row.id === state.ticketId} onClick={() => void desk.open(row)}><Summary row={row} /></button>
          </li>
        ))}
      </ul>
      {!state.rows.length && <p class="empty">No open ticket.</p>}
      {state.more && <button type="button" onClick={() => void desk.loadMore().catch(() => {})}>Show more</button>}
    </section>
  );
}

function Summary({ row }: { row: Row }) {
  const { conversation, assignee, unread } = row;
  return (
    <>
      <span class="who">
        <bdi>{conversation.displayName}</bdi>
        {unread && <b class="unread">unread</b>}
      </span>
      <span class="last" dir="auto">{conversation.lastMessage?.text ?? ""}</span>
      <span class="meta">
        {conversation.channel.replace("_", " ").toLowerCase()} · {assignee ? <bdi>{assignee.name}</bdi> : "unassigned"} · {clock(conversation.lastMessageAt)}
      </span>
    </>
  );
}

export function clock(at: string): string {
  const time = new Date(at);
  const today = time.toDateString() === new Date().toDateString();
  return time.toLocaleString(undefined, { ...(!today && { day: "numeric", month: "short" }), hour: "numeric", minute: "2-digit" });
}

function useDesk(desk: Desk): State {
  const [state, setState] = useState(desk.state);
  useEffect(() => {
    desk.changed = () => setState(desk.state);
    desk.changed();
  }, [desk]);
  return state;
}
