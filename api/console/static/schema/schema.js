// The schema from introspection: the query for it, an index, and a search. It knows nothing of the page.

const TYPE_REF = `fragment TypeRef on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
}`;

export const INTROSPECTION = `query Introspection {
  __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    types {
      kind name description specifiedByURL isOneOf
      fields(includeDeprecated: true) {
        name description isDeprecated deprecationReason
        args(includeDeprecated: true) { ...Input }
        type { ...TypeRef }
      }
      inputFields(includeDeprecated: true) { ...Input }
      interfaces { ...TypeRef }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { ...TypeRef }
    }
    directives {
      name description isRepeatable locations
      args(includeDeprecated: true) { ...Input }
    }
  }
}
fragment Input on __InputValue {
  name description defaultValue isDeprecated deprecationReason
  type { ...TypeRef }
}
${TYPE_REF}`;

const BUILT_IN = new Set(["String", "Int", "Float", "Boolean", "ID"]);
const MOST_HITS = 100;

export class Schema {
  constructor(introspection) {
    const { types, queryType, mutationType, subscriptionType } = introspection.__schema;
    this.types = new Map(types.map((type) => [type.name, type]));
    this.roots = [queryType, mutationType, subscriptionType].filter(Boolean).map((root) => root.name);
  }

  // Roots first, then the rest by name, without introspection types and built-in scalars.
  listed() {
    const names = [...this.types.keys()].filter((name) => !name.startsWith("__") && !BUILT_IN.has(name));
    const rest = names.filter((name) => !this.roots.includes(name)).sort();
    return [...this.roots, ...rest].map((name) => this.types.get(name));
  }

  // [{type, member: string | null, description}, …], best first.
  search(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const hits = [];
    for (const type of this.listed()) {
      this.consider(hits, words, { type, member: null, description: type.description });
      for (const member of members(type)) {
        this.consider(hits, words, { type, member: member.name, description: member.description });
      }
    }
    hits.sort((a, b) => a.rank - b.rank);
    return hits.slice(0, MOST_HITS);
  }

  consider(hits, words, hit) {
    const name = (hit.member ?? hit.type.name).toLowerCase();
    const all = `${hit.type.name} ${name} ${hit.description ?? ""}`.toLowerCase();
    if (!words.every((word) => all.includes(word))) return;
    const [first] = words;
    const rank = name === first ? 0 : name.startsWith(first) ? 1 : name.includes(first) ? 2 : 3;
    hits.push({ ...hit, rank: rank * 2 + (hit.member ? 1 : 0) });
  }
}

export const members = (type) => type.fields ?? type.inputFields ?? type.enumValues ?? [];

export function named(reference) {
  let inner = reference;
  while (inner.ofType) inner = inner.ofType;
  return inner.name;
}

// [before, name, after], e.g. ["[", "Message", "!]!"]
export function written(reference) {
  if (reference.kind === "NON_NULL") {
    const [before, name, after] = written(reference.ofType);
    return [before, name, `${after}!`];
  }
  if (reference.kind === "LIST") {
    const [before, name, after] = written(reference.ofType);
    return [`[${before}`, name, `${after}]`];
  }
  return ["", reference.name, ""];
}
