"""`baton replay` as a shell sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.api.cli.test_cli import Baton, baton, database

__all__ = ["baton", "database"]

REFUNDS = {"title": "Refunds", "conditions": {"phrases": ["money back"]}}


def _imported(baton: Baton, tmp_path: Path) -> None:
    """Import a conversation for each outcome of the rule."""
    baton("account", "create", "A", "--owner-email", "a@b.example")
    transfer = {"function": {"name": "transfer_to_human_agents", "arguments": '{"summary": "A human."}'}}
    runs = []
    for task, (text, transferred) in enumerate(
        [("I want my money back", True), ("My MONEY back", False), ("A human!", True), ("Hello", False)]
    ):
        reply: dict[str, Any] = {"role": "assistant", "content": "Well."}
        turns = [
            {"role": "system", "content": "The current time is 2024-05-15 15:00:00 EST."},
            {"role": "user", "content": text},
            {**reply, "content": "", "tool_calls": [transfer]} if transferred else reply,
        ]
        runs.append({"task_id": task, "trial": 0, "traj": turns})
    file = tmp_path / "runs.json"
    file.write_text(json.dumps(runs))
    assert baton("import", "tau-bench", str(file)).exit_code == 0


def test_the_report_and_the_list(baton: Baton, tmp_path: Path) -> None:
    _imported(baton, tmp_path)
    rules, rows = tmp_path / "rules.json", tmp_path / "rows.jsonl"
    rules.write_text(json.dumps([REFUNDS]))
    done = baton("replay", "--rules", str(rules), "--list", str(rows), "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    numbers = {"conversations": 4, "truePositives": 1, "falsePositives": 1, "falseNegatives": 1, "trueNegatives": 1}
    assert report["total"] == {**numbers, "precision": 0.5, "recall": 0.5}
    assert [rule["title"] for rule in report["byRule"]] == ["Refunds"]
    assert [topic["topic"] for topic in report["byTopic"]] == [None]
    listed = [json.loads(line) for line in rows.read_text().splitlines()]
    assert sorted(row["outcome"] for row in listed) == [
        "FALSE_NEGATIVE",
        "FALSE_POSITIVE",
        "TRUE_NEGATIVE",
        "TRUE_POSITIVE",
    ]
    assert {row["sequence"] for row in listed} == {1, None}

    rules.write_text(json.dumps({"escalationRules": [REFUNDS]}))
    table = baton("replay", "--rules", str(rules))
    assert table.exit_code == 0
    assert "50.0%" in table.stdout
    assert "4 conversations in " in table.stdout
    before = baton("replay", "--rules", str(rules), "--to", "2020-01-01", "--json")
    assert json.loads(before.stdout)["total"]["conversations"] == 0
    since = baton("replay", "--rules", str(rules), "--from", "2020-01-01", "--json")
    assert json.loads(since.stdout)["total"]["conversations"] == 4


def test_wrong_files(baton: Baton, tmp_path: Path) -> None:
    baton("account", "create", "A", "--owner-email", "a@b.example")
    rules = tmp_path / "rules.json"
    for content, words in (
        ("no JSON", "is not JSON"),
        ('[{"name": "A"}]', "title"),
        ('[{"title": "A", "conditions": {"repetitions": 1}}]', "between 2 and 100"),
        ("[]", "needs an enabled rule"),
    ):
        rules.write_text(content)
        done = baton("replay", "--rules", str(rules))
        assert done.exit_code == 1
        assert words in done.stderr, done
    done = baton("replay")
    assert (done.exit_code, "needs an enabled rule" in done.stderr) == (1, True)
