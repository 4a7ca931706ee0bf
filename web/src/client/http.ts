import type { TypedDocumentString } from "../documents/generated";
import { tokenOf, type Credential } from "./credential";
import { jsonOf } from "./json";

/** A request that was not carried out, or of which nobody knows whether it was. */
export class RequestFailed extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** Milliseconds after which the server wants to be asked again. */
    readonly retryAfter = 0,
  ) {
    super(message);
  }

  /** Whether the same request may succeed later. Mutations are repeated with the same idempotency key. */
  get passes(): boolean {
    return PASSING.has(this.code);
  }

  get refusesCredential(): boolean {
    return this.code === "UNAUTHENTICATED";
  }
}

const PASSING = new Set(["NETWORK", "UNAVAILABLE", "TIMEOUT", "INTERNAL", "RATE_LIMITED", "REQUEST_TIMEOUT"]);
const PROXIES = new Set([408, 425, 429]); // statuses with which a proxy asks for patience
const TIMEOUT = 15_000; // milliseconds; the server itself takes 10 s at most

interface Reply<Result> {
  data?: Result | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** Returns the data of an operation. Raises `RequestFailed`. */
export async function execute<Result, Variables>(
  endpoint: string,
  credential: string | Credential,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  options: { keepalive?: boolean } = {},
): Promise<Result> {
  const body = jsonOf({ query: `${document}`, variables });
  const token = await tokenOf(credential);
  try {
    return await send(endpoint, token, body, options);
  } catch (error) {
    if (typeof credential === "string" || !(error instanceof RequestFailed && error.refusesCredential)) throw error;
    credential.drop(token); // an access token of a session may end early, while the session goes on
    const next = await credential.token();
    if (next !== token) return send(endpoint, next, body, options);
    credential.end(error.message);
    throw error;
  }
}

async function send<Result>(endpoint: string, token: string, sent: string, options: { keepalive?: boolean }): Promise<Result> {
  const response = await post(endpoint, token, sent, options);
  const retryAfter = 1000 * Number(response.headers.get("retry-after") ?? 0) || 0;
  // A body that breaks off says nothing of the command, which may have been carried out: it is asked again.
  const body = await response.text().catch((error) => {
    throw new RequestFailed("NETWORK", String(error), retryAfter);
  });
  const reply = parsed<Result>(body);
  const error = reply?.errors?.[0];
  if (error) throw new RequestFailed(error.extensions?.code ?? "INTERNAL", error.message, retryAfter);
  if (reply?.data) return reply.data;
  // A proxy's page is no reply of the server's, unless it says that the request is wrong.
  const wrong = reply !== null || (response.status >= 400 && response.status < 500 && !PROXIES.has(response.status));
  throw new RequestFailed(wrong ? "BAD_REQUEST" : "UNAVAILABLE", response.statusText, retryAfter);
}

function parsed<Result>(body: string): Reply<Result> | null {
  try {
    return JSON.parse(body) as Reply<Result> | null;
  } catch {
    return null;
  }
}

async function post(endpoint: string, token: string, body: string, options: { keepalive?: boolean }): Promise<Response> {
  try {
    return await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json",
        authorization: `Bearer ${token}`,
      },
      body,
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(TIMEOUT),
      ...options,
    });
  } catch (error) {
    throw new RequestFailed("NETWORK", String(error));
  }
}
