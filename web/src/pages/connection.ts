/* What the pages say of their streams. */

const NO_CONNECTION = "No connection. Trying again.";
const REFUSED = "Live updates are refused. Trying again.";

/** Returns the server's words about a stream that it refuses; null if the stream ended for another reason. */
export function refusalOf(failure: unknown): string | null {
  const [error] = Array.isArray(failure) ? failure as { message?: unknown }[] : [];
  return typeof error?.message === "string" ? error.message : null;
}

/** Returns what to tell while a page is not live. */
export function offlineText(refusal: string | null): string {
  return refusal === null ? NO_CONNECTION : REFUSED;
}
