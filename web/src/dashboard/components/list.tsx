import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ConversationOrderField } from "../../documents/generated";
import { questionOf } from "../format";
import { CHANNEL_NAMES, STATUS_NAMES } from "../../pages/names";
import { number } from "../../pages/numbers";
import { clock, days } from "../../pages/times";
import { focusList, go, Link, LIST, useBoard } from "../navigation";
import type { Row, State } from "../state";
import { listOf, STATUSES, withList, withReport, type ListView, type View } from "../view";
import { ExportMenu } from "./export_menu";
import { Sales } from "./sales";

const PAUSE = 200; // milliseconds after the last key before a search begins

/** The list behind the number that was clicked; at first, that of the whole report. */
export function List({ state }: { state: State }) {
  const board = useBoard();
  const { view, list, loading, listTrouble } = state;
  const sold = list.view.of === "sales";
  const unit = sold ? ["order", "orders"] : ["conversation", "conversations"];
  return (
    <section class="card list" aria-labelledby={LIST} aria-busy={loading}>
      <div class="row title">
        <h2 id={LIST} tabIndex={-1}>
          {sold ? "AI-generated sales" : titleOf(list.view)} <span class="total">{number(list.total)}{!list.exact && "+"} <span class="unseen">{unit[list.total === 1 ? 0 : 1]}</span></span>
        </h2>
        <nav class="row" aria-label="List">
          <Link class="pill" to={listOf(view, {})} aria-current={sold ? undefined : "true"}>Conversations</Link>
          <Link class="pill" to={listOf(view, { of: "sales" })} aria-current={sold ? "true" : undefined}>Sales</Link>
          {!sold && <ExportMenu state={state} />}
        </nav>
      </div>
      <Narrowed view={view} />
      {!sold && <Toolbar view={view} />}
      {listTrouble && <p role="alert">{listTrouble}</p>}
      {list.changed && <p class="row remark">The list changed. <button type="button" class="small" onClick={() => void board.refresh()}>Read it again</button></p>}
      {sold ? <Sales state={state} /> : <Rows state={state} />}
      <More state={state} />
    </section>
  );
}

function titleOf(list: ListView): string {
  return list.status.length ? list.status.map((status) => STATUS_NAMES[status]).join(", ") : "Conversations";
}

/** The conditions that narrow the list to a part of the report; each can be removed. */
function Narrowed({ view }: { view: View }) {
  const { list } = view;
  const parts: [string, View][] = [
    ...(list.days ? [[days(list.days), withList(view, { days: null })] as [string, View]] : []),
    ...list.channel.map((channel): [string, View] => [CHANNEL_NAMES[channel], withList(view, { channel: [] })]),
    ...list.tag.map((tag): [string, View] => [tag, withList(view, { tag: [] })]),
    ...(list.untagged ? [["Untagged", withList(view, { untagged: false })] as [string, View]] : []),
  ];
  if (!parts.length) return null;
  return (
    <p class="row narrowed">
      Only {parts.map(([name, without]) => (
        <Link key={name} class="chip" to={without} then={focusList} aria-label={`${name}: remove`}><bdi>{name}</bdi> <span aria-hidden="true">×</span></Link>
      ))}
    </p>
  );
}

function Toolbar({ view }: { view: View }) {
  const board = useBoard();
  const { list } = view;
  const past = view.asOf !== null;
  return (
    <div class="row toolbar">
      <Search view={view} />
      <nav class="row" aria-label="Status">
        <Link class="pill" to={withList(view, { status: [] })} aria-current={list.status.length ? undefined : "true"}>All</Link>
        {STATUSES.map((status) => (
          <Link key={status} class="pill" to={withList(view, { status: [status] })} aria-current={list.status.includes(status) ? "true" : undefined}>{STATUS_NAMES[status]}</Link>
        ))}
      </nav>
      <select class="small" aria-label="Order" value={list.sort} onChange={(event) => go(board, withList(view, { sort: event.currentTarget.value as ConversationOrderField }))}>
        <option value="STARTED_AT">Latest start</option>
        <option value="LAST_MESSAGE_AT">Latest message</option>
      </select>
      {past && <p class="remark">Search and export have the present state only.</p>}
    </div>
  );
}

