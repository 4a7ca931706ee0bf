import { useRef, useState } from "preact/hooks";
import { fieldOf, isStale, isWithin, overlaid, typedSince, withEdit, type Edits, type Refusals } from "./edits";
import { messageOf } from "./office";

const STALE = "Somebody else changed these settings meanwhile. They were read again, and what you typed is kept: look at it, and save once more.";

/** The fields of a form: the server's values under what a person typed over them. */
export interface Form<Values> {
  values: Values;
  /** The typed values that differ from those of the server. */
  changes: Partial<Values>;
  dirty: boolean;
  busy: boolean;
  saved: boolean;
  /** A refusal that belongs to no field of the form. */
  problem: string | null;
  refusals: Refusals;
  set: <Key extends keyof Values>(key: Key, value: Values[Key]) => void;
  /** The refusal of a field, or of a part of it. */
  error: (field: string) => string | undefined;
  /** Whether the server's value is no longer the one over which the field was typed. */
  changedMeanwhile: (key: keyof Values) => boolean;
  discard: () => void;
  submit: () => Promise<void>;
}

export interface Saving<Values> {
  /** Sends the changes, and returns the refusals of the payload. Raises `RequestFailed`. */
  save: (changes: Partial<Values>, values: Values) => Promise<Refusals>;
  /** Reads the server's values again, after a conflict of versions. */
  reload?: () => Promise<void>;
  /** How many fields of the input are above those of the form. */
  depth?: number;
  /** What to tell of a failure; by default what the server says, or that it did not respond. */
  failureOf?: (error: unknown) => string;
  /** Whether what was typed is kept after it was saved: credentials that are sent once more, which the server never returns. */
  keep?: (values: Values) => boolean;
}

/**
 * Returns the form of `base`, the server's values. Edits stay until they are saved or discarded: a refusal, a lost
 * connection and values that the server changed meanwhile leave them as they are.
 */
export function useForm<Values extends object>(base: Values, saving: Saving<Values>): Form<Values> {
  const [edits, setEdits] = useState<Edits<Values>>({});
  const { refusals, setRefusals, failure, busy, saved, setSaved, send, forget } = useSending(saving.failureOf);
  const { values, changes } = overlaid(base, edits);
  const place = (refusal: Refusals[number]) => fieldOf(refusal, saving.depth);

  const submit = () => send(async () => {
    const found = await saving.save(changes, values);
    if (found.some((refusal) => place(refusal) === "expectedVersion")) await saving.reload?.();
    if (!found.length && !saving.keep?.(values)) setEdits((present) => typedSince(edits, present));
    return found;
  });
  const homeless = refusals.find((refusal) => !(place(refusal).split(".")[0]! in base));
  return {
    values, changes, busy, saved, refusals, submit,
    dirty: Object.keys(changes).length > 0,
    problem: failure ?? (homeless ? (place(homeless) === "expectedVersion" ? STALE : homeless.message) : null),
    set: (key, value) => {
      setEdits((present) => withEdit(present, base, key, value));
      setRefusals((present) => present.filter((refusal) => !isWithin(place(refusal), String(key))));
      setSaved(false);
    },
    error: (field) => refusals.find((refusal) => isWithin(place(refusal), field))?.message,
    changedMeanwhile: (key) => isStale(edits, base, key),
    discard: () => {
      setEdits({});
      forget();
    },
  };
}

/** One call at a time, and how the last one ended. */
function useSending(failureOf = messageOf) {
  const [refusals, setRefusals] = useState<Refusals>([]);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState(false);
  const running = useRef(false); // known at once, not when the page is drawn again
  const send = async (call: () => Promise<Refusals>) => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setFailure(null);
    setSaved(false);
    try {
      const found = await call();
      setRefusals(found);
      setSaved(!found.length);
    } catch (error) {
      setFailure(failureOf(error));
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  const forget = () => {
    setRefusals([]);
    setFailure(null);
  };
  return { refusals, setRefusals, failure, busy, saved, setSaved, send, forget };
}
