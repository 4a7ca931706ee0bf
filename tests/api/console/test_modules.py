"""The page's modules, run under Node.js without a page: formatting, requests and links."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from api.graphql.errors import ErrorFormatter
from api.graphql.executor import GraphQLExecutor, Operation
from api.graphql.limits import Limits
from api.graphql.request import read_request
from resolvers.schema import schema
from tests.api.console.conftest import Node
from tests.api.graphql.serving import STAFF

pytestmark = pytest.mark.node

FORMAT = """
import { format, samePlace } from "./editor/format.js";
for (const text of JSON.parse(process.argv[2])) {
  try { console.log(JSON.stringify([format(text), format(format(text))])); }
  catch (error) { console.log(JSON.stringify([null, error.message])); }
}
const before = "{a(x:1),b}";
const after = format(before);
console.log(JSON.stringify([after.slice(samePlace(before, before.indexOf("b"), after)).trim()]));
"""
CRAMPED = """query A($a:Int=1,$b:[String!]!=["x" "y"]@d(x:1))@live{a:b(x:{y:1,z:[1 2,{q:$a}]},s:\"\"\"bl
 ock\"\"\")@include(if:$b){...F ...on T@skip(if:true){x y}}}
# of F
fragment F on C{id n(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:1,bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb:2){id}}"""
FORMATTED = """query A($a: Int = 1, $b: [String!]! = ["x", "y"] @d(x: 1)) @live {
  a: b(x: {y: 1, z: [1, 2, {q: $a}]}, s: \"\"\"
  bl
  ock
  \"\"\") @include(if: $b) {
    ...F
    ... on T @skip(if: true) {
      x
      y
    }
  }
}

# of F
fragment F on C {
  id
  n(
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: 1
    bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: 2
  ) {
    id
  }
}
"""
COMMENTED = """#head
query{#open
a(x:1 # one
y:2)# arguments
 # before b
b # b
   # last
}
mutation M { c(s: \"\"\"a
 # no comment
b\"\"\" # after the string
) } # end
# of the file"""
COMMENTS_KEPT = """#head
{ #open
  # one
  a(x: 1, y: 2) # arguments
  # before b
  b # b
  # last
}

mutation M {
  # after the string
  c(s: \"\"\"
  a
   # no comment
  b
  \"\"\")
} # end

# of the file
"""


async def test_formatting_is_stable_and_keeps_comments(node: Node) -> None:
    formatted, commented, incomplete, place = await node(FORMAT, orjson.dumps([CRAMPED, COMMENTED, "{ a(x: "]).decode())
    assert formatted == [FORMATTED, FORMATTED]
    assert commented == [COMMENTS_KEPT, COMMENTS_KEPT]
    assert incomplete == [None, "Syntax Error: Unexpected <EOF>."]
    assert place == ["b\n}"]


OPERATIONS = """
import { operations } from "./editor/operations.js";
const text = `query A($x: Int = 1) { a } fragment F on T { b } { c } # mutation
subscription S @d { a(s: "s{") } mutation M { b(`;
for (const { kind, name, start, end } of operations(text)) {
  console.log(JSON.stringify([kind, name, text.slice(start, end)]));
}
"""


async def test_operations_of_a_document_also_while_it_is_written(node: Node) -> None:
    assert await node(OPERATIONS) == [
        ["query", "A", "query A($x: Int = 1) { a }"],
        ["query", None, "{ c }"],
        ["subscription", "S", 'subscription S @d { a(s: "s{") }'],
        ["mutation", "M", "mutation M { b("],
    ]


DOCUMENTS = """
import { EXAMPLES, variablesOf } from "./examples.js";
import { INTROSPECTION } from "./schema/schema.js";
const written = EXAMPLES.map((each) => [each.operation, JSON.parse(variablesOf(each, null) || "{}")]);
for (const each of [[INTROSPECTION, {}], ...written]) console.log(JSON.stringify(each));
"""


async def test_the_pages_own_documents_run_on_the_schema_within_the_limits(node: Node) -> None:
    executor = GraphQLExecutor(schema=schema, limits=Limits(), errors=ErrorFormatter())
    documents = await node(DOCUMENTS)
    assert len(documents) == 9
    for query, variables in documents:
        prepared = await executor.prepare(read_request({"query": query, "variables": variables}), STAFF)
        assert isinstance(prepared, Operation), prepared


CLIENT_SCHEMA = """
import { EXAMPLES } from "./examples.js";
import { INTROSPECTION } from "./schema/schema.js";
import { readFileSync } from "node:fs";
import { buildClientSchema, parse } from "./vendor/codemirror-graphql.js";
if (process.argv[2] === "query") console.log(JSON.stringify([INTROSPECTION]));
else {
  const schema = buildClientSchema(JSON.parse(readFileSync(process.argv[3], "utf8")));
  const oneOf = Object.values(schema.getTypeMap()).filter((type) => type.isOneOf).map((type) => type.name).sort();
  console.log(JSON.stringify([schema.getDirectives().map((each) => each.name).sort(), oneOf]));
}
"""


async def test_the_editor_builds_the_schema_from_the_pages_introspection(node: Node, tmp_path: Path) -> None:
    [[introspection]] = await node(CLIENT_SCHEMA, "query")
    result = await schema.execute(str(introspection))
    assert result.data is not None
    assert result.errors is None
    path = tmp_path / "introspection.json"
    path.write_bytes(orjson.dumps(result.data))
    [[directives, one_of]] = await node(CLIENT_SCHEMA, "build", str(path))
    assert isinstance(directives, list)
    assert {"include", "skip", "deprecated"} <= set(directives)
    assert one_of == sorted(each["name"] for each in result.data["__schema"]["types"] if each["isOneOf"])
    assert one_of


REQUEST = """
import { requestOf } from "./tabs/request.js";
const operation = "query A { a } mutation B { b }";
const cases = [
  [{ operation, variables: "", headers: "" }, { cursor: 20, name: "A" }],
  [{ operation, variables: '{"x": 1}', headers: '{"X-Trace": "t"}' }, { cursor: null, name: "B" }],
  [{ operation: "# none", variables: "", headers: "" }, { cursor: null, name: "" }],
  [{ operation, variables: "[1]", headers: "" }, { cursor: null, name: "" }],
  [{ operation, variables: "", headers: '{"a b": "c"}' }, { cursor: null, name: "" }],
  [{ operation, variables: "", headers: '{"a": 1}' }, { cursor: null, name: "" }],
];
for (const [texts, where] of cases) {
  try {
    const { picked, request, headers } = requestOf(texts, where);
    console.log(JSON.stringify([picked.kind, request.operationName, request.variables ?? null, headers]));
  } catch (error) { console.log(JSON.stringify([error.message])); }
}
"""


async def test_a_request_has_the_operation_at_the_cursor_or_of_the_name_and_valid_headers(node: Node) -> None:
    assert await node(REQUEST) == [
        ["mutation", "B", None, {}],
        ["mutation", "B", {"x": 1}, {"x-trace": "t"}],
        ["Write an operation first, or choose an example."],
        ["The variables must be a JSON object."],
        ["“a b: c” is not a valid header."],
        ["The header a must be a string."],
    ]


LINK = """
import { fromLink, linkTo } from "./tabs/link.js";
const texts = { operation: "{ a } # key_1", variables: '{"k": "key_1"}', headers: "{}" };
const link = new URL(linkTo("http://h/graphql?x=1#old", texts, ["Bearer key_1"]));
console.log(JSON.stringify([link.pathname + link.search, fromLink(link.hash), fromLink("#section")]));
"""


async def test_a_link_holds_the_texts_and_no_credential(node: Node) -> None:
    assert await node(LINK) == [["/graphql", {"operation": "{ a } # …", "variables": '{"k": "…"}'}, None]]