function Search({ view }: { view: View }) {
  const board = useBoard();
  const { search } = view.list;
  const [text, setText] = useState(search);
  const sent = useRef(search);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (search === sent.current) return; // of this field, which may have more letters by now
    sent.current = search;
    setText(search);
  }, [search]);
  const find = (words: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      sent.current = words;
      go(board, withList(board.state.view, { search: words }), { replace: true });
    }, PAUSE);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <input
      type="search" aria-label="Search" placeholder="Search words, names, addresses" maxLength={200} dir="auto" value={text} disabled={view.asOf !== null}
      onInput={(event) => { setText(event.currentTarget.value); find(event.currentTarget.value); }}
    />
  );
}

const TONES: Record<string, string> = { RESOLVED_BY_AI: "chip good", NOT_RESOLVED_BY_AI: "chip warm", OPEN: "chip open", CLOSED: "chip" };

export function Status({ status }: { status: Row["status"] }) {
  return <span class={TONES[status]!}>{STATUS_NAMES[status]}</span>;
}

function Rows({ state }: { state: State }) {
  const { view, list: { rows }, report, loading } = state;
  const zone = report?.range.timeZone ?? "UTC";
  if (!rows.length) return <p class="empty">{loading ? "Reading." : view.list.search ? "Nothing found." : "No conversation."}</p>;
  return (
    <table class="rows">
      <thead>
        <tr><th scope="col">First question</th><th scope="col">Status</th><th scope="col">Channel</th><th scope="col">Tags</th><th scope="col">Messages</th><th scope="col">Started</th><th scope="col">Last message</th></tr>
      </thead>
      <tbody>{rows.map((row) => <RowOf key={row.id} row={row} view={view} zone={zone} />)}</tbody>
    </table>
  );
}

function RowOf({ row, view, zone }: { row: Row; view: View; zone: string }) {
  const board = useBoard();
  const open = { ...view, open: row.id };
  const click = (event: MouseEvent) => {
    const words = getSelection()?.toString(); // selected text is not a click
    if (!words && !(event.target as Element).closest("a, button")) go(board, open);
  };
  return (
    <tr onClick={click} class={view.open === row.id ? "opened" : undefined} data-id={row.id}>
      <td class="question">
        <Link to={open}><bdi>{questionOf(row)}</bdi></Link>
        <span class="name"><bdi>{row.displayName}</bdi>{row.identityVerified && <Verified />}</span>
      </td>
      <Labelled label="Status" plain><Status status={row.status} /></Labelled>
      <Labelled label="Channel" plain>{CHANNEL_NAMES[row.channel]}</Labelled>
      <Labelled label="Tags" plain><TagList tags={row.tags} view={view} /></Labelled>
      <Labelled label="Messages">{number(row.messageCount)}</Labelled>
      <Labelled label="Started"><time dateTime={row.startedAt}>{clock(row.startedAt, zone)}</time></Labelled>
      <Labelled label="Last message"><time dateTime={row.lastMessageAt}>{clock(row.lastMessageAt, zone)}</time></Labelled>
    </tr>
  );
}

/** A cell that shows its column's name where the table is a list, on small screens, unless its content tells by itself. */
export function Labelled({ label, plain = false, children }: { label: string; plain?: boolean; children: ComponentChildren }) {
  return <td><span class={plain ? "label" : "label told"}>{label}</span>{children}</td>;
}

export function Verified() {
  return <span class="verified" role="img" aria-label="identity proved" title="The shopper's identity is proved.">✓</span>;
}

const SHOWN = 3; // tags of a row

export function TagList({ tags, view, most = SHOWN }: { tags: readonly string[]; view: View; most?: number }) {
  return (
    <span class="row taglist">
      {tags.slice(0, most).map((tag) => <Link key={tag} class="chip" to={{ ...withReport(view, { tag: [tag] }), open: null }} title={`Report about the tag ${tag}`}><bdi>{tag}</bdi></Link>)}
      {tags.length > most && <span class="chip">+{tags.length - most}</span>}
    </span>
  );
}

function More({ state: { list } }: { state: State }) {
  const board = useBoard();
  const [busy, setBusy] = useState(false);
  if (!list.more) return null;
  const more = () => {
    setBusy(true);
    void board.loadMore().finally(() => setBusy(false));
  };
  return <p class="more"><button type="button" disabled={busy} onClick={more}>Show more</button></p>;
}
