"""The operations that tests ask for. What they select follows from the schema: a new field is in it by itself."""

from __future__ import annotations

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from resolvers.schema import schema

_SCHEMA = schema._schema
_DEPTH = 3  # a conversation's message's author's staff


def selection(type_name: str, *, depth: int = _DEPTH, left_out: frozenset[str] = frozenset()) -> str:
    """All fields of a type, nested; but for lists that have pages, and the way back to a conversation."""
    owner = _SCHEMA.type_map[type_name]
    assert isinstance(owner, GraphQLObjectType | GraphQLInterfaceType)
    parts = []
    for name, field in owner.fields.items():
        inner = get_named_type(field.type)
        if name in left_out or any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if is_leaf_type(inner):
            parts.append(name)
        elif depth and isinstance(inner, GraphQLObjectType) and not _is_page_or_back(inner):
            parts.append(f"{name} {selection(inner.name, depth=depth - 1)}")
    return "{ " + " ".join(parts) + " }"


def _is_page_or_back(inner: GraphQLObjectType) -> bool:
    return inner.name == "Conversation" or inner.name.endswith("Connection")


CONVERSATION = selection("Conversation")
MESSAGE = selection("Message")
ERRORS = "errors { __typename code message path ... on NotInControl { controller { kind epoch since } } }"

SNAPSHOT = f"""query($id: ID!, $after: String) {{ conversation(id: $id) {{
  ...Whole
  messages(first: 100, after: $after) {{ totalCount nodes {MESSAGE} pageInfo {{ hasNextPage endCursor }} }}
}} }}
fragment Whole on Conversation {CONVERSATION}"""

FOLLOW = f"""subscription($id: ID!) {{ conversation(id: $id) {{
  __typename
  ... on StreamItem {{ cursor }}
  ... on MessageAdded {{ at message {MESSAGE} conversation {CONVERSATION} }}
  ... on ConversationChanged {{ at conversation {CONVERSATION} }}
}} }}"""

_PAYLOADS = {
    "startConversation": f"conversation {CONVERSATION} message {MESSAGE} visitorToken",
    "sendMessage": f"conversation {CONVERSATION} message {MESSAGE}",
    "postAgentMessage": f"conversation {CONVERSATION} message {MESSAGE}",
    "identifyVisitor": f"conversation {CONVERSATION}",
    "closeConversation": f"conversation {CONVERSATION}",
    "recordProductClick": "recorded",
    "updateAccount": f"account {selection('Account')}",
}


def mutation(name: str) -> str:
    input_type = name[0].upper() + name[1:] + "Input"
    return f"mutation($input: {input_type}!) {{ {name}(input: $input) {{ {_PAYLOADS[name]} {ERRORS} }} }}"
