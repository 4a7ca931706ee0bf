import { type Client, createClient } from "graphql-ws";
import { BatonError, fromErrors, fromStream, ofProxy } from "./errors.js";
import { KEYED, type TypedDocumentString } from "./generated.js";

export { BatonError };

const TIMEOUT = 15_000; // milliseconds for one request; the server itself takes 10 s at most
const PING = 12_000; // milliseconds without a message, after which the server is asked for a sign of life
const PONG = 8_000; // milliseconds for its reply; then the connection counts as dead, as after a sleep
const LONGEST = 300_000; // milliseconds for which a stream waits because the server says so
const PASSING = new Set(["NETWORK", "UNAVAILABLE", "TIMEOUT", "REQUEST_TIMEOUT", "RATE_LIMITED"]);
const NOT_RUN = new Set(["RATE_LIMITED"]); // the operation did not begin

export interface Options {
  /** The address of /graphql. */
  url: string;
  /** A key or a visitor token; or a function that returns one, which is asked before each request and connection. */
  token: string | (() => string | Promise<string>);
  /** Milliseconds for which an operation is repeated: a minute by default. Streams are resumed until they are ended. */
  patience?: number;
  /** The class of WebSockets, where the platform has none: `ws` in Node.js before version 22. */
  webSocket?: unknown;
  /** Whether the streams are live. They are not while the connection is made again. */
  onLive?: (live: boolean) => void;
}

/** A client of Baton. All its streams share one WebSocket. */
export class Baton {
  readonly #options: Options;
  readonly #sockets: Client;
  readonly #awake: () => void;
  readonly #ids = new WeakMap<object, string>(); // of operations: a stream goes on where it was under the same id only
  #resume: string | undefined; // the position of the connection, which the server sends with every frame and ping
  #heard = Date.now();
  #pong: ReturnType<typeof setTimeout> | undefined;
  #token = "";
  #acknowledged = false;
  #refused: string | undefined; // the credential of the connection before, if it was refused
  #hopeless = false; // the same credential was refused twice

  constructor(options: Options) {
    this.#options = options;
    this.#sockets = this.#connect();
    this.#awake = () => { if (Date.now() - this.#heard > PING + PONG) this.#sockets.terminate(); };
    globalThis.addEventListener?.("online", this.#awake);
    globalThis.document?.addEventListener("visibilitychange", this.#awake);
  }

  /**
   * Returns the data of a query or mutation. Throws BatonError. Queries are repeated while the server cannot be reached
   * or has no time; so are mutations that take an idempotency key, which is made here if the input has none.
   */
  async request<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
    const query = `${document}`;
    const keyed = KEYED.has(/\$input: (\w+)!/.exec(query)?.[1] ?? "");
    const given = keyed ? withKey(variables) : variables;
    const repeatable = keyed || query.trimStart().startsWith("query");
    const deadline = Date.now() + (this.#options.patience ?? 60_000);
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.#once<Result>(query, given);
      } catch (error) {
        if (!(error instanceof BatonError) || !PASSING.has(error.code)) throw error;
        const wait = Math.max(backOff(failures), error.retryAfter);
        if (!(repeatable || NOT_RUN.has(error.code)) || Date.now() + wait > deadline) throw error;
        await pause(wait);
      }
    }
  }

