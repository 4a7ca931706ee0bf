// The schema explorer: a list of types, one type at a time, and a search through both.

import { element } from "../dom.js";
import { members, written } from "./schema.js";

const KINDS = {
  OBJECT: "type",
  INTERFACE: "interface",
  UNION: "union",
  ENUM: "enum",
  INPUT_OBJECT: "input",
  SCALAR: "scalar",
};

export class Explorer {
  constructor({ view, search }) {
    Object.assign(this, { view, search });
    this.schema = null;
    this.path = []; // names of the types that were visited on the way to this one
    search.addEventListener("input", () => this.draw());
    search.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") this.view.querySelector("button")?.focus();
    });
  }

  tell(text) {
    this.schema = null;
    this.view.replaceChildren(element("p", { class: "hint" }, text));
  }

  show(schema) {
    this.schema = schema;
    this.path = this.path.filter((name) => schema.types.has(name));
    this.draw();
  }

  open(name, member = null) {
    this.search.value = "";
    if (this.path.at(-1) !== name) this.path.push(name);
    this.draw();
    const target = member ? this.view.querySelector(`[data-member="${CSS.escape(member)}"]`) : null;
    target?.classList.add("found");
    (target ?? this.view).focus();
    (target ?? this.view).scrollIntoView({ block: "nearest" });
    if (!target) this.view.scrollTop = 0;
  }

  back() {
    this.path.pop();
    this.draw();
    this.view.focus();
  }

  draw() {
    if (!this.schema) return;
    const sought = this.search.value.trim();
    const current = this.path.at(-1);
    if (sought) this.view.replaceChildren(this.hits(sought));
    else if (current) this.view.replaceChildren(...this.page(this.schema.types.get(current)));
    else this.view.replaceChildren(this.index());
  }

  hits(sought) {
    const found = this.schema.search(sought);
    if (!found.length) return element("p", { class: "hint" }, `No type or field has “${sought}” in its name or description.`);
    const item = ({ type, member, description }) =>
      element(
        "li",
        {},
        this.link(type.name, member, member ? `${type.name}.${member}` : type.name),
        description ? element("p", {}, brief(description)) : null,
      );
    return element("ul", { class: "types" }, ...found.map(item));
  }

  index() {
    const item = (type) =>
      element(
        "li",
        {},
        element("span", { class: "kind" }, KINDS[type.kind]),
        this.link(type.name),
        type.description ? element("p", {}, brief(type.description)) : null,
      );
    return element("ul", { class: "types" }, ...this.schema.listed().map(item));
  }

  page(type) {
    const from = this.path.at(-2);
    const parts = [
      element("button", { type: "button", class: "back", onclick: () => this.back() }, `← ${from ?? "All types"}`),
      element("h3", {}, element("span", { class: "kind" }, KINDS[type.kind]), type.name),
    ];
    if (type.description) parts.push(element("p", {}, type.description));
    if (type.specifiedByURL) parts.push(element("p", { class: "hint" }, `Specified by ${type.specifiedByURL}`));
    parts.push(this.references("Implements", type.interfaces), this.references("One of", type.possibleTypes));
    const list = members(type).map((member) => this.member(member));
    if (list.length) parts.push(element("ul", { class: "members" }, ...list));
    return parts.filter(Boolean);
  }

  references(title, types) {
    if (!types?.length) return null;
    const links = types.flatMap((type, index) => [index ? ", " : " ", this.link(type.name)]);
    return element("p", { class: "references" }, element("span", { class: "hint" }, title), ...links);
  }

  member(member) {
    const signature = element("div", { class: "signature" }, element("span", { class: "t-name" }, member.name));
    if (member.args?.length) signature.append("(", element("ul", {}, ...member.args.map((each) => this.input(each))), ")");
    if (member.type) signature.append(": ", ...this.reference(member.type));
    if (member.defaultValue) signature.append(" = ", element("span", { class: "t-literal" }, member.defaultValue));
    return element(
      "li",
      { "data-member": member.name, tabindex: "-1" },
      signature,
      member.description ? element("p", {}, member.description) : null,
      member.isDeprecated ? element("p", { class: "deprecated" }, `Deprecated: ${member.deprecationReason}`) : null,
    );
  }

  input(argument) {
    const parts = [element("span", { class: "t-variable" }, argument.name), ": ", ...this.reference(argument.type)];
    if (argument.defaultValue) parts.push(" = ", element("span", { class: "t-literal" }, argument.defaultValue));
    if (argument.description) parts.push(element("span", { class: "hint" }, ` ${argument.description}`));
    return element("li", {}, ...parts);
  }

  reference(type) {
    const [before, name, after] = written(type);
    return [before, this.link(name), after];
  }

  link(name, member = null, text = name) {
    return element("button", { type: "button", class: "link", onclick: () => this.open(name, member) }, text);
  }
}

function brief(text) {
  const [line] = text.split("\n");
  return line.length > 160 ? `${line.slice(0, 157)}…` : line;
}
