import { useEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../session";
import { isOpen, type State } from "../state";
import { filled, type Catalog } from "../texts";
import { isAccepted, type SentFile } from "../../client/upload";
import { AttachIcon, CloseIcon, SendIcon } from "./icons";

const LONGEST = 32_000; // characters of a message
const MOST_FILES = 10; // of a message

interface Props {
  session: Session;
  state: State;
  texts: Catalog;
}

export function Composer({ session, state, texts }: Props) {
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const { files, problem, add, remove, clear, busy } = useFiles({ session, state, texts });
  useEffect(() => field.current?.focus(), []);
  useEffect(() => grow(field.current!), [text]);
  const closed = state.settings?.live === false && !isOpen(state);
  const send = () => {
    if (closed || busy || (!text.trim() && !files.length)) return;
    session.send(text, files);
    setText("");
    clear();
    field.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // Enter also ends the input of a kanji
    event.preventDefault();
    send();
  };
  const write = (value: string) => {
    setText(value);
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
      {problem && <p role="alert" dir="auto">{problem}</p>}
      {files.length > 0 && (
        <ul class="files">
          {files.map(({ id, name }) => (
            <li key={id}>
              <bdi>{name}</bdi>
              <button class="icon" type="button" aria-label={filled(texts.remove, { name })} onClick={() => remove(id)}><CloseIcon /></button>
            </li>
          ))}
        </ul>
      )}
      <div class="row">
        <FileButton texts={texts} disabled={closed} busy={busy} add={add} />
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          maxLength={LONGEST}
          disabled={closed}
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

interface FileButtonProps {
  texts: Catalog;
  disabled: boolean;
  busy: boolean; // it keeps the focus meanwhile, which a disabled button loses
  add: (files: File[]) => void;
}

function FileButton({ texts, disabled, busy, add }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const chosen = () => {
    add([...input.current!.files!]);
    input.current!.value = "";
  };
  return (
    <>
      <input ref={input} type="file" multiple hidden tabIndex={-1} onChange={chosen} />
      <button class="icon" type="button" aria-label={texts.attach} disabled={disabled} aria-disabled={busy} onClick={() => { if (!busy) input.current!.click(); }}><AttachIcon /></button>
    </>
  );
}

function useFiles({ session, state, texts }: Props) {
  const [files, setFiles] = useState<SentFile[]>([]);
  const [problem, setProblem] = useState("");
  const [pending, setPending] = useState(0);
  const refusal = (file: File) => {
    const { settings } = state;
    if (!isOpen(state)) return texts.textFirst;
    if (settings && file.size > settings.largestAttachment) return filled(texts.tooLarge, { name: file.name });
    return settings && !isAccepted(file, settings.attachmentTypes) ? filled(texts.typeRefused, { name: file.name }) : "";
  };
  const add = async (chosen: File[]) => {
    setProblem("");
    for (const file of chosen.slice(0, MOST_FILES - files.length)) {
      const refused = refusal(file);
      if (refused) setProblem(refused);
      else await one(file);
    }
  };
  const one = async (file: File) => {
    setPending((n) => n + 1);
    try {
      const sent = await session.upload(file);
      setFiles((all) => [...all, sent]);
    } catch {
      setProblem(`${file.name}: ${texts.notSent}`);
    }
    setPending((n) => n - 1);
  };
  return {
    files,
    problem,
    busy: pending > 0,
    add: (chosen: File[]) => void add(chosen),
    remove: (id: string) => setFiles((all) => all.filter((file) => file.id !== id)),
    clear: () => { setFiles([]); setProblem(""); },
  };
}

function grow(field: HTMLTextAreaElement): void {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`; // the style sheet has the greatest height
}
