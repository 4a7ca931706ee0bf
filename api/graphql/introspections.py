"""An LRU cache of the responses to introspection.

The schema does not change while the process runs, so an operation that reads nothing else always has the same response.
The one that tools send takes 40 ms to execute, and a stranger may ask for it again and again.
"""

from __future__ import annotations

from contextlib import suppress

import orjson
from cachetools import LRUCache

from api.graphql.request import GraphQLRequest

_BYTES = 8 << 20  # of all responses; the whole schema has 0.4 MB

Key = tuple[bytes, str | None, bytes, bool]


class Introspections:
    def __init__(self) -> None:
        self._responses: LRUCache[Key, bytes] = LRUCache(_BYTES, getsizeof=len)

    def get(self, document: bytes, request: GraphQLRequest) -> bytes | None:
        """Return the encoded response of the request's operation. `document`: the SHA-256 of its text."""
        return self._responses.get(_key(document, request))

    def keep(self, document: bytes, request: GraphQLRequest, response: bytes) -> None:
        with suppress(ValueError):  # it is larger than all may be
            self._responses[_key(document, request)] = response


def _key(document: bytes, request: GraphQLRequest) -> Key:
    variables = orjson.dumps(request.variables, option=orjson.OPT_SORT_KEYS)
    return document, request.operation_name, variables, request.reports_cost
