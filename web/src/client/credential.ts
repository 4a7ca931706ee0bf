/** What a caller proves itself by. A key stays the same; access tokens of a session are replaced before they expire. */
export interface Credential {
  /** Returns the text to send. Raises `RequestFailed`. */
  token(): Promise<string>;
  /** The server refused this text: the next call of `token` returns another, where there can be one. */
  drop(token: string): void;
  /** The server refuses it for good. */
  end(reason: string): void;
}

/** Returns the text to send. Raises `RequestFailed`. */
export async function tokenOf(credential: string | Credential): Promise<string> {
  return typeof credential === "string" ? credential : credential.token();
}
