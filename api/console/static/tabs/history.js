// The operations that were run, newest first, in local storage. They are stored without headers and without secrets.

import { withoutSecrets } from "./storage.js";

const KEY = "history";
const MOST_ENTRIES = 50;
const LONGEST_ENTRY = 20_000; // characters; longer operations are not kept, so that the whole stays within 1 MB or so

export class History {
  constructor(area) {
    this.area = area;
  }

  // Returns [{operation, variables, name, kind, at}, …]; `at` is in milliseconds since 1970.
  entries() {
    const stored = this.area.read(KEY);
    return Array.isArray(stored) ? stored : [];
  }

  // An operation that is in the history with the same variables moves to the top.
  add({ operation, variables, name, kind, at = Date.now() }, secrets) {
    const entry = { operation: withoutSecrets(operation, secrets), variables: withoutSecrets(variables, secrets), name, kind, at };
    if (entry.operation.length + entry.variables.length > LONGEST_ENTRY) return;
    const others = this.entries().filter((each) => !same(each, entry));
    this.area.write(KEY, [entry, ...others].slice(0, MOST_ENTRIES));
  }

  remove(entry) {
    this.area.write(
      KEY,
      this.entries().filter((each) => !same(each, entry)),
    );
  }

  clear() {
    this.area.remove(KEY);
  }
}

function same(one, other) {
  return one.operation === other.operation && one.variables === other.variables && one.name === other.name;
}
