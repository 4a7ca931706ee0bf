// Tests of the modules that need no page: `npm test`.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const { partsOf, safeAddress } = await module("src/client/links.ts");
const { asksForEmail, EMPTY, lastBefore, reduced, unread, waiting, withMessages, withPage } = await module("src/widget/state.ts");
const { execute } = await module("src/client/http.ts");
const { jsonOf } = await module("src/client/json.ts");
const { waitAfter } = await module("src/client/pause.ts");
const { emailIn, personOf } = await module("src/widget/identity.ts");
const { KeptTexts } = await module("src/client/storage.ts");
const { Moment } = await module("src/client/moment.ts");
const view = await module("src/dashboard/view.ts");
const chart = await module("src/dashboard/chart.ts");
const format = await module("src/dashboard/format.ts");
const { durationOf, optionalDurationOf, secondsOf, span, spanOf } = await module("src/pages/durations.ts");
const { money } = await module("src/pages/numbers.ts");
const { clock, dayIn } = await module("src/pages/times.ts");
const board = await module("src/dashboard/state.ts");
const inbox = await module("src/inbox/state.ts");
const { isRepeatable, Writings } = await module("src/inbox/writing.ts");
const { addressOf, ticketOf, viewOf } = await module("src/inbox/address.ts");
const { offlineText, refusalOf } = await module("src/pages/connection.ts");
const { comingBack } = await module("src/pages/credentials.ts", { location: { href: "http://127.0.0.1/inbox" } });
const { timelineOf } = await module("src/inbox/timeline.ts");
const { noticeOf } = await module("src/inbox/notices.ts");
const { commandOf } = await module("src/inbox/shortcuts.ts");
const { ago, day, localValue, snoozeTimes } = await module("src/inbox/times.ts");
const { scrolledTo, windowOf } = await module("src/inbox/virtual.ts");

/** `page`: what a page has when the module is loaded. */
async function module(path, page = {}) {
  Object.assign(globalThis, page);
  const { output } = await build({
    root: here, configFile: false, logLevel: "warn",
    build: { ssr: join(here, path), write: false, target: "es2022" },
  });
  const loaded = await import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString("base64")}`);
  for (const name of Object.keys(page)) delete globalThis[name];
  return loaded;
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
  for (const label of ["bank.example", "Your bank: Bank.Example/login", "www.bank.example", "elpmaxe.\u202eknab", "x https://bank.example"]) {
    assert.deepEqual(links(`[${label}](https://a.example/)`), [["https://a.example/", "https://a.example/"]], label);
  }
  for (const label of ["a.example", "Our shop, a.example", "sizes.pdf", "version 2.0", "e.g. here"]) {
    assert.deepEqual(links(`[${label}](https://www.a.example/)`), [[label, "https://www.a.example/"]], label);
  }
  assert.deepEqual(links("[guide](https://a.example/g)", false), [["https://a.example/g", "https://a.example/g"]]);
});

