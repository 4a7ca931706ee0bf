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


_FRAGMENTS = {  # each checked once a document, however often it is spread
    "Whole": f"fragment Whole on Conversation {selection('Conversation', left_out=frozenset({'lastMessage'}))}",
    "Told": f"fragment Told on Message {selection('Message')}",
    "Settings": f"fragment Settings on Account {selection('Account')}",
}
_CONVERSATION = "{ ...Whole lastMessage { ...Told } }"
_MESSAGE = "{ ...Told }"
ERRORS = "errors { __typename code message path ... on NotInControl { controller { kind epoch since } } }"


def _complete(document: str) -> str:
    return " ".join([document, *(text for name, text in _FRAGMENTS.items() if f"...{name} " in document)])


SNAPSHOT = _complete("""query($id: ID!, $after: String) { conversation(id: $id) {
  ...Whole lastMessage { ...Told }
  messages(first: 100, after: $after) { totalCount nodes { ...Told } pageInfo { hasNextPage endCursor } }
} }""")

FOLLOW = _complete(f"""subscription($id: ID!) {{ conversation(id: $id) {{
  __typename
  ... on StreamItem {{ cursor }}
  ... on MessageAdded {{ at message {_MESSAGE} conversation {_CONVERSATION} }}
  ... on ConversationChanged {{ at conversation {_CONVERSATION} }}
}} }}""")

_PAYLOADS = {
    "startConversation": f"conversation {_CONVERSATION} message {_MESSAGE} visitorToken",
    "sendMessage": f"conversation {_CONVERSATION} message {_MESSAGE}",
    "postAgentMessage": f"conversation {_CONVERSATION} message {_MESSAGE}",
    "identifyVisitor": f"conversation {_CONVERSATION}",
    "closeConversation": f"conversation {_CONVERSATION}",
    "recordProductClick": "recorded",
    "updateAccount": "account { ...Settings }",
}


_BRIEF = {
    "startConversation": "conversation { id } message { id sequence } visitorToken",
    "sendMessage": "message { id sequence }",
    "postAgentMessage": "message { id sequence }",
    "identifyVisitor": "conversation { id }",
    "closeConversation": "conversation { id }",
}


def mutation(name: str, *, brief: bool = False) -> str:
    input_type = name[0].upper() + name[1:] + "Input"
    selected = (_BRIEF if brief else _PAYLOADS)[name]
    return _complete(f"mutation($input: {input_type}!) {{ {name}(input: $input) {{ {selected} {ERRORS} }} }}")