  /** Yields the data of a subscription, over interruptions, without a gap or a repetition. Throws BatonError. */
  async *subscribe<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): AsyncGenerator<Result, void, undefined> {
    const payload = { query: `${document}`, variables: variables as Record<string, unknown> };
    this.#ids.set(payload, crypto.randomUUID());
    for (let failures = 0; ; failures += 1) {
      const results = this.#sockets.iterate<Result>(payload);
      try {
        for await (const { data, errors } of results) {
          failures = 0;
          if (errors?.length) throw fromErrors(errors);
          if (data) yield data;
        }
        return;
      } catch (thrown) {
        const error = fromStream(thrown);
        if (!NOT_RUN.has(error.code)) throw error;
        await pause(Math.max(backOff(failures), Math.min(error.retryAfter, LONGEST)));
      } finally {
        await results.return?.();
      }
    }
  }

  /** Ends all streams. */
  async close(): Promise<void> {
    globalThis.removeEventListener?.("online", this.#awake);
    globalThis.document?.removeEventListener("visibilitychange", this.#awake);
    clearTimeout(this.#pong);
    await Promise.resolve(this.#sockets.dispose()).catch(() => {}); // a connection that was being made, and is not now
  }

  #connect(): Client {
    const client = createClient({
      url: this.#options.url.replace(/^http/, "ws"),
      webSocketImpl: this.#options.webSocket,
      connectionParams: async () => {
        this.#acknowledged = false;
        this.#token = await this.#credential();
        return { authorization: `Bearer ${this.#token}`, resume: this.#resume };
      },
      generateID: (payload) => this.#ids.get(payload) ?? crypto.randomUUID(),
      shouldRetry: () => !this.#hopeless, // by default, a server that is away ends the client for good
      retryAttempts: Infinity,
      retryWait: (failures) => pause(backOff(failures)),
      keepAlive: PING,
      connectionAckWaitTimeout: TIMEOUT,
      on: {
        connected: () => {
          this.#acknowledged = true;
          this.#refused = undefined;
          this.#options.onLive?.(true);
        },
        closed: (event) => {
          clearTimeout(this.#pong);
          this.#closed((event as Partial<CloseEvent>).code);
          this.#options.onLive?.(false);
        },
        message: (message) => {
          this.#heard = Date.now();
          if (message.type === "next") this.#resume = cursorOf(message.payload.extensions) ?? this.#resume;
        },
        ping: (received, payload) => {
          if (received) this.#resume = (payload?.["cursor"] as string | undefined) ?? this.#resume;
          else this.#pong = setTimeout(() => client.terminate(), PONG);
        },
        pong: (received) => { if (received) clearTimeout(this.#pong); },
      },
    });
    return client;
  }

  /** A credential that expired may be replaced by `token`; one that is refused twice will not get better. */
  #closed(code: number | undefined): void {
    if (code !== 4403 || this.#acknowledged) return;
    this.#hopeless = this.#refused === this.#token;
    this.#refused = this.#token;
  }

  async #credential(): Promise<string> {
    const { token } = this.#options;
    return typeof token === "string" ? token : await token();
  }

  async #once<Result>(query: string, variables: unknown): Promise<Result> {
    const response = await this.#post(JSON.stringify({ query, variables }));
    const retryAfter = 1000 * Number(response.headers.get("retry-after") ?? 0) || 0;
    const reply = (await response.json().catch(() => null)) as { data?: Result; errors?: { message: string }[] } | null;
    if (reply?.errors?.length) throw fromErrors(reply.errors, retryAfter);
    if (reply?.data) return reply.data;
    throw ofProxy(response.status, retryAfter);
  }

  async #post(body: string): Promise<Response> {
    const headers = {
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json",
      authorization: `Bearer ${await this.#credential()}`,
    };
    try {
      return await fetch(this.#options.url, { method: "POST", headers, body, signal: AbortSignal.timeout(TIMEOUT) });
    } catch (error) {
      throw new BatonError("NETWORK", String(error));
    }
  }
}

function withKey<Variables>(variables: Variables): Variables {
  const { input } = variables as { input: Record<string, unknown> };
  return { ...variables, input: { ...input, idempotencyKey: input["idempotencyKey"] ?? crypto.randomUUID() } };
}

function cursorOf(extensions: Record<string, unknown> | undefined): string | undefined {
  return (extensions?.["stream"] as { cursor?: string } | undefined)?.cursor;
}

/** Exponential back-off with jitter: about 0.5, 1, 2 … seconds, 30 at most. */
function backOff(failures: number): number {
  return Math.min(500 * 2 ** Math.min(failures, 10), 30_000) * (0.5 + Math.random() / 2);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}
