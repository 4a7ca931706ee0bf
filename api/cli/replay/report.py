"""The report of a replay: as tables, as JSON, and a line for each conversation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from api.cli.output import say
from domain.guidance.replay import ReplayedConversation, ReplayOutcome, ReplayReport, ReplayScore
from resolvers.relay.global_ids import to_global_id

_WIDTH = 100  # columns of the tables


def line(row: ReplayedConversation) -> dict[str, object]:
    return {
        "conversation": to_global_id("Conversation", row.id),
        "startedAt": row.started_at.isoformat(),
        "channel": row.channel,
        "status": row.status,
        "tags": list(row.tags),
        "outcome": row.outcome,
        "rule": row.rule,
        "sequence": row.sequence,
        "matchedAt": row.matched_at and row.matched_at.isoformat(),
        "handedOver": row.handed_over,
        "reason": row.reason,
        "handedOverAt": row.handed_over_at and row.handed_over_at.isoformat(),
    }


def summary(report: ReplayReport, seconds: float) -> dict[str, object]:
    return {
        "total": _numbers(report.total),
        "byRule": [{"title": title, **_numbers(score)} for title, score in sorted(report.by_rule.items())],
        "byTopic": [{"topic": topic, **_numbers(score)} for topic, score in _largest(report.by_topic.items())],
        "byReason": [{"reason": reason, **_numbers(score)} for reason, score in _largest(report.by_reason.items())],
        "seconds": round(seconds, 3),
    }


def _numbers(score: ReplayScore) -> dict[str, object]:
    counts = {_camel(outcome): score.counts[outcome] for outcome in ReplayOutcome}
    return {"conversations": score.conversations, **counts, "precision": score.precision, "recall": score.recall}


def _camel(outcome: ReplayOutcome) -> str:
    first, second = outcome.value.lower().split("_")
    return f"{first}{second.capitalize()}s"


def _largest(scores: Iterable[tuple[Any, ReplayScore]]) -> list[tuple[Any, ReplayScore]]:
    return sorted(scores, key=lambda each: (-each[1].conversations, each[0] or ""))


def print_report(report: ReplayReport, seconds: float) -> None:
    console = Console(width=_WIDTH)
    number = report.total.conversations
    console.print(_table("", [("All", report.total)]))
    for title, scores, name in (
        ("Rule", sorted(report.by_rule.items()), str),
        ("Topic", _largest(report.by_topic.items()), _or("Untagged")),
        ("Reason", _largest(report.by_reason.items()), _or("unknown")),
    ):
        if scores:
            console.print(_table(title, [(name(key), score) for key, score in scores]))
    say(f"{number:,} conversations in {seconds:.1f} s: {number / max(seconds, 0.001):,.0f} a second.")


def _or(absent: str) -> Callable[[Any], str]:
    return lambda key: absent if key is None else str(key)


def _table(title: str, rows: Sequence[tuple[str, ReplayScore]]) -> Table:
    table = Table(title, "conversations", "predicted, handed over", "predicted only", "handed over only", "neither")
    table.add_column("precision")
    table.add_column("recall")
    for name, score in rows:
        counts = [score.counts[outcome] for outcome in ReplayOutcome]
        table.add_row(name, *(f"{n:,}" for n in (score.conversations, *counts)), *map(_percent, _rates(score)))
    return table


def _rates(score: ReplayScore) -> tuple[float | None, float | None]:
    return score.precision, score.recall


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
