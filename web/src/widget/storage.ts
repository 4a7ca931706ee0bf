import { jsonOf } from "../client/json";
import { random } from "../client/random";
import { ofOrigin, ofTab } from "../client/storage";
import type { SentFile } from "../client/upload";

/** What the browser keeps of one shop's chat, for all tabs of the page's origin. */
export interface Kept {
  shopper: Shopper;
  conversation: { id: string; token: string; person?: string | undefined }; // `person`: whose proof the server took
  browser: string; // the secret by which the browser comes back to its open conversation
  seen: number; // `sequence` of the last message that was on a screen
}

/** Who uses the chat in this browser. `session` is another one after every change of the shopper, and never one of before. */
export interface Shopper {
  session: string;
  person?: string | undefined; // the shop's ID of the customer, as the page's identity token has it
}

/** A message that the server has not confirmed. It survives a reload, and is sent with the same key until it is. */
export interface Unsent {
  key: string;
  at: number; // milliseconds; the order in which messages are sent
  text: string;
  attachments: SentFile[];
  after: number; // `sequence` of the last message before it
  locale: string; // of the page on which it was written
  person?: string | undefined; // the customer of that page
  begun?: { person: string | null }; // it may have begun a conversation already, as this person's
  failed?: boolean; // the server refused it: the shopper decides
  filesLost?: boolean; // the server has its files no longer, or they are another conversation's
  filesOf?: string; // the conversation for which its files were uploaded
  sent?: { conversation: string; sequence: number }; // the server has taken it, as this message
}

/** What is written but not sent, in this tab alone. */
export interface Draft {
  session: string;
  person?: string | undefined; // the customer, if it was known
  conversation?: string | undefined; // that of the files
  text: string;
  files: SentFile[];
}

const LOCK_PATIENCE = 20_000; // milliseconds; a request ends after 15 s, so a tab that holds the lock longer is frozen

/** What all tabs of the page's origin keep; where the browser refuses that, what this tab has in its memory. */
export class Storage {
  private readonly prefix: string;

  constructor(key: string) {
    this.prefix = `baton:${key}:`;
  }

  get<Name extends keyof Kept>(name: Name): Kept[Name] | undefined {
    return this.read(name);
  }

  set<Name extends keyof Kept>(name: Name, value: Kept[Name] | undefined): void {
    this.write(name, value);
  }

  /** Who is here: somebody new where nobody is kept, as after the shop has emptied the storage at a sign-out. */
  get shopper(): Shopper {
    const kept = this.get("shopper");
    if (kept?.session) return kept;
    const shopper = { ...kept, session: random() };
    this.set("shopper", shopper);
    return shopper;
  }

  /** Every message has an entry of its own: two tabs that change a list at once would overwrite each other's change. */
  get unsent(): Unsent[] {
    const found = this.names().filter((name) => name.startsWith(UNSENT)).map((name) => this.read<Unsent>(name));
    return found.filter((message) => message !== undefined).sort((one, other) => one.at - other.at || (one.key < other.key ? -1 : 1));
  }

  put(message: Unsent): void {
    this.write(UNSENT + message.key, message);
  }

  has(key: string): boolean {
    return this.read(UNSENT + key) !== undefined;
  }

  drop(key: string): void {
    this.write(UNSENT + key, undefined);
  }

  /** Drops a message that the server has taken. The other tabs are told as what. */
  dropSent(message: Unsent): void {
    this.put(message);
    this.drop(message.key);
  }

  /** Forgets everything of the last shopper, in all tabs, but what this one has written meanwhile. */
  begin(shopper: Shopper): void {
    const own = this.unsent.filter(({ person }) => person !== undefined && person === shopper.person);
    const kept = new Set(["shopper", ...own.map(({ key }) => UNSENT + key)]);
    for (const name of this.names()) if (!kept.has(name)) this.write(name, undefined);
    this.draft = undefined;
    this.set("shopper", shopper);
  }

  get draft(): Draft | undefined {
    return parsed<Draft>(ofTab.get(`${this.prefix}draft`));
  }

  set draft(draft: Draft | undefined) {
    if (draft) ofTab.set(`${this.prefix}draft`, jsonOf(draft));
    else ofTab.remove(`${this.prefix}draft`);
  }

  /** Calls back when another tab has changed a value. `message`: the one that it has changed, or dropped. */
  watch(changed: (name: keyof Kept | "unsent", message?: Unsent) => void): void {
    addEventListener("storage", ({ key, storageArea, oldValue, newValue }) => {
      if (ofTab.is(storageArea)) return;
      if (key === null) for (const name of NAMES) changed(name);
      else if (key.startsWith(this.prefix + UNSENT)) changed("unsent", parsed(newValue ?? oldValue));
      else if (key.startsWith(this.prefix)) changed(key.slice(this.prefix.length) as keyof Kept);
    });
  }

  /** Runs tasks of all tabs one after another; where the browser cannot, the keys of the requests prevent doubles. */
  async alone<Result>(task: () => Promise<Result>): Promise<Result> {
    if (!navigator.locks) return task();
    let began = false;
    const once = () => {
      began = true;
      return task();
    };
    try {
      return await navigator.locks.request(`${this.prefix}send`, { signal: AbortSignal.timeout(LOCK_PATIENCE) }, once) as Result;
    } catch (error) {
      if (began) throw error;
      return task();
    }
  }

  private names(): string[] {
    return ofOrigin.names().filter((name) => name.startsWith(this.prefix)).map((name) => name.slice(this.prefix.length));
  }

  private read<Value>(name: string): Value | undefined {
    return parsed<Value>(ofOrigin.get(this.prefix + name));
  }

  private write(name: string, value: unknown): void {
    if (value === undefined) ofOrigin.remove(this.prefix + name);
    else ofOrigin.set(this.prefix + name, jsonOf(value));
  }
}

const UNSENT = "unsent:";
const NAMES: (keyof Kept | "unsent")[] = ["shopper", "conversation", "browser", "seen", "unsent"];

/** Returns what a text of the storage says, which anybody can change. */
function parsed<Value>(text: string | null): Value | undefined {
  try {
    return JSON.parse(text ?? "null") as Value | null ?? undefined;
  } catch {
    return undefined;
  }
}
