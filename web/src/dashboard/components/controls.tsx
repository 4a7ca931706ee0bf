import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { PRESET_NAMES } from "../format";
import { showChosen } from "../../pages/chosen";
import { CHANNEL_NAMES } from "../../pages/names";
import { days } from "../../pages/times";
import { go, Link, useBoard } from "../navigation";
import type { State } from "../state";
import { CHANNELS, PRESETS, withReport, type View } from "../view";
import { Menu } from "./menu";

/** The days and the filter of the report. */
export function Controls({ state }: { state: State }) {
  const { view, report } = state;
  return (
    <section class="controls" aria-label="Days and filter">
      <div class="headline">
        <h1>Dashboard</h1>
        {report && <p class="range">{days(report.range)} <span>{report.range.timeZone}</span></p>}
      </div>
      <div class="filters">
        <div class="row" role="group" aria-label="Channels">
          {CHANNELS.map((channel) => <ChannelButton key={channel} view={view} channel={channel} />)}
        </div>
        <Tags view={view} known={state.tags} />
      </div>
      <div class="when">
        <Presets view={view} />
        <Custom state={state} />
      </div>
    </section>
  );
}

function Presets({ view }: { view: View }) {
  const list = useRef<HTMLElement>(null);
  useLayoutEffect(() => showChosen(list.current!), [view.range]);
  return (
    <nav ref={list} class="presets" aria-label="Days">
      {PRESETS.map((preset) => (
        <Link key={preset} class="pill" to={withReport(view, { range: preset })} aria-current={view.range === preset ? "true" : undefined}>{PRESET_NAMES[preset]}</Link>
      ))}
    </nav>
  );
}

function Custom({ state: { view, report } }: { state: State }) {
  const board = useBoard();
  const apply = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const [start, end] = ["start", "end"].map((name) => (form.elements.namedItem(name) as HTMLInputElement).value).sort();
    const menu = form.closest("details")!;
    menu.open = false;
    menu.querySelector("summary")!.focus(); // the button is out of sight
    go(board, withReport(view, { range: { start: start!, end: end! } }));
  };
  return (
    <Menu label="Custom" current={typeof view.range !== "string"}>
      <form key={`${report?.range.start} ${report?.range.end}`} class="card" onSubmit={apply}>
        <label class="field">From<input type="date" name="start" required defaultValue={report?.range.start} /></label>
        <label class="field">To<input type="date" name="end" required defaultValue={report?.range.end} /></label>
        <button class="primary">Show these days</button>
      </form>
    </Menu>
  );
}

function ChannelButton({ view, channel }: { view: View; channel: (typeof CHANNELS)[number] }) {
  const board = useBoard();
  const chosen = view.channel.includes(channel);
  const toggled = CHANNELS.filter((each) => (each === channel ? !chosen : view.channel.includes(each)));
  const toggle = () => go(board, withReport(view, { channel: toggled.length === CHANNELS.length ? [] : toggled }));
  return <button type="button" class="small" aria-pressed={chosen} onClick={toggle}>{CHANNEL_NAMES[channel]}</button>;
}

function Tags({ view, known }: { view: View; known: readonly string[] }) {
  const board = useBoard();
  const [text, setText] = useState("");
  const show = (tag: readonly string[]) => go(board, withReport(view, { tag }));
  const add = (tag: string) => {
    setText("");
    if (tag && !view.tag.includes(tag)) show([...view.tag, tag]);
  };
  return (
    <form class="row tags" onSubmit={(event) => { event.preventDefault(); add(text.trim()); }}>
      {view.tag.map((tag) => (
        <button key={tag} type="button" class="small" aria-label={`Remove the tag ${tag}`} onClick={(event) => { show(view.tag.filter((each) => each !== tag)); event.currentTarget.form!.querySelector("input")!.focus(); }}>
          <bdi>{tag}</bdi> <span aria-hidden="true">×</span>
        </button>
      ))}
      <input
        aria-label="Tag" placeholder="Tag" list="tags" autocomplete="off" value={text} size={12}
        onInput={(event) => (event.inputType === "insertReplacementText" ? add : setText)(event.currentTarget.value)}
      />
      <datalist id="tags">{known.map((tag) => <option key={tag} value={tag} />)}</datalist>
    </form>
  );
}
