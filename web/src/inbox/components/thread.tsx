import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Text } from "../../client/text";
import type { Desk } from "../desk";
import type { Message, State } from "../state";
import { clock } from "./inbox";

interface Props {
  desk: Desk;
  state: State;
}

export function Thread({ desk, state }: Props) {
  const { thread } = state;
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => { list.current?.scrollTo(0, list.current.scrollHeight); }, [thread?.messages, thread?.typing]);
  if (!state.ticketId) return <section class="thread none"><p class="empty">Choose a ticket.</p></section>;
  const row = desk.row;
  return (
    <section class="thread" aria-label="Conversation">
      <div class="bar">
        <button class="back" type="button" onClick={() => desk.set({ ticketId: null, thread: null })}>Back</button>
        <h2 dir="auto">{row?.conversation.displayName ?? "This ticket is not open any more."}</h2>
        {row && <Actions desk={desk} state={state} />}
      </div>
      {row?.conversation.handoff?.summary && <p class="summary" dir="auto">{row.conversation.handoff.summary}</p>}
      <div ref={list} class="messages" tabIndex={0} role="log">
        {thread?.messages.map((message) => <Item key={message.sequence} message={message} fresh={thread.unseen.includes(message)} />)}
        {thread?.drafts.map((draft) => (
          <article class="item draft" key={draft.writtenAt}><h3>The agent's draft, which was not shown</h3><Text text={draft.text} labels /></article>
        ))}
        {thread?.typing && <article class="item typing"><h3 dir="auto">{thread.typing.name} is writing</h3>{thread.typing.text && <Text text={thread.typing.text} />}</article>}
      </div>
      <Writing desk={desk} state={state} />
    </section>
  );
}

function Actions({ desk, state }: Props) {
  const mine = desk.row?.assignee?.id === state.me?.id;
  return (
    <div class="actions">
      {!mine && <button class="primary" type="button" onClick={() => void desk.act("take")}>Take</button>}
      {mine && <button type="button" onClick={() => void desk.act("release")}>Release</button>}
      <button type="button" onClick={() => void desk.act("returnToAgent")}>Return to the agent</button>
      <button type="button" onClick={() => void desk.act("close")}>Close</button>
    </div>
  );
}

function Item({ message, fresh }: { message: Message; fresh: boolean }) {
  const { author, kind } = message;
  const side = kind === "NOTE" ? "note" : author.kind === "SHOPPER" ? "theirs" : "ours";
  return (
    <article class={`item ${side}${fresh ? " fresh" : ""}`} data-sequence={message.sequence}>
      <h3><bdi>{author.name}</bdi>{kind === "NOTE" && " (note)"} <time dateTime={message.sentAt}>{clock(message.sentAt)}</time></h3>
      {message.text && <Text text={message.text} labels={author.kind !== "SHOPPER"} />}
      {message.attachments.map(({ id, name, url }) => (
        <p key={id}>{url ? <a href={url} target="_blank" rel="noopener noreferrer"><bdi>{name}</bdi></a> : <bdi>{name}</bdi>}</p>
      ))}
    </article>
  );
}

function Writing({ desk, state }: Props) {
  const [text, setText] = useState("");
  const [note, setNote] = useState(false);
  const [busy, setBusy] = useState(false);
  const send = async () => {
    if (!text.trim() || busy) return;
    setBusy(true);
    const done = await (note ? desk.note(text) : desk.reply(text));
    setBusy(false);
    if (done) setText((now) => (now === text ? "" : now)); // what was written meanwhile is kept, and what was not sent
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    void send();
  };
  const write = (value: string) => {
    setText(value);
    if (!note) desk.type(value.trim() !== "");
  };
  const unseen = state.thread?.unseen.length ?? 0;
  return (
    <form class={note ? "writing note" : "writing"} onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <p role="alert">{unseen ? "The shopper wrote meanwhile. Your reply was not sent: read what is new, and send it again." : state.trouble}</p>
      <textarea rows={3} dir="auto" aria-label={note ? "Note" : "Reply"} placeholder={note ? "A note for colleagues" : "A reply to the shopper"} value={text} onInput={(event) => write(event.currentTarget.value)} onKeyDown={press} />
      <div>
        <label><input type="checkbox" checked={note} onChange={(event) => setNote(event.currentTarget.checked)} /> Note, which shoppers never see</label>
        <button class="primary" disabled={busy}>{note ? "Add the note" : "Send"}</button>
      </div>
    </form>
  );
}
