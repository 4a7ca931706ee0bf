import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { safeAddress } from "../../client/links";
import { Text } from "../../client/text";
import { CHANNEL_NAMES, HANDOFF_NAMES, REASON_NAMES } from "../../pages/names";
import { money } from "../../pages/numbers";
import { clock, moment } from "../../pages/times";
import { questionOf } from "../format";
import { go, useBoard } from "../navigation";
import type { Head, Message, Row, State } from "../state";
import { Status, TagList, Verified } from "./list";

/** The conversation that is open, beside the page. */
export function Drawer({ state }: { state: State }) {
  const { view } = state;
  const board = useBoard();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    if (view.open && !dialog.current!.open) dialog.current!.showModal();
    if (!view.open && dialog.current!.open) dialog.current!.close(); // the focus returns to the link
  }, [view.open]);
  const close = () => { if (board.state.view.open) go(board, { ...board.state.view, open: null }); };
  return (
    <dialog ref={dialog} class="drawer" aria-labelledby="drawer" onClose={close} onClick={(event) => { if (event.target === event.currentTarget) close(); }}>
      {view.open && <Content state={state} id={view.open} close={close} />}
    </dialog>
  );
}

function Content({ state, id, close }: { state: State; id: string; close: () => void }) {
  const { view, list: { rows }, transcript, report, trouble } = state;
  const zone = report?.range.timeZone ?? "UTC";
  const row = rows.find((each) => each.id === id);
  const head = transcript?.head.id === id ? transcript.head : null;
  const shown: Row | null = view.asOf === null ? head ?? row ?? null : row ?? head; // the row is of the instant of the page
  return (
    <>
      <header>
        <div class="row">
          <h2 id="drawer" tabIndex={-1} autofocus>{shown ? <><bdi>{shown.displayName}</bdi>{shown.identityVerified && <Verified />}</> : "Conversation"}</h2>
          <Neighbours state={state} id={id} />
          <button type="button" class="quiet" onClick={close} aria-label="Close the conversation">✕</button>
        </div>
        {shown && (
          <div class="row">
            {/* Status and tags of the past are those of the list's row; the head has those of now. */}
            {(view.asOf === null || row) && <Status status={shown.status} />}<span class="chip">{CHANNEL_NAMES[shown.channel]}</span>
            {(view.asOf === null || row) && <TagList tags={shown.tags} view={view} most={20} />}
          </div>
        )}
      </header>
      {view.asOf === null && !state.live && <p class="remark banner" role="status">Offline: what you see may be old.</p>}
      {view.asOf !== null && <p class="remark banner">As of {moment(view.asOf, zone)}. Later messages are left out.</p>}
      {head && <Facts head={view.asOf === null ? head : asOfHead(head, view.asOf)} zone={zone} past={view.asOf !== null} />}
      <p role="alert">{trouble}</p>
      {head && transcript ? <Messages state={state} messages={transcript.messages} zone={zone} /> : <div class="messages" aria-busy={!trouble}>{row && <p class="item theirs" dir="auto">{questionOf(row)}</p>}</div>}
    </>
  );
}

/** The conversations before and after this one in the list. */
function Neighbours({ state, id }: { state: State; id: string }) {
  const board = useBoard();
  const ids = state.view.list.of === "sales" ? [...new Set(state.list.sales.map((sale) => sale.conversation.id))] : state.list.rows.map((row) => row.id);
  const at = ids.indexOf(id);
  const show = (next: string | undefined) => { if (next) go(board, { ...state.view, open: next }, { replace: true }); };
  return (
    <div class="row">
      <button type="button" class="small" aria-label="Previous conversation" disabled={at < 1} onClick={() => show(ids[at - 1])}>↑</button>
      <button type="button" class="small" aria-label="Next conversation" disabled={at < 0 || at + 1 >= ids.length} onClick={() => show(ids[at + 1])}>↓</button>
    </div>
  );
}

