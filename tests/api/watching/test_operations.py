"""The labels of operations are bounded, whatever documents are registered."""

from __future__ import annotations

import time

import pytest
from graphql import parse
from prometheus_client import CollectorRegistry

from api.graphql.executor import Operation, OperationResult
from api.watching.operations import OperationMetrics
from domain.principal import DocumentPolicy, Principal, PrincipalKind
from domain.values.ids import AccountId, CredentialId


class _Asked:
    """What the metrics read of an operation."""

    def __init__(self, text: str, document_id: str | None) -> None:
        [self.node] = parse(text).definitions
        self.request = self
        self.document_id = document_id


def _principal(documents: DocumentPolicy) -> Principal:
    return Principal(
        kind=PrincipalKind.STAFF,
        account_id=AccountId("a"),
        credential_id=CredentialId("c"),
        documents=documents,
    )


def _names(registry: CollectorRegistry) -> set[str]:
    return {sample.labels["operation"] for family in registry.collect() for sample in family.samples}


@pytest.mark.parametrize(
    ("documents", "document_id"), [(DocumentPolicy.AUTO, "registered"), (DocumentPolicy.ONLY, None)]
)
def test_names_of_trusted_documents_are_bounded(documents: DocumentPolicy, document_id: str | None) -> None:
    registry = CollectorRegistry()
    metrics = OperationMetrics(registry)
    for number in range(1_000):
        asked: Operation = _Asked(f"query Name{number} {{ account {{ name }} }}", document_id)  # type: ignore[assignment]
        metrics.ended(asked, _principal(documents), time.perf_counter(), OperationResult(errors=[]))
    names = _names(registry)
    assert "other" in names
    assert len(names) == 201


def test_names_and_codes_of_strangers_are_not_labels() -> None:
    registry = CollectorRegistry()
    metrics = OperationMetrics(registry)
    for number in range(1_000):
        asked: Operation = _Asked(f"query Name{number} {{ account {{ name }} }}", None)  # type: ignore[assignment]
        errors: list[dict[str, object]] = [{"message": "", "extensions": {"code": f"CODE_{number}"}}]
        metrics.ended(asked, _principal(DocumentPolicy.AUTO), time.perf_counter(), OperationResult(errors=errors))
    assert _names(registry) == {"other"}
    codes = {s.labels["code"] for f in registry.collect() for s in f.samples if "code" in s.labels}
    assert len(codes) == 51
