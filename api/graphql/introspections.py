"""An LRU cache of the responses to introspection.

The schema does not change while the process runs, so an operation that reads nothing else always has the same response.
The query that tools send takes 40 ms to execute, and a caller without a credential may repeat it as often as it likes.
"""

from __future__ import annotations

from contextlib import suppress

from cachetools import LRUCache

from api.graphql.request import GraphQLRequest

_BYTES = 8 << 20  # of all responses; the whole schema has 0.4 MB
_OVERHEAD = 300  # bytes of an entry besides its response, which may have 31: the key and the objects


class Introspections:
    def __init__(self) -> None:
        self._responses: LRUCache[bytes, bytes] = LRUCache(_BYTES, getsizeof=lambda each: len(each) + _OVERHEAD)

    def get(self, document: bytes, request: GraphQLRequest) -> bytes | None:
        """Return the encoded response of the request's operation. `document`: the SHA-256 of its text."""
        return self._responses.get(request.digest(document))

    def keep(self, document: bytes, request: GraphQLRequest, response: bytes) -> None:
        with suppress(ValueError):  # it is larger than all may be
            # A hash, since a stranger chooses the variables: kept as they are, they would take any amount of memory.
            self._responses[request.digest(document)] = response