/** The facts of a conversation that had happened by an instant. */
function asOfHead(head: Head, instant: string): Head {
  return {
    ...head,
    closedAt: head.closedAt && head.closedAt <= instant ? head.closedAt : null,
    handoffs: head.handoffs.filter(({ requestedAt }) => requestedAt <= instant),
    sales: head.sales.filter(({ placedAt }) => placedAt <= instant),
  };
}

/** `past`: the present states of what had happened by then are left out. */
function Facts({ head, zone, past }: { head: Head; zone: string; past: boolean }) {
  const { contact: { email, phone }, handoffs, sales } = head;
  return (
    <dl class="facts">
      <dt>Started</dt><dd>{moment(head.startedAt, zone)}</dd>
      {head.closedAt && <><dt>Closed</dt><dd>{moment(head.closedAt, zone)}</dd></>}
      {[email, phone].map((contact) => contact && (
        <><dt>{contact === email ? "E-mail" : "Phone"}</dt><dd><bdi>{contact.value}</bdi> {contact.verified ? <Verified /> : <span class="chip">claimed</span>}</dd></>
      ))}
      {handoffs.map(({ id, state, reason, requestedAt }) => (
        <><dt key={id}>Handoff</dt><dd>{clock(requestedAt, zone)}: {REASON_NAMES[reason]}{!past && <>; {HANDOFF_NAMES[state]}</>}</dd></>
      ))}
      {sales.map(({ id, orderId, amount }) => <><dt key={id}>Sale</dt><dd><b>{money(amount)}</b>, order <bdi>{orderId}</bdi></dd></>)}
    </dl>
  );
}

function Messages({ state, messages, zone }: { state: State; messages: readonly Message[]; zone: string }) {
  const { view: { asOf }, transcript } = state;
  const board = useBoard();
  const [busy, setBusy] = useState(false);
  const shown = asOf === null ? messages : messages.filter(({ sentAt }) => sentAt <= asOf);
  const earlier = () => {
    setBusy(true);
    void board.loadEarlierMessages().finally(() => setBusy(false));
  };
  const log = useRef<HTMLDivElement>(null);
  const last = shown.at(-1)?.sequence;
  useEffect(() => { log.current?.scrollTo(0, asOf === null ? log.current.scrollHeight : 0); }, [last]);
  return (
    <div ref={log} class="messages" tabIndex={0} role="log" aria-label="Messages">
      {transcript?.earlier && <button type="button" class="small quiet" disabled={busy} onClick={earlier}>Earlier messages</button>}
      {shown.map((message) => <Item key={message.sequence} message={message} zone={zone} removed={transcript?.head.transcriptRemovedAt != null} />)}
    </div>
  );
}

function Item({ message, zone, removed }: { message: Message; zone: string; removed: boolean }) {
  const { author, kind, text, products, attachments } = message;
  const side = kind === "NOTE" ? "note" : author.kind === "SHOPPER" ? "theirs" : author.kind === "AI_AGENT" ? "ours agent" : "ours";
  return (
    <article class={`item ${side}`} data-sequence={message.sequence}>
      <h3><bdi>{author.name}</bdi>{author.kind === "AI_AGENT" && " (AI)"}{kind === "NOTE" && " (note)"} <time dateTime={message.sentAt}>{clock(message.sentAt, zone)}</time></h3>
      {(message.redactedAt || (removed && !text)) && <p class="remark">{message.redactedAt ? "The words were removed." : "The words were removed, after the time for which they are kept."}</p>}
      {text && <Text text={text} labels={author.kind !== "SHOPPER"} />}
      {products.map(({ productId, title, url, price }) => {
        const address = safeAddress(url);
        const name = <><bdi>{title}</bdi>{price && ` ${money(price)}`}</>;
        return <p key={productId} class="product">{address ? <a href={address} target="_blank" rel="noopener noreferrer">{name}</a> : name}</p>;
      })}
      {attachments.map(({ id, name, url }) => (
        <p key={id}>{url ? <a href={url} target="_blank" rel="noopener noreferrer"><bdi>{name}</bdi></a> : <bdi>{name}</bdi>}</p>
      ))}
    </article>
  );
}
