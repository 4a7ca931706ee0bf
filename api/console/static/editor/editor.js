// One CodeMirror editor with an undo history of its own for each state that it shows.

import {
  EditorState,
  EditorView,
  bracketMatching,
  closeBrackets,
  closeBracketsKeymap,
  defaultKeymap,
  history,
  historyKeymap,
  indentOnInput,
  indentWithTab,
  isolateHistory,
  keymap,
  lintKeymap,
} from "../vendor/codemirror-graphql.js";
import { APPEARANCE } from "./theme.js";

// CodeMirror inserts a <style> element, which the page's policy allows with this nonce only (page.py).
const STYLE_NONCE = document.querySelector("link[nonce]").nonce;

export class Editor {
  // label: the accessible name; language: extensions; onChange(text): after each edit
  constructor(host, { label, language, onChange }) {
    this.extensions = [
      EditorView.cspNonce.of(STYLE_NONCE),
      history(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label, autocapitalize: "off", spellcheck: "false" }),
      EditorView.updateListener.of(({ docChanged }) => docChanged && onChange(this.text)),
      language,
      keymap.of([...closeBracketsKeymap, ...historyKeymap, ...lintKeymap, indentWithTab, ...defaultKeymap]),
      APPEARANCE,
    ];
    this.view = new EditorView({ parent: host, state: this.newState("") });
  }

  newState(text) {
    return EditorState.create({ doc: text, extensions: this.extensions });
  }

  // The text together with its selection and undo history.
  get state() {
    return this.view.state;
  }

  set state(state) {
    this.view.setState(state);
  }

  get text() {
    return this.view.state.doc.toString();
  }

  get cursor() {
    return this.view.state.selection.main.head;
  }

  get focused() {
    return this.view.hasFocus;
  }

  focus() {
    this.view.focus();
  }

  // Replaces the whole text as one edit, which can be undone.
  replace(text, cursor = 0) {
    if (text === this.text) return;
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text },
      selection: { anchor: cursor },
      annotations: isolateHistory.of("full"), // undone on its own, without the typing before or after
      scrollIntoView: true,
    });
  }
}
