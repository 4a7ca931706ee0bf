import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "../../pages/dialog";
import type { Desk } from "../desk";
import { mayHold } from "../protection";
import type { Colleague, Message, Thread } from "../state";
import { full, short } from "../times";

const LONGEST_REASON = 500; // characters

/** Asks before the words of a message are removed, which cannot be undone. */
export function RedactDialog({ desk, message, close }: { desk: Desk; message: Message; close: () => void }) {
  return (
    <Asking title="Remove the words of this message?" action="Remove the words" run={() => desk.protection.redact(message)} close={close}>
      <blockquote class="text" dir="auto">{message.text}{message.attachments.map(({ id, name }) => <span key={id} class="file"><bdi>{name}</bdi></span>)}</blockquote>
      <p class="soft">
        Words and files go here, in the search and in the log; author and time stay, and so do all numbers. It cannot be undone. Copies that have left
        are not reached: on the shopper’s phone, in a helpdesk, at a webhook, in a backup.
      </p>
    </Asking>
  );
}

interface AskingProps {
  title: string;
  action: string;
  /** Returns why it was refused, or null. */
  run: () => Promise<string | null>;
  close: () => void;
  children: ComponentChildren;
}

function Asking({ title, action, run, close, children }: AskingProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const confirm = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const refusal = await run();
    setBusy(false);
    if (refusal === null) close();
    else setProblem(refusal);
  };
  return (
    <Dialog title={title} close={close}>
      <form class="asking" onSubmit={(event) => void confirm(event)}>
        {children}
        <p role="alert">{problem}</p>
        <div class="row">
          <button class="danger" aria-disabled={busy}>{busy ? "Working…" : action}</button>
          <button class="quiet" type="button" onClick={close}>Cancel</button>
        </div>
      </form>
    </Dialog>
  );
}

/** The legal hold of the open conversation: everybody sees it, owners and admins begin and end it. */
export function Hold({ desk, thread, me }: { desk: Desk; thread: Thread; me: Colleague | null }) {
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const { legalHold } = thread.facts;
  const may = mayHold(me);
  if (!legalHold && !may) return null;
  const close = () => setAsking(false);
  const run = (wanted: string | null) => desk.protection.hold(thread.conversationId, wanted);
  return (
    <>
      <h3>Legal hold</h3>
      {legalHold
        ? (
          <dl>
            <div><dt>Reason</dt><dd dir="auto">{legalHold.reason}</dd></div>
            <div><dt>Since</dt><dd><time dateTime={legalHold.since} title={full(legalHold.since)}>{short(legalHold.since)}</time></dd></div>
            <div><dt>By</dt><dd><bdi>{legalHold.setBy.name ?? legalHold.setBy.keyLabel ?? "A key"}</bdi></dd></div>
          </dl>
        )
        : <p class="soft">None. Words of this conversation can be removed.</p>}
      {may && <button class="small" type="button" onClick={() => { setReason(""); setAsking(true); }}>{legalHold ? "End the hold…" : "Hold…"}</button>}
      {isAsking && legalHold && (
        <Asking title="End the legal hold?" action="End the hold" run={() => run(null)} close={close}>
          <p class="soft">What retention, and the erasure of the shopper, have left because of it is removed then.</p>
        </Asking>
      )}
      {isAsking && !legalHold && (
        <Asking title="Hold this conversation?" action="Hold it" run={() => run(reason.trim())} close={close}>
          <p class="soft">Nothing of it is removed while it is held: not by retention, not by an erasure, and not by hand. Shoppers do not see it.</p>
          <label class="field"><span>Reason</span><input required maxLength={LONGEST_REASON} placeholder="Case 17/2026" autocomplete="off" value={reason} onInput={(event) => setReason(event.currentTarget.value)} /></label>
        </Asking>
      )}
    </>
  );
}
