"""The writes of strangers: how many conversations, messages and uploads a mutation begins, and their limits per minute.

The limits are for the callers that anybody can be: the holder of a publishable key, which stands in the shop's page,
and of a visitor token. Each has a limit for a browser, a public address and an account. Secret keys have none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode, OperationType

from api.graphql.cost.arguments import Arguments, SentVariables
from api.graphql.cost.root_fields import root_fields
from domain.model.credentials import browser_named_by
from domain.values.record import Record, field

_START = "startConversation"
_UPLOAD = "createUpload"
_FREE = frozenset({"setTyping"})  # domain/conversation/typing.py drops what comes too often, and writes nothing then
# Where a browser names itself in `startConversation`, the most telling first.
_BROWSER = (("input", "visitor", "browserToken"), ("input", "visitor", "anonymousId"))


class Writes(Record):
    """What a mutation writes. `browsers` counts the starts of each browser that names itself, by its name."""

    starts: int = 0
    messages: int = 0  # every other mutation of a shopper counts as a message
    uploads: int = 0
    browsers: Mapping[str, int] = field(default_factory=dict)


NO_WRITES = Writes()


def writes_of(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, object]
) -> Writes:
    """Return what an operation of a validated document writes. Fields under `@skip` and `@include` count as written."""
    root = schema.mutation_type
    if operation.operation is not OperationType.MUTATION or root is None:
        return NO_WRITES
    sent = SentVariables(operation, variables)
    starts = messages = uploads = 0
    browsers: Counter[str] = Counter()
    for node in root_fields(document, operation):
        name = node.name.value
        if name == _START and name in root.fields:
            starts += 1
            browsers.update(_browser(Arguments(root.fields[name], node, sent)))
        elif name == _UPLOAD:
            uploads += 1
        elif name not in _FREE:
            messages += 1
    return Writes(starts=starts, messages=messages, uploads=uploads, browsers=browsers)


def _browser(arguments: Arguments) -> list[str]:
    for path in _BROWSER:
        secret = arguments.inner(*path)
        if isinstance(secret, str) and secret:
            return [browser_named_by(secret)]
    return []