test("nothing but safe schemes is a link, and every character is shown", () => {
  for (const text of ["javascript:alert(1)", "[x](javascript:alert(1))", "data:text/html,x", "https://", "https://user@evil.example/", "https://:secret@evil.example/", "<a href=x>", ""]) {
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

const conversation = (version, kind = "AI_AGENT") => ({ id: "c", version, closedAt: null, controller: { kind } });
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

test("words that were removed leave the page, and no older page brings them back", () => {
  const message = (text, redactedAt = null) => ({ ...added(1, "SHOPPER").message, text, redactedAt });
  const before = withMessages(EMPTY, [message("4111 1111 1111 1111")]);
  const redacted = { __typename: "MessageRedacted", message: message("", "2026-11-30T00:00:00Z"), conversation: conversation(2) };
  const after = reduced(before, redacted);
  assert.deepEqual([after.messages[0].text, after.conversation.version], ["", 2]);
  assert.equal(withMessages(after, before.messages).messages[0].text, "");
  assert.deepEqual(reduced(EMPTY, redacted).messages, [], "it is of a page that is not read yet");
  assert.equal(inbox.withMessages(inbox.withMessages({ messages: [], facts: {} }, after.messages), before.messages).messages[0].text, "");
});

test("a page of the last messages leaves no gap behind the known ones", () => {
  const page = (...sequences) => sequences.map((sequence) => added(sequence).message);
  const shown = (state) => [state.messages.map(({ sequence }) => sequence), state.earlier];
  const known = withPage(EMPTY, page(3, 4), "before 3");
  assert.deepEqual(shown(known), [[3, 4], "before 3"]);
  assert.deepEqual(shown(withPage(known, page(4, 6), "before 4")), [[3, 4, 6], "before 3"]);
  assert.deepEqual(shown(withPage(known, page(8, 9), "before 8")), [[8, 9], "before 8"]);
  assert.deepEqual(shown(withPage(known, page(1, 3, 4, 5), null)), [[1, 3, 4, 5], null]);
  assert.deepEqual(shown(withPage(known, [], null)), [[3, 4], "before 3"]);
});

test("a message that arrived before the response of its call is shown once", () => {
  const before = [added(1, "SHOPPER")].reduce(reduced, EMPTY);
  const unsent = { key: "k", text: undefined, attachments: [], after: lastBefore(before) };
  assert.deepEqual(waiting({ ...before, unsent: [unsent] }), [unsent]); // the earlier one of the same text is another
  const after = [added(2, "SHOPPER")].reduce(reduced, { ...before, unsent: [unsent] });
  assert.deepEqual(waiting(after), []);
  assert.equal(waiting({ ...after, unsent: [{ ...unsent, failed: true }] }).length, 1);
  const closed = { ...before, conversation: { ...conversation(2), closedAt: "2026-11-30T00:00:00Z" } };
  assert.equal(waiting({ ...closed, unsent: [{ ...unsent, after: lastBefore(closed) }] }).length, 1);
});

test("two messages of one text are shown until each of them has arrived", () => {
  const unsent = ["k", "l"].map((key) => ({ key, text: undefined, attachments: [], after: 0 }));
  const one = [added(1, "SHOPPER")].reduce(reduced, { ...EMPTY, unsent });
  assert.deepEqual(waiting(one).map(({ key }) => key), ["l"]);
  assert.deepEqual(waiting([added(2, "SHOPPER")].reduce(reduced, one)), []);
});

test("a message that another tab has sent is shown until it is here", () => {
  const sent = (sequence, conversation = "c") => ({ key: `${sequence}`, text: "?", attachments: [], after: 0, sent: { conversation, sequence } });
  const before = [added(1, "SHOPPER")].reduce(reduced, EMPTY);
  const shown = (state, ...unsent) => waiting({ ...state, unsent }).map(({ key }) => key).join(" ");
  assert.equal(shown(EMPTY, sent(1)), "1", "the page is not read yet");
  assert.equal(shown(before, sent(2), sent(3)), "2 3");
  assert.equal(shown(reduced(before, added(3, "SHOPPER")), sent(2), sent(3)), "2", "it came before an earlier one");
  assert.equal(shown(before, sent(2, "another")), "");
  assert.equal(shown([added(5)].reduce(reduced, EMPTY), sent(4)), "", "it is one of the earlier ones");
  const same = { key: "k", text: undefined, attachments: [], after: 0 };
  assert.equal(shown(before, { ...sent(1), text: undefined }, same), "k", "one arrival is not counted for two messages");
});

test("an e-mail address is found in what the shopper writes, and taken if it is all", () => {
  for (const text of ["vic@example.com", " <vic@example.com>\n", "vic@example.com."]) assert.deepEqual(emailIn(text), { address: "vic@example.com", alone: true }, text);
  for (const text of ["It is vic@example.com.", "vic@example.com, please", "vic@example.com or v@example.com"]) assert.deepEqual(emailIn(text), { address: "vic@example.com", alone: false }, text);
  for (const text of ["", "vic", "@vic", "vic@home", "vic @ example.com", "a@b@", "@".repeat(32_000), "a".repeat(32_000), "a@".repeat(16_000)]) assert.equal(emailIn(text), undefined, text.slice(0, 20));
  const asked = (state, identityPolicy) => asksForEmail({ ...EMPTY, conversation: { ...conversation(1), handoff: { state } }, settings: { identityPolicy } });
  assert.deepEqual([asked("AWAITING_IDENTITY", "EMAIL"), asked("AWAITING_IDENTITY", "SIGNED_IN"), asked("DELIVERED", "EMAIL")], [true, false, false]);
});

test("what the browser does not keep is kept in memory, whenever it refuses", () => {
  const kept = new Map([["old", "1"]]);
  let [refused, full] = [false, false];
  const area = {
    getItem: (name) => kept.get(name) ?? null, removeItem: (name) => kept.delete(name), key: (index) => [...kept.keys()][index], get length() { return kept.size; },
    setItem: (name, text) => { if (full) throw new Error("QuotaExceededError"); kept.set(name, text); },
  };
  const texts = new KeptTexts(() => { if (refused) throw new Error("SecurityError"); return area; });
  const all = () => texts.names().sort().map((name) => `${name}=${texts.get(name)}`).join(" ");
  texts.set("a", "1");
  full = true;
  texts.set("a", "2");
  texts.set("b", "3");
  assert.equal(all(), "a=2 b=3 old=1");
  full = false;
  texts.set("a", "4");
  texts.remove("b");
  assert.deepEqual([all(), kept.get("a"), texts.is(area)], ["a=4 old=1", "4", true]);
  refused = true;
  texts.set("c", "5");
  texts.remove("a");
  assert.deepEqual([all(), texts.get("old"), texts.is(area)], ["c=5", null, false]);
  for (const none of [null, undefined]) assert.equal(new KeptTexts(() => none).get("a"), null);
});

test("a reply that nobody will get is shown no longer: after a handoff, after the end", () => {
  const typing = (kind) => ({ __typename: "TypingChanged", author: { kind, name: "A" }, typing: true, text: "He" });
  const change = (kind, closedAt = null) => ({ __typename: "ConversationChanged", conversation: { ...conversation(2, kind), closedAt } });
  const shown = (...items) => items.reduce(reduced, EMPTY).typing;
  assert.notEqual(shown(change("AI_AGENT"), typing("AI_AGENT")), null);
  assert.equal(shown(change("AI_AGENT"), typing("AI_AGENT"), change("QUEUE")), null);
  assert.equal(shown(change("HUMAN_AGENT"), typing("AI_AGENT")), null); // a signal that was late
  assert.notEqual(shown(change("HUMAN_AGENT"), typing("HUMAN_AGENT")), null);
  assert.equal(shown(typing("HUMAN_AGENT"), change("HUMAN_AGENT", "2026-11-30T00:00:00Z")), null);
});

test("the customer of an identity token is read from it, whatever the page gives", () => {
  const token = (claims) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
  assert.equal(personOf(token({ sub: "kunde-ü-7" })), "kunde-ü-7");
  assert.equal(personOf(token({ sub: 7 })), "7"); // the server refuses it, and yet it is another customer's
  for (const other of [undefined, "", "no token", "a.b.c", token({}), token({ sub: 0.5 }), token({ sub: 2 ** 53 }), token({ sub: "" }), token(null)]) {
    assert.equal(personOf(other), undefined, other);
  }
});

test("a stream that the server refuses is begun again when the server wants it, and ever later", () => {
  const refused = [{ message: "slow down", extensions: { code: "RATE_LIMITED", retryAfter: 45 } }];
  assert.equal(waitAfter(refused, 0), 45_000);
  for (const failure of [undefined, new Error("closed"), [{ message: "no" }], [{ extensions: { retryAfter: "soon" } }]]) {
    assert.ok(waitAfter(failure, 0) <= 1000);
    assert.ok(waitAfter(failure, 3) >= 4000);
  }
});

test("an access token whose response breaks off is asked for again", async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("{");
    setTimeout(() => response.destroy(), 20);
  }).listen(0);
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  const { fetch } = globalThis;
  Object.assign(globalThis, { location: { href: origin }, fetch: (path, options) => fetch(new URL(path, origin), options) }); // as in a page
  try {
    const { StaffSession } = await module("src/pages/credentials.ts");
    const failure = await new StaffSession().token().catch(({ code, passes }) => [code, passes]);
    assert.deepEqual(failure, ["NETWORK", true]);
  } finally {
    globalThis.fetch = fetch;
    delete globalThis.location;
    server.closeAllConnections();
    server.close();
  }
});

