// Lays an executable document out anew. It only moves white space and commas: were the tokens of the outcome not those
// of the text, the text would be left alone.

import { significant } from "./language.js";

const WIDTH = 80;
const STEP = "  ";

export function prettify(text) {
  const source = significant(text);
  const out = new Layout(text, source).run();
  const same = (a, b) => a.length === b.length && a.every((token, index) => token.text === b[index].text);
  if (!same(source, significant(out))) throw new Error("The operation cannot be laid out: is it complete?");
  return out;
}

class Layout {
  constructor(text, source) {
    this.text = text;
    this.source = source;
    this.at = 0;
    this.depth = 0;
    this.lines = [];
    this.line = "";
  }

  run() {
    let before = "";
    while (this.at < this.source.length) {
      const token = this.source[this.at];
      this.place(token, before);
      before = token.kind === "comment" ? "" : this.source[this.at].text;
      this.at += 1;
    }
    this.flush();
    return `${this.lines.join("\n").trim()}\n`;
  }

  place(token, before) {
    if (token.kind === "comment") this.ownLine(token.text);
    else if (token.text === "{") this.open();
    else if (token.text === "}") this.close();
    else if (token.text === "(") this.line += this.group();
    else if (token.text === ":") this.line += ": ";
    else if (token.text === "@") this.line += " @";
    else if (token.kind === "block" || token.kind === "string") this.ownLine(token.text);
    else if (this.goesOn(token, before)) this.line += (this.line.endsWith(" ") || this.tight(before, token) ? "" : " ") + token.text;
    else {
      this.flush();
      this.line = token.text;
    }
  }

  // Outside of parentheses a name starts a line, unless what stands before it asks for it.
  goesOn(token, before) {
    if (before === ":" || before === "@" || before === "...") return true;
    if (this.depth === 0) return before !== "" && before !== "}";
    return before === "on" && /^\.\.\. on$/.test(this.line);
  }

  tight(before, token) {
    return before === "@" || (before === "..." && token.text !== "on");
  }

  open() {
    this.line += this.line ? " {" : "{";
    this.flush();
    this.depth += 1;
  }

  close() {
    this.flush();
    this.depth -= 1;
    this.line = "}";
    this.flush();
    if (this.depth === 0) this.lines.push("");
  }

  ownLine(text) {
    this.flush();
    this.line = text;
    this.flush();
  }

  flush() {
    if (this.line) this.lines.push(STEP.repeat(Math.max(0, this.depth)) + this.line);
    this.line = "";
  }

  // The arguments or variables between the parentheses at hand; on lines of their own where one line has no room.
  group() {
    const start = this.at;
    for (let level = 0; this.at < this.source.length; this.at += 1) {
      if (this.source[this.at].text === "(") level += 1;
      if (this.source[this.at].text === ")") level -= 1;
      if (level === 0) break;
    }
    if (this.at === this.source.length) throw new Error("A parenthesis is not closed.");
    const inner = this.source.slice(start + 1, this.at);
    if (inner.some((token) => token.kind === "comment")) {
      return this.text.slice(this.source[start].start, this.source[this.at].end);
    }
    const items = new Values(inner).items("");
    const oneLine = `(${items.join(", ")})`;
    if (STEP.length * this.depth + this.line.length + oneLine.length <= WIDTH) return oneLine;
    const indent = STEP.repeat(this.depth + 1);
    return `(\n${items.map((item) => indent + item).join("\n")}\n${STEP.repeat(this.depth)})`;
  }
}

class Values {
  constructor(source) {
    this.source = source;
    this.at = 0;
  }

  peek() {
    return this.source[this.at]?.text ?? "";
  }

  next() {
    if (this.at >= this.source.length) throw new Error("The operation is not complete.");
    return this.source[this.at++].text;
  }

  items(closing) {
    const found = [];
    while (this.peek() !== closing) found.push(this.item());
    if (closing) this.next();
    return found;
  }

  item() {
    let text = this.value();
    if (this.peek() === ":") text += `${this.next()} ${this.value()}`;
    if (this.peek() === "=") text += ` ${this.next()} ${this.value()}`;
    while (this.peek() === "@") text += ` ${this.next()}${this.next()}${this.peek() === "(" ? this.value() : ""}`;
    return text;
  }

  value() {
    let text = this.next();
    if (text === "$") text += this.next();
    else if (text === "[") text = `[${this.items("]").join(", ")}]`;
    else if (text === "(") text = `(${this.items(")").join(", ")})`;
    else if (text === "{") {
      const inside = this.items("}");
      text = inside.length ? `{ ${inside.join(", ")} }` : "{}";
    }
    while (this.peek() === "!") text += this.next();
    return text;
  }
}
