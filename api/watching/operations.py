"""How many operations came, how long they took, and which errors they had, by operation.

Prometheus keeps a time series for each combination of label values, so callers must not be able to make new ones:

    type        query, mutation, subscription; "none" for a request that was refused before it was an operation, or that
                had no budget for one
    field       the operation's root field, of which the schema has a fixed number; "several" with more than one
    operation   the operation's name, of a trusted document only, and of the first `_MOST_NAMES` names; else "other"
    code        the code of an error; of the first `_MOST_CODES` codes, else "other"
"""

from __future__ import annotations

import time

from graphql import FieldNode
from prometheus_client import CollectorRegistry, Counter, Histogram

from api.graphql.errors import INTERNAL, TIMEOUT, UNAVAILABLE
from api.graphql.executor import Operation, OperationResult
from api.graphql.limits import QUERY_TOO_COMPLEX
from domain.principal import DocumentPolicy, Principal

OTHER = "other"
_MOST_NAMES = 200  # of trusted documents; managers of accounts register them
_MOST_CODES = 50  # Baton has some thirty
_BUCKETS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds; a read takes some ms
_LABELS = ("type", "field", "operation")
# Codes of outages. Their counters are there, at 0, from the first operation of their labels on: Prometheus sees no
# increase in a series that begins with the number of the errors, and an outage would be over before it saw any.
_OUTAGES = (INTERNAL, TIMEOUT, UNAVAILABLE)

Labels = tuple[str, str, str]

_NO_OPERATION: Labels = ("none", "none", OTHER)


class OperationMetrics:
    """Implements `OperationObserver`. `too_complex` counts the operations that exceeded a limit of documents."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.too_complex = 0
        self._seconds = Histogram(
            "baton_operation_seconds",
            "Seconds from the request to the result; of a subscription, to its begin.",
            _LABELS,
            buckets=_BUCKETS,
            registry=registry,
        )
        self._errors = Counter(
            "baton_operation_errors", "Operations with an error, by its code.", (*_LABELS, "code"), registry=registry
        )
        self._histograms: dict[Labels, Histogram] = {}  # `labels` of the library takes a lock and makes texts
        self._names: set[str] = set()
        self._codes: set[str] = set(_OUTAGES)
        self._begin(_NO_OPERATION)

    def ended(self, operation: Operation | None, principal: Principal, began: float, result: OperationResult) -> None:
        labels = _NO_OPERATION if operation is None else self._labels(operation, principal)
        histogram = self._histograms.get(labels) or self._begin(labels)
        histogram.observe(time.perf_counter() - began)
        if result.errors:
            for code in result.codes:
                self._errors.labels(*labels, _bounded(str(code), self._codes, _MOST_CODES)).inc()
            self.too_complex += QUERY_TOO_COMPLEX in result.codes

    def _begin(self, labels: Labels) -> Histogram:
        """Make the series of the labels, and return the histogram."""
        histogram = self._histograms[labels] = self._seconds.labels(*labels)
        for code in _OUTAGES:
            self._errors.labels(*labels, code)
        return histogram

    def _labels(self, operation: Operation, principal: Principal) -> Labels:
        node = operation.node
        selections = node.selection_set.selections
        only = selections[0] if len(selections) == 1 else None
        name = OTHER
        if node.name is not None and _is_trusted(operation, principal):
            name = _bounded(node.name.value, self._names, _MOST_NAMES)
        return node.operation.value, only.name.value if isinstance(only, FieldNode) else "several", name


def _is_trusted(operation: Operation, principal: Principal) -> bool:
    """Return whether the text of the document is registered."""
    return operation.request.document_id is not None or principal.documents is DocumentPolicy.ONLY


def _bounded(value: str, known: set[str], most: int) -> str:
    if value in known or len(known) < most:
        known.add(value)
        return value
    return OTHER
