import type { RefusedFragment } from "../documents/generated";

export type Refusals = readonly RefusedFragment[];

/** A value that a person typed over one of the server. */
export interface Edit {
  value: unknown;
  over: string; // the JSON of the server's value that was on the screen then
}

export type Edits<Values> = { readonly [Key in keyof Values]?: Edit };

/** Returns the server's values under the edits, and which of them differ. */
export function overlaid<Values extends object>(base: Values, edits: Edits<Values>): { values: Values; changes: Partial<Values> } {
  const changes: Partial<Values> = {};
  for (const key of Object.keys(edits) as (keyof Values)[]) {
    const { value } = edits[key]!;
    if (JSON.stringify(value) !== JSON.stringify(base[key])) changes[key] = value as Values[keyof Values];
  }
  return { values: { ...base, ...changes }, changes };
}

/** Returns the edits with one more. It stays an edit of the value that was on the screen at the first change. */
export function withEdit<Values extends object>(edits: Edits<Values>, base: Values, key: keyof Values, value: unknown): Edits<Values> {
  return { ...edits, [key]: { value, over: edits[key]?.over ?? JSON.stringify(base[key]) } };
}

/** Returns the edits that were made after the saved ones. */
export function typedSince<Values>(saved: Edits<Values>, edits: Edits<Values>): Edits<Values> {
  const typed = (Object.keys(edits) as (keyof Values)[]).filter((key) => edits[key] !== saved[key]);
  return Object.fromEntries(typed.map((key) => {
    const over = saved[key] ? JSON.stringify(saved[key].value) : edits[key]!.over;
    return [key, { value: edits[key]!.value, over }];
  })) as Edits<Values>;
}

/** Whether the server's value is no longer the one over which a person typed. */
export function isStale<Values extends object>(edits: Edits<Values>, base: Values, key: keyof Values): boolean {
  const edit = edits[key];
  return edit !== undefined && edit.over !== JSON.stringify(base[key]) && JSON.stringify(edit.value) !== JSON.stringify(base[key]);
}

/** Returns the field of a refusal, such as `offerText`; empty if it belongs to none. `depth`: of the fields in the input. */
export function fieldOf({ path }: Refusals[number], depth = 0): string {
  return (path ?? []).slice(1 + depth).join(".");
}

/** Whether a field is another one, or a part of it: `businessWeek.2.opensAt` of `businessWeek.2`. */
export function isWithin(field: string, other: string): boolean {
  return field === other || field.startsWith(`${other}.`);
}
