/** An operation that was refused, or a stream that cannot go on. */
export class BatonError extends Error {
  constructor(
    /** One of docs/reference/errors.md, NETWORK, or CLOSED_ with the close code of a WebSocket. */
    readonly code: string,
    message: string,
    /** Milliseconds after which the server wants to be asked again. */
    readonly retryAfter = 0,
  ) {
    super(`${code}: ${message}`);
    this.name = "BatonError";
  }
}

interface GraphQLErrors {
  readonly message: string;
  readonly extensions?: Record<string, unknown>;
}

export function fromErrors(errors: readonly GraphQLErrors[], retryAfter = 0): BatonError {
  const { code, retryAfter: seconds } = (errors[0]?.extensions ?? {}) as { code?: string; retryAfter?: number };
  return new BatonError(code ?? "INTERNAL", errors[0]?.message ?? "", retryAfter || 1000 * (seconds ?? 0)); // a WebSocket has no headers
}

const OF_PROXIES: Record<number, string> = { 408: "REQUEST_TIMEOUT", 429: "RATE_LIMITED" }; // a proxy asks for patience

/** The error of a response without JSON. With 429, the proxy's limit of requests, nothing came to Baton. */
export function ofProxy(status: number, retryAfter: number): BatonError {
  return new BatonError(status >= 500 ? "UNAVAILABLE" : (OF_PROXIES[status] ?? "BAD_REQUEST"), `HTTP ${status}`, retryAfter);
}

/** The error of a stream that ended, whatever graphql-ws says of it: GraphQL errors, a close event, or a failure. */
export function fromStream(error: unknown): BatonError {
  if (error instanceof BatonError) return error;
  if (Array.isArray(error)) return fromErrors(error as GraphQLErrors[]);
  const { code, reason } = (error ?? {}) as Partial<CloseEvent>;
  if (code === 4403) return new BatonError("UNAUTHENTICATED", reason ?? "");
  return code ? new BatonError(`CLOSED_${code}`, reason ?? "") : new BatonError("NETWORK", String(error));
}
