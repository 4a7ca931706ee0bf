// The row of tabs above the editor. Left and right arrows move along it, Delete closes a tab.
//
// A tab list may own nothing but tabs, and each tab has a button beside it that closes it. The list is therefore an element of
// its own, which owns the tabs by their IDs.

import { element } from "../dom.js";
import { operations } from "../editor/operations.js";

export class TabStrip {
  // onSelect(tab), onClose(tab)
  constructor({ view, list, panel, onSelect, onClose }) {
    Object.assign(this, { view, list, panel, onSelect, onClose });
    this.drawn = "";
    view.addEventListener("keydown", (event) => this.key(event));
  }

  // Draws only what changed, since it is called for each edit.
  draw(tabs, current) {
    Object.assign(this, { tabs, current });
    const titles = tabs.map(titleOf);
    const look = JSON.stringify(tabs.map((tab, index) => [titles[index], tab === current, tab.run.live]));
    if (look === this.drawn) return;
    this.drawn = look;
    const focused = this.view.contains(document.activeElement);
    this.view.replaceChildren(...tabs.map((tab, index) => this.item(tab, titles[index], idOf(index))));
    this.list.setAttribute("aria-owns", tabs.map((_, index) => idOf(index)).join(" "));
    const selected = this.view.querySelector('[aria-selected="true"]');
    selected.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (focused) selected.focus();
  }

  item(tab, title, id) {
    const selected = tab === this.current;
    const attributes = {
      id,
      type: "button",
      role: "tab",
      "aria-selected": String(selected),
      "aria-controls": this.panel,
      "aria-keyshortcuts": "Delete",
      tabindex: selected ? "0" : "-1",
      onclick: () => this.onSelect(tab),
    };
    const live = tab.run.live ? element("span", { class: "live", title: "This subscription is live." }, "●") : null;
    return element(
      "span",
      { class: "tab" },
      element("button", attributes, live, title),
      element("button", { type: "button", class: "small", "aria-label": `Close ${title}`, onclick: () => this.onClose(tab) }, "×"),
    );
  }

  key(event) {
    if (event.target.role !== "tab") return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const { tabs, current } = this;
    if (step) this.onSelect(tabs.at((tabs.indexOf(current) + step) % tabs.length));
    else if (event.key === "Delete") this.onClose(current);
    else return;
    event.preventDefault();
  }
}

function idOf(index) {
  return `tab-${index}`;
}

function titleOf(tab) {
  const [first] = operations(tab.operation);
  if (first?.name) return first.name;
  return /[{(]\s*([_A-Za-z]\w*)/.exec(tab.operation)?.[1] ?? "New";
}
