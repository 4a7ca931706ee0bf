// The editor's look. Its colours are custom properties of the page (style.css), which follow the light or dark scheme.

import { EditorView, HighlightStyle, syntaxHighlighting, tags } from "../vendor/codemirror-graphql.js";

const underline = (colour) => ({
  backgroundImage: "none",
  textDecoration: `underline wavy var(${colour})`,
  textUnderlineOffset: "3px",
});
const tinted = (percent) => `color-mix(in srgb, var(--accent) ${percent}%, transparent)`;

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent", fontSize: "var(--editor-size)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { padding: "10px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 12px" },
  ".cm-gutters": { border: "none", backgroundColor: "transparent", color: "var(--soft)" },
  ".cm-gutters + .cm-content .cm-line": { paddingLeft: "6px" },
  ".cm-content ::selection, .cm-line::selection": { backgroundColor: tinted(30) },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: tinted(25) },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--danger-ground)" },
  ".cm-lintRange-error": underline("--danger"),
  ".cm-lintRange-warning": underline("--c-number"),
  ".cm-lintRange-active": { backgroundColor: "var(--danger-ground)" },
  ".cm-tooltip": {
    maxWidth: "min(460px, 92vw)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    backgroundColor: "var(--pane)",
    color: "var(--ink)",
    boxShadow: "0 4px 14px rgb(0 0 0 / 0.25)",
  },
  ".cm-tooltip.cm-completionInfo": { padding: "6px 10px", width: "max-content", maxWidth: "min(380px, 92vw)" },
  // Where there is no room beside the list, below it rather than over its options.
  ".cm-completionInfo.cm-completionInfo-right-narrow[style^=top]": { top: "100% !important", left: "0" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "13.5px", maxHeight: "14em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "4px 10px", lineHeight: "1.4" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { opacity: "0.8", fontStyle: "normal" },
  ".cm-diagnostic": {
    padding: "6px 10px",
    borderLeft: "4px solid var(--danger)",
    font: "14px/1.45 system-ui, sans-serif",
  },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--c-number)" },
  ".cm-panels": { backgroundColor: "var(--pane)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panel.cm-panel-lint ul [aria-selected], .cm-panel.cm-panel-lint ul:focus [aria-selected]": {
    backgroundColor: "var(--mark)",
    color: "var(--ink)",
  },
  ".cm-panel.cm-panel-lint button[name=close]": { color: "var(--ink)" },
  ".documentation": { padding: "6px 10px", font: "14px/1.45 system-ui, sans-serif", whiteSpace: "pre-wrap" },
  ".cm-completionInfo .documentation": { padding: "0" },
  ".documentation code": { display: "block", fontFamily: "var(--mono)", fontSize: "13px", color: "var(--c-name)" },
  ".documentation p": { margin: "4px 0 0" },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.definitionKeyword, tags.modifier], color: "var(--c-keyword)" },
  { tag: [tags.propertyName, tags.attributeName], color: "var(--c-name)" },
  { tag: tags.variableName, color: "var(--c-variable)" },
  { tag: tags.string, color: "var(--c-string)" },
  { tag: tags.number, color: "var(--c-number)" },
  { tag: [tags.bool, tags.null, tags.special(tags.name)], color: "var(--c-literal)" },
  { tag: tags.comment, color: "var(--c-comment)" },
]);

export const APPEARANCE = [theme, syntaxHighlighting(colours)];
