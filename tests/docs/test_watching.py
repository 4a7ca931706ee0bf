"""The dashboard and the alert rules name metrics that exist, and every alert has its row in the documentation."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml
from prometheus_client import CollectorRegistry

from api.watching.figures import FigureSources
from api.watching.metrics import PrometheusMetrics
from domain.backlog import Backlog
from domain.values.clock import SystemClock
from tests.docs.pages import ROOT, blocks_of

RULES = (ROOT / "docs/watching/alerts.yml").read_text()
DASHBOARD = (ROOT / "docs/watching/dashboard.json").read_text()
OPERATIONS = (ROOT / "docs/operations.md").read_text()
_NAME = re.compile(r"\b(?:baton|process)_[a-z_]+\b")
_LABELS = re.compile(r"\b(baton_[a-z_]+)\{([^}]*)\}")
_OF_PROMETHEUS = {"instance", "job", "le"}


class NoBacklogs:
    async def read(self, _: datetime) -> Backlog:
        return Backlog()


def _metrics() -> CollectorRegistry:
    metrics = PrometheusMetrics(backlogs=NoBacklogs(), clock=SystemClock(), token=None)
    metrics.watch(
        FigureSources(
            tail_lag=lambda: 0.0,
            open_streams=lambda: 0,
            open_connections=lambda: 0,
            refusals=dict,
            internal_errors=lambda: 0,
            attempts=dict,
            disk_free=lambda: None,
        )
    )
    return metrics.registry


def _existing() -> set[str]:
    """The names as Prometheus stores them."""
    suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"], "info": ["_info"]}
    return {family.name + suffix for family in _metrics().collect() for suffix in suffixes.get(family.type, [""])}


def _rules() -> list[Mapping[str, Any]]:
    return [rule for group in yaml.safe_load(RULES)["groups"] for rule in group["rules"]]


def _expressions() -> list[str]:
    panels = json.loads(DASHBOARD)["panels"]
    return [rule["expr"] for rule in _rules()] + [t["expr"] for panel in panels for t in panel["targets"]]


def test_every_metric_that_is_named_exists() -> None:
    named = {name for expression in _expressions() for name in _NAME.findall(expression)}
    documented = set(_NAME.findall(OPERATIONS))
    assert (named | documented) - _existing() == set()
    assert {name for name in _existing() if name.startswith("baton_")} - documented == {
        "baton_operation_seconds_bucket",
        "baton_operation_seconds_sum",
    }


def test_what_alerts_count_is_there_before_it_happens() -> None:
    """Prometheus sees no increase in a series that begins with 1."""
    begun = {sample.name for family in _metrics().collect() for sample in family.samples if sample.value == 0}
    counted = {name for rule in _rules() for name in re.findall(r"(?:rate|increase)\((baton_\w+_total)", rule["expr"])}
    assert len(counted) > 3
    assert counted - begun == set()


def test_every_limit_and_every_destination_has_its_counter_from_the_start() -> None:
    labels = {
        name: [s.labels for f in _metrics().collect() for s in f.samples if s.name == name] for name in _existing()
    }
    [row] = [line for line in OPERATIONS.splitlines() if line.startswith("| `baton_refusals_total`")]
    limits = [each["limit"] for each in labels["baton_refusals_total"]]
    assert limits == re.findall(r"`(\w+)`", row)[1:]
    failed = {each["destination"] for each in labels["baton_outbox_attempts_total"] if each["outcome"] == "failed"}
    assert failed == {each["destination"] for each in labels["baton_outbox_waiting"]}


def test_brackets_are_closed() -> None:
    for expression in _expressions():
        for opening, closing in ("()", "[]", "{}"):
            assert expression.count(opening) == expression.count(closing), expression


def test_to_wait_for_a_client_is_no_latency() -> None:
    """A request whose body does not come in time is in the histogram, with the time for which it was waited for."""
    overall = [each for each in _expressions() if "sum by (le) (rate(baton_operation_seconds_bucket" in each]
    assert len(overall) == 3
    assert all('{type!="none"}' in each for each in overall)


def test_labels_exist() -> None:
    labels = {
        "baton_operation_errors_total": {"type", "field", "operation", "code"},
        "baton_http_requests_total": {"route", "status"},
        "baton_operation_seconds_bucket": {"type", "field", "operation"},
        "baton_outbox_attempts_total": {"destination", "outcome"},
    }
    for expression in _expressions():
        for metric, matchers in _LABELS.findall(expression):
            named = set(re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", matchers))
            assert named <= labels.get(metric, set()) | _OF_PROMETHEUS, expression


def test_every_alert_says_what_to_do() -> None:
    alerts = [rule["alert"] for rule in _rules()]
    assert re.findall(r"^\| (Baton\w+) \|", OPERATIONS, re.MULTILINE) == alerts
    assert len(set(alerts)) == len(alerts)
    for rule in _rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}


def test_the_job_of_the_example_is_that_of_the_rules() -> None:
    [example] = blocks_of("docs/operations.md", "yaml")
    [job] = yaml.safe_load(example)["scrape_configs"]
    assert {match for rule in _rules() for match in re.findall(r'job="(\w+)"', rule["expr"])} == {job["job_name"]}
    assert set(job) == {"job_name", "static_configs", "authorization"}
