"""What callers get to read of an error: decided here and nowhere else.

Pass: what graphql-core says about the request, errors with a code of their own, and domain errors (their texts are
written for callers). Everything else is logged under an id, and the caller is given that id.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import uuid4

from graphql import GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError

from domain.values.errors import DomainError, Refusal, Unauthenticated, Unavailable
from resolvers.errors import argument_path

INTERNAL = "INTERNAL"
TIMEOUT = "TIMEOUT"
UNAUTHENTICATED = "UNAUTHENTICATED"
UNAVAILABLE = "UNAVAILABLE"
BAD_USER_INPUT = "BAD_USER_INPUT"

ErrorEntry = dict[str, object]
"""One member of `errors` in a GraphQL response."""

logger = logging.getLogger("baton.graphql")


class ErrorFormatter:
    """`failures` counts what should not have happened, for the operator."""

    def __init__(self) -> None:
        self.failures = 0

    def entries(self, errors: Sequence[GraphQLError]) -> list[ErrorEntry]:
        return [self.entry(error) for error in errors]

    def entry(self, error: GraphQLError) -> ErrorEntry:
        cause = _cause(error)
        if isinstance(cause, DomainError):
            return _shown(error, str(cause), _domain_extensions(cause))
        if isinstance(cause, GraphQLError) and _is_public(error, cause):
            return _shown(error, error.message, dict(error.extensions or {"code": BAD_USER_INPUT}))
        failure = self.failure(cause)
        return {**_shown(error, "", {}), **failure}

    def input_entries(self, errors: Sequence[GraphQLError]) -> list[ErrorEntry]:
        """Variables that do not fit: the caller's own values and types, never a parser's exception."""
        return [_shown(e, _without_exception(e), {"code": BAD_USER_INPUT, **(e.extensions or {})}) for e in errors]

    def raised(self, error: Exception) -> ErrorEntry:
        """What ended an operation outside of its fields: a stream, mostly."""
        if isinstance(error, DomainError):
            return {"message": str(error), "extensions": _domain_extensions(error)}
        return self.failure(error)

    def failure(self, error: BaseException) -> ErrorEntry:
        """Log what nobody expected; the caller learns only under which id."""
        self.failures += 1
        error_id = uuid4().hex
        logger.error("Internal error %s", error_id, exc_info=error)
        return {"message": "Internal error", "extensions": {"code": INTERNAL, "id": error_id}}


def _cause(error: GraphQLError) -> BaseException:
    """graphql-core wraps what a resolver raised, sometimes twice."""
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _is_public(error: GraphQLError, cause: GraphQLError) -> bool:
    """A value that a scalar or enum could not serialize is our fault, and its text shows the value: it comes from a
    field (it has a path) without pointing at anything in the document."""
    if isinstance(cause, StrawberryInputCoercionError):
        return True
    return error.path is None or cause.nodes is not None or "code" in (error.extensions or {})


def _domain_extensions(cause: DomainError) -> dict[str, object]:
    match cause:
        case Refusal():
            path = argument_path(cause)
            return {"code": str(cause.code), **({"path": path} if path else {})}
        case Unauthenticated():
            return {"code": UNAUTHENTICATED}
        case Unavailable():
            return {"code": UNAVAILABLE}
        case _:
            return {"code": BAD_USER_INPUT}


def _without_exception(error: GraphQLError) -> str:
    cause = _cause(error)
    if isinstance(cause, GraphQLError):
        return error.message
    return error.message.replace(f", but encountered error '{cause}'", "")


def _shown(error: GraphQLError, message: str, extensions: dict[str, object]) -> ErrorEntry:
    entry: ErrorEntry = {"message": message}
    if error.locations:
        entry["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        entry["path"] = error.path
    entry["extensions"] = extensions
    return entry
