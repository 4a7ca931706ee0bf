// Puts the page together: it makes the parts, which do not know each other, and connects them.

import { Asides } from "./asides.js";
import { byId, element } from "./dom.js";
import { Editor } from "./editor/editor.js";
import { format, samePlace } from "./editor/format.js";
import { graphqlLanguage, jsonLanguage } from "./editor/languages.js";
import { operations } from "./editor/operations.js";
import { EXAMPLES, conversationIn, variablesOf } from "./examples.js";
import { requestHeaders } from "./run/headers.js";
import { TabRun } from "./run/tab-run.js";
import { Explorer } from "./schema/explorer.js";
import { SchemaLoader } from "./schema/schema-loader.js";
import { HistoryList } from "./tabs/history-list.js";
import { History } from "./tabs/history.js";
import { fromLink, linkTo } from "./tabs/link.js";
import { requestOf } from "./tabs/request.js";
import { local, session } from "./tabs/storage.js";
import { TabStrip } from "./tabs/tab-strip.js";
import { Workspace } from "./tabs/workspace.js";
import { updateSchema } from "./vendor/codemirror-graphql.js";

const HINTS = { variables: "JSON", headers: "JSON; sent with each request, kept in this browser tab only" };
const SHORTEST_SECRET = 8; // characters; shorter header values are common words

const endpoint = new URL(location.pathname, location.origin).toString();
const credential = byId("credential");
const chosen = byId("operation-name");
let seen = null; // the last conversation in a result

// ---------------------------------------------------------------- editors and tabs

const editors = {
  operation: new Editor(byId("operation"), {
    label: "Operation",
    language: graphqlLanguage({ onShowInDocs: showInSchema }),
    onChange: (text) => {
      workspace.edited("operation", text);
      offerOperations();
    },
  }),
  variables: new Editor(byId("variables"), {
    label: "Variables, as JSON",
    language: jsonLanguage(),
    onChange: (text) => workspace.edited("variables", text),
  }),
  headers: new Editor(byId("headers"), {
    label: "Extra headers, as JSON",
    language: jsonLanguage(),
    onChange: (text) => workspace.edited("headers", text),
  }),
};

const strip = new TabStrip({
  view: byId("tabs"),
  list: byId("tab-list"),
  panel: "write",
  onSelect: (tab) => workspace.select(tab),
  onClose: (tab) => workspace.close(tab),
});

const workspace = new Workspace({
  editors,
  areas: { session, local },
  startRun,
  secrets: () => workspace.tabs.flatMap(secretsOf),
  onSelect: (tab) => {
    updateSchema(editors.operation.view, schema.clientSchema);
    for (const each of workspace.tabs) each.run.view.hidden = each !== tab;
    offerOperations();
    showRun();
  },
  onDraw: () => {
    strip.draw(workspace.tabs, workspace.current);
    byId("tab-new").disabled = workspace.full;
  },
});

function secretsOf(tab) {
  try {
    const values = Object.values(requestHeaders(tab.headers));
    return [credential.value, ...values.filter((value) => value.length >= SHORTEST_SECRET)];
  } catch {
    return [credential.value];
  }
}

function showPart(name) {
  for (const each of ["variables", "headers"]) {
    byId(each).hidden = each !== name;
    byId(`${each}-tab`).setAttribute("aria-selected", String(each === name));
  }
  byId("part-hint").textContent = HINTS[name];
}

// ---------------------------------------------------------------- running

function startRun() {
  const view = byId("run-view").content.firstElementChild.cloneNode(true);
  byId("runs").append(view);
  return new TabRun({
    url: endpoint,
    credential: () => credential.value,
    view,
    onPayload: (data) => (seen = conversationIn(data) ?? seen),
    onToken: setCredential,
    onChange: () => workspace.current && (showRun(), workspace.onDraw()),
  });
}

function showRun() {
  const { run } = workspace.current;
  byId("status").textContent = run.status;
  byId("stop").disabled = !run.running;
  byId("run").textContent = run.running ? "Run again" : "Run";
  byId("copy").disabled = byId("clear").disabled = run.results.empty;
}

const say = (text) => workspace.current.run.say(text);
const fail = (text) => workspace.current.run.fail(text);

// A choice of operation, where the document has several.
function offerOperations() {
  const names = operations(editors.operation.text).flatMap(({ name }) => name ?? []);
  chosen.hidden = names.length < 2;
  const picked = chosen.value;
  chosen.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
  if (names.includes(picked)) chosen.value = picked;
}

function run(cursor = null) {
  const { current } = workspace;
  try {
    const { picked, request, headers } = requestOf(current, { cursor, name: chosen.value });
    if (picked.name && !chosen.hidden) chosen.value = picked.name;
    const { operation, variables } = current;
    runHistory.add({ operation, variables, name: picked.name, kind: picked.kind }, secretsOf(current));
    if (!byId("history").hidden) historyList.draw();
    if (!schema.clientSchema) schema.load(); // the server was not there when the page was opened
    current.run.run(picked, request, headers);
  } catch (error) {
    fail(error.message);
  }
}

