import { RequestFailed } from "../client/http";
import { backOff, pause } from "../client/pause";
import { random } from "../client/random";
import { upload } from "../client/upload";
import type { Calls } from "./calls";
import type { Kind, Upload, Writings } from "./writing";

const MOST = 10; // files of a message
const ATTEMPTS = 6; // about half a minute without a network; then the member decides

interface Going {
  conversationId: string;
  kind: Kind;
  file: File;
  cancel: AbortController;
}

/** Sends the bytes of the files of drafts as soon as they are chosen, and again after a lost network, until they are removed. */
export class Uploads {
  private readonly going = new Map<string, Going>();

  constructor(private readonly calls: Calls, private readonly writings: Writings) {}

  /** Adds files to a draft, as many as a message takes. */
  add(conversationId: string, kind: Kind, chosen: readonly File[]): void {
    const { [kind]: draft, uploading } = this.writings.of(conversationId);
    const room = Math.max(0, MOST - draft.files.length - uploading.filter((one) => one.kind === kind).length);
    const problem = chosen.length > room ? `A message takes ${MOST} files at most. Left out: ${chosen.slice(room).map(({ name }) => name).join(", ")}` : "";
    const added = chosen.slice(0, room).map((file) => ({ key: random(), file }));
    for (const { key, file } of added) this.going.set(key, { conversationId, kind, file, cancel: new AbortController() });
    this.writings.set(conversationId, { problem, uploading: [...uploading, ...added.map(({ key, file }) => ({ key, kind, name: file.name, problem: "" }))] });
    for (const { key } of added) void this.send(key);
  }

  /** Sends a file again that could not be sent. */
  retry(key: string): void {
    this.change(key, (upload) => [{ ...upload, problem: "" }]);
    void this.send(key);
  }

  /** Takes back a file that is not sent yet. */
  remove(key: string): void {
    this.going.get(key)?.cancel.abort();
    this.change(key, () => []);
    this.going.delete(key);
  }

  private change(key: string, changed: (upload: Upload) => Upload[]): void {
    const going = this.going.get(key);
    if (!going) return;
    const { uploading } = this.writings.of(going.conversationId);
    this.writings.set(going.conversationId, { uploading: uploading.flatMap((one) => (one.key === key ? changed(one) : [one])) });
  }

  private async send(key: string): Promise<void> {
    const { conversationId, kind, file, cancel: { signal } } = this.going.get(key)!;
    for (let failures = 0; !signal.aborted;) {
      try {
        const sent = await upload(this.calls.endpoint, this.calls.credential, file, { key, signal });
        if (signal.aborted) return;
        this.remove(key);
        const draft = this.writings.of(conversationId)[kind];
        return this.writings.set(conversationId, { [kind]: { ...draft, files: [...draft.files, sent] } });
      } catch (error) {
        if (signal.aborted) return;
        const passes = error instanceof RequestFailed && error.passes;
        if (!passes || ++failures === ATTEMPTS) return this.change(key, (one) => [{ ...one, problem: error instanceof Error ? error.message : String(error) }]);
        await pause(Math.max(error.retryAfter, backOff(failures - 1)), signal);
      }
    }
  }
}
