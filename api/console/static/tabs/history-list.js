// The history as a list to choose from.

import { element } from "../dom.js";

export class HistoryList {
  // onOpen(entry): when an entry is chosen
  constructor({ view, history, onOpen }) {
    Object.assign(this, { view, history, onOpen });
  }

  draw() {
    const entries = this.history.entries();
    if (!entries.length) {
      this.view.replaceChildren(element("p", { class: "hint" }, "Operations that you run appear here."));
      return;
    }
    this.view.replaceChildren(element("ul", { class: "types" }, ...entries.map((entry) => this.item(entry))));
  }

  item(entry) {
    const title = entry.name ?? `${entry.operation.trim().split("\n")[0].slice(0, 60)}…`;
    const remove = () => {
      this.history.remove(entry);
      this.draw();
      this.view.focus();
    };
    return element(
      "li",
      { class: "entry" },
      element("span", { class: "kind" }, entry.kind),
      element("button", { type: "button", class: "link", onclick: () => this.onOpen(entry) }, title),
      element("button", { type: "button", class: "small", "aria-label": `Remove ${title}`, onclick: remove }, "×"),
      element("p", {}, new Date(entry.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" })),
      entry.variables.trim() ? element("p", { class: "preview" }, entry.variables.replaceAll(/\s+/g, " ")) : null,
    );
  }
}
