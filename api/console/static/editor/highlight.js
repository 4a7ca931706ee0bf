// JSON with colours, for results.

import { element } from "../dom.js";
import { highlightCode, jsonLanguage, tagHighlighter, tags } from "../vendor/codemirror-graphql.js";

const classes = tagHighlighter([
  { tag: tags.propertyName, class: "t-name" },
  { tag: tags.string, class: "t-string" },
  { tag: tags.number, class: "t-number" },
  { tag: [tags.bool, tags.null], class: "t-literal" },
]);

export function highlightedJSON(text) {
  const fragment = document.createDocumentFragment();
  const put = (code, style) => fragment.append(style ? element("span", { class: style }, code) : code);
  highlightCode(text, jsonLanguage.parser.parse(text), classes, put, () => fragment.append("\n"));
  return fragment;
}
