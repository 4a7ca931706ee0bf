import { useRef } from "preact/hooks";
import type { SentFile } from "../../client/upload";
import { Icon } from "./icons";

/** The files of a draft. Their bytes are sent as soon as they are chosen. */
export function Files({ files, isUploading, remove }: { files: readonly SentFile[]; isUploading: boolean; remove: (id: string) => void }) {
  const list = useRef<HTMLUListElement>(null);
  const removeAt = (index: number) => {
    const buttons = list.current!.querySelectorAll("button");
    const next = buttons[index + 1] ?? buttons[index - 1] ?? list.current!.closest("form")!.querySelector<HTMLElement>("textarea");
    next?.focus(); // the button that has the focus goes away
    remove(files[index]!.id);
  };
  if (!files.length && !isUploading) return null;
  return (
    <ul ref={list} class="files">
      {files.map(({ id, name }, index) => (
        <li key={id} class="chip"><bdi>{name}</bdi><button class="quiet" type="button" aria-label={`Remove ${name}`} onClick={() => removeAt(index)}>✕</button></li>
      ))}
      {isUploading && <li class="chip" role="status">Sending…</li>}
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
