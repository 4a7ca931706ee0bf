import { useEffect, useRef, useState } from "preact/hooks";
import { takeDrops } from "../../client/drops";
import type { Desk } from "../desk";
import type { Colleague, Row, Thread } from "../state";
import { isNothing, type Kind, type Writing } from "../writing";
import { AttachButton, Files, pasted } from "./files";
import { useKeptFocus } from "./focus";

const LONGEST = 32_000; // characters of a message
export const FIELD = "writing"; // the ID of the field

interface Props {
  desk: Desk;
  open: Row;
  thread: Thread | null;
  me: Colleague | null;
  trouble: string;
}

/** Where the member writes. A reply and a note are two drafts: the switch shows the other one, and moves no text to it. */
export function Composer({ desk, open, thread, me, trouble }: Props) {
  const { id, closedAt } = open.conversation;
  const writing = useWriting(desk, id, (whole) => whole);
  const kind: Kind = closedAt === null ? writing.kind : "note"; // no shopper reads a reply after the end
  const isNote = kind === "note";
  const draft = writing[kind];
  const uploads = writing.uploading.filter((one) => one.kind === kind);
  const isUploading = uploads.some(({ problem }) => !problem);
  const excess = draft.text.length - LONGEST; // the field takes it all: a browser that cuts a pasted text says nothing of it
  const isReady = excess <= 0 && !isNothing(draft) && !writing.pending && !isUploading && thread !== null;
  useEffect(() => { if (closedAt !== null) desk.writings.end(id); }, [closedAt, writing.reply]);
  const attach = (chosen: readonly File[]) => desk.uploads.add(id, kind, chosen);
  const form = useRef<HTMLFormElement>(null);
  useKeptFocus(form, () => form.current!.querySelector("textarea")); // the end of a conversation takes the field of the reply away
  const attachNow = useRef(attach);
  attachNow.current = attach;
  useEffect(() => takeDrops(form.current!.closest<HTMLElement>(".thread")!, (files) => attachNow.current(files)), []);
  const send = () => { if (isReady) void desk.sending.send(kind); };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    send();
  };
  const write = (text: string) => {
    desk.writings.set(id, { [kind]: { ...draft, text } });
    if (!isNote) desk.conversation.type(text.trim() !== "");
  };
  const colleagues = thread?.writers.filter((writer) => writer.kind === "HUMAN_AGENT") ?? [];
  return (
    <form ref={form} class={isNote ? "writing note" : "writing"} onSubmit={(event) => { event.preventDefault(); send(); }}>
      <p role="alert">{excess > 0 ? `A message takes ${LONGEST.toLocaleString()} characters. Take out ${excess.toLocaleString()}.` : [writing.problem, trouble].filter(Boolean).join(" ")}</p>
      {colleagues.length > 0 && <p class="collision" role="status"><bdi>{colleagues.map(({ name }) => name).join(", ")}</bdi> is writing to this shopper, too.</p>}
      <textarea
        key={kind} // a field of its own, so that no undo brings a note into a reply
        id={FIELD}
        rows={3}
        dir="auto"
        aria-label={isNote ? "Note" : "Reply"}
        aria-keyshortcuts="Control+Enter"
        placeholder={isNote ? "A note for colleagues" : "A reply to the shopper"}
        value={draft.text}
        onInput={(event) => write(event.currentTarget.value)}
        onBlur={() => desk.conversation.type(false)}
        onKeyDown={press}
        onPaste={(event) => pasted(event, attach)}
      />
      <Files
        files={draft.files} uploads={uploads} again={(key) => desk.uploads.retry(key)}
        remove={(file) => desk.writings.set(id, { [kind]: { ...draft, files: draft.files.filter((one) => one.id !== file) } })}
        stop={(key) => desk.uploads.remove(key)}
      />
      <div class="row">
        <label class="switch"><input type="checkbox" role="switch" checked={isNote} disabled={closedAt !== null} onChange={(event) => desk.writings.set(id, { kind: event.currentTarget.checked ? "note" : "reply" })} /> Note, which shoppers never see</label>
        <AttachButton add={attach} />
        <Hint open={open} thread={thread} me={me} />
        <button class="primary" aria-disabled={!isReady}>{isNote ? "Add the note" : "Send"}</button>
      </div>
    </form>
  );
}

/** What the member writes in a conversation, as it is now; `part` is what is drawn of it. */
export function useWriting<Part>({ writings }: Desk, conversationId: string, part: (writing: Writing) => Part): Part {
  const present = () => part(writings.of(conversationId));
  const [, draw] = useState(present);
  useEffect(() => {
    draw(present); // it may have changed before
    return writings.listen(() => draw(present));
  }, [writings, conversationId]);
  return present();
}

function Hint({ open, thread, me }: Pick<Props, "open" | "thread" | "me">) {
  const hint = hintOf(open, thread, me);
  return hint && <span class="soft">{hint}</span>;
}

function hintOf({ assignee, conversation: { controller, closedAt } }: Row, thread: Thread | null, me: Colleague | null): string | null {
  const ends = thread?.facts.windowEndsAt;
  if (closedAt) return "The conversation has ended.";
  if (controller.kind === "AI_AGENT") return "The agent has the conversation.";
  if (me?.role === "SUPPORT" && assignee?.id !== me.id) return "Take the ticket to reply.";
  return ends && Date.parse(ends) < Date.now() ? "WhatsApp takes free text for 24 hours after the shopper's message only." : null;
}
