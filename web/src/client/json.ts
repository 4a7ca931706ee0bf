/**
 * Returns a value as JSON. Old libraries give arrays and objects of a page a `toJSON` of their own, which would make
 * texts of them.
 */
export function jsonOf(value: unknown): string {
  return JSON.stringify(plain(value));
}

function plain(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  const copy = Array.isArray(value)
    ? value.map(plain)
    : Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
  return Object.defineProperty(copy, "toJSON", { value: undefined });
}
