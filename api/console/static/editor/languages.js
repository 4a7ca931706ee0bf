// The two languages of the page's editors: GraphQL, which the schema informs, and JSON.

import { element } from "../dom.js";
import {
  Prec,
  acceptCompletion,
  autocompletion,
  completionKeymap,
  getHoverInformation,
  getSchema,
  graphql,
  hoverTooltip,
  json,
  jsonParseLinter,
  keymap,
  lineNumbers,
  linter,
  offsetToPos,
  showInDocsCommand,
} from "../vendor/codemirror-graphql.js";

// onShowInDocs(field, type, parentType): for the place under the cursor, on Ctrl or ⌘ with I or a click
export function graphqlLanguage({ onShowInDocs }) {
  return [
    lineNumbers(),
    graphql(undefined, { onShowInDocs, onCompletionInfoRender: completionInfo }),
    linter(null, { markerFilter: (found, { doc }) => (isBlank(doc.toString()) ? [] : found) }),
    autocompletion({ icons: false }),
    hoverTooltip(typeUnderPointer),
    Prec.high(keymap.of([...completionKeymap, { key: "Tab", run: acceptCompletion }])),
    Prec.high(keymap.of([{ key: "Mod-i", run: showInDocsCommand, preventDefault: true }])),
  ];
}

export function jsonLanguage() {
  const parse = jsonParseLinter();
  return [json(), linter((view) => (view.state.doc.toString().trim() ? parse(view) : []))];
}

// A document with nothing but comments is a syntax error, and no mistake of its author.
const isBlank = (text) => text.replaceAll(/#.*|[\s,]/g, "") === "";

function completionInfo({ type, documentation, isDeprecated, deprecationReason }) {
  if (!type && !documentation && !isDeprecated) return null;
  const deprecation = isDeprecated ? `Deprecated: ${deprecationReason ?? ""}` : null;
  return documented(type ? String(type) : null, [documentation, deprecation]);
}

function typeUnderPointer(view, position) {
  const schema = getSchema(view.state);
  const word = view.state.wordAt(position);
  if (!schema || !word) return null;
  const text = getHoverInformation(schema, view.state.doc.toString(), offsetToPos(view.state.doc, word.from + 1));
  if (!text) return null;
  const [signature, ...paragraphs] = text.split("\n\n");
  return { pos: word.from, end: word.to, above: true, create: () => ({ dom: documented(signature, paragraphs) }) };
}

function documented(signature, paragraphs) {
  return element(
    "div",
    { class: "documentation" },
    signature ? element("code", {}, signature) : null,
    ...paragraphs.filter(Boolean).map((text) => element("p", {}, text)),
  );
}
