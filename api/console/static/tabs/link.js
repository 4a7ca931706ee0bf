// Links to the page that carry an operation and its variables, and no credential.

import { withoutSecrets } from "./storage.js";

// In the fragment, which browsers do not send to servers.
export function linkTo(address, { operation, variables }, secrets) {
  const clean = (text) => withoutSecrets(text, secrets);
  const fragment = new URLSearchParams({ operation: clean(operation), variables: clean(variables) });
  const link = new URL(address);
  link.search = "";
  link.hash = fragment.toString();
  return link.toString();
}

export function fromLink(hash) {
  const fragment = new URLSearchParams(hash.replace(/^#/, ""));
  const operation = fragment.get("operation");
  return operation === null ? null : { operation, variables: fragment.get("variables") ?? "" };
}
