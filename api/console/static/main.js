// Puts the page together: who hears of what. The parts know nothing of each other.

import { byId, element } from "./dom.js";
import { Editor } from "./editor.js";
import { EXAMPLES, conversationIn, variablesOf } from "./examples.js";
import { Explorer } from "./explorer.js";
import { post } from "./http.js";
import { colouredGraphQL, colouredJSON, operations } from "./language.js";
import { prettify } from "./prettify.js";
import { Results } from "./results.js";
import { Runner } from "./runner.js";
import { INTROSPECTION, Schema } from "./schema.js";
import { fromLink, linkTo, remember, remembered } from "./state.js";

const endpoint = new URL(location.pathname, location.origin).toString();
const credential = byId("credential");
const status = byId("status");
const chosen = byId("operation-name");
const before = remembered(); // read first: the editors remember what they hold, and begin empty
let seen = null;
let streaming = false;

const say = (text) => (status.textContent = text);

// ---------------------------------------------------------------- what is written

const operation = new Editor(byId("operation-editor"), {
  colours: colouredGraphQL,
  comment: "#",
  onChange: (text) => {
    remember("operation", text);
    offerOperations(text);
  },
});
const variables = new Editor(byId("variables-editor"), {
  colours: colouredJSON,
  onChange: (text) => remember("variables", text),
});

function offerOperations(text) {
  const names = operations(text).map((each) => each.name).filter(Boolean);
  chosen.hidden = names.length < 2;
  const picked = chosen.value;
  chosen.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
  if (names.includes(picked)) chosen.value = picked;
}

// The one the cursor stands in, where the keyboard asks; else the chosen one.
function operationToRun(place) {
  const all = operations(operation.text);
  const here = place === null ? null : all.find((each) => each.start <= place && place <= each.end);
  return here ?? all.find((each) => each.name === chosen.value) ?? all[0] ?? null;
}

function parsedVariables() {
  if (!variables.text.trim()) return undefined;
  const value = JSON.parse(variables.text);
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Error("they must be an object");
  return value;
}

// ---------------------------------------------------------------- what comes back

const results = new Results({
  pane: byId("result"),
  problems: byId("problems"),
  onChange: () => {
    const empty = !byId("result").hasChildNodes();
    byId("copy").disabled = byId("clear").disabled = empty;
  },
});

function notice(payload) {
  seen = conversationIn(payload.data) ?? seen;
  const token = payload.data && Object.values(payload.data).find((each) => each?.visitorToken)?.visitorToken;
  const offer = byId("offer");
  offer.hidden = !token;
  if (!token) return;
  const use = () => {
    credential.value = token;
    remember("credential", token);
    offer.hidden = true;
    say("The visitor token is the credential now.");
  };
  const button = element("button", { type: "button", onclick: use }, "Use it as the credential");
  offer.replaceChildren("This answer has a visitor token: it opens this conversation. ", button);
}

const runner = new Runner({
  url: endpoint,
  credential: () => credential.value,
  on: {
    begin: () => {
      results.clear();
      byId("offer").hidden = true;
      streaming = false;
      buttons(true);
    },
    answer: (payload, { status: code, milliseconds, bytes }) => {
      results.answer(payload);
      notice(payload);
      say(`${code} · ${milliseconds} ms · ${bytes.toLocaleString("en")} characters`);
    },
    stream: () => {
      streaming = true;
      results.stream();
    },
    frame: (payload) => {
      results.frame(payload);
      seen = conversationIn(payload.data) ?? seen;
    },
    note: (text) => results.note(text),
    state: say,
    fail: (text, errors) => {
      if (errors) results.complain(errors);
      else results.fail(text);
      if (streaming) results.note(text);
      say(streaming ? "ended" : "failed");
    },
    end: () => buttons(runner.running),
  },
});

function buttons(running) {
  byId("stop").disabled = !running;
  byId("run").textContent = running ? "Run again" : "Run";
}

