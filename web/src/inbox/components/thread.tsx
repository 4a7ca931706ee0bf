import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Text } from "../../client/text";
import type { Action, Desk } from "../desk";
import { mayRedact } from "../protection";
import type { Colleague, Message, Row, Thread as OpenThread } from "../state";
import { timelineOf } from "../timeline";
import { short } from "../times";
import { Composer, useWriting } from "./composer";
import { Details } from "./details";
import { EntryItem } from "./entry";
import { isFocusLost, useKeptFocus } from "./focus";
import { channelName, Icon } from "./icons";
import type { DialogName } from "./inbox";
import { RedactDialog } from "./protection";
import { useScrolling } from "./scrolling";

interface Props {
  desk: Desk;
  open: Row | null;
  thread: OpenThread | null;
  me: Colleague | null;
  trouble: string;
  isActing: boolean; // whether a command of the ticket is on its way
  offline: string; // what to tell while the page is not live; empty while it is
  setDialog: (name: DialogName) => void;
  hasDetails: boolean;
  toggleDetails: () => void;
}

/** The conversation of the open ticket: what was said, what else happened, and the field for the reply. */
export function Thread({ desk, open, thread, me, trouble, isActing, offline, setDialog, hasDetails, toggleDetails }: Props) {
  const details = useRef<HTMLButtonElement>(null);
  const [isRemoving, setRemoving] = useState(false);
  if (!open) return <section class="thread none" aria-label="Conversation"><Nothing /></section>;
  const { conversation } = open;
  const hide = () => {
    details.current?.focus(); // the button that has the focus goes away
    toggleDetails();
  };
  return (
    <>
      <section class="thread" aria-label="Conversation">
        <div class="bar">
          <button class="back quiet" type="button" onClick={() => desk.shut()}><Icon name="back" />Back</button>
          <h2 dir="auto">{conversation.displayName}</h2>
          <span class="chip"><Icon name={conversation.channel} />{channelName(conversation.channel)}</span>
          <State open={open} me={me} />
          {thread?.facts.legalHold && <span class="chip warm">Legal hold</span>}
          <button ref={details} class="quiet" type="button" aria-expanded={hasDetails} aria-keyshortcuts="d" onClick={toggleDetails}><Icon name="info" />Details</button>
          <Actions desk={desk} open={open} me={me} isActing={isActing} setDialog={setDialog} />
        </div>
        <p class="offline" role="status">{offline}</p>
        {thread ? <Timeline desk={desk} open={open} thread={thread} me={me} isRemoving={isRemoving} /> : <div class="messages"><div class="bones" /><div class="bones" /><div class="bones" /></div>}
        <Composer desk={desk} open={open} thread={thread} me={me} trouble={trouble} />
      </section>
      {hasDetails && <Details {...{ desk, open, thread, me, isRemoving, setRemoving }} close={hide} />}
    </>
  );
}

function Nothing() {
  return (
    <div class="empty">
      <svg viewBox="0 0 32 32" aria-hidden="true"><path d="M5 25 13 9l5 9 3-5 6 12Z" /></svg>
      <p>Choose a ticket.</p>
      <p>Press <kbd>j</kbd> for the first one, and <kbd>?</kbd> for all keys.</p>
    </div>
  );
}

function State({ open: { state, assignee, snoozedUntil }, me }: { open: Row; me: Colleague | null }) {
  if (state === "CLOSED") return <span class="chip"><Icon name="check" />Closed</span>;
  const owner = assignee === null ? <span class="chip warm">Unassigned</span>
    : assignee.id === me?.id ? <span class="chip good">Yours</span> : <span class="chip">With <bdi>{assignee.name}</bdi></span>;
  if (state !== "SNOOZED") return owner;
  return <><span class="chip warm"><Icon name="clock" />Snoozed{snoozedUntil && ` until ${short(snoozedUntil)}`}</span>{owner}</>;
}

