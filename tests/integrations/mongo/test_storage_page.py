"""`docs/storage.md` names every collection, field, type and index that the code has, and no other."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient, IndexModel

from domain.model.outbox import Destination, queue_name
from domain.outbox.ports import RateLimit
from domain.signals import Typing
from integrations.mongo.codec import BODY_CLASSES
from integrations.mongo.collections import APART, COLLECTIONS
from integrations.mongo.indexes import INDEXES, WITHOUT_INDEXES
from tests.harness.clock import ManualClock
from tests.harness.program import Program, running
from tests.integrations.mongo.stored_types import enums_in, record_fields, records_in
from tests.integrations.mongo.test_stored import made
from tests.resolvers.metrics.histories import START, History

PAGE = Path(__file__).parents[3] / "docs" / "storage.md"
ROOTS = [*COLLECTIONS, *BODY_CLASSES.values(), Typing]
EMBEDDED = records_in(ROOTS) - {*COLLECTIONS, *BODY_CLASSES.values()}
STEPS = 60

Row = tuple[str, str]


def sections() -> dict[str, dict[str, str]]:
    """Return the text below each heading of the third level, by the heading of the second level above it."""
    found: dict[str, dict[str, str]] = {}
    for chapter in PAGE.read_text().split("\n## ")[1:]:
        title, *parts = chapter.split("\n### ")
        found[title.splitlines()[0]] = {part.splitlines()[0]: part for part in parts}
    return found


def rows(section: str, heading: str) -> Iterator[Row]:
    """Yield the first two cells of the table with this heading in its first column."""
    for table in re.findall(r"(?:^\|.*\n?)+", section, re.MULTILINE):
        head, _, *body = table.splitlines()
        if head.split("|")[1].strip() == heading:
            for line in body:
                first, second = (cell.strip() for cell in line.split("|")[1:3])
                yield first, second


def fields(section: str) -> list[Row]:
    return [(name.strip("`"), kind) for name, kind in rows(section, "field")]


def described(index: IndexModel) -> str:
    """Return an index as the page names it."""
    document = index.document
    keys = ", ".join(f"{key}{' ↓' if direction == -1 else ''}" for key, direction in document["key"].items())
    options = ["unique"] if document.get("unique") else []
    options += [f"TTL {document['expireAfterSeconds']:,} s"] if "expireAfterSeconds" in document else []
    options += ["partial"] if "partialFilterExpression" in document else []
    return f"`{keys}`" + (f" ({', '.join(options)})" if options else "")


def test_every_collection_is_there() -> None:
    page = sections()
    entities, others = page["Entities"], page["Log, projections and state"]
    assert set(entities) == {*COLLECTIONS.values(), *APART.values()}
    assert {*INDEXES, *WITHOUT_INDEXES} <= {*entities, *others}
    for name, section in {**entities, **others}.items():
        assert all(f"\n- {part}: " in section for part in ("`_id`", "written by", "read by", "kept")), name


@pytest.mark.parametrize("cls", COLLECTIONS, ids=lambda cls: cls.__name__)
def test_fields_of_entities(cls: type[Any]) -> None:
    section = sections()["Entities"][COLLECTIONS[cls]]
    assert f"Record: `{cls.__name__}`." in section
    assert fields(section) == [field for field in record_fields(cls) if field[0] != "id"]


@pytest.mark.parametrize("cls", APART, ids=lambda cls: cls.__name__)
def test_records_of_test_conversations_have_the_fields_of_the_others(cls: type[Any]) -> None:
    name, section = COLLECTIONS[cls], sections()["Entities"][APART[cls]]
    assert f"[`{name}`](#{name})" in section
    assert fields(section) == []


def test_fields_of_embedded_documents() -> None:
    page = sections()["Embedded documents"]
    assert {name: fields(section) for name, section in page.items()} == {
        cls.__name__: record_fields(cls) for cls in EMBEDDED
    }


def test_fields_of_event_bodies() -> None:
    page = sections()["Event bodies"]
    assert {name: fields(section) for name, section in page.items()} == {
        tag: record_fields(cls) for tag, cls in BODY_CLASSES.items() if cls not in COLLECTIONS
    }


def test_values_of_enums() -> None:
    text = PAGE.read_text()
    expected = {f"`{each.__name__}`": ", ".join(f"`{value}`" for value in each) for each in enums_in(ROOTS)}
    assert dict(rows(text, "enum")) == expected


def test_indexes() -> None:
    page = sections()
    for name, section in {**page["Entities"], **page["Log, projections and state"]}.items():
        assert [index for index, _ in rows(section, "index")] == [described(each) for each in INDEXES.get(name, ())], (
            name
        )
        assert all(query for _, query in rows(section, "index")), name


@pytest.fixture
async def program(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock()) as program:
        yield program


async def test_what_is_stored_is_described(program: Program) -> None:
    """A random history of a shop leaves no collection and no field that the page does not name."""
    shop = await program.open_shop("Shop")
    program.clock.set(START)
    history = History(program, shop, 1)
    for _ in range(STEPS):
        await history.step()
    ports, queue = program.baton.ports, queue_name(shop.id, Destination.ZENDESK)
    await ports.signals.publish(shop.id, made(Typing, full=True))
    for _ in range(6):
        await ports.queues.admit(queue, RateLimit(interval=timedelta(seconds=1), burst=2), program.clock.now())
        await ports.queues.mark_failed(queue, program.clock.now(), None)
    page = sections()
    entities, others = page["Entities"], page["Log, projections and state"]
    stored = await program.everything()
    assert {"conversations", "events", "account_state", "outgoing_queues"} <= set(stored)
    for name, documents in stored.items():
        section = entities.get(name) or others[name]
        known = {"_id", *(field for field, _ in fields(section)), *(["account"] if name in entities else [])}
        for document in documents:
            assert set(document) <= known, name
    for name, section in others.items():
        required = {field for field, kind in fields(section) if not kind.endswith("?")}
        for document in stored.get(name, ()):
            assert required <= set(document), (name, document)
