// The panes beside the result: history and schema, one at a time.

import { byId } from "./dom.js";

export class Asides {
  // panes: {name: {focus: element, opened()}}; each has elements #name, #name-toggle and #name-close
  constructor(panes) {
    this.panes = panes;
    for (const name of Object.keys(panes)) {
      byId(`${name}-toggle`).addEventListener("click", () => this.toggle(name, byId(name).hidden));
      byId(`${name}-close`).addEventListener("click", () => this.toggle(name, false));
    }
  }

  toggle(name, open) {
    for (const each of Object.keys(this.panes)) {
      const shown = open && each === name;
      byId(each).hidden = !shown;
      byId(`${each}-toggle`).setAttribute("aria-expanded", String(shown));
    }
    document.body.classList.toggle("with-aside", open);
    if (open) this.panes[name].opened();
    (open ? this.panes[name].focus : byId(`${name}-toggle`)).focus();
  }
}
