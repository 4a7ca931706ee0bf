import type { Credential } from "../client/credential";
import { execute, RequestFailed } from "../client/http";
import { Moment } from "../client/moment";
import { ofTab } from "../client/storage";
import { SignOutDocument } from "../documents/generated";

export const ENDPOINT = new URL("/graphql", location.href).href;
const TOKEN = "/sign-in/token"; // to which alone the browser sends the cookie of the session, which no script can read
const DEMO = "/sign-in/demo";
const KEPT = "baton:staff-key"; // until the tab is closed
const SOMEBODY_ELSE = "Somebody else has signed in in this browser meanwhile. Pages that are loaded from now on are theirs.";
const RENEWAL = 60_000; // milliseconds before its end at which an access token is replaced
const TIMEOUT = 15_000; // milliseconds
const LONGEST_RETURN = 512; // characters of the address of a page to which the server sends back

/** The credential of a member of staff in this tab. */
export interface StaffCredential extends Credential {
  /** Called when the server refuses it for good. */
  ended: (reason: string) => void;
  /** Ends it. Raises `RequestFailed`; then it has perhaps not ended. */
  leave(): Promise<void>;
}

/**
 * A session of the browser, by the account's provider or by the demo's link. The access token stays in memory.
 *
 * The cookie of the session belongs to all tabs: when somebody else signs in in another tab, it is theirs. A page that shows
 * the state of one member never goes on as another one: this credential ends then.
 */
export class StaffSession implements StaffCredential {
  ended: (reason: string) => void = () => {};
  private access = { token: "", read: new Moment(), lasts: 0 }; // milliseconds
  private member: string | null = null;
  private renewal: Promise<string> | null = null;

  /** Returns the session of this browser, or null if it has none. */
  static async kept(): Promise<StaffSession | null> {
    const session = new StaffSession();
    try {
      await session.token();
    } catch (error) {
      if (!(error instanceof RequestFailed && error.passes)) return null;
    }
    return session;
  }

  async token(): Promise<string> {
    if (this.access.read.age < this.access.lasts) return this.access.token;
    this.renewal ??= this.renew().finally(() => { this.renewal = null; });
    return this.renewal;
  }

  drop(token: string): void {
    if (token === this.access.token) this.access = { token: "", read: new Moment(), lasts: 0 };
  }

  end(reason: string): void {
    this.ended(reason);
  }

  async leave(): Promise<void> {
    try {
      await execute(ENDPOINT, this, SignOutDocument, {});
    } catch (error) {
      if (!(error instanceof RequestFailed && error.refusesCredential)) throw error; // else it had ended before
    }
  }

  private async renew(): Promise<string> {
    try {
      const read = new Moment();
      const response = await ask(TOKEN, { method: "POST" });
      const { accessToken, expiresAt, staffId } = await jsonOf<{ accessToken: string; expiresAt: string; staffId: string }>(response);
      if (staffId !== (this.member ??= staffId)) throw new RequestFailed("UNAUTHENTICATED", SOMEBODY_ELSE);
      const now = Date.parse(response.headers.get("date") ?? "") || Date.now(); // by the server's clock
      this.access = { token: accessToken, read, lasts: Date.parse(expiresAt) - now - RENEWAL };
      return accessToken;
    } catch (error) {
      if (error instanceof RequestFailed && error.refusesCredential) this.end(error.message);
      throw error;
    }
  }
}

/** A key that the member has typed. It stays in this tab, and is of this origin alone. */
export class StaffKey implements StaffCredential {
  ended: (reason: string) => void = () => {};

  constructor(private readonly key: string) {}

  static kept(): StaffKey | null {
    const key = ofTab.get(KEPT);
    return key ? new StaffKey(key) : null;
  }

  async token(): Promise<string> {
    return this.key;
  }

  drop(): void {} // there is no other one

  end(reason: string): void {
    ofTab.remove(KEPT);
    this.ended(reason);
  }

  keep(): void {
    ofTab.set(KEPT, this.key);
  }

  async leave(): Promise<void> {
    ofTab.remove(KEPT);
  }
}

/** Opens a session by the one-time link of the demo. Raises `RequestFailed`. */
export async function redeem(link: string): Promise<void> {
  await ask(DEMO, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ link }) });
  ofTab.remove(KEPT);
}

/** Returns the address at which the member signs in by the account's provider, or null if none is connected. */
export async function provider(): Promise<string | null> {
  return (await jsonOf<{ provider: string | null }>(await ask(DEMO, {}))).provider;
}

/** Returns the address of a provider, from which the browser comes back to what the address of the page shows now. */
export function comingBack(provider: string): string {
  const page = location.pathname + location.search;
  const whole = page + location.hash; // which has the ticket, the section, or the view of the dashboard
  return `${provider}?return_to=${encodeURIComponent(whole.length > LONGEST_RETURN ? page : whole)}`;
}

/** Returns the one-time link of the address, if it has one. */
export function linkOf(hash: string): string | null {
  return /^#sign-in=([\w-]+)$/.exec(hash)?.[1] ?? null;
}

/** Takes the one-time link out of the address, so that no bookmark and no copied address has it. */
export function takeLink(): string | null {
  const link = linkOf(location.hash);
  if (link) history.replaceState(history.state, "", location.pathname + location.search);
  return link;
}

/** Returns what a response says. A body that breaks off is a lost connection: the request is made again. */
async function jsonOf<Reply>(response: Response): Promise<Reply> {
  return await response.json().catch((error) => { throw new RequestFailed("NETWORK", String(error)); }) as Reply;
}

async function ask(path: string, options: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(TIMEOUT), ...options });
  } catch (error) {
    throw new RequestFailed("NETWORK", String(error));
  }
  if (response.ok) return response;
  const reply = await response.json().catch(() => null) as { errors?: { message: string; extensions: { code: string } }[] } | null;
  const error = reply?.errors?.[0];
  const code = error?.extensions.code ?? (response.status < 500 ? "BAD_REQUEST" : "UNAVAILABLE");
  throw new RequestFailed(code, error?.message ?? response.statusText, 1000 * Number(response.headers.get("retry-after") ?? 0) || 0);
}