// ---------------------------------------------------------------- history and schema

const runHistory = new History(local);
const historyList = new HistoryList({
  view: byId("history-view"),
  history: runHistory,
  onOpen: ({ operation, variables }) => {
    workspace.show({ operation, variables });
    editors.operation.focus();
  },
});
const explorer = new Explorer({ view: byId("schema-view"), search: byId("schema-search") });
const schema = new SchemaLoader({
  url: endpoint,
  credential: () => credential.value,
  explorer,
  onLoad: (clientSchema) => updateSchema(editors.operation.view, clientSchema),
});
const asides = new Asides({
  history: { focus: byId("history-view"), opened: () => historyList.draw() },
  schema: { focus: byId("schema-search"), opened: () => explorer.schema ?? schema.load() },
});

function showInSchema(field, type, parentType) {
  const bare = (text) => text?.replaceAll(/[[\]!]/g, "");
  const [name, member] = parentType && field ? [bare(parentType), field] : [bare(type), null];
  if (!explorer.schema?.types.has(name)) return;
  asides.toggle("schema", true);
  explorer.open(name, member);
}

// ---------------------------------------------------------------- buttons and keys

function setCredential(text) {
  credential.value = text;
  session.write("credential", text);
}

function formatAll() {
  const { operation } = editors;
  try {
    for (const field of ["variables", "headers"]) {
      const { text } = editors[field];
      if (text.trim()) editors[field].replace(JSON.stringify(JSON.parse(text), null, 2));
    }
    if (!operation.text.trim()) return;
    const formatted = format(operation.text);
    operation.replace(formatted, samePlace(operation.text, operation.cursor, formatted));
  } catch (error) {
    fail(`The text cannot be formatted: ${error.message}`);
  }
}

// Browsers give the clipboard to secure pages only.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

async function copyResult() {
  if (await copy(workspace.current.run.results.copied())) say("Copied.");
  else fail("The browser denies access to the clipboard.");
}

async function share() {
  const { current } = workspace;
  const link = linkTo(endpoint, current, secretsOf(current));
  if (await copy(link)) return say("The link is copied. It holds no credential.");
  history.replaceState(null, "", link);
  return say("The link is in the address bar. It holds no credential.");
}

function chooseExample(example) {
  workspace.replace({ operation: example.operation, variables: variablesOf(example, seen) });
  editors.operation.focus();
}

const clicks = {
  run: () => run(),
  stop: () => workspace.current.run.stop(),
  format: formatAll,
  share,
  copy: copyResult,
  clear: () => workspace.current.run.clear(),
  "variables-tab": () => showPart("variables"),
  "headers-tab": () => showPart("headers"),
  "schema-reload": () => schema.load(),
  "history-clear": () => {
    runHistory.clear();
    historyList.draw();
  },
  "tab-new": () => {
    workspace.open({});
    editors.operation.focus();
  },
  skip: (event) => {
    event.preventDefault();
    editors.operation.focus();
  },
  reveal: ({ target }) => {
    const shown = credential.type === "password";
    credential.type = shown ? "text" : "password";
    target.setAttribute("aria-pressed", String(shown));
    target.textContent = shown ? "Hide" : "Show";
  },
};
for (const [id, act] of Object.entries(clicks)) byId(id).addEventListener("click", act);
byId("examples").addEventListener("change", ({ target }) => {
  if (target.value) chooseExample(EXAMPLES[target.value]);
  target.value = "";
});
credential.addEventListener("input", () => session.write("credential", credential.value));

// In the capture phase, before the editor's own key bindings. By `code`, since Alt changes `key` on some keyboards.
function shortcut(event) {
  const control = event.ctrlKey || event.metaKey;
  if (event.key === "Enter" && control) run(editors.operation.focused ? editors.operation.cursor : null);
  else if (event.code === "KeyF" && event.shiftKey && event.altKey && !control) formatAll();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
document.addEventListener("keydown", shortcut, { capture: true });

// ---------------------------------------------------------------- the start

function begin() {
  byId("examples").append(...EXAMPLES.map(({ title }, index) => element("option", { value: index }, title)));
  credential.value = session.read("credential") ?? "";
  showPart("variables");
  const linked = fromLink(location.hash);
  const restored = workspace.restore();
  if (linked) {
    history.replaceState(null, "", endpoint); // the texts may change from now on, and the link would not
    workspace.show(linked);
  } else if (!restored) workspace.open({ operation: EXAMPLES[0].operation });
  editors.operation.focus();
  schema.load();
}

begin();
