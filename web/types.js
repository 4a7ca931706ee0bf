// Writes the typed documents: `npm run types` after a change of a document in src/documents, or of a type that it uses.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { codegen } from "@graphql-codegen/core";
import * as documentPlugin from "@graphql-codegen/typed-document-node";
import * as operations from "@graphql-codegen/typescript-operations";
import { parse } from "graphql";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "src/documents");
const target = join(folder, "generated.ts");
const STRINGS = ["Cursor", "Date", "DateTime", "Decimal", "Duration"]; // scalars that are strings in JSON

const text = await codegen({
  filename: target,
  schema: ownVersion(parse(readFileSync(join(here, "../schema.graphql"), "utf8"))),
  documents: readdirSync(folder).filter((name) => name.endsWith(".graphql")).sort().map((name) => ({
    location: name,
    document: parse(readFileSync(join(folder, name), "utf8")),
  })),
  config: {
    scalars: Object.fromEntries(["ID", ...STRINGS].map((name) => [name, "string"])),
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
writeFileSync(target, `// Made by \`npm run types\`. Do not edit.\n${text}`);

/** Leave out the value `UNKNOWN` of enums: during an upgrade only, a server shows it in place of a newer one's value, and
 * the pages then show nothing. They would otherwise need a word for it in every table. */
function ownVersion(schema) {
  const definitions = schema.definitions.map((node) => node.kind !== "EnumTypeDefinition" ? node
    : { ...node, values: node.values.filter(({ name }) => name.value !== "UNKNOWN") });
  return { ...schema, definitions };
}
