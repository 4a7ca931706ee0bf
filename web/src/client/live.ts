import { createClient } from "graphql-ws";
import type { TypedDocumentString } from "../documents/generated";
import { tokenOf, type Credential } from "./credential";
import { Moment } from "./moment";
import { backOff, pause } from "./pause";

const PING = 12_000; // milliseconds without a message, after which the server is asked for a sign of life
const PONG = 8_000; // milliseconds for its reply; then the connection counts as dead, as after a sleep

export interface Watcher<Result> {
  next(data: Result): void;
  /** Whether the stream is live; it is not while the connection is being made again. */
  connected(live: boolean): void;
  /** The credential ended or was revoked: the server may still accept it at the next attempt. */
  refused(): void;
  /** The stream ended for good: it has to be started again from a new state. */
  failed(error: unknown): void;
}

/**
 * Follows a subscription, and returns a function that ends it. After an interruption the stream continues where it was:
 * every frame carries the position of the connection, and the next connection names the last one.
 */
export function follow<Result, Variables extends Record<string, unknown>>(
  endpoint: string,
  credential: string | Credential,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  watcher: Watcher<Result>,
): () => void {
  let resume: string | undefined;
  let pong: ReturnType<typeof setTimeout> | undefined;
  let heard = new Moment();
  let token = "";
  let ended = false; // by the caller, who wants to hear nothing more
  const client = createClient({
    url: endpoint.replace(/^http/, "ws"),
    connectionParams: async () => {
      token = await tokenOf(credential);
      return { authorization: `Bearer ${token}`, resume };
    },
    shouldRetry: () => true,
    retryAttempts: Infinity,
    retryWait: (retries) => pause(backOff(retries)),
    keepAlive: PING,
    connectionAckWaitTimeout: PING,
    on: {
      connected: () => watcher.connected(true),
      closed: (event) => {
        clearTimeout(pong);
        if (ended) return;
        watcher.connected(false);
        if ((event as CloseEvent).code !== 4403) return;
        if (typeof credential !== "string") credential.drop(token); // an access token has expired
        watcher.refused();
      },
      message: (message) => {
        heard = new Moment();
        if (message.type === "next") resume = cursorOf(message.payload.extensions) ?? resume;
      },
      ping: (received, payload) => {
        if (received) resume = (payload?.cursor as string | undefined) ?? resume;
        else pong = setTimeout(() => client.terminate(), PONG);
      },
      pong: (received) => { if (received) clearTimeout(pong); },
    },
  });
  const end = client.subscribe<Result>(
    { query: `${document}`, variables },
    {
      next: ({ data, errors }) => { if (data) watcher.next(data); else watcher.failed(errors); },
      error: (error) => { if (!ended) watcher.failed(error); },
      complete: () => {},
    },
  );
  const awake = () => { if (!window.document.hidden && heard.age > PING + PONG) client.terminate(); };
  addEventListener("online", awake);
  window.document.addEventListener("visibilitychange", awake);
  return () => {
    ended = true;
    removeEventListener("online", awake);
    window.document.removeEventListener("visibilitychange", awake);
    clearTimeout(pong);
    end();
    // It rejects when a connection was being made, which nobody waits for any more.
    Promise.resolve(client.dispose()).catch(() => {});
  };
}

function cursorOf(extensions: Record<string, unknown> | undefined): string | undefined {
  return (extensions?.["stream"] as { cursor?: string } | undefined)?.cursor;
}
