// A textarea that writes code: colours behind it, indentation, pairs of brackets, and a way out for the keyboard.

import { coloured } from "./dom.js";

const STEP = "  ";
const PAIRS = { "{": "}", "(": ")", "[": "]" };
const CLOSERS = new Set(Object.values(PAIRS));
const COLOURED_UP_TO = 60_000; // characters: beyond, typing matters more than colours

export class Editor {
  // colours: text to [[kind, text], …]; comment: what a commented line starts with, or null
  constructor(box, { colours, comment = null, onChange }) {
    this.area = box.querySelector("textarea");
    this.backdrop = box.querySelector("pre");
    this.colours = colours;
    this.comment = comment;
    this.onChange = onChange;
    this.leaving = false;
    this.area.addEventListener("input", () => this.changed());
    this.area.addEventListener("keydown", (event) => this.key(event));
    this.area.addEventListener("blur", () => (this.leaving = false));
    this.area.addEventListener("scroll", () => this.follow());
    this.changed();
  }

  get text() {
    return this.area.value;
  }

  // As an edit, so that it can be undone.
  set text(value) {
    if (value === this.area.value) return;
    this.area.focus();
    this.area.select();
    this.insert(value);
    this.area.setSelectionRange(0, 0);
    this.area.scrollTop = 0;
  }

  changed() {
    const { value } = this.area;
    const parts = value.length > COLOURED_UP_TO ? [[null, value]] : this.colours(value);
    this.backdrop.replaceChildren(coloured(parts), "\n");
    this.follow();
    this.onChange?.(value);
  }

  follow() {
    this.backdrop.scrollTop = this.area.scrollTop;
    this.backdrop.scrollLeft = this.area.scrollLeft;
  }

  insert(text) {
    // The only way that keeps the textarea's own undo; where it is gone, the text matters more.
    const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    if (!done) {
      this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
      this.changed();
    }
  }

  key(event) {
    if (event.key === "Escape") this.leaving = true;
    else if (event.key === "Tab") this.tab(event);
    else if (event.key !== "Shift") this.leaving = false;
    if (event.isComposing || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "/" && this.comment) this.handled(event, () => this.toggle());
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" && !event.shiftKey) this.handled(event, () => this.newline());
    else if (event.key === "Backspace") this.backspace(event);
    else if (event.key in PAIRS) this.pair(event);
    else if (CLOSERS.has(event.key)) this.closer(event);
  }

  handled(event, act) {
    event.preventDefault();
    act();
  }

  around() {
    const { selectionStart: start, selectionEnd: end, value } = this.area;
    return { start, end, value, before: value[start - 1] ?? "", after: value[end] ?? "" };
  }

  tab(event) {
    if (this.leaving || event.ctrlKey || event.metaKey || event.altKey) return;
    const { start, end, value } = this.around();
    const many = value.slice(start, end).includes("\n");
    this.handled(event, () => {
      if (event.shiftKey) this.lines((line) => line.replace(/^ {1,2}|^\t/, ""));
      else if (many) this.lines((line) => (line ? STEP + line : line));
      else this.insert(STEP);
    });
  }

  toggle() {
    const mark = this.comment;
    const { start, end, value } = this.around();
    const touched = value.slice(value.lastIndexOf("\n", start - 1) + 1, end).split("\n");
    const off = touched.every((line) => !line.trim() || line.trimStart().startsWith(mark));
    this.lines((line) => {
      if (!line.trim()) return line;
      return off ? line.replace(new RegExp(`^(\\s*)${mark} ?`), "$1") : line.replace(/^(\s*)/, `$1${mark} `);
    });
  }

  lines(change) {
    const { start, end, value } = this.around();
    const from = value.lastIndexOf("\n", start - 1) + 1;
    const next = value.indexOf("\n", end);
    const to = next < 0 ? value.length : next;
    const old = value.slice(from, to);
    const changed = old.split("\n").map(change).join("\n");
    if (changed === old) return;
    this.area.setSelectionRange(from, to);
    this.insert(changed);
    if (start === end) {
      const place = Math.max(from, start + changed.length - old.length);
      this.area.setSelectionRange(place, place);
    } else this.area.setSelectionRange(from, from + changed.length);
  }

  newline() {
    const { start, value, before, after } = this.around();
    const indent = /^[ \t]*/.exec(value.slice(value.lastIndexOf("\n", start - 1) + 1, start))[0];
    if (!(before in PAIRS)) return this.insert(`\n${indent}`);
    if (after !== PAIRS[before]) return this.insert(`\n${indent}${STEP}`);
    this.insert(`\n${indent}${STEP}\n${indent}`);
    const place = start + 1 + indent.length + STEP.length;
    return this.area.setSelectionRange(place, place);
  }

  backspace(event) {
    const { start, end, before, after } = this.around();
    if (start !== end || !(before in PAIRS) || after !== PAIRS[before]) return;
    this.handled(event, () => {
      this.area.setSelectionRange(start - 1, start + 1);
      this.insert("");
    });
  }

  pair(event) {
    const { start, end, value, after } = this.around();
    if (start === end && after && !/[\s)\]}]/.test(after)) return;
    this.handled(event, () => {
      this.insert(event.key + value.slice(start, end) + PAIRS[event.key]);
      this.area.setSelectionRange(start + 1, end + 1);
    });
  }

  closer(event) {
    const { start, end, after } = this.around();
    if (start !== end || after !== event.key) return;
    this.handled(event, () => this.area.setSelectionRange(start + 1, start + 1));
  }
}
