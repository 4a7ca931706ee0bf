"""The comparison with other servers asks all of them for the same, and reports what it measured."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from graphql import build_schema, parse, validate

from benchmarks import results
from benchmarks.peers import operations
from benchmarks.peers.fleet import BARE, BATON, JIT, STOCK
from benchmarks.peers.goals import goals, table
from benchmarks.peers.plot import svg

ROOT = Path(__file__).parents[2]
SHARED = ("PAGE", "CONVERSATION", "METRICS", "SEND")
OURS = (*SHARED, "INBOX", "CURSORS", "START", "REQUEST_HANDOFF", "ACCEPT_HANDOFF")
FIGURES = {
    f"page.{BATON}.rate": 1_000.0,
    f"page.{BARE}.rate": 900.0,
    f"page.{STOCK}.rate": 90.0,
    f"page.{JIT}.rate": 500.0,
}


@pytest.mark.parametrize("name", OURS)
def test_an_operation_is_valid_for_baton(name: str) -> None:
    schema = build_schema((ROOT / "schema.graphql").read_text())
    assert validate(schema, parse(getattr(operations, name))) == []


@pytest.mark.parametrize("name", [*SHARED, "PEER_INBOX"])
def test_an_operation_is_valid_for_the_peers(name: str) -> None:
    schema = build_schema((ROOT / "benchmarks/peers/schema.graphql").read_text())
    assert validate(schema, parse(getattr(operations, name))) == []


def test_a_goal_is_met_not_met_or_not_measured() -> None:
    rows = {(work, goal): (value, met) for work, goal, value, met in table(FIGURES).rows}
    assert len(rows) == len(goals())
    assert rows["page of 50", f"≥ 1 × {BARE}"] == ("1.11 ×", "met")
    assert rows["page of 50", f"≥ 2.3 × {JIT}"] == ("2 ×", "**not met**")
    assert rows["page of 50", "p99 ≤ 1/8 of stock's"] == ("–", "not measured")


def test_the_picture_shows_every_server() -> None:
    texts = [each.text for each in ElementTree.fromstring(svg(FIGURES)).iter() if each.tag.endswith("text")]
    named = [text for text in texts if text in (BATON, BARE, JIT, STOCK)]
    assert named == [BATON, BARE, JIT, STOCK]  # the fastest first
    assert "1,000" in texts


def test_a_part_replaces_only_its_own_block() -> None:
    text = results.replaced("# Measured\n", "pages", "first")
    text = results.replaced(text, "fanout", "other")
    again = results.replaced(text, "pages", "second")
    assert again == text.replace("first", "second")
