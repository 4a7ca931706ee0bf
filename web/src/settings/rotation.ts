import { useRef } from "preact/hooks";
import { RequestFailed } from "../client/http";
import { random } from "../client/random";
import { RotateKeyDocument, type KeyPartsFragment, type RotateKeyInput } from "../documents/generated";
import type { Refusals } from "./edits";
import { messageOf, type Office } from "./office";

const AT_ONCE = "PT0S";

interface Rotated {
  changed: KeyPartsFragment[]; // the old key, and those that were made
  token: string | null; // of the last one that was made; null if the rotation was refused
  errors: Refusals;
}

export interface Rotation {
  /** Replaces a key, and returns the token of the new one. Raises `RequestFailed`: then the next call goes on with the same key. */
  rotate: (keyId: string, unknown?: boolean) => Promise<Rotated>;
  /** Whether nobody knows what became of the last call. */
  isOpen: () => boolean;
}

/**
 * Returns the rotation of one key. A response may be lost, and its repetition has no token: the key that it made is replaced
 * at once then, without an overlap, because nobody has it. `unknown`: the token of the key itself was lost in this way.
 */
export function useRotation({ ask }: Office): Rotation {
  const next = useRef<RotateKeyInput | null>(null);
  const rotate = async (keyId: string, unknown = false): Promise<Rotated> => {
    const changed: KeyPartsFragment[] = [];
    next.current ??= { keyId, idempotencyKey: random(), ...(unknown && { overlap: AT_ONCE }) };
    for (;;) {
      const input: RotateKeyInput = next.current;
      const { key, replaced, token, errors } = (await ask(RotateKeyDocument, { input })).rotateKey;
      changed.push(...[replaced, key].flatMap((each) => each ?? []));
      if (!key || token) {
        next.current = null;
        return { changed, token, errors };
      }
      next.current = { keyId: key.id, idempotencyKey: random(), overlap: AT_ONCE };
    }
  };
  return { rotate, isOpen: () => next.current !== null };
}

/** Whether nobody knows if a call was carried out: its response was lost. */
export function isUnknown(error: unknown): boolean {
  return error instanceof RequestFailed && error.passes && error.code !== "RATE_LIMITED";
}

/** Returns what to tell of a call that makes a secret: after a lost response, nobody knows whether it did. `action`: the button. */
export function unknownOf(error: unknown, made: string, action: string): string {
  return !isUnknown(error) ? messageOf(error) : `The server did not respond, and it is unknown whether it made ${made}. Press “${action}” once more: you get one that works.`;
}

/** Returns the refusals in words for a person who changed the form after a lost response: the call before was carried out. */
export function resentOf(errors: Refusals, made: string, action: string): Refusals {
  const message = `The server has made ${made} as you typed it before: look at the list above. Press “${action}” once more to send it as it is now.`;
  return errors.map((error) => (error.path?.at(-1) === "idempotencyKey" ? { ...error, message } : error));
}
