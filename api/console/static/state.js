// What outlives a reload: the texts and the credential, in this tab alone. A link carries the texts and no credential.

const KEYS = ["operation", "variables", "credential"];

export function remembered() {
  return Object.fromEntries(KEYS.map((key) => [key, sessionStorage.getItem(`baton.${key}`) ?? ""]));
}

export function remember(key, value) {
  if (value) sessionStorage.setItem(`baton.${key}`, value);
  else sessionStorage.removeItem(`baton.${key}`);
}

// In the fragment, which browsers do not send to servers.
export function linkTo(address, { operation, variables, credential }) {
  const bare = credential.trim().replace(/^bearer\s+/i, "");
  const clean = (text) => (bare ? text.replaceAll(bare, "…") : text);
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
