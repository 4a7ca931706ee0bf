// Tests of the modules that need no page: `npm test`.

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const { partsOf, safeAddress } = await module("src/client/links.ts");
const { EMPTY, lastBefore, reduced, unread, waiting } = await module("src/widget/state.ts");

async function module(path) {
  const { output } = await build({
    root: here, configFile: false, logLevel: "warn",
    build: { ssr: join(here, path), write: false, target: "es2022" },
  });
  return import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString("base64")}`);
}

const links = (text, labels = true) => partsOf(text, labels).filter((part) => part.href).map(({ text: shown, href }) => [shown, href]);

test("addresses become links without the punctuation around them", () => {
  assert.deepEqual(links("See https://a.example/b?c=1. Or (https://a.example/x_(y))!"), [
    ["https://a.example/b?c=1", "https://a.example/b?c=1"],
    ["https://a.example/x_(y)", "https://a.example/x_(y)"],
  ]);
  assert.deepEqual(links("tel:+39333 mailto:a@b.example"), [["tel:+39333", "tel:+39333"], ["mailto:a@b.example", "mailto:a@b.example"]]);
});

test("a label is a link in texts of the shop only, and hides no other address", () => {
  assert.deepEqual(links("[guide](https://a.example/g)"), [["guide", "https://a.example/g"]]);
  assert.deepEqual(links("[https://bank.example](https://a.example/)"), [["https://a.example/", "https://a.example/"]]);
  assert.deepEqual(links("[guide](https://a.example/g)", false), [["https://a.example/g", "https://a.example/g"]]);
});

test("nothing but safe schemes is a link, and every character is shown", () => {
  for (const text of ["javascript:alert(1)", "[x](javascript:alert(1))", "data:text/html,x", "https://", "https://user@evil.example/", "<a href=x>", ""]) {
    assert.deepEqual(links(text), [], text);
    assert.equal(partsOf(text, true).map((part) => part.text).join(""), text);
  }
  assert.equal(safeAddress("JAVASCRIPT:alert(1)"), undefined);
  assert.equal(safeAddress("/products/1"), undefined);
  assert.equal(safeAddress(null), undefined);
});

test("a long text takes no long time", () => {
  for (const sign of ["[", "(", "https://", "[a](", "."]) {
    const began = performance.now();
    partsOf(sign.repeat(32_000 / sign.length), true);
    assert.ok(performance.now() - began < 1000, sign);
  }
});

const conversation = (version) => ({ id: "c", version, closedAt: null });
const added = (sequence, kind = "AI_AGENT") => ({
  __typename: "MessageAdded", conversation: conversation(sequence), message: { sequence, author: { kind, name: "A" } },
});

test("items in any order, once or twice, end in the same state", () => {
  const items = [added(1, "SHOPPER"), added(2), added(3), { __typename: "ConversationChanged", conversation: conversation(4) }];
  const wanted = items.reduce(reduced, EMPTY);
  assert.deepEqual(wanted.messages.map((message) => message.sequence), [1, 2, 3]);
  assert.deepEqual([...items, ...items].reduce(reduced, EMPTY), wanted);
  assert.deepEqual([...items].reverse().reduce(reduced, EMPTY), wanted);
  assert.equal(unread({ ...wanted, seen: 2 }), 1);
});

test("a message that arrived before the response of its call is shown once", () => {
  const before = [added(1, "SHOPPER")].reduce(reduced, EMPTY);
  const unsent = { key: "k", text: undefined, attachments: [], after: lastBefore(before) };
  assert.deepEqual(waiting({ ...before, unsent: [unsent] }), [unsent]); // the earlier one of the same text is another
  const after = [added(2, "SHOPPER")].reduce(reduced, { ...before, unsent: [unsent] });
  assert.deepEqual(waiting(after), []);
  assert.equal(waiting({ ...after, unsent: [{ ...unsent, failed: true }] }).length, 1);
  const closed = { ...before, conversation: { id: "c", version: 2, closedAt: "2026-11-30T00:00:00Z" } };
  assert.equal(waiting({ ...closed, unsent: [{ ...unsent, after: lastBefore(closed) }] }).length, 1);
});

test("a reply ends what was typed, the shopper's own message does not", () => {
  const typing = { __typename: "TypingChanged", author: { kind: "AI_AGENT", name: "A" }, typing: true, text: "He" };
  assert.deepEqual(reduced(EMPTY, typing).typing, { name: "A", text: "He" });
  assert.notEqual([typing, added(1, "SHOPPER")].reduce(reduced, EMPTY).typing, null);
  assert.equal([typing, added(1)].reduce(reduced, EMPTY).typing, null);
  assert.equal([typing, { ...typing, typing: false }].reduce(reduced, EMPTY).typing, null);
  assert.equal(reduced(EMPTY, { ...typing, author: { kind: "SHOPPER", name: "A" } }).typing, null);
});
