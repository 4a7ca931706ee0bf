"""The checks of a request before it costs anything: the size of its variables, and callers without a credential.

Coercion of variables takes milliseconds for each hundred input objects, and no time limit interrupts it. Therefore the
number of values is checked first, and callers without a credential get no coercion except of built-in scalars.
"""

from __future__ import annotations

from graphql import GraphQLError

from api.graphql.limits import Limits, too_complex
from api.graphql.request import GraphQLRequest


def check_variables(request: GraphQLRequest, limits: Limits) -> GraphQLError | None:
    """Return the error of variables that have too many values, too long a list, or too many levels."""
    count, waiting = 0, [(value, 0) for value in request.variables.values()]
    while waiting:
        value, level = waiting.pop()
        count += 1
        inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
        if isinstance(value, list) and len(value) > limits.list_values:
            text = f"A list in the variables has {len(value):,} values, at most {limits.list_values:,} are allowed."
            return too_complex(text, limit=limits.list_values, actual=len(value))
        if count + len(waiting) + len(inner) > limits.values:
            text = f"The variables have more than {limits.values:,} values. Send fewer in one request."
            return too_complex(text, limit=limits.values)
        if inner and level >= limits.value_depth:
            text = f"The variables are nested too deeply, at most {limits.value_depth} levels are allowed."
            return too_complex(text, limit=limits.value_depth)
        waiting += [(each, level + 1) for each in inner]
    return None


def check_anonymous_text(request: GraphQLRequest, limits: Limits) -> GraphQLError | None:
    """Return the error of a document that is too long for a caller without a credential."""
    most, actual = limits.anonymous_document_bytes, len((request.query or "").encode("utf-8", "surrogatepass"))
    if actual <= most:
        return None
    text = f"Without a credential a document may have {most:,} bytes; this one has {actual:,}."
    return too_complex(text, limit=most, actual=actual)
