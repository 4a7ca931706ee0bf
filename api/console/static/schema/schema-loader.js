// Reads the schema from the server, for the explorer and for the editor.

import { post } from "../run/http.js";
import { buildClientSchema } from "../vendor/codemirror-graphql.js";
import { INTROSPECTION, Schema } from "./schema.js";

export class SchemaLoader {
  // onLoad(clientSchema): with GraphQL.js's schema, for the editor
  constructor({ url, credential, explorer, onLoad }) {
    Object.assign(this, { url, credential, explorer, onLoad });
    this.clientSchema = undefined; // until it is read
  }

  async load() {
    this.explorer.tell("Reading the schema…");
    try {
      const request = { query: INTROSPECTION, operationName: "Introspection" };
      const { result } = await post(this.url, request, { credential: this.credential() });
      if (!result.data) throw new Error(result.errors?.[0]?.message ?? "the server returned no schema");
      this.clientSchema = buildClientSchema(result.data);
      this.explorer.show(new Schema(result.data));
      this.onLoad(this.clientSchema);
    } catch (error) {
      this.explorer.tell(`The schema cannot be read: ${error.message}`);
    }
  }
}
