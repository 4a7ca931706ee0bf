// GraphQL's tokens, the operations of a document, and the colours of GraphQL and JSON. Nothing here fails: what is no
// GraphQL (yet) becomes a token of kind "unknown".

const TOKEN = new RegExp(
  [
    /(?<space>[\s,\uFEFF]+)/,
    /(?<comment>#[^\n\r]*)/,
    /(?<block>"""(?:\\"""|[^])*?""")/,
    /(?<string>"(?:\\.|[^"\\\n\r])*")/,
    /(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/,
    /(?<name>[_A-Za-z][_0-9A-Za-z]*)/,
    /(?<mark>\.\.\.|[!$&()*:=@[\]{|}])/,
    /(?<unknown>[^])/,
  ]
    .map((part) => part.source)
    .join("|"),
  "gu",
);

const KEYWORDS = new Set(["query", "mutation", "subscription", "fragment", "on"]);
const LITERALS = new Set(["true", "false", "null"]);
const OPENING = new Set(["{", "(", "["]);
const CLOSING = new Set(["}", ")", "]"]);

export function tokens(text) {
  const found = [];
  for (const match of text.matchAll(TOKEN)) {
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    found.push({ kind, text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return found;
}

export const significant = (text) => tokens(text).filter((token) => token.kind !== "space");

// [{kind: "query" | "mutation" | "subscription", name: string | null, start, end}, …]
export function operations(text) {
  const found = [];
  let depth = 0;
  let current = null;
  for (const token of significant(text)) {
    if (token.kind === "comment") continue;
    if (depth === 0 && current === null) current = begin(token);
    else if (depth === 0 && token.kind === "name" && current.name === null && !current.named) current.name = token.text;
    if (depth === 0 && current && token.text !== current.keyword) current.named = true;
    if (OPENING.has(token.text)) depth += 1;
    if (CLOSING.has(token.text)) depth = Math.max(0, depth - 1);
    if (depth === 0 && token.text === "}" && current) {
      found.push({ ...current, end: token.end });
      current = null;
    }
  }
  if (current) found.push({ ...current, end: text.length });
  return found
    .filter((each) => each.kind !== "fragment")
    .map(({ kind, name, start, end }) => ({ kind, name, start, end }));
}

function begin(token) {
  const keyword = token.kind === "name" ? token.text : null;
  const known = keyword === "mutation" || keyword === "subscription" || keyword === "fragment";
  return { kind: known ? keyword : "query", keyword, name: null, named: keyword === null, start: token.start };
}

export function colouredGraphQL(text) {
  const parts = [];
  let before = "";
  for (const token of tokens(text)) {
    parts.push([colourOf(token, before), token.text]);
    if (token.kind !== "space" && token.kind !== "comment") before = token.text;
  }
  return parts;
}

function colourOf(token, before) {
  if (token.kind === "name") {
    if (before === "$") return "variable";
    if (before === "@") return "directive";
    if (LITERALS.has(token.text)) return "literal";
    return KEYWORDS.has(token.text) ? "keyword" : "name";
  }
  if (token.text === "$") return "variable";
  if (token.text === "@") return "directive";
  if (token.kind === "block") return "string";
  return token.kind === "space" ? null : token.kind;
}

const JSON_TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

export function colouredJSON(text) {
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(JSON_TOKEN)) {
    if (match.index > last) parts.push([null, text.slice(last, match.index)]);
    const [whole, string, colon, number] = match;
    if (string && colon) parts.push(["name", string], [null, colon]);
    else parts.push([string ? "string" : number ? "number" : "literal", whole]);
    last = match.index + whole.length;
  }
  parts.push([null, text.slice(last)]);
  return parts;
}
