import type { ConversationFilter } from "../documents/generated";
import { tokenOf, type Credential } from "../client/credential";
import { RequestFailed } from "../client/http";

export type Format = "csv" | "ndjson";

interface Wanted {
  filter: ConversationFilter;
  format: Format;
  notes: boolean;
}

/**
 * Returns the file of an export. A response that breaks off raises, so a file is never saved that is not complete.
 * `received` is told the bytes so far. Raises `RequestFailed`.
 */
export async function exported(
  endpoint: string, credential: Credential, wanted: Wanted, received: (bytes: number) => void, signal: AbortSignal,
): Promise<Blob> {
  const token = await tokenOf(credential);
  let response = await begun(endpoint, token, wanted, signal);
  if (response.status === 401) { // an access token of a session may end early, while the session goes on
    credential.drop(token);
    response = await begun(endpoint, await tokenOf(credential), wanted, signal);
  }
  if (!response.ok) {
    const reply = await response.json().catch(() => null) as { errors?: { message: string; extensions?: { code?: string } }[] } | null;
    const error = reply?.errors?.[0];
    throw new RequestFailed(error?.extensions?.code ?? "UNAVAILABLE", error?.message ?? response.statusText);
  }
  let bytes = 0;
  const counted = response.body!.pipeThrough(new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(piece, controller) {
      received(bytes += piece.length);
      controller.enqueue(piece);
    },
  }));
  return new Response(counted, { headers: { "content-type": response.headers.get("content-type") ?? "" } }).blob();
}

async function begun(endpoint: string, token: string, wanted: Wanted, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ ...wanted, order: "DESC", ...(wanted.format === "csv" && { bom: true }) }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new RequestFailed("NETWORK", "The server did not respond. Try again.");
  }
}

/** Saves a file in the browser's folder of downloads. */
export function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
