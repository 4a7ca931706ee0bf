import { useEffect, useState } from "preact/hooks";
import { drafts } from "../conversation";
import type { Desk } from "../desk";
import type { Colleague, Row, Thread } from "../state";
import { AttachButton, Files, useFiles } from "./files";

const LONGEST = 32_000; // characters of a message

interface Props {
  desk: Desk;
  open: Row;
  thread: Thread | null;
  me: Colleague | null;
  trouble: string | null;
  isNote: boolean;
  setNote: (isNote: boolean) => void;
}

export function Composer({ desk, open, thread, me, trouble, isNote: wantsNote, setNote }: Props) {
  const { id, closedAt } = open.conversation;
  const isNote = wantsNote || closedAt !== null; // no shopper reads a reply after the end
  const [text, setText] = useState(() => drafts.of(id));
  const [unsure, setUnsure] = useState(""); // was sent, and may be refused
  const [busy, setBusy] = useState(false);
  const files = useFiles(desk);
  useEffect(() => drafts.keep(id, joined(unsure, text)), [unsure, text]);
  const send = async () => {
    if ((!text.trim() && !files.sent.length) || busy || files.busy || !thread) return;
    const ids = files.sent.map((file) => file.id);
    setBusy(true);
    setUnsure(text);
    setText(""); // the next text can be written meanwhile
    const done = await (isNote ? desk.conversation.note(text, ids) : desk.conversation.reply(text, ids));
    if (done) {
      files.clear();
      drafts.drop(id, text);
    } else setText((next) => joined(text, next)); // what was not sent is kept
    setUnsure("");
    setBusy(false);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    void send();
  };
  const write = (value: string) => {
    setText(value);
    if (!isNote) desk.conversation.type(value.trim() !== "");
  };
  const unseen = thread?.unseen.length ?? 0;
  const colleagues = thread?.writers.filter(({ kind }) => kind === "HUMAN_AGENT") ?? [];
  return (
    <form class={isNote ? "writing note" : "writing"} onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <p role="alert">{unseen ? "The shopper wrote meanwhile. Your reply was not sent: read what is new, and send it again." : trouble}</p>
      {colleagues.length > 0 && <p class="collision" role="status"><bdi>{colleagues.map(({ name }) => name).join(", ")}</bdi> is writing to this shopper, too.</p>}
      <textarea
        id="writing"
        rows={3}
        dir="auto"
        maxLength={LONGEST}
        aria-label={isNote ? "Note" : "Reply"}
        aria-keyshortcuts="Control+Enter"
        placeholder={isNote ? "A note for colleagues" : "A reply to the shopper"}
        value={text}
        onInput={(event) => write(event.currentTarget.value)}
        onBlur={() => desk.conversation.type(false)}
        onKeyDown={press}
        onPaste={files.paste}
      />
      <Files files={files} />
      <div class="row">
        <label class="switch"><input type="checkbox" role="switch" checked={isNote} disabled={closedAt !== null} onChange={(event) => setNote(event.currentTarget.checked)} /> Note, which shoppers never see</label>
        <AttachButton files={files} />
        <Hint open={open} thread={thread} me={me} />
        <button class="primary" disabled={busy || files.busy || !thread}>{isNote ? "Add the note" : "Send"}</button>
      </div>
    </form>
  );
}

function joined(first: string, second: string): string {
  return first && second ? `${first}\n${second}` : first || second;
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
