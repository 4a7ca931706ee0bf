import { CreateUploadDocument } from "../documents/generated";
import type { Credential } from "./credential";
import { execute, RequestFailed } from "./http";
import { random } from "./random";

/** A file whose bytes the server has, for a message that is sent later. */
export interface SentFile {
  id: string;
  name: string;
}

interface Attempt {
  key?: string; // the idempotency key: the same one for every attempt to send the file
  signal?: AbortSignal; // ends the attempt
}

const UNKNOWN = "application/octet-stream";
const LEAST = 30_000; // milliseconds that any file may take
const SLOWEST = 16_384; // bytes a second of the slowest network that counts as one
const USED = 409; // the server has the bytes of this address: the response of an earlier attempt was lost

/** Sends the bytes of a file, in a time that depends on its size. Raises `RequestFailed`. */
export async function upload(
  endpoint: string, credential: string | Credential, file: File, { key = random(), signal }: Attempt = {},
): Promise<SentFile> {
  const input = { name: file.name || "file", contentType: file.type || UNKNOWN, bytes: file.size, idempotencyKey: key };
  const { createUpload: created } = await execute(endpoint, credential, CreateUploadDocument, { input });
  if (!created.attachmentId || !created.url) {
    throw new RequestFailed(created.errors[0]?.code ?? "INVALID", created.errors[0]?.message ?? "");
  }
  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = setTimeout(end, LEAST + 1000 * (file.size / SLOWEST)); // a network may die without a word
  signal?.addEventListener("abort", end);
  if (signal?.aborted) end();
  const sent = { method: "PUT", body: file, credentials: "omit", referrerPolicy: "no-referrer", signal: ending.signal } as const;
  const response = await fetch(created.url, sent).catch(() => {
    throw new RequestFailed("NETWORK", "The server did not respond.");
  }).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  });
  if (!response.ok && response.status !== USED) throw new RequestFailed(codeOf(response.status), response.statusText);
  return { id: created.attachmentId, name: file.name };
}

function codeOf(status: number): string {
  if (status === 413) return "TOO_LARGE";
  if (status === 415) return "TYPE_REFUSED";
  return status < 500 && ![404, 408, 425, 429].includes(status) ? "INVALID" : "UNAVAILABLE"; // 404: the address has expired
}

/** Returns whether the account takes files of this type: `accepted` has types such as `image/*`; empty: every type. */
export function isAccepted(file: File, accepted: readonly string[]): boolean {
  const type = file.type || UNKNOWN;
  return !accepted.length || accepted.some((one) => one === type || (one.endsWith("/*") && type.startsWith(one.slice(0, -1))));
}
