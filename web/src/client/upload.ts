import { CreateUploadDocument } from "../documents/generated";
import type { Credential } from "./credential";
import { execute, RequestFailed } from "./http";
import { random } from "./random";

/** A file whose bytes the server has, for a message that is sent later. */
export interface SentFile {
  id: string;
  name: string;
}

const UNKNOWN = "application/octet-stream";

/** Sends the bytes of a file. Raises `RequestFailed`. */
export async function upload(endpoint: string, credential: string | Credential, file: File): Promise<SentFile> {
  const input = { name: file.name || "file", contentType: file.type || UNKNOWN, bytes: file.size, idempotencyKey: random() };
  const { createUpload: created } = await execute(endpoint, credential, CreateUploadDocument, { input });
  if (!created.attachmentId || !created.url) {
    throw new RequestFailed(created.errors[0]?.code ?? "INVALID", created.errors[0]?.message ?? "");
  }
  const response = await fetch(created.url, { method: "PUT", body: file, credentials: "omit" }).catch((error) => {
    throw new RequestFailed("NETWORK", String(error));
  });
  if (!response.ok) throw new RequestFailed(response.status < 500 ? "INVALID" : "UNAVAILABLE", response.statusText);
  return { id: created.attachmentId, name: file.name };
}

/** Returns whether the account takes files of this type: `accepted` has types such as `image/*`; empty: every type. */
export function isAccepted(file: File, accepted: readonly string[]): boolean {
  const type = file.type || UNKNOWN;
  return !accepted.length || accepted.some((one) => one === type || (one.endsWith("/*") && type.startsWith(one.slice(0, -1))));
}
