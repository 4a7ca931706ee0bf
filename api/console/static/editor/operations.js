// The operations of a document, also of one that is not complete yet.

import { graphqlLanguage } from "../vendor/codemirror-graphql.js";

// Returns [{kind: "query" | "mutation" | "subscription", name: string | null, start, end}, …].
export function operations(text) {
  const textOf = (node) => (node ? text.slice(node.from, node.to) : null);
  const { topNode } = graphqlLanguage.parser.parse(text);
  return topNode.getChildren("OperationDefinition").map((node) => ({
    kind: textOf(node.getChild("OperationType")) ?? "query",
    name: textOf(node.getChild("Name")),
    start: node.from,
    end: node.to,
  }));
}
