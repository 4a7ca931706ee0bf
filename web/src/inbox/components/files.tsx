import { useRef } from "preact/hooks";
import type { SentFile } from "../../client/upload";
import type { Upload } from "../writing";
import { useKeptFocus } from "./focus";
import { Icon } from "./icons";

interface FilesProps {
  files: readonly SentFile[];
  uploads: readonly Upload[];
  remove: (id: string) => void;
  /** Takes back a file whose bytes are not sent yet. */
  stop: (key: string) => void;
  /** Sends a file again that could not be sent. */
  again: (key: string) => void;
}

/** The files of a draft. Their bytes are sent as soon as they are chosen. */
export function Files({ files, uploads, remove, stop, again }: FilesProps) {
  const list = useRef<HTMLUListElement>(null);
  const field = () => document.querySelector<HTMLElement>(".writing textarea");
  useKeptFocus(list, () => list.current?.querySelector<HTMLElement>("li:last-child button:last-of-type") ?? field()); // a file that was sent has another button
  const leaving = (index: number) => {
    const buttons = list.current!.querySelectorAll<HTMLElement>("li > button:last-of-type");
    (buttons[index + 1] ?? buttons[index - 1] ?? field())?.focus(); // the button that has the focus goes away
  };
  if (!files.length && !uploads.length) return null;
  return (
    <ul ref={list} class="files">
      {files.map(({ id, name }, index) => (
        <li key={id} class="chip"><bdi>{name}</bdi><button class="quiet" type="button" aria-label={`Remove ${name}`} onClick={() => { leaving(index); remove(id); }}>✕</button></li>
      ))}
      {uploads.map(({ key, name, problem }, index) => (
        <li key={key} class={problem ? "chip bad" : "chip"}>
          <bdi>{name}</bdi> <span role="status">{problem ? `Not sent: ${problem}` : "Sending…"}</span>
          {problem && <button class="quiet" type="button" aria-label={`Send ${name} again`} onClick={() => again(key)}>Again</button>}
          <button class="quiet" type="button" aria-label={problem ? `Leave out ${name}` : `Stop sending ${name}`} onClick={() => { leaving(files.length + index); stop(key); }}>✕</button>
        </li>
      ))}
    </ul>
  );
}

export function AttachButton({ add }: { add: (chosen: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const chosen = () => {
    add([...input.current!.files!]);
    input.current!.value = "";
  };
  return (
    <>
      <input ref={input} type="file" multiple hidden tabIndex={-1} onChange={chosen} />
      <button class="quiet" type="button" onClick={() => input.current!.click()}><Icon name="clip" />Attach</button>
    </>
  );
}

/** Attaches the files of a paste. A paste of text is left to the field. */
export function pasted(event: ClipboardEvent, add: (files: readonly File[]) => void): void {
  const files = [...event.clipboardData?.files ?? []];
  if (!files.length) return;
  event.preventDefault();
  add(files);
}
