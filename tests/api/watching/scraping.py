"""Reads `/metrics` as Prometheus does."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families

from tests.api.watching.conftest import TOKEN
from tests.harness.program import Program

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def scrape(program: Program) -> Samples:
    response = await program.http.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200, response.text
    return samples_in(response.text)


def samples_in(text: str) -> Samples:
    return dict(_samples(text))


def _samples(text: str) -> Iterator[tuple[tuple[str, frozenset[tuple[str, str]]], float]]:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield (sample.name, frozenset(sample.labels.items())), sample.value


def value(samples: Samples, name: str, **labels: str) -> float:
    """The value of the one series with exactly these labels; 0 without it, as Prometheus has it for a new counter."""
    return samples.get((name, frozenset(labels.items())), 0.0)


def labels_of(samples: Samples, name: str) -> list[dict[str, str]]:
    return [dict(labels) for found, labels in samples if found == name]