test("a response that breaks off, or a proxy's page, says nothing of the command: it is sent again", async () => {
  const replies = {
    "/broken": (response) => { response.writeHead(200, { "content-length": 100 }); response.write("{"); setTimeout(() => response.destroy(), 20); },
    "/portal": (response) => response.end("<p>Sign in to the Wi-Fi</p>"),
    "/busy": (response) => { response.writeHead(429, { "retry-after": "2" }); response.end("slow down"); },
    "/wrong": (response) => { response.writeHead(400); response.end("no"); },
    "/echo": (response, body) => response.end(JSON.stringify({ data: JSON.parse(body).variables })),
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    replies[request.url](response, body);
  }).listen(0);
  await once(server, "listening");
  const ask = (path, variables = {}) => execute(`http://127.0.0.1:${server.address().port}${path}`, "key", "{ a }", variables);
  const failure = async (path) => ask(path).catch(({ code, passes, retryAfter }) => [code, passes, retryAfter]);
  try {
    assert.deepEqual(await failure("/broken"), ["NETWORK", true, 0]);
    assert.deepEqual(await failure("/portal"), ["UNAVAILABLE", true, 0]);
    assert.deepEqual(await failure("/busy"), ["UNAVAILABLE", true, 2000]);
    assert.deepEqual(await failure("/wrong"), ["BAD_REQUEST", false, 0]);
    Array.prototype.toJSON = Object.prototype.toJSON = () => "a text"; // as old libraries of a page do
    try {
      assert.equal(jsonOf({ a: [{ b: 1 }] }), '{"a":[{"b":1}]}');
    } finally {
      delete Array.prototype.toJSON;
      delete Object.prototype.toJSON;
    }
    assert.deepEqual(await ask("/echo", { a: [{ b: null }], c: "d" }), { a: [{ b: null }], c: "d" });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("a reply ends what was typed, the shopper's own message does not", () => {
  const typing = { __typename: "TypingChanged", author: { kind: "AI_AGENT", name: "A" }, typing: true, text: "He" };
  assert.deepEqual(reduced(EMPTY, typing).typing, { kind: "AI_AGENT", name: "A", text: "He" });
  assert.notEqual([typing, added(1, "SHOPPER")].reduce(reduced, EMPTY).typing, null);
  assert.equal([typing, added(1)].reduce(reduced, EMPTY).typing, null);
  assert.equal([typing, { ...typing, typing: false }].reduce(reduced, EMPTY).typing, null);
  assert.equal(reduced(EMPTY, { ...typing, author: { kind: "SHOPPER", name: "A" } }).typing, null);
});

const narrowed = {
  range: { start: "2026-10-01", end: "2026-11-30" }, channel: ["SMS", "EMAIL"], tag: ["a&b", "STATUS", "ü=#"], group: "TAG", asOf: "2026-11-29T11:00:00.000Z",
  list: { of: "conversations", status: ["OPEN"], channel: ["SMS"], tag: [], untagged: true, days: { start: "2026-11-02", end: "2026-11-02" }, search: "STARTED_AT, 50%", sort: "LAST_MESSAGE_AT" },
  event: "PRODUCT_RECOMMENDED", open: "Q29udmVyc2F0aW9uOjE=",
};

test("the address of the dashboard has the whole view, and whatever else it has is left out", () => {
  const past = { ...narrowed, list: { ...narrowed.list, search: "" } }; // a search finds what is there now
  assert.deepEqual(view.viewOf(view.fragmentOf(narrowed)), past);
  assert.deepEqual(view.viewOf(view.fragmentOf({ ...narrowed, asOf: null })), { ...narrowed, asOf: null });
  assert.deepEqual(view.viewOf(view.fragmentOf(past)), past);
  assert.equal(view.fragmentOf(view.HOME), "#");
  assert.deepEqual(view.viewOf(""), view.HOME);
  // What the browser cannot show: a report of the 40th of a month would end the page.
  assert.deepEqual(view.viewOf("#range=2026-02-40..2026-02-41&days=2026-13-01..2026-13-02&at=2026-02-40T25:00:00Z"), view.HOME);
  assert.deepEqual(view.viewOf("#range=2026-02-02..2026-02-01&channel=FAX&group=x&at=soon&status=open&days=1..2&event=&open="), view.HOME);
});

test("a number's list has the filter of the report and the part that is counted", () => {
  const report = { ...view.HOME, channel: ["SMS"], tag: ["size"] };
  assert.deepEqual(view.listFilter(report), { startedOn: { preset: "LAST_30_DAYS" }, channel: ["SMS"], tag: ["size"] });
  const days = { start: "2026-11-02", end: "2026-11-08" };
  const part = view.listOf({ ...report, list: { ...view.WHOLE, search: "boots", status: ["CLOSED"] } }, { status: ["OPEN"], days });
  assert.deepEqual(view.listFilter(part), { startedOn: { between: days }, status: ["OPEN"], channel: ["SMS"], tag: ["size"] });
  const shown = { between: { start: "2026-11-01", end: "2026-11-30" } };
  assert.deepEqual([view.listFilter(report, shown).startedOn, view.listFilter(part, shown).startedOn], [shown, { between: days }]);
  assert.deepEqual(view.listFilter(view.listOf(view.HOME, { untagged: true })).untagged, true);
  assert.equal(view.sameReport(report, part), true);
  const moved = view.withReport(part, { range: "TODAY" });
  assert.deepEqual(view.listFilter(moved), { startedOn: { preset: "TODAY" }, status: ["OPEN"], channel: ["SMS"], tag: ["size"] });
  assert.equal(view.sameReport(part, moved), false);
  assert.deepEqual(view.daysUntil(days, "2026-11-05"), { start: "2026-11-02", end: "2026-11-05" });
  assert.deepEqual(view.daysUntil(days, "2026-10-05"), { start: "2026-10-05", end: "2026-10-05" });
});

const seriesFrom = (start, ...rows) => rows.map((counts, index) => ({
  key: `${index}`, label: `${index}`, total: counts.reduce((sum, count) => sum + count, 0),
  points: counts.map((count, day) => ({ date: new Date(Date.UTC(2026, 0, start + day)).toISOString().slice(0, 10), count })),
}));

test("bars are days, weeks or months, and lose no conversation", () => {
  const [short] = chart.bucketsOf(seriesFrom(1, [1, 2], [3, 0]), [5, 7]);
  assert.deepEqual(short, { days: { start: "2026-01-01", end: "2026-01-01" }, counts: [1, 3], total: 4, before: 5 });
  for (const [length, most] of [[100, 100], [101, 16], [735, 106], [736, 25], [3660, 122]]) {
    const counts = Array.from({ length }, (_, day) => day % 7);
    const series = seriesFrom(1, counts);
    const buckets = chart.bucketsOf(series, counts);
    assert.ok(buckets.length <= most, `${length} days: ${buckets.length} bars`);
    assert.equal(buckets.reduce((sum, { total }) => sum + total, 0), series[0].total);
    assert.equal(buckets.reduce((sum, { before }) => sum + before, 0), series[0].total);
    assert.deepEqual([buckets[0].days.start, buckets.at(-1).days.end], [series[0].points[0].date, series[0].points.at(-1).date]);
  }
  assert.deepEqual(chart.bucketsOf([], null), []);
});

test("the axis has few round numbers, whole ones, up to the highest bar", () => {
  for (const most of [0, 1, 2, 3, 7, 12, 99, 100, 101, 12_345, 1_000_000]) {
    const ticks = chart.ticksOf(most);
    assert.ok(ticks.at(-1) >= most && ticks.length <= 6 && ticks.every(Number.isInteger), `${most}: ${ticks}`);
    assert.ok(ticks.at(-1) <= 2 * Math.max(most, 1), `${most}: ${ticks}`);
  }
  const [bar] = chart.barsOf(chart.bucketsOf(seriesFrom(1, [1], [0], [3]), [4]), 100, 80, 8);
  assert.deepEqual(bar.parts, [{ series: 0, y: 70, height: 10 }, { series: 2, y: 40, height: 30 }]);
  assert.equal(bar.before, 40);
  assert.deepEqual(chart.pathsOf([bar], 3), ["M22 70h56v10h-56z", "", "M22 40h56v30h-56z"]);
  assert.deepEqual(chart.partAt([bar], 100, 50, 45), { bar: 0, series: 2 });
  assert.deepEqual(chart.partAt([bar], 100, 50, 20), { bar: 0, series: null });
  assert.deepEqual([chart.partAt([bar], 100, -1, 45), chart.partAt([bar], 100, 101, 45)], [null, null]);
  assert.deepEqual(chart.thinned([1, 2, 3, 4, 5], 2), [6, 9]);
  assert.deepEqual(chart.thinned([1, 2], 2), [1, 2]);
  assert.deepEqual(chart.labelled(30, 300, 60), [0, 6, 12, 18, 24]);
});

test("a change is told in per cent of numbers and in points of rates", () => {
  assert.deepEqual(format.changeOf(150, 120), { direction: "up", text: "25%" });
  assert.deepEqual(format.changeOf(0.5, 0.531, true), { direction: "down", text: "3.1 points" });
  assert.equal(format.changeOf(5, 5).direction, "same");
  assert.equal(format.changeOf(5, 0), null);
  assert.equal(format.changeOf(null, 0.5, true), null);
  assert.equal(secondsOf("P5D"), 432_000);
  assert.equal(secondsOf("PT24H"), 86_400);
  assert.equal(span(11_520), "3 h 12 min");
  assert.equal(dayIn(new Date("2026-11-29T23:30:00Z"), "Europe/Rome"), "2026-11-30");
  const now = new Date("2026-11-30T10:00:00Z");
  assert.doesNotMatch(clock("2026-11-29T23:30:00Z", "Europe/Rome", now), /Nov|2026/);
  assert.match(clock("2026-11-29T22:30:00Z", "Europe/Rome", now), /Nov/);
  assert.doesNotMatch(clock("2026-11-29T22:30:00Z", "Europe/Rome", now), /2026/);
  assert.match(clock("2025-11-30T09:00:00Z", "Europe/Rome", now), /2025/);
  assert.match(money({ amount: "12345678901234567.89", currency: "EUR" }), /567\.89/);
  const euros = (amount) => ({ amount, currency: "EUR" });
  assert.equal(format.salesText([], [euros("3.00")]), money(euros("0")), "in the currency of the other period");
  assert.deepEqual([format.salesText([], []), format.salesText([euros("3.00")], [])], ["0", money(euros("3.00"))]);
  const question = (firstQuestion, firstQuestionRemovedAt = null, transcriptRemovedAt = null) => format.questionOf({ firstQuestion, firstQuestionRemovedAt, transcriptRemovedAt });
  const [early, late, kept] = ["2026-11-30T09:00:00Z", "2026-12-30T09:00:00Z", "(removed after the time for which words are kept)"];
  assert.deepEqual([question("Hi"), question(""), question("", early)], ["Hi", "(no text)", "(removed)"]);
  assert.deepEqual([question("", early, late), question("", late, late), question("", null, late)], ["(removed)", kept, kept]);
});

test("a feed with a newer page has no gap and no event twice", () => {
  const events = (...ids) => ids.map((id) => ({ id }));
  const feed = { events: events("3", "2", "1"), more: "m" };
  assert.deepEqual(board.refreshed(feed, { events: events("5", "4", "3"), more: "n" }), { events: events("5", "4", "3", "2", "1"), more: "m" });
  assert.deepEqual(board.refreshed(feed, { events: events("9", "8"), more: "n" }), { events: events("9", "8"), more: "n" });
  assert.deepEqual(board.withEvent(feed, { id: "3" }).events, events("3", "2", "1"));
  assert.deepEqual(board.refreshed({ events: [], more: null }, { events: events("1"), more: "n" }), { events: events("1"), more: "n" });
});

test("a transcript ends in the same state, whatever the order of its items", () => {
  const added = (sequence) => ({ __typename: "MessageAdded", conversation: { id: "c", version: sequence }, message: { sequence } });
  const begun = { head: { id: "c", version: 0 }, messages: [], earlier: null };
  const items = [added(1), { __typename: "ConversationChanged", conversation: { id: "c", version: 2 } }, added(3)];
  const wanted = items.reduce(board.withItem, begun);
  assert.deepEqual(wanted.messages.map(({ sequence }) => sequence), [1, 3]);
  assert.deepEqual([...items, ...items].reverse().reduce(board.withItem, begun), wanted);
});

const { fieldOf, isStale, isWithin, overlaid, typedSince, withEdit } = await module("src/settings/edits.ts");

test("a duration is read in its largest unit, and written again", () => {
  for (const [duration, amount, unit, written] of [["PT24H", "1", "days", "P1D"], ["P1DT1H", "25", "hours", "PT25H"], ["PT90S", "90", "seconds", "PT90S"], ["P2W", "14", "days", "P14D"]]) {
    assert.deepEqual(spanOf(duration), { amount, unit });
    assert.equal(durationOf(spanOf(duration)), written);
  }
  for (const none of [null, "PT0S", ""]) assert.equal(durationOf(spanOf(none)), null);
  for (const amount of ["", "1.5", "-1", "1e3"]) assert.equal(durationOf({ amount, unit: "days" }), null);
  assert.deepEqual(["", "1e3", "2"].map((amount) => optionalDurationOf({ amount, unit: "days" })), [null, "PT0S", "P2D"]);
});

test("what a person typed stays over what the server changes", () => {
  const base = { name: "Ann", days: [1] };
  const edits = withEdit(withEdit({}, base, "name", "Bo"), base, "days", [1]);
  assert.deepEqual(overlaid(base, edits), { values: { name: "Bo", days: [1] }, changes: { name: "Bo" } });
  const later = { name: "Cy", days: [2] };
  assert.deepEqual(overlaid(later, edits).values, { name: "Bo", days: [1] });
  assert.equal(isStale(edits, base, "name"), false);
  assert.equal(isStale(edits, later, "name"), true);
  assert.equal(isStale(edits, { name: "Bo", days: [1] }, "name"), false); // somebody else wrote the same
  const more = withEdit(edits, base, "name", "Bob");
  assert.deepEqual(typedSince(edits, edits), {});
  assert.deepEqual(typedSince(edits, more), { name: { value: "Bob", over: '"Bo"' } });
});

test("a refusal is shown at its field", () => {
  const refusal = { code: "INVALID", message: "", path: ["input", "zendesk", "apiToken"] };
  assert.equal(fieldOf(refusal, 1), "apiToken");
  assert.equal(fieldOf({ ...refusal, path: null }), "");
  assert.equal(isWithin("businessWeek.2.opensAt", "businessWeek.2"), true);
  assert.equal(isWithin("businessWeek.21", "businessWeek.2"), false);
});

const ME = { id: "me", name: "Mia" };
const SAM = { id: "sam", name: "Sam" };
const instant = (number) => new Date(Date.UTC(2026, 10, 30) + 60_000 * number).toISOString();
const ticket = (number, { version = 1, conversation, ...given } = {}) => ({
  id: `t${number}`, createdAt: instant(number), state: "OPEN", assignee: null, unread: true, ...given,
  conversation: { id: `c${number}`, version, channel: "WEB_CHAT", tags: [], displayName: "Vic", lastMessage: null, ...conversation },
});
const changed = (row, __typename = "TicketChanged") => ({ __typename, ticket: row });
const removed = (number) => ({ __typename: "TicketRemoved", ticketId: `t${number}` });
const desk = (view, rows = [], more = null) => ({ ...inbox.EMPTY, me: ME, view, rows, more });
const ids = ({ rows }) => rows.map(({ id }) => id).join(" ");
const after = (state, ...items) => items.reduce((now, item) => inbox.withInboxItem(now, item, 0), state);

test("a view of the inbox follows the stream of all open tickets", () => {
  const items = [changed(ticket(1), "TicketAdded"), changed(ticket(3), "TicketAdded"), changed(ticket(2), "TicketAdded"), changed(ticket(3, { version: 2, assignee: ME })), changed(ticket(2, { version: 2, assignee: SAM }))];
  const wanted = { ALL: "t3 t2 t1", MINE: "t3", UNASSIGNED: "t1", SNOOZED: "", CLOSED: "" };
  for (const [view, rows] of Object.entries(wanted)) {
    assert.equal(ids(after(desk(view), ...items)), rows, view);
    assert.equal(ids(after(desk(view), ...items, ...items)), rows, `${view}, each item twice`);
  }
  assert.equal(ids(after(desk("ALL"), ...items, removed(2))), "t3 t1");
  const snoozed = ticket(4, { version: 3, state: "SNOOZED" });
  assert.equal(ids(after(desk("SNOOZED"), changed(snoozed))), "t4");
  assert.equal(ids(after(desk("ALL", [ticket(4)]), changed(snoozed))), "");
  assert.equal(ids(after(desk("SNOOZED", [snoozed]), changed(ticket(4, { version: 4 })))), "", "it woke");
  assert.equal(ids(after(desk("SNOOZED", [snoozed]), removed(4))), "", "a colleague closed it");
  assert.equal(ids(after(desk("SNOOZED", [snoozed]), changed(ticket(4, { version: 2 })))), "t4", "an older state changes nothing");
});

test("pages of the inbox fit together, and a ticket after the last row waits for its page", () => {
  const pages = [[ticket(5), ticket(4)], [ticket(4, { version: 2 }), ticket(2)]];
  const rows = pages.reduce(inbox.withPage, []);
  assert.equal(ids({ rows }), "t5 t4 t2");
  assert.equal(rows[1].conversation.version, 2);
  assert.equal(ids(after(desk("ALL", rows, "more"), changed(ticket(1)), changed(ticket(3)))), "t5 t4 t3 t2");
  assert.equal(ids(after(desk("ALL", rows), changed(ticket(1)))), "t5 t4 t2 t1");
});

test("filters narrow a list, and a search is the server's", () => {
  const rows = [ticket(4, { assignee: SAM }), ticket(3, { unread: false }), ticket(2, { conversation: { channel: "SMS" } }), ticket(1, { conversation: { tags: ["Returns"] } })];
  const shown = (filter) => inbox.shownRows({ rows, filter: { ...inbox.NO_FILTER, ...filter } }).map(({ id }) => id).join(" ");
  assert.deepEqual([shown({ assignee: "sam" }), shown({ channel: "SMS" }), shown({ tag: "Returns" }), shown({ unread: true })], ["t4", "t2", "t1", "t4 t2 t1"]);
  const found = { ...desk("MINE", [ticket(2)]), filter: { ...inbox.NO_FILTER, search: "boots" } };
  const closed = after(found, changed(ticket(9)), changed(ticket(2, { version: 2, assignee: SAM })), removed(2));
  assert.deepEqual([ids(closed), closed.rows[0].assignee], ["t2", SAM]);
});

test("the counts of the views move with the stream", () => {
  const start = { ALL: 10, MINE: 2, UNASSIGNED: 5, SNOOZED: 1 };
  const counts = (item, before) => Object.values(inbox.countsAfter(start, item, before, "me")).join(" ");
  assert.equal(counts(changed(ticket(1), "TicketAdded"), undefined), "11 2 6 1");
  assert.equal(counts(changed(ticket(1, { assignee: ME })), ticket(1)), "10 3 4 1");
  assert.equal(counts(changed(ticket(1, { assignee: SAM })), ticket(1, { assignee: ME })), "10 1 5 1");
  assert.equal(counts(changed(ticket(1, { assignee: ME, state: "SNOOZED" })), ticket(1, { assignee: ME })), "9 1 5 2");
  assert.equal(counts(changed(ticket(1)), ticket(1, { assignee: ME, state: "SNOOZED" })), "11 2 6 0", "it woke, and waits");
  assert.equal(counts(removed(1), ticket(1, { assignee: ME })), "9 1 5 1");
  assert.equal(counts(removed(1), ticket(1, { state: "SNOOZED" })), "10 2 5 0");
  assert.equal(counts(removed(1), undefined), "10 2 5 1", "it is counted again");
  assert.equal(counts(changed(ticket(1, { assignee: ME })), undefined), "10 2 5 1", "it is counted again");
});

test("who writes is shown until a message, an end, or some seconds", () => {
  const typing = (author, typing = true) => ({ __typename: "TypingChanged", conversationId: "c1", author, typing });
  const sam = { kind: "HUMAN_AGENT", name: "Sam" };
  const names = (state) => (state.writers.get("c1") ?? []).map(({ name }) => name).join(" ");
  const both = after(desk("ALL", [ticket(1)]), typing(sam), typing({ kind: "SHOPPER", name: "Vic" }), typing(sam));
  assert.equal(names(both), "Vic Sam");
  assert.equal(names(after(both, typing(sam, false))), "Vic");
  const message = { __typename: "MessageAdded", message: { sequence: 2, author: { kind: "SHOPPER", name: "Victor" } }, conversation: { ...ticket(1).conversation, version: 5 } };
  assert.equal(names(after(both, message)), "Sam");
  assert.equal(names(inbox.withoutSilent(both, 6_000)), "Vic Sam");
  assert.equal(names(inbox.withoutSilent(both, 7_000)), "");
  assert.equal(inbox.withoutSilent(inbox.EMPTY), inbox.EMPTY);
});

test("a ticket shows what people said last, and not Baton's own words to the shopper", () => {
  const said = (sequence, kind, text, messageKind = "TEXT") => ({
    __typename: "MessageAdded", message: { sequence, kind: messageKind, text, author: { kind, name: "X" } }, conversation: { ...ticket(1).conversation, version: sequence },
  });
  const last = (...items) => after(desk("ALL", [ticket(1)]), ...items).rows[0].conversation.lastMessage?.text;
  const asked = said(2, "SHOPPER", "Where is it?");
  assert.equal(last(asked, said(3, "SYSTEM", "We have passed it on.")), "Where is it?");
  assert.equal(last(asked, said(3, "SYSTEM", "It could not be sent.", "NOTE")), "It could not be sent.");
  assert.equal(last(asked, said(3, "HUMAN_AGENT", "Here.")), "Here.");
});

test("words that retention removes leave an open thread", () => {
  const message = { id: "m", sequence: 1, text: "My card", products: [{}], attachments: [{}] };
  const facts = (version, transcriptRemovedAt) => ({ version, transcriptRemovedAt, erasedAt: null });
  const thread = { ...inbox.EMPTY, messages: [message], facts: facts(1, null), writers: [] };
  const changedTo = (version, at) => inbox.withThreadItem(thread, { __typename: "ConversationChanged", conversation: facts(version, at) }).messages[0];
  assert.deepEqual(changedTo(2, instant(9)), { ...message, text: "", products: [], attachments: [] });
  assert.deepEqual([changedTo(2, null), changedTo(0, instant(9))], [message, message]);
  const transcript = { head: { id: "c", ...facts(1, null) }, messages: [message], earlier: null };
  const emptied = board.withItem(transcript, { __typename: "ConversationChanged", conversation: { id: "c", ...facts(2, instant(9)) } });
  assert.deepEqual(emptied.messages, [{ ...message, text: "", products: [], attachments: [] }]);
});

test("words of an erased shopper are on no page, also if it is read before the server has emptied the messages", () => {
  const said = { id: "m", sequence: 1, text: "My card", products: [{}], attachments: [{}], author: { kind: "SHOPPER", name: "Lena" }, redactedAt: null };
  const emptied = { ...said, text: "", products: [], attachments: [], author: { kind: "SHOPPER", name: "Anonymous" }, redactedAt: instant(9) };
  const facts = { version: 2, transcriptRemovedAt: null, erasedAt: instant(9), drafts: [{ text: "Dear Lena" }] };
  const thread = inbox.threadOf("c", [said], null, facts);
  assert.deepEqual([thread.messages, thread.facts.drafts], [[emptied], []]);
  const earlier = { ...said, sequence: 0 };
  assert.deepEqual(inbox.withMessages(thread, [earlier]).messages[0], { ...emptied, sequence: 0 });
  const open = inbox.threadOf("c", [said], null, { ...facts, version: 1, erasedAt: null });
  assert.deepEqual(open.messages, [said]);
  const redacted = (version) => ({ __typename: "MessageRedacted", message: { ...said, text: "" }, conversation: { ...facts, version } });
  assert.deepEqual(inbox.withThreadItem(open, redacted(2)).facts.drafts, []);
  assert.equal(inbox.withThreadItem(thread, redacted(1)).facts, thread.facts);
  const transcript = board.transcriptOf({ id: "c", ...facts }, [said], null);
  assert.deepEqual(board.withMessages(transcript, [earlier]).messages, [{ ...emptied, sequence: 0 }, emptied]);
});

test("the address of the inbox has view and ticket, and a mistyped one is the list", () => {
  globalThis.location = { pathname: "/inbox", search: "", hash: "" };
  const address = addressOf("MINE", "VGlja2V0OjE=");
  assert.equal(address, "/inbox?view=MINE#ticket=VGlja2V0OjE%3D");
  assert.deepEqual([ticketOf("#ticket=VGlja2V0OjE%3D"), viewOf("?view=MINE")], ["VGlja2V0OjE=", "MINE"]);
  assert.deepEqual([ticketOf("#ticket=%E0%A4"), ticketOf("#ticket="), ticketOf("#content"), viewOf("?view=x"), viewOf("")], [null, null, null, "ALL", "ALL"]);
  delete globalThis.location;
});

test("a sign-in at the provider comes back to what the page showed", () => {
  const from = (hash) => {
    globalThis.location = { pathname: "/inbox", search: "?view=MINE", hash };
    const to = new URL(comingBack("/sign-in/A"), "http://127.0.0.1").searchParams.get("return_to");
    delete globalThis.location;
    return to;
  };
  assert.equal(from("#ticket=VGlja2V0OjE%3D"), "/inbox?view=MINE#ticket=VGlja2V0OjE%3D");
  assert.equal(from(""), "/inbox?view=MINE");
  assert.equal(from(`#${"x".repeat(512)}`), "/inbox?view=MINE", "the server takes no longer one");
});

test("a page says of a refused stream that it is refused, and of a lost one that it is lost", () => {
  const refused = refusalOf([{ message: "Too many streams.", extensions: { code: "RATE_LIMITED" } }]);
  assert.deepEqual([refused, offlineText(refused)], ["Too many streams.", "Live updates are refused. Trying again."]);
  for (const lost of [undefined, new Error("closed"), [], [{}]]) assert.equal(offlineText(refusalOf(lost)), "No connection. Trying again.");
});

test("a clock that is set back keeps nothing for longer", () => {
  const { now } = Date;
  const { now: run } = performance;
  const at = performance.now();
  const moment = new Moment();
  const typing = { __typename: "TypingChanged", conversationId: "c1", author: { kind: "HUMAN_AGENT", name: "Sam" }, typing: true };
  const state = inbox.withInboxItem(desk("ALL", [ticket(1)]), typing);
  try {
    Date.now = () => now() - 3_600_000;
    performance.now = () => at + 8_000;
    assert.ok(moment.age >= 7_000);
    assert.equal(inbox.withoutSilent(state).writers.size, 0);
    performance.now = () => at; // as while the machine sleeps
    Date.now = () => now() + 3_600_000;
    assert.ok(moment.age >= 3_600_000);
  } finally {
    Date.now = now;
    performance.now = run;
  }
});

test("a delta of 10,000 tickets costs little", () => {
  let state = desk("ALL", Array.from({ length: 10_000 }, (_, index) => ticket(10_000 - index)));
  const began = performance.now();
  for (let version = 2; version < 202; version++) state = after(state, changed(ticket(9_000, { version })), removed(version), changed(ticket(version, { version: 2 }), "TicketAdded"));
  assert.ok(performance.now() - began < 6_000, "600 deltas, 10 ms each on a busy machine");
  assert.equal(state.rows.length, 10_000);
  assert.ok(state.rows.every((row, index) => row.id === `t${10_000 - index}`));
});

test("a thread shows messages and events by time, with days", () => {
  const consent = { decidedAt: instant(3), decision: "ACCEPTED" };
  const facts = { drafts: [{ writtenAt: instant(4), text: "Late" }], handoffs: [{ id: "h", requestedAt: instant(2), consent }], ticket: { attempts: [{ at: instant(3000) }] } };
  const messages = [1, 2, 5].map((number) => ({ sequence: number, sentAt: instant(number) }));
  const kinds = (given) => timelineOf({ messages, facts, earlier: null, ...given }).map(({ kind }) => kind).join(" ");
  assert.equal(kinds({}), "day message message handoff consent draft message day attempt");
  assert.equal(kinds({ messages: messages.slice(2), earlier: "more" }), "day message day attempt");
});

test("a long list draws the rows on the screen and some around them", () => {
  assert.deepEqual(windowOf(0, 900, 90, 10_000), [0, 18]);
  assert.deepEqual(windowOf(90_000, 900, 90, 10_000), [992, 1018]);
  assert.deepEqual(windowOf(90_000, 900, 90, 5), [0, 5]);
  assert.deepEqual([scrolledTo(3, 0, 900, 90), scrolledTo(10, 0, 900, 90), scrolledTo(1, 500, 900, 90)], [0, 90, 90]);
});

test("keys are commands, but not in a field, and not with another key held", () => {
  const press = (key, given = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, repeat: false, ...given });
  assert.deepEqual(["j", "T", "?", "/", "x", "Enter"].map((key) => commandOf(press(key), false)), ["next", "take", "help", "search", undefined, undefined]);
  assert.equal(commandOf(press("t"), true), undefined);
  assert.equal(commandOf(press("t", { ctrlKey: true }), false), undefined);
  assert.deepEqual([commandOf(press("j", { repeat: true }), false), commandOf(press("e", { repeat: true }), false)], ["next", undefined]);
});

test("yesterday is the day before, however long it was", () => {
  const zone = process.env.TZ;
  process.env.TZ = "Europe/Berlin";
  const now = new Date(2026, 2, 30, 0, 30); // the day before had 23 hours
  assert.deepEqual([30, 29].map((of) => day(new Date(2026, 2, of, 12).toISOString(), now)), ["Today", "Yesterday"]);
  assert.match(day(new Date(2026, 2, 28, 12).toISOString(), now), /28/);
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

test("a snooze ends at times that people mean", () => {
  const monday = new Date(2026, 10, 30, 10, 30);
  assert.deepEqual(snoozeTimes(monday).map(({ until }) => localValue(until)), ["2026-11-30T11:30", "2026-11-30T13:30", "2026-11-30T18:00", "2026-12-01T09:00", "2026-12-07T09:00"]);
  assert.equal(snoozeTimes(new Date(2026, 10, 30, 17, 30)).length, 4);
  assert.deepEqual([10, 100, 4_000, 100_000].map((seconds) => ago(new Date(0).toISOString(), 1000 * seconds)), ["<1 min", "1 min", "1 h", "1 d"]);
});

test("a notification tells of work for this member", () => {
  const title = (item, before) => noticeOf(item, before, "me")?.title;
  const message = (kind, assignee) => ({ __typename: "MessageAdded", message: { text: "x".repeat(500), author: { kind, name: "Vic" } }, conversation: { displayName: "Vic", ticket: { id: "t1", assignee } } });
  assert.equal(title(changed(ticket(1), "TicketAdded")), "New ticket: Vic");
  assert.equal(title(changed(ticket(1, { assignee: ME })), ticket(1)), "For you: Vic");
  assert.equal(title(changed(ticket(1, { assignee: ME })), ticket(1, { assignee: ME })), undefined);
  assert.equal(title(changed(ticket(1, { assignee: ME })), ticket(1, { assignee: ME, state: "SNOOZED" })), "For you: Vic", "it woke");
  assert.equal(title(changed(ticket(1, { state: "SNOOZED" })), ticket(1)), undefined);
  assert.equal(title(changed(ticket(1, { assignee: SAM }), "TicketAdded")), undefined);
  assert.equal(title(message("SHOPPER", ME)), "Vic");
  assert.equal(noticeOf(message("SHOPPER", ME), undefined, "me").body.length, 121);
  assert.equal(title(changed(ticket(1)), ticket(1, { assignee: ME, state: "SNOOZED" })), "Back in the queue: Vic", "it woke while I was away");
  assert.equal(title(changed(ticket(1, { state: "SNOOZED" })), ticket(1, { assignee: ME, state: "SNOOZED" })), "Back in the queue: Vic");
  assert.equal(title(changed(ticket(1, { assignee: { ...SAM, name: "Sam" } })), ticket(1, { assignee: ME })), "Now with Sam: Vic");
  assert.equal(title(changed(ticket(1, { state: "CLOSED" })), ticket(1, { assignee: ME })), undefined);
  assert.deepEqual([title(message("SHOPPER", SAM)), title(message("HUMAN_AGENT", ME)), title(message("SHOPPER", null))], [undefined, undefined, undefined]);
});

test("what a member writes is kept by conversation and by draft", () => {
  const kept = new Map();
  globalThis.sessionStorage = {
    getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text), removeItem: (key) => kept.delete(key),
    key: (index) => [...kept.keys()][index], get length() { return kept.size; },
  };
  const opened = (member) => {
    const writings = new Writings();
    writings.belongTo(member);
    return writings;
  };
  const first = opened("olivia");
  first.set("c1", { kind: "note", note: { text: "He lies", files: [{ id: "f1", name: "a.txt" }] } });
  const again = opened("olivia");
  assert.deepEqual([again.of("c1").kind, again.of("c1").reply.text, again.of("c1").note.text], ["note", "", "He lies"]);
  assert.equal(opened("sam").of("c1").note.text, "", "nobody sees that of another");

  again.begin("c1", "note", { key: "k1", lastSeen: 3, since: 0 });
  again.set("c1", { kind: "reply", reply: { text: "Hello", files: [] } });
  again.begin("c1", "reply", { key: "k2", lastSeen: 3, since: 0 });
  assert.equal(again.of("c1").pending.key, "k1", "one at a time");
  assert.deepEqual(opened("olivia").pending(), ["c1"]);
  assert.deepEqual(opened("sam").pending(), []);
  again.set("c1", { note: { text: "Later", files: [] } });
  again.giveBack("c1", "Not today.");
  const { reply, note, pending, problem } = again.of("c1");
  assert.deepEqual([reply.text, note.text, note.files.length, pending, problem], ["Hello", "He lies\nLater", 1, null, "Not today."]);
  again.end("c1");
  assert.deepEqual([again.of("c1").reply.text, again.of("c1").note.text], ["", "He lies\nLater\nHello"]);
  again.set("c1", { kind: "reply", note: { text: "", files: [] }, problem: "" });
  assert.equal(kept.size, 0);
  assert.deepEqual([isRepeatable({ since: 0 }, 1000), isRepeatable({ since: 0 }, 7 * 24 * 3_600_000)], [true, false]);
  delete globalThis.sessionStorage;
});

test("an open ticket is replaced by a later state of it, and by a later ticket of its conversation", () => {
  const open = (row, next) => inbox.withTicket({ ...desk("ALL"), open: row }, next).open.id;
  const at = (number, version) => ({ ...ticket(number, { version }), conversation: { ...ticket(1, { version }).conversation } });
  assert.equal(open(at(1, 5), at(2, 6)), "t2");
  assert.equal(open(at(2, 5), at(1, 6)), "t2");
  assert.equal(open(at(1, 5), at(2, 4)), "t1");
  assert.equal(open(ticket(1), ticket(2, { version: 9 })), "t1", "another conversation");
});
