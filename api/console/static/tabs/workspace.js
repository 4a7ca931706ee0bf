// The open tabs. Each has an operation, its variables and its extra headers, an undo history for each of these, and the
// results of its last run. The tabs are restored when the page is opened again.

import { withoutSecrets } from "./storage.js";

const KEY = "tabs";
const MOST_TABS = 20;
const FIELDS = ["operation", "variables", "headers"];
const SAVE_AFTER = 300; // ms without an edit

export class Workspace {
  // editors: {operation, variables, headers}; startRun(): a new tab's TabRun; secrets(): texts never kept for long;
  // onSelect(tab): after a tab was selected; onDraw(): after anything that the strip shows has changed
  constructor({ editors, areas, startRun, secrets, onSelect, onDraw }) {
    Object.assign(this, { editors, areas, startRun, secrets, onSelect, onDraw });
    this.tabs = [];
    this.current = null;
    this.timer = null;
    addEventListener("pagehide", () => this.save());
  }

  get full() {
    return this.tabs.length >= MOST_TABS;
  }

  // Opens the tabs of this browser tab's last visit, or else the tabs that any visit left last. Returns whether any.
  restore() {
    const { session, local } = this.areas;
    const saved = session.read(KEY) ?? local.read(KEY);
    const texts = Array.isArray(saved?.tabs) ? saved.tabs.slice(0, MOST_TABS) : [];
    this.tabs = texts.map((each) => this.tab(each));
    if (this.tabs.length) this.select(this.tabs[saved.active] ?? this.tabs[0]);
    return this.tabs.length > 0;
  }

  tab(texts) {
    const fields = FIELDS.map((field) => [field, typeof texts[field] === "string" ? texts[field] : ""]);
    return { ...Object.fromEntries(fields), states: null, run: this.startRun() };
  }

  // Where no more tabs fit, the texts replace those of the current tab, as an edit that can be undone.
  open(texts) {
    if (this.full) return this.replace(texts);
    const tab = this.tab(texts);
    this.tabs.push(tab);
    return this.select(tab);
  }

  // Selects the tab that has these texts already, or opens one with them.
  show(texts) {
    const same = (tab) => Object.entries(texts).every(([field, text]) => tab[field] === text);
    const found = this.tabs.find(same);
    return found ? this.select(found) : this.open(texts);
  }

  replace(texts) {
    for (const [field, text] of Object.entries(texts)) this.editors[field].replace(text);
  }

  select(tab) {
    if (this.current) this.current.states = this.mapped((editor) => editor.state);
    this.current = tab;
    for (const field of FIELDS) {
      const editor = this.editors[field];
      editor.state = tab.states?.[field] ?? editor.newState(tab[field]);
    }
    this.onSelect(tab);
    this.changed();
  }

  close(tab) {
    tab.run.close();
    const index = this.tabs.indexOf(tab);
    this.tabs.splice(index, 1);
    if (tab !== this.current) return this.changed();
    this.current = null;
    return this.tabs.length ? this.select(this.tabs[Math.max(0, index - 1)]) : this.open({});
  }

  edited(field, text) {
    this.current[field] = text;
    this.changed();
  }

  changed() {
    this.onDraw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER);
  }

  save() {
    clearTimeout(this.timer);
    const active = this.tabs.indexOf(this.current);
    const secrets = this.secrets();
    const clean = (text) => withoutSecrets(text, secrets);
    const texts = ({ operation, variables }) => ({ operation: clean(operation), variables: clean(variables) });
    const whole = ({ operation, variables, headers }) => ({ operation, variables, headers });
    this.areas.session.write(KEY, { active, tabs: this.tabs.map(whole) });
    this.areas.local.write(KEY, { active, tabs: this.tabs.map(texts) });
  }

  mapped(change) {
    return Object.fromEntries(FIELDS.map((field) => [field, change(this.editors[field])]));
  }
}
