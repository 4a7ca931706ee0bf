"""Validates trusted documents before they are registered, beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from graphql import GraphQLError, GraphQLSchema, parse, validate
from strawberry.schema import BaseSchema

from domain.values.errors import Invalid

MOST_TOKENS = 5_000  # as of the document of a request (api/graphql/limits.py)
_MOST_ERRORS = 5


async def check_documents(schema: BaseSchema, texts: Mapping[str, str]) -> None:
    """Raises `Invalid` for a document that is not valid."""
    for name, text in texts.items():
        if problem := await asyncio.to_thread(_problem, schema._schema, text):  # type: ignore[attr-defined]
            raise Invalid(f"The document “{name[:100]}” is not valid: {problem}", field="documents")


def _problem(schema: GraphQLSchema, text: str) -> str | None:
    try:
        errors = validate(schema, parse(text, max_lexical_tokens=MOST_TOKENS), max_errors=_MOST_ERRORS)
    except GraphQLError as error:
        return error.message
    except RecursionError:
        return "it is nested too deeply."
    return errors[0].message if errors else None
