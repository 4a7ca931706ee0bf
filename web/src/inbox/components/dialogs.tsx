import { useEffect, useState } from "preact/hooks";
import { Avatar } from "../../pages/avatar";
import { Dialog } from "../../pages/dialog";
import type { Desk } from "../desk";
import { SHORTCUTS, shortcutsOn, switchShortcuts } from "../shortcuts";
import type { Colleague, Row } from "../state";
import { localValue, short, snoozeTimes } from "../times";

export function AssignDialog({ desk, team, open, close }: { desk: Desk; team: readonly Colleague[]; open: Row; close: () => void }) {
  const [search, setSearch] = useState("");
  useEffect(() => { desk.readTeam().catch(() => {}); }, []); // who is available changes
  const choose = (staffId: string | null) => {
    void desk.assign(open, staffId);
    close();
  };
  const wanted = search.trim().toLowerCase();
  const members = team.filter(({ role, suspendedAt, name }) => role !== "ANALYST" && !suspendedAt && name.toLowerCase().includes(wanted));
  return (
    <Dialog title="Assign the ticket" close={close}>
      <label class="field"><span>Name</span><input type="search" autocomplete="off" value={search} onInput={(event) => setSearch(event.currentTarget.value)} /></label>
      <ul class="choices">
        {members.map(({ id, name, availability }) => (
          <li key={id}>
            <button type="button" aria-current={id === open.assignee?.id} onClick={() => choose(id)}>
              <Avatar name={name} /><bdi>{name}</bdi>
              <span class={availability === "ONLINE" ? "chip good" : "chip"}>{availability === "ONLINE" ? "Online" : "Away"}</span>
            </button>
          </li>
        ))}
        {open.assignee && <li><button type="button" onClick={() => choose(null)}>Nobody: back into the queue</button></li>}
      </ul>
    </Dialog>
  );
}

export function SnoozeDialog({ desk, open, close }: { desk: Desk; open: Row; close: () => void }) {
  const [times] = useState(() => snoozeTimes());
  const [own, setOwn] = useState("");
  const choose = (until: Date) => {
    void desk.snooze(open, until);
    close();
  };
  return (
    <Dialog title="Snooze the ticket" close={close}>
      <p class="soft">It comes back at the time that you choose, or as soon as the shopper writes. If its assignee is not available then, or has enough open tickets, it comes back into the queue.</p>
      <ul class="choices">
        {times.map(({ name, until }) => (
          <li key={name}><button type="button" onClick={() => choose(until)}>{name}<time dateTime={until.toISOString()}>{short(until.toISOString())}</time></button></li>
        ))}
      </ul>
      <form class="row" onSubmit={(event) => { event.preventDefault(); choose(new Date(own)); }}>
        <label class="field"><span>Another time</span><input type="datetime-local" required min={localValue(new Date())} value={own} onInput={(event) => setOwn(event.currentTarget.value)} /></label>
        <button class="primary">Snooze</button>
      </form>
    </Dialog>
  );
}

export function HelpDialog({ close }: { close: () => void }) {
  const [on, setOn] = useState(shortcutsOn);
  const change = (wanted: boolean) => {
    switchShortcuts(wanted);
    setOn(wanted);
  };
  return (
    <Dialog title="Keys" close={close}>
      <dl class="keys">
        {SHORTCUTS.map(([key, , title]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{title}</dd></div>)}
        <div><dt><kbd>↓</kbd> <kbd>↑</kbd></dt><dd>Move in the list; <kbd>Enter</kbd> opens</dd></div>
        <div><dt><kbd>Ctrl</kbd> <kbd>Enter</kbd></dt><dd>Send what is written</dd></div>
        <div><dt><kbd>Esc</kbd></dt><dd>Leave a field, or the ticket</dd></div>
      </dl>
      <label class="row"><input type="checkbox" checked={on} onChange={(event) => change(event.currentTarget.checked)} /> Single letters are commands</label>
    </Dialog>
  );
}
