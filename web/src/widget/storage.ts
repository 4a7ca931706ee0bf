import type { SentFile } from "../client/upload";

/** What the browser keeps of one shop's chat, for all tabs of the page's origin. */
export interface Kept {
  conversation: { id: string; token: string };
  browser: string; // the secret by which the browser comes back to its open conversation
  seen: number; // `sequence` of the last message that was on a screen
  unsent: Unsent[];
}

/** A message that the server has not confirmed. It survives a reload, and is sent with the same key until it is. */
export interface Unsent {
  key: string;
  text: string;
  attachments: SentFile[];
  after: number; // `sequence` of the last message before it
  failed?: boolean; // the server refused it: the shopper decides
}

/** `localStorage`, or where a page has none (a sandbox, a strict browser) the memory of this tab. */
export class Storage {
  private readonly memory = new Map<string, string>();
  private readonly prefix: string;

  constructor(key: string) {
    this.prefix = `baton:${key}:`;
  }

  get<Name extends keyof Kept>(name: Name): Kept[Name] | undefined {
    try {
      const text = this.read(this.prefix + name);
      return text === null ? undefined : JSON.parse(text) as Kept[Name];
    } catch {
      return undefined;
    }
  }

  set<Name extends keyof Kept>(name: Name, value: Kept[Name] | undefined): void {
    const key = this.prefix + name;
    try {
      if (value === undefined) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch {
      if (value === undefined) this.memory.delete(key);
      else this.memory.set(key, JSON.stringify(value));
    }
  }

  /** Calls back when another tab has changed a value. */
  watch(changed: (name: keyof Kept) => void): void {
    addEventListener("storage", ({ key }) => {
      if (key === null) for (const name of NAMES) changed(name);
      else if (key.startsWith(this.prefix)) changed(key.slice(this.prefix.length) as keyof Kept);
    });
  }

  /** Runs tasks of all tabs one after another; where the browser cannot, the keys of the requests prevent doubles. */
  async alone(task: () => Promise<void>): Promise<void> {
    if (navigator.locks) await navigator.locks.request(`${this.prefix}send`, task);
    else await task();
  }

  private read(key: string): string | null {
    try {
      return localStorage.getItem(key) ?? this.memory.get(key) ?? null;
    } catch {
      return this.memory.get(key) ?? null;
    }
  }
}

const NAMES: (keyof Kept)[] = ["conversation", "browser", "seen", "unsent"];
