import { useEffect, useRef, useState } from "preact/hooks";
import { emailIn } from "../identity";
import type { Session } from "../session";
import { asksForEmail, isOpen, type State } from "../state";
import { filled, type Catalog } from "../texts";
import { takeDrops } from "../../client/drops";
import { isAccepted } from "../../client/upload";
import type { Upload } from "../uploads";
import { AttachIcon, CloseIcon, SendIcon } from "./icons";

const LONGEST = 32_000; // characters of a message
const MOST_FILES = 10; // of a message

interface Props {
  session: Session;
  state: State;
  texts: Catalog;
}

export function Composer({ session, state, texts }: Props) {
  const [text, setText] = useState(session.text);
  const field = useRef<HTMLTextAreaElement>(null);
  const { problem, add, clear, warn } = useFiles({ session, state, texts });
  const { uploads } = state;
  const busy = uploads.some(({ sent, failed }) => !sent && !failed);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => grow(field.current!), [text]);
  const addNow = useRef(add);
  addNow.current = add;
  useEffect(() => takeDrops(field.current!.closest("dialog")!, (files) => void addNow.current(files)), []);
  const isTooLong = text.length > LONGEST; // the field takes it all: a browser that cuts a pasted text says nothing of it
  const closed = state.settings?.live === false && !isOpen(state);
  const empty = () => {
    setText("");
    clear();
    field.current?.focus();
  };
  const answering = useRef(false);
  const answer = async (address: string) => {
    if (answering.current) return; // Enter can be faster than the reply
    answering.current = true;
    const refusal = await session.answerWithEmail(address, text);
    answering.current = false;
    if (refusal === null) empty();
    else if (refusal === "INVALID") warn(texts.emailWrong);
  };
  const send = () => {
    if (closed || busy || isTooLong || (!text.trim() && !uploads.some(({ sent }) => sent))) return;
    const email = asksForEmail(state) ? emailIn(text) : undefined;
    if (email?.alone && !uploads.length) return void answer(email.address);
    if (email) session.set({ email: email.address });
    session.send(text);
    empty();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // Enter also ends the input of a kanji
    event.preventDefault();
    send();
  };
  const write = (value: string) => {
    setText(value);
    session.text = value;
    session.keepDraft();
    session.type(value.trim() !== "");
  };
  const paste = (event: ClipboardEvent) => {
    const pasted = [...event.clipboardData?.files ?? []];
    if (!pasted.length) return;
    event.preventDefault();
    add(pasted);
  };
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
      {(problem || isTooLong) && <p role="alert" dir="auto">{problem || filled(texts.tooLong, { count: LONGEST })}</p>}
      {uploads.length > 0 && (
        <ul class="files">
          {uploads.map((upload) => <FileItem key={upload.key} upload={upload} session={session} texts={texts} />)}
        </ul>
      )}
      <div class="row">
        <FileButton session={session} texts={texts} disabled={closed} busy={busy} add={add} />
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          readOnly={closed} /* a disabled field would lose the focus */
          aria-disabled={closed}
          aria-label={texts.write}
          placeholder={texts.write}
          value={text}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={press}
          onPaste={paste}
        />
        <button class="icon send" aria-label={texts.send} disabled={closed || busy}><SendIcon /></button>
      </div>
    </form>
  );
}

function FileItem({ upload: { key, name, sent, failed }, session, texts }: Omit<Props, "state"> & { upload: Upload }) {
  const again = failed === "notSent";
  return (
    <li aria-busy={!sent && !failed}>
      <span role={failed ? "alert" : undefined}>
        {failed && !again ? filled(texts[failed], { name }) : <bdi>{name}</bdi>}
        {again && `: ${texts.notSent}`}
        {!sent && !failed && <span class="soft"> {texts.sending}</span>}
      </span>
      {again && session.uploads.isRepeatable(key) && <button class="quiet" type="button" onClick={() => session.uploads.retry(key)}>{texts.retry}</button>}
      <button class="icon" type="button" aria-label={filled(texts.remove, { name })} onClick={() => session.uploads.remove(key)}><CloseIcon /></button>
    </li>
  );
}

interface FileButtonProps {
  session: Session;
  texts: Catalog;
  disabled: boolean;
  busy: boolean; // it keeps the focus meanwhile, which a disabled button loses
  add: (files: File[]) => boolean;
}

function FileButton({ session, texts, disabled, busy, add }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const then = useRef<() => void>(undefined);
  session.choose = (chosen) => {
    then.current = chosen;
    input.current!.click();
  };
  const chosen = () => {
    const isAdded = add([...input.current!.files!]);
    input.current!.value = "";
    if (isAdded) then.current?.();
    then.current = undefined;
  };
  return (
    <>
      <input ref={input} type="file" multiple hidden tabIndex={-1} onChange={chosen} />
      <button class="icon" type="button" aria-label={texts.attach} disabled={disabled} aria-disabled={busy} onClick={() => { if (!busy) session.choose(); }}><AttachIcon /></button>
    </>
  );
}

function useFiles({ session, state, texts }: Props) {
  const [problem, setProblem] = useState("");
  const refusal = (file: File) => {
    const { settings } = state;
    if (!isOpen(state)) return texts.textFirst;
    if (settings && file.size > settings.largestAttachment) return filled(texts.tooLarge, { name: file.name });
    return settings && !isAccepted(file, settings.attachmentTypes) ? filled(texts.typeRefused, { name: file.name }) : "";
  };
  const add = (chosen: File[]) => { // returns whether all are taken
    let isRefused = false;
    setProblem("");
    for (const file of chosen) {
      const full = session.state.uploads.length >= MOST_FILES;
      const refused = full ? filled(texts.tooMany, { count: MOST_FILES }) : refusal(file);
      if (refused) setProblem(refused);
      else session.uploads.add(file);
      isRefused ||= refused !== "";
    }
    return !isRefused;
  };
  return { problem, add, clear: () => setProblem(""), warn: setProblem };
}

function grow(field: HTMLTextAreaElement): void {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`; // the style sheet has the greatest height
}
