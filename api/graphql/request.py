"""The parts of a GraphQL request, checked for form, for every transport alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

import orjson

from domain.values.record import Record, field

_SHA256 = re.compile("[0-9a-fA-F]{64}")


class BadRequest(Exception):
    """The request is malformed; the text tells the caller what is wrong."""


class GraphQLRequest(Record):
    query: str | None  # None: the client sent the hash of a persisted query, or the id of a trusted one, in its place
    query_hash: bytes | None = None  # SHA-256 of the query, from a client with automatic persisted queries
    document_id: str | None = None  # of a trusted document
    operation_name: str | None = None
    variables: dict[str, object] = field(default_factory=dict)
    reports_cost: bool = False  # the response has `extensions.cost`

    def digest(self, document: bytes) -> bytes:
        """Return a hash of what a response depends on in the request. `document`: the SHA-256 of the text."""
        parts = [self.operation_name, self.variables, self.reports_cost]
        return sha256(document + orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).digest()


def read_request(parameters: object) -> GraphQLRequest:
    """Read the JSON body of a POST, the parameters of a GET, or the payload of `subscribe`. Raises `BadRequest`."""
    if isinstance(parameters, list):
        raise BadRequest("Batches of operations are not supported: send one operation a request.")
    if not isinstance(parameters, dict):
        raise BadRequest("The request must be a JSON object with a `query`.")
    query = parameters.get("query")
    extensions = _object(parameters, "extensions")
    persisted = extensions.get("persistedQuery")
    document_id = parameters.get("documentId")
    if document_id is not None and (not isinstance(document_id, str) or not document_id):
        raise BadRequest("`documentId` must be a non-empty string.")
    if query in (None, "") and (persisted is not None or document_id is not None):  # "": urql's over a WebSocket
        query = None
    elif not isinstance(query, str):
        raise BadRequest("`query` must be a string.")
    elif document_id is not None:
        raise BadRequest("Send either `query` or `documentId`.")
    name = parameters.get("operationName")
    if name is not None and not isinstance(name, str):
        raise BadRequest("`operationName` must be a string.")
    return GraphQLRequest(
        query=query,
        query_hash=_query_hash(persisted),
        document_id=document_id,
        operation_name=name or None,
        variables=_object(parameters, "variables"),
        reports_cost=extensions.get("cost") is True,
    )


def _query_hash(persisted: object) -> bytes | None:
    """Return the hash in `extensions.persistedQuery`; `None` for a version or a form that is not known here."""
    if not isinstance(persisted, dict) or persisted.get("version") != 1:
        return None
    text = persisted.get("sha256Hash")
    return bytes.fromhex(text) if isinstance(text, str) and _SHA256.fullmatch(text) else None


def _object(parameters: Mapping[str, object], name: str) -> dict[str, object]:
    value = parameters.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadRequest(f"`{name}` must be a JSON object.")
    return value
