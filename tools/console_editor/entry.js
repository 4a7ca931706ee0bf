// The libraries of the API page's editor. This file alone decides what the bundle exports.

export { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
export { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from "@codemirror/commands";
export { json, jsonLanguage, jsonParseLinter } from "@codemirror/lang-json";
export { HighlightStyle, bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
export { lintKeymap, linter } from "@codemirror/lint";
export { EditorState, Prec } from "@codemirror/state";
export { EditorView, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
export { highlightCode, tagHighlighter, tags } from "@lezer/highlight";
export { getSchema, graphql, graphqlLanguage, offsetToPos, showInDocsCommand, updateSchema } from "cm6-graphql";
export { Lexer, Source, TokenKind, buildClientSchema, parse, print } from "graphql";
export { getHoverInformation } from "graphql-language-service";
