// The result pane: one response, or the frames of a subscription as they arrive, with the last one open.

import { element } from "../dom.js";
import { highlightedJSON } from "../editor/highlight.js";

const MOST_FRAMES = 500; // the oldest are dropped
const COLOURED_UP_TO = 300_000; // characters
const PREVIEW = 160; // characters

export class Results {
  constructor({ pane, problems, onChange }) {
    Object.assign(this, { pane, problems, onChange });
    this.clear();
  }

  get empty() {
    return !this.pane.hasChildNodes();
  }

  clear() {
    this.pane.replaceChildren();
    this.problems.replaceChildren();
    this.list = null;
    this.frames = [];
    this.text = "";
    this.count = 0;
    this.onChange();
  }

  show(payload) {
    this.text = JSON.stringify(payload, null, 2);
    this.pane.replaceChildren(code(this.text));
    this.complain([...(payload.errors ?? []), ...refusals(payload.data)]);
    this.onChange();
  }

  stream() {
    this.clear();
    this.list = element("ol", { class: "frames", role: "log", "aria-live": "off", "aria-label": "FrameCache" });
    this.pane.append(this.list);
  }

  frame(payload) {
    this.count += 1;
    const details = element("details", {}, this.summary(payload));
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(code(JSON.stringify(payload, null, 2)));
    });
    this.last?.removeAttribute("open");
    details.open = true;
    details.append(code(JSON.stringify(payload, null, 2)));
    this.last = details;
    details.firstChild.addEventListener("click", () => {
      if (this.last === details) this.last = null; // opened or closed by the user: stays so
    });
    this.add(element("li", {}, details));
    this.frames.push(payload);
    if (this.frames.length > MOST_FRAMES) this.frames.shift();
    if (payload.errors) this.complain(payload.errors);
    this.onChange();
  }

  summary(payload) {
    const [field, value] = Object.entries(payload.data ?? {})[0] ?? ["errors", null];
    const { __typename: type, ...rest } = value ?? payload.errors ?? {};
    return element(
      "summary",
      {},
      element("span", { class: "number" }, String(this.count)),
      element("time", {}, clock(new Date())),
      element("strong", {}, type ?? field),
      element("span", { class: "preview" }, JSON.stringify(rest).slice(0, PREVIEW)),
    );
  }

  note(text) {
    this.add(element("li", { class: "note" }, `${clock(new Date())} ${text}`));
  }

  add(item) {
    const { pane } = this;
    const atEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 40;
    this.list.append(item);
    if (this.list.children.length > MOST_FRAMES) this.list.firstChild.remove();
    if (atEnd) pane.scrollTop = pane.scrollHeight;
  }

  complain(errors) {
    const items = (Array.isArray(errors) ? errors : []).map((error) => {
      const code = error.extensions?.code ?? error.code;
      const place = error.path?.join(".") ?? error.locations?.map((at) => `line ${at.line}`).join(", ");
      return element(
        "li",
        {},
        code ? element("code", {}, code) : null,
        ` ${error.message ?? JSON.stringify(error)}`,
        place ? element("span", { class: "place" }, ` at ${place}`) : null,
      );
    });
    this.problems.replaceChildren(...(items.length ? [element("ul", {}, ...items)] : []));
  }

  fail(text) {
    this.complain([{ message: text }]);
  }

  copied() {
    return this.list ? JSON.stringify(this.frames, null, 2) : this.text;
  }
}

// The `errors` of a mutation's payload.
function refusals(data) {
  return Object.values(data ?? {}).flatMap((value) => (Array.isArray(value?.errors) ? value.errors : []));
}

function clock(moment) {
  return moment.toTimeString().slice(0, 8) + `.${String(moment.getMilliseconds()).padStart(3, "0")}`;
}

function code(text) {
  return element("pre", {}, text.length > COLOURED_UP_TO ? text : highlightedJSON(text));
}
