import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Channel } from "../../documents/generated";
import type { Desk } from "../desk";
import { isSearch, NO_FILTER, type State } from "../state";
import { channelName, channels, Icon } from "./icons";

const PAUSE = 250; // milliseconds after the last key, until the server searches
const LONGEST = 200; // characters that a search takes

/** The search, and what narrows the list. The server carries them out on all tickets. */
export function Filters({ desk, state, found }: { desk: Desk; state: State; found: number }) {
  const { filter, team, rows } = state;
  const [isOpen, setOpen] = useState(false);
  const active = [filter.channel, filter.tag, filter.assignee, filter.unread].filter(Boolean).length;
  const seen = useRef(new Set<string>()); // of rows that were read once: a filtered list has few
  const tags = useMemo(() => {
    for (const { conversation } of rows) for (const tag of conversation.tags) seen.current.add(tag);
    return [...seen.current].sort();
  }, [isOpen && rows]);
  const set = (change: Partial<State["filter"]>) => void desk.list.show({ filter: change });
  return (
    <div class="filters" role="search">
      <Search desk={desk} value={filter.search} />
      <button type="button" aria-expanded={isOpen} aria-controls="filters" onClick={() => setOpen(!isOpen)}>
        <Icon name="filter" />Filter{active > 0 && <span class="count">{active}</span>}
      </button>
      {isOpen && (
        <div id="filters">
          <label class="field"><span>Channel</span>
            <select value={filter.channel} onChange={(event) => set({ channel: event.currentTarget.value as Channel | "" })}>
              <option value="">Every channel</option>
              {channels().map((channel) => <option key={channel} value={channel}>{channelName(channel)}</option>)}
            </select>
          </label>
          <label class="field"><span>Assignee</span>
            <select value={filter.assignee} onChange={(event) => set({ assignee: event.currentTarget.value })}>
              <option value="">Everybody</option>
              {team.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
            </select>
          </label>
          <label class="field"><span>Tag</span>
            <select value={filter.tag} onChange={(event) => set({ tag: event.currentTarget.value })}>
              <option value="">Every tag</option>
              {tags.map((tag) => <option key={tag} value={tag}>{tag}</option>)}
            </select>
          </label>
          <label class="row"><input type="checkbox" checked={filter.unread} onChange={(event) => set({ unread: event.currentTarget.checked })} /> Unread only</label>
          <button class="quiet small" type="button" aria-disabled={!active} onClick={() => set({ ...NO_FILTER, search: filter.search })}>Clear</button>
        </div>
      )}
      {(active > 0 || isSearch(filter)) && <p class="found" role="status">{state.loading ? "Searching…" : `Found: ${found.toLocaleString()}${state.more ? " so far" : ""}`}</p>}
    </div>
  );
}

function Search({ desk, value }: { desk: Desk; value: string }) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => { if (!value) setText(""); }, [value]); // a view was chosen, which ends the search
  const write = (written: string) => {
    setText(written);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void desk.list.show({ filter: { search: written } }), PAUSE);
  };
  return (
    <label class="search">
      <Icon name="search" />
      <span class="unseen">Search in all tickets</span>
      <input id="search" type="search" placeholder="Search in all tickets" autocomplete="off" maxLength={LONGEST} value={text} onInput={(event) => write(event.currentTarget.value)} />
    </label>
  );
}
