// Writes the typed documents, and the names of the inputs that take an idempotency key: `make clients` after a change of
// schema.graphql or of clients/operations.graphql. An argument is the file to write instead.

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { codegen } from "@graphql-codegen/core";
import * as documentPlugin from "@graphql-codegen/typed-document-node";
import * as operations from "@graphql-codegen/typescript-operations";
import { parse } from "graphql";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "src/generated.ts");
const STRINGS = ["ID", "Cursor", "Date", "DateTime", "Decimal", "Duration"]; // scalars that are strings in JSON
const schema = parse(readFileSync(join(here, "../../schema.graphql"), "utf8"));
const document = parse(readFileSync(join(here, "../operations.graphql"), "utf8"));

const text = await codegen({
  filename: target,
  schema,
  documents: [{ location: "operations.graphql", document }],
  config: {
    scalars: Object.fromEntries(STRINGS.map((name) => [name, "string"])),
    strictScalars: false,
    enumsAsTypes: true,
    enumType: "string-literal",
    useTypeImports: true,
    skipTypename: true,
    nonOptionalTypename: false,
    disableDescriptions: true,
    documentMode: "string",
    pureMagicComment: true, // a page has the documents that it uses
  },
  plugins: [{ operations: {} }, { documents: {} }],
  pluginMap: { operations, documents: documentPlugin },
});
const keyed = schema.definitions
  .filter((node) => node.kind === "InputObjectTypeDefinition" && node.fields.some(({ name }) => name.value === "idempotencyKey"))
  .map((node) => node.name.value)
  .filter((name) => text.includes(`$input: ${name}!`))
  .sort();
writeFileSync(
  target,
  `// Written by \`make clients\` from clients/operations.graphql. Do not edit.\n${text}
/** The inputs that take an idempotency key. */
export const KEYED: ReadonlySet<string> = new Set([${keyed.map((name) => `"${name}"`).join(", ")}]);\n`,
);
