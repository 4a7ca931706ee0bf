import { RequestFailed } from "../client/http";
import { backOff, pause } from "../client/pause";
import { random } from "../client/random";
import { upload, type SentFile } from "../client/upload";
import type { Session } from "./session";

const MOST_HELD = 20; // files, which the browser keeps on its disk: those of two messages
const ATTEMPTS = 6; // about half a minute without a network; then the shopper decides

/** A file that goes with the next message. */
export interface Upload {
  key: string;
  name: string;
  sent?: SentFile;
  failed?: "tooLarge" | "typeRefused" | "notSent";
}

/** The files of the message that is being written. Each is sent at once, again after a lost network, until it is removed. */
export class Uploads {
  private readonly pending = new Map<string, { file: File; cancel: AbortController }>();
  private readonly held = new Map<string, File>(); // by the ID that the server gave

  constructor(private readonly endpoint: string, private readonly session: Session) {}

  add(file: File): void {
    const key = random();
    this.pending.set(key, { file, cancel: new AbortController() });
    this.change((all) => [...all, { key, name: file.name }]);
    void this.send(key);
  }

  retry(key: string): void {
    this.change((all) => all.map((one) => one.key === key ? { key, name: one.name } : one));
    void this.send(key);
  }

  remove(key: string): void {
    this.pending.get(key)?.cancel.abort();
    this.pending.delete(key);
    this.change((all) => all.filter((one) => one.key !== key));
  }

  /** Returns the files that are ready, for a message. Those that failed stay, for the shopper to decide. */
  take(): SentFile[] {
    const ready = this.session.state.uploads.flatMap(({ sent }) => sent ?? []);
    if (ready.length) this.change((all) => all.filter(({ sent }) => !sent));
    return ready;
  }

  /** Returns the bytes of a file that this tab has sent: they are sent again if the conversation ends before the message. */
  fileOf(id: string): File | undefined {
    return this.held.get(id);
  }

  hold(id: string, file: File): void {
    this.held.set(id, file);
    for (const oldest of [...this.held.keys()].slice(0, -MOST_HELD)) this.held.delete(oldest);
  }

  /** The conversation has ended. Its files go into the next one if their bytes are at hand; of the others the shopper is told. */
  end(): void {
    const isLost = ({ sent }: Upload) => sent !== undefined && !this.held.has(sent.id);
    if (this.session.state.uploads.some(isLost)) this.change((all) => all.map((one) => isLost(one) ? { key: one.key, name: one.name, failed: "notSent" } : one));
  }

  /** Whether a file that could not be sent may be tried again. */
  isRepeatable(key: string): boolean {
    return this.pending.has(key);
  }

  /** Lets go what the last shopper sent. */
  forget(): void {
    this.clear();
    this.held.clear();
  }

  clear(): void {
    for (const { cancel } of this.pending.values()) cancel.abort();
    this.pending.clear();
    if (this.session.state.uploads.length) this.change(() => []);
  }

  private change(changed: (all: readonly Upload[]) => readonly Upload[]): void {
    this.session.set({ uploads: changed(this.session.state.uploads) });
    this.session.keepDraft();
  }

  private async send(key: string): Promise<void> {
    for (let failures = 0; this.pending.has(key);) {
      const { file, cancel: { signal } } = this.pending.get(key)!;
      try {
        const token = this.session.kept?.token;
        if (!token) return this.clear(); // the conversation of the files is gone
        const sent = await upload(this.endpoint, token, file, { key, signal });
        if (!this.pending.delete(key)) return; // removed meanwhile
        this.hold(sent.id, file);
        return this.change((all) => all.map((one) => one.key === key ? { ...one, sent } : one));
      } catch (error) {
        if (signal.aborted) return;
        const passes = error instanceof RequestFailed && error.passes;
        if (!passes || ++failures === ATTEMPTS) return this.fail(key, error);
        await pause(Math.max(error.retryAfter, backOff(failures - 1)), signal);
      }
    }
  }

  private fail(key: string, error: unknown): void {
    const code = error instanceof RequestFailed ? error.code : "";
    const failed = code === "TOO_LARGE" ? "tooLarge" : code === "TYPE_REFUSED" ? "typeRefused" : "notSent";
    this.change((all) => all.map((one) => one.key === key ? { ...one, failed } : one));
  }
}