function Actions({ desk, open, me, isActing, setDialog }: Pick<Props, "desk" | "me" | "isActing" | "setDialog"> & { open: Row }) {
  const { state, delivery, externalUrl, conversation } = open;
  const group = useRef<HTMLDivElement>(null);
  useKeptFocus(group, () => group.current!.querySelector<HTMLElement>("button, a") ?? document.querySelector<HTMLElement>(".thread .messages"));
  // The second click of a double one is meant for the same button, in whose place another one may be: Release in that of Take.
  const button = (press: () => void) => ({ type: "button", "aria-disabled": isActing, onClick: ({ detail }: MouseEvent) => { if (detail < 2) press(); } } as const);
  const act = (action: Action) => button(() => void desk.act(open, action));
  const ask = (dialog: DialogName) => button(() => { if (!isActing) setDialog(dialog); });
  const isMine = open.assignee?.id === me?.id;
  const isOver = conversation.closedAt !== null || (state === "CLOSED" && conversation.controller.kind === "AI_AGENT");
  return (
    <div ref={group} class="actions">
      {isOver && <p class="soft">{conversation.closedAt ? "The conversation has ended." : "The agent has the conversation again."}</p>}
      {!isOver && delivery === "FAILED" && <button class="primary" {...act("retryDelivery")}>Deliver again</button>}
      {!isOver && externalUrl && <a class="button" href={externalUrl} target="_blank" rel="noopener noreferrer">Open in the helpdesk</a>}
      {!isOver && state === "CLOSED" && <button class="primary" aria-keyshortcuts="e" {...act("reopen")}>Reopen</button>}
      {!isOver && state !== "CLOSED" && (
        <>
          {!isMine && <button class="primary" aria-keyshortcuts="t" {...act("take")}>Take</button>}
          {isMine && <button aria-keyshortcuts="l" {...act("release")}>Release</button>}
          <button aria-keyshortcuts="a" {...ask("assign")}>Assign…</button>
          {state === "SNOOZED"
            ? <button aria-keyshortcuts="s" {...act("reopen")}>Wake</button>
            : <button aria-keyshortcuts="s" {...ask("snooze")}>Snooze…</button>}
          <button aria-keyshortcuts="b" {...act("returnToAgent")}>Return to the agent</button>
          <button aria-keyshortcuts="e" {...act("close")}>Close</button>
        </>
      )}
    </div>
  );
}

function Timeline({ desk, open, thread, me, isRemoving }: { desk: Desk; open: Row; thread: OpenThread; me: Colleague | null; isRemoving: boolean }) {
  const { messages, facts, earlier, unseen, writers, conversationId } = thread;
  const entries = useMemo(() => timelineOf(thread), [messages, facts, earlier]);
  const pending = useWriting(desk, conversationId, (writing) => writing.pending);
  const [redacted, setRedacted] = useState<Message | null>(null); // of which the dialog asks
  const remove = mayRedact(me) ? setRedacted : null;
  const { list, scroll, keepEnd, toEnd, below } = useScrolling(desk, thread, entries, pending);
  useKeptFocus(list, () => list.current);
  const asked = useRef(false);
  useLayoutEffect(() => {
    if (asked.current && !redacted && isFocusLost()) list.current?.focus(); // the button that opened the dialog went with the words
    asked.current = redacted !== null;
  }, [redacted]);
  return (
    <>
      <div ref={list} class={isRemoving ? "messages removing" : "messages"} tabIndex={0} role="log" aria-label="Messages" onScroll={scroll} onLoadCapture={keepEnd}>
        {earlier && <button class="small" type="button" onClick={() => void desk.conversation.earlier()}>Show earlier messages</button>}
        {entries.map((entry) => <EntryItem key={entry.key} entry={entry} name={open.conversation.displayName} removedAt={facts.transcriptRemovedAt} remove={remove} isRemoving={isRemoving} fresh={entry.kind === "message" && unseen.includes(entry.message)} />)}
        {pending && (
          <article class={pending.kind === "note" ? "item note sending" : "item ours sending"}>
            <h3>{pending.kind === "note" ? "Note" : "Reply"}: being sent</h3>
            <Text text={pending.text} labels />
            {pending.files.map(({ id, name }) => <p key={id} class="file"><bdi>{name}</bdi></p>)}
          </article>
        )}
        {writers.map(({ kind, name, text }) => (
          <article class={kind === "SHOPPER" ? "item theirs typing" : "item typing"} key={`${kind} ${name}`}>
            <h3><bdi>{name}</bdi> is writing<span class="dots" aria-hidden="true"><i /><i /><i /></span></h3>
            {text && <p class="text" dir="auto">{text}</p>}
          </article>
        ))}
        {below > 0 && <button class="newer" type="button" aria-live="off" onClick={toEnd}>New messages: {below}</button>}
      </div>
      {redacted && <RedactDialog desk={desk} message={redacted} close={() => setRedacted(null)} />}
    </>
  );
}
