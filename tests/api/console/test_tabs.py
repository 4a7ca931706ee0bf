"""The page's tabs and history under Node.js: what is stored, for how long, and what is never stored."""

from __future__ import annotations

import pytest

from tests.api.console.conftest import Node

pytestmark = pytest.mark.node

STORAGE = """
const stores = {};
for (const name of ["sessionStorage", "localStorage"]) {
  const items = (stores[name] = new Map());
  globalThis[name] = {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
  };
}
globalThis.addEventListener = () => {};
const say = (...what) => console.log(JSON.stringify(what));
"""
HISTORY = (
    STORAGE
    + """
const { History } = await import("./tabs/history.js");
const { local } = await import("./tabs/storage.js");
const history = new History(local);
const add = (operation, variables, at) =>
  history.add({ operation, variables, name: null, kind: "query", at }, ["secret-key"]);
for (let at = 0; at < 60; at += 1) add(`{ a${at} }`, '{"k": "secret-key"}', at);
add("{ a30 }", '{"k": "secret-key"}', 60);
add(`{ a } # ${"x".repeat(20_000)}`, "", 61);
const entries = history.entries();
const again = entries.filter(({ operation }) => operation === "{ a30 }");
say(entries.length, entries[0], again.length, entries.at(-1).operation);
say([...stores.localStorage.keys()], stores.localStorage.get("baton.history").includes("secret"));
history.remove(entries[0]);
say(history.entries().length);
history.clear();
say(stores.localStorage.size);
stores.localStorage.set("baton.history", "no JSON");
say(history.entries());
"""
)


async def test_history_is_bounded_and_holds_no_secrets(node: Node) -> None:
    newest = {"operation": "{ a30 }", "variables": '{"k": "…"}', "name": None, "kind": "query", "at": 60}
    assert await node(HISTORY) == [
        [50, newest, 1, "{ a10 }"],
        [["baton.history"], False],
        [49],
        [0],
        [[]],
    ]


TABS = (
    STORAGE
    + """
const { Workspace } = await import("./tabs/workspace.js");
const { local, session } = await import("./tabs/storage.js");
class FakeEditor {
  state = { text: "", undo: [] };
  newState(text) { return { text, undo: [] }; }
}
function visit(areas = { session, local }) {
  const fields = ["operation", "variables", "headers"];
  const editors = Object.fromEntries(fields.map((field) => [field, new FakeEditor()]));
  const workspace = new Workspace({
    editors,
    areas,
    startRun: () => ({ close: () => say("closed") }),
    secrets: () => ["secret-key"],
    onSelect() {},
    onDraw() {},
  });
  return { workspace, editors };
}
const { workspace, editors } = visit();
say(workspace.restore());
workspace.open({ operation: "{ a } # secret-key", headers: '{"authorization": "secret-key"}' });
const [first] = workspace.tabs;
editors.operation.state.undo.push("edit");
workspace.open({ operation: "{ b }" });
workspace.edited("variables", '{"x": 1}');
say(editors.operation.state);
workspace.select(first);
say(editors.operation.state, editors.variables.state);
workspace.save();
say(stores.localStorage.get("baton.tabs").includes("secret"), JSON.parse(stores.localStorage.get("baton.tabs")));
const { workspace: again } = visit();
const restored = again.restore();
const texts = again.tabs.map(({ operation, variables, headers }) => [operation, variables, headers]);
say(restored, texts, again.tabs.indexOf(again.current));
const { workspace: elsewhere } = visit({ session: { read: () => null, write() {} }, local });
say(elsewhere.restore(), elsewhere.tabs.map(({ operation, headers }) => [operation, headers]));
again.show({ operation: "{ b }", variables: '{"x": 1}' });
say(again.tabs.length, again.tabs.indexOf(again.current));
again.show({ operation: "{ a } # secret-key" });
again.close(again.current);
say(again.tabs.map(({ operation }) => operation), again.current.operation);
again.close(again.current);
say(again.tabs.map(({ operation }) => operation));
for (let left = 0; left < 19; left += 1) again.open({});
say(again.tabs.length, again.full);
process.exit(0); // no waiting for the last save
"""
)


async def test_tabs_keep_their_texts_and_undo_and_outlive_a_reload_without_secrets(node: Node) -> None:
    saved = [{"operation": "{ a } # …", "variables": ""}, {"operation": "{ b }", "variables": '{"x": 1}'}]
    assert await node(TABS) == [
        [False],
        [{"text": "{ b }", "undo": []}],
        [{"text": "{ a } # secret-key", "undo": ["edit"]}, {"text": "", "undo": []}],
        [False, {"active": 0, "tabs": saved}],
        [True, [["{ a } # secret-key", "", '{"authorization": "secret-key"}'], ["{ b }", '{"x": 1}', ""]], 0],
        [True, [["{ a } # …", ""], ["{ b }", ""]]],
        [2, 1],
        ["closed"],
        [["{ b }"], "{ b }"],
        ["closed"],
        [[""]],
        [20, True],
    ]