function run(place = null) {
  const picked = operationToRun(place);
  if (!picked) return results.fail("Write an operation first, or choose an example.");
  if (picked.name && !chosen.hidden) chosen.value = picked.name;
  try {
    const request = { query: operation.text, variables: parsedVariables(), operationName: picked.name ?? undefined };
    return runner.run(picked, request);
  } catch (error) {
    return results.fail(`The variables are no JSON: ${error.message}`);
  }
}

// ---------------------------------------------------------------- the schema

const explorer = new Explorer({ view: byId("schema-view"), search: byId("schema-search") });

async function loadSchema() {
  explorer.tell("Reading the schema…");
  try {
    const request = { query: INTROSPECTION, operationName: "Introspection" };
    const { result } = await post(endpoint, request, { credential: credential.value });
    if (!result.data) throw new Error(result.errors?.[0]?.message ?? "the server gave no schema");
    explorer.show(new Schema(result.data));
  } catch (error) {
    explorer.tell(`The schema cannot be read: ${error.message}`);
  }
}

function toggleSchema(open) {
  byId("schema").hidden = !open;
  byId("schema-toggle").setAttribute("aria-expanded", String(open));
  document.body.classList.toggle("with-schema", open);
  if (open && !explorer.schema) loadSchema();
  (open ? byId("schema-search") : byId("schema-toggle")).focus();
}

// ---------------------------------------------------------------- the buttons and keys

function layOut() {
  try {
    if (operation.text.trim()) operation.text = prettify(operation.text);
    if (variables.text.trim()) variables.text = JSON.stringify(JSON.parse(variables.text), null, 2);
    operation.area.focus();
  } catch (error) {
    results.fail(error.message);
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
  if (await copy(results.copied())) say("Copied.");
  else results.fail("The browser gives no access to the clipboard.");
}

async function share() {
  const texts = { operation: operation.text, variables: variables.text, credential: credential.value };
  const link = linkTo(endpoint, texts);
  if (await copy(link)) return say("The link is copied. It holds no credential.");
  history.replaceState(null, "", link);
  return say("The link is in the address bar. It holds no credential.");
}

function choose(index) {
  const example = EXAMPLES[index];
  operation.text = example.operation;
  variables.text = variablesOf(example, seen);
  operation.area.focus();
}

byId("run").addEventListener("click", () => run());
byId("stop").addEventListener("click", () => runner.stop());
byId("prettify").addEventListener("click", layOut);
byId("share").addEventListener("click", share);
byId("copy").addEventListener("click", copyResult);
byId("clear").addEventListener("click", () => (runner.running ? results.stream() : results.clear()));
byId("schema-toggle").addEventListener("click", () => toggleSchema(byId("schema").hidden));
byId("schema-close").addEventListener("click", () => toggleSchema(false));
byId("schema-reload").addEventListener("click", loadSchema);
byId("examples").addEventListener("change", ({ target }) => {
  if (target.value) choose(Number(target.value));
  target.value = "";
});
credential.addEventListener("input", () => remember("credential", credential.value));
byId("reveal").addEventListener("click", ({ target }) => {
  const shown = credential.type === "password";
  credential.type = shown ? "text" : "password";
  target.setAttribute("aria-pressed", String(shown));
  target.textContent = shown ? "Hide" : "Show";
});
document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  if (event.key === "Enter") {
    event.preventDefault();
    run(event.target === operation.area ? operation.area.selectionStart : null);
  } else if (event.shiftKey && event.key.toLowerCase() === "f") {
    event.preventDefault();
    layOut();
  }
});

// ---------------------------------------------------------------- the start

function begin() {
  byId("examples").append(...EXAMPLES.map(({ title }, index) => element("option", { value: index }, title)));
  const linked = fromLink(location.hash);
  if (linked) history.replaceState(null, "", endpoint); // what is written from now on is newer than the link
  const given = linked ?? (before.operation ? before : { operation: EXAMPLES[0].operation, variables: "" });
  credential.value = before.credential;
  operation.text = given.operation;
  variables.text = given.variables;
  operation.area.focus();
}

begin();
