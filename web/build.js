// Builds the widget and the pages into the folder given as argument, with a manifest and the licences of what is in
// them. After a change of a source: `make web`, and commit the folder with it. The build is deterministic.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const TYPES = "src/documents/generated.ts"; // made of other sources and of the schema, whose additions change no build
const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2];
const shared = { root: here, configFile: false, logLevel: "warn", envDir: false, publicDir: false, build: { write: false, target: "es2022", modulePreload: false, assetsInlineLimit: 0 } };
const files = new Map();
const packages = new Set();

// One classic script, because `document.currentScript` tells it its key, and a shop pastes one line.
await add({ build: { rolldownOptions: { input: "src/widget/main.tsx", output: { format: "iife", entryFileNames: "widget.js" } } } });
await add({ build: { assetsDir: "", rolldownOptions: { input: ["dashboard.html", "help.html", "inbox.html", "settings.html", "shop.html"] } }, base: "/web/" });

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const [name, content] of files) writeFileSync(join(target, name), content);
writeFileSync(join(target, "LICENSES.txt"), [...packages].sort().map(licence).join("\n"));
writeFileSync(join(target, "manifest.json"), `${JSON.stringify(manifest(), null, 2)}\n`);

async function add(options) {
  const { output } = await build({ ...shared, ...options, build: { ...shared.build, ...options.build } });
  for (const part of output) {
    const content = Buffer.from(part.type === "chunk" ? part.code : part.source);
    files.set(part.fileName, content);
    for (const id of part.moduleIds ?? []) {
      const folder = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
      if (folder) packages.add(folder);
    }
  }
}

function manifest() {
  return {
    builtWith: installed("vite").version,
    packages: Object.fromEntries([...packages].sort().map((name) => [name, installed(name).version])),
    files: Object.fromEntries([...files].sort().map(([name, content]) => [name, facts(content)])),
    sources: Object.fromEntries(sources().map((path) => [path, hash(readFileSync(join(here, path)))])),
  };
}

function facts(content) {
  return { sha256: hash(content), bytes: content.length };
}

function sources() {
  return readdirSync(here, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(here, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith("node_modules/") && path !== TYPES)
    .sort();
}

function hash(content) {
  return createHash("sha256").update(content).digest("hex");
}

function installed(name) {
  return JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8"));
}

function licence(name) {
  const folder = join(here, "node_modules", name);
  const file = readdirSync(folder).find((each) => /^licen[sc]e/i.test(each));
  if (!file) throw new Error(`${name} has no licence file`);
  return `===== ${name} ${installed(name).version} =====\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}
