// Builds the editor's bundle, its manifest and its licences into the folder given as argument. After a change of
// package.json or entry.js: `npm install --ignore-scripts && npm run build`, and commit the three files with it.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, version } from "esbuild";

const BUNDLE = "codemirror-graphql.js";
const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2];

const { outputFiles, metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["entry.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none", // the licences have a file of their own
  banner: { js: "/* Made by tools/console_editor; versions in manifest.json, licences in LICENSES.txt. Do not edit. */" },
  define: { "globalThis.process": "true", "process.env.NODE_ENV": '"production"' }, // GraphQL.js without its checks for development
  metafile: true,
  write: false,
  outfile: BUNDLE,
});
const [bundle] = outputFiles;
const { inputs } = metafile.outputs[BUNDLE];
const packages = bundledPackages(Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0));

mkdirSync(target, { recursive: true });
writeFileSync(join(target, BUNDLE), bundle.contents);
writeFileSync(join(target, "LICENSES.txt"), packages.map(licenceText).join("\n"));
writeFileSync(join(target, "manifest.json"), `${JSON.stringify(manifest(), null, 2)}\n`);

// Only packages with code in the bundle, by name.
function bundledPackages(paths) {
  const folders = paths.map((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean);
  return [...new Set(folders)].sort().map((folder) => {
    const path = join(here, folder);
    return { path, ...JSON.parse(readFileSync(join(path, "package.json"), "utf8")) };
  });
}

function licenceText({ path, name, version: packageVersion }) {
  const file = readdirSync(path).find((each) => /^licen[sc]e/i.test(each));
  if (!file) throw new Error(`${name} has no licence file`);
  return `===== ${name} ${packageVersion} =====\n\n${readFileSync(join(path, file), "utf8").trim()}\n`;
}

function manifest() {
  return {
    file: BUNDLE,
    bytes: bundle.contents.length,
    sha256: createHash("sha256").update(bundle.contents).digest("hex"),
    builtWith: { esbuild: version },
    packages: packages.map(({ name, version: packageVersion, license }) => ({ name, version: packageVersion, license })),
  };
}
