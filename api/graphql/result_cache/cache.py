"""An LRU cache of encoded results, each valid as long as its account stays at one revision.

    key        account, audience, a hash of document, operation name and variables; where the result depends on what
               day it is, the quarter of an hour too: in every time zone, days begin on a quarter
    entry      the response's bytes, and a revision that the account had reached before the operation ran
    hit        the account's revision, read after the request came, equals that of the entry

Every commit that writes anything moves the revision of its account, in the same transaction (`Revision`), and nothing
moves it back. So if the revision is still what the account had reached before the operation ran, then nothing was
written while it ran or since, and it would have the same result again. Therefore a caller sees every change that was
confirmed before the request, whichever process made it. The change stream is not needed for that. It only saves looks:
an entry that is known to be old is not worth one.

Only results without errors, of operations whose fields are all cacheable (`cacheable.py`), are kept. Limits, cost and
budgets apply to every request before it comes here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from cachetools import LRUCache

from api.graphql.executor import Operation, OperationResult
from api.graphql.result_cache.cacheable import CacheableOperations
from api.graphql.result_cache.exact_bytes import exact
from api.graphql.result_cache.revisions import Revisions
from domain.events import Revision
from domain.principal import Principal, PrincipalKind
from domain.values.clock import Clock
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from domain.values.record import Record, replace

_BYTES = 64 * 2**20  # of all entries
_LARGEST = 2**20  # bytes of one result
_OVERHEAD = 1_000  # bytes of an entry besides its result: key, revision, objects

_QUARTER = 15 * 60  # seconds
_ANY_TIME = -1  # in the key of a result that does not depend on the day

Key = tuple[str, str, bytes, int]


class _Entry(Record):
    revision: Revision
    result: OperationResult  # with the encoded response


class ResultCache:
    def __init__(
        self, *, revisions: Revisions, operations: CacheableOperations, clock: Clock, most_bytes: int = _BYTES
    ) -> None:
        self._revisions = revisions
        self._clock = clock
        self._operations = operations
        self._entries: LRUCache[Key, _Entry] = LRUCache(
            most_bytes, getsizeof=lambda entry: len(entry.result.encode()) + _OVERHEAD
        )

    def forget(self, account_id: AccountId) -> None:
        """Drop the results of an account."""
        for key in [key for key in self._entries if key[0] == account_id]:
            self._entries.pop(key, None)

    def forget_literals(self) -> None:
        """Drop what is known of operations, which have literals of all accounts."""
        self._operations.clear()

    async def execute(
        self, operation: Operation, principal: Principal, run: Callable[[], Awaitable[OperationResult]]
    ) -> OperationResult:
        """Return the result of an operation: a kept one, or that of `run`. Raises what `run` raises."""
        document, variables = operation.document, operation.request.variables
        if principal.kind is PrincipalKind.ANONYMOUS or not self._operations.has(
            document.key, document.ast, operation.node, variables
        ):
            return await run()
        time = self._time(operation)
        key = (principal.account_id, principal.audience, operation.request.digest(document.key), time)
        revision = self._revisions.known(principal.account_id)
        entry = self._entries.get(key)
        if revision is None or (entry is not None and entry.revision == revision):
            revision = await self._look(principal)
            if entry is not None and entry.revision == revision:
                return entry.result
        result = await run()
        if revision is None or not result.executed or result.errors or time != self._time(operation):
            return result
        return self._kept(key, revision, result)

    def _time(self, operation: Operation) -> int:
        """Return what the key has of the time: the number of the present quarter of an hour, where it matters."""
        document = operation.document
        if not self._operations.is_of_a_day(document.key, document.ast, operation.node):
            return _ANY_TIME
        return int(self._clock.now().timestamp() // _QUARTER)

    async def _look(self, principal: Principal) -> Revision | None:
        """Return the account's revision; None if it has none, or cannot be read: then the operation itself says so."""
        try:
            return await self._revisions.look(principal.account_id)
        except Unavailable:
            return None

    def _kept(self, key: Key, revision: Revision, result: OperationResult) -> OperationResult:
        """Keep the result, unless it is large. Returns it in its encoded form."""
        body = result.encode()
        if len(body) > _LARGEST:
            return replace(result, data=None, encoded=body)
        encoded = replace(result, data=None, encoded=exact(body))
        with suppress(ValueError):  # it is larger than the whole cache
            self._entries[key] = _Entry(revision=revision, result=encoded)
        return encoded
