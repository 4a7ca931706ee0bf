"""The parts of an error that callers may read. No other module decides this.

Three kinds are passed on: graphql-core's errors about the request, errors with a code of their own, and domain errors,
whose texts are written for callers. Everything else is logged under an id, and the caller gets that id.
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

_LONGEST = 2_000  # characters of a message: names and values that the caller sent are quoted in it
ErrorEntry = dict[str, object]
"""One member of `errors` in a GraphQL response."""

logger = logging.getLogger("baton.graphql")


class ErrorFormatter:
    """`failures` counts the internal errors, for the operator."""

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
        """Return entries for variables that do not fit their types, without the texts of a parser's exceptions."""
        return [_shown(e, _without_exception(e), {"code": BAD_USER_INPUT, **(e.extensions or {})}) for e in errors]

    def raised(self, error: Exception) -> ErrorEntry:
        """Return the entry for an error that ended an operation outside its fields, mostly a stream."""
        if isinstance(error, DomainError):
            return {"message": str(error), "extensions": _domain_extensions(error)}
        return self.failure(error)

    def failure(self, error: BaseException) -> ErrorEntry:
        """Log an unexpected error, and return an entry with nothing but the id of the log line."""
        self.failures += 1
        error_id = uuid4().hex
        logger.error("Internal error %s", error_id, exc_info=error)
        return {"message": "Internal error", "extensions": {"code": INTERNAL, "id": error_id}}


def _cause(error: GraphQLError) -> BaseException:
    """Return the error that a resolver raised; graphql-core wraps it, sometimes twice."""
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _is_public(error: GraphQLError, cause: GraphQLError) -> bool:
    """Return whether the text may be shown.

    The text of a serialization error shows a value from the database. Such an error comes from a field (it has a path)
    and points at nothing in the document.
    """
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
    entry: ErrorEntry = {"message": message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"}
    if error.locations:
        entry["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        entry["path"] = error.path
    entry["extensions"] = extensions
    return entry
