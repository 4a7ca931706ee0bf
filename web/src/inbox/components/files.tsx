import { useRef, useState } from "preact/hooks";
import type { SentFile } from "../../client/upload";
import type { Desk } from "../desk";
import { Icon } from "./icons";

const MOST = 10; // files of a message

export type FilesOfReply = ReturnType<typeof useFiles>;

/** The files of the next message. Their bytes are sent as soon as they are chosen. */
export function useFiles(desk: Desk) {
  const [sent, setSent] = useState<readonly SentFile[]>([]);
  const [problem, setProblem] = useState("");
  const [pending, setPending] = useState(0);
  const add = async (chosen: readonly File[]) => {
    setProblem("");
    for (const file of chosen.slice(0, MOST - sent.length)) {
      setPending((count) => count + 1);
      try {
        const added = await desk.conversation.upload(file);
        setSent((all) => [...all, added]);
      } catch (error) {
        setProblem(`${file.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
      setPending((count) => count - 1);
    }
  };
  const paste = (event: ClipboardEvent) => {
    const pasted = [...event.clipboardData?.files ?? []];
    if (!pasted.length) return;
    event.preventDefault();
    void add(pasted);
  };
  return {
    sent,
    problem,
    busy: pending > 0,
    add: (chosen: readonly File[]) => void add(chosen),
    paste,
    remove: (id: string) => setSent((all) => all.filter((file) => file.id !== id)),
    clear: () => setSent([]),
  };
}

export function Files({ files: { sent, problem, busy, remove } }: { files: FilesOfReply }) {
  return (
    <>
      {problem && <p role="alert">{problem}</p>}
      {(sent.length > 0 || busy) && (
        <ul class="files">
          {sent.map(({ id, name }) => (
            <li key={id} class="chip"><bdi>{name}</bdi><button class="quiet" type="button" aria-label={`Remove ${name}`} onClick={() => remove(id)}>✕</button></li>
          ))}
          {busy && <li class="chip" role="status">Sending…</li>}
        </ul>
      )}
    </>
  );
}

export function AttachButton({ files: { add } }: { files: FilesOfReply }) {
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
