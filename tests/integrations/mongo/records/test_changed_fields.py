"""A save writes what has changed, and keeps what it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import strategies as st
from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection

from domain.model.commerce import AttributedSale
from domain.model.conversation import Conversation
from domain.model.handoff import Handoff
from domain.model.profile import Profile
from domain.values.ids import AccountId, HandoffId, TicketId
from domain.values.record import Record, replace
from integrations.mongo.codec import from_document, to_document
from integrations.mongo.collections import COLLECTIONS, entity_document
from integrations.mongo.records.changed_fields import update_of, whole_update_of
from integrations.mongo.records.entity_writes import write_of
from tests.harness.mutated_bodies import drawn
from tests.integrations.mongo.test_codec import through_the_wire
from tests.integrations.mongo.test_stored import made

Json = dict[str, Any]


def with_unknown(value: Any, path: str = "") -> Any:
    """The document as a newer build may have written it: each record in it has a field more."""
    if isinstance(value, dict):
        return {
            "newer": f"newer {path}",
            **{name: with_unknown(each, f"{path}.{name}") for name, each in value.items()},
        }
    if isinstance(value, list):
        return [with_unknown(each, f"{path}[{place}]") for place, each in enumerate(value)]
    return value


def without_unknown(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_unknown(each) for name, each in value.items() if name != "newer"}
    return [without_unknown(each) for each in value] if isinstance(value, list) else value


@st.composite
def successions(draw: st.DrawFn) -> tuple[Any, Any]:
    """A record, and another that has some of its fields."""
    cls: Any = draw(st.sampled_from(list(COLLECTIONS)))
    old, other = (_with_plain_mappings(draw(st.from_type(cls))) for _ in range(2))
    names = draw(st.sets(st.sampled_from([name for name in cls.__struct_fields__ if name != "id"])))
    changes = {name: draw(st.sampled_from(_versions(old, other, name))) for name in names}
    return old, replace(old, **changes)


def _with_plain_mappings(record: Any) -> Any:
    """The record with mappings whose keys MongoDB takes."""
    mappings = [name for name in record.__struct_fields__ if isinstance(getattr(record, name), dict)]
    return replace(record, **{name: {"key": str(len(getattr(record, name)))} for name in mappings})


def _versions(old: Any, other: Any, name: str) -> list[Any]:
    """Values that a field may have after a change."""
    before, after = getattr(old, name), getattr(other, name)
    found = [after]
    if isinstance(before, tuple) and isinstance(after, tuple):
        found += [before + after, before[1:], tuple(reversed(before)), before[:1] + after]
    elif isinstance(before, Record) and type(before) is type(after):
        field = before.__struct_fields__[-1]
        found.append(replace(before, **{field: getattr(after, field)}))
    return found


@pytest.fixture
def records(mongo_client: AsyncMongoClient[Json], database_name: str) -> AsyncCollection[Json]:
    return mongo_client[database_name]["records"]


async def stored_after(records: AsyncCollection[Json], old: Any, new: Any) -> Json:
    document = {**with_unknown(to_document(old)), "_id": "it"}
    await records.replace_one({"_id": "it"}, document, upsert=True)
    update = update_of(old, new)
    if update is not None:
        await records.update_one({"_id": "it"}, update)
    found = await records.find_one({"_id": "it"})
    assert found is not None
    return found


async def test_any_change_of_any_record(records: AsyncCollection[Json]) -> None:
    for succession in drawn(successions(), 300):
        old, new = (from_document(type(each), through_the_wire(to_document(each))) for each in succession)
        found = await stored_after(records, old, new)
        assert from_document(type(new), without_unknown(found)) == new  # a mapping of texts has no fields
        assert without_unknown({name: value for name, value in found.items() if name != "_id"}) == to_document(new)
        assert found["newer"] == "newer "


async def test_an_update_of_the_whole(records: AsyncCollection[Json]) -> None:
    for succession in drawn(successions(), 100):
        old, new = (from_document(type(each), through_the_wire(to_document(each))) for each in succession)
        await records.replace_one({"_id": "it"}, {**to_document(old), "newer": 1, "_id": "it"}, upsert=True)
        await records.update_one({"_id": "it"}, whole_update_of(to_document(new), type(new)))
        found: Mapping[str, Any] | None = await records.find_one({"_id": "it"})
        assert found is not None
        assert found["newer"] == 1
        assert from_document(type(new), found) == new


async def test_records_within_a_record_keep_what_is_unknown(records: AsyncCollection[Json]) -> None:
    handoffs = tuple(replace(made(Handoff, full=True), id=HandoffId(f"h{n}")) for n in range(3))
    sales = tuple(replace(made(AttributedSale, full=True), id=f"s{n}") for n in range(3))
    before: Conversation = replace(
        made(Conversation, full=True), handoffs=handoffs, sales=sales, past_tickets=(), import_key=None
    )
    ticket = before.ticket
    assert ticket is not None
    first, *rest = handoffs
    after = replace(
        before,
        visitor=replace(before.visitor, name="Ann Other"),
        ticket=replace(ticket, external_id="77"),
        handoffs=(replace(first, summary="another one"), *rest, replace(first, id=HandoffId("h4"))),
        sales=(sales[2], sales[0]),
    )
    found = await stored_after(records, before, after)
    assert found["visitor"]["newer"] == "newer .visitor"
    assert found["ticket"]["newer"] == "newer .ticket"
    assert [each.get("newer") for each in found["handoffs"]] == [*(f"newer .handoffs[{n}]" for n in range(3)), None]
    assert [each["newer"] for each in found["sales"]] == ["newer .sales[2]", "newer .sales[0]"]
    moved = replace(after, past_tickets=(ticket,), ticket=replace(ticket, id=TicketId("new")))
    await records.update_one({"_id": "it"}, update_of(after, moved) or {})
    found = await records.find_one({"_id": "it"}) or {}
    assert found["past_tickets"][0]["newer"] == "newer .ticket"
    assert "newer" not in found["ticket"]


async def test_an_erased_record_keeps_nothing_that_is_unknown(records: AsyncCollection[Json]) -> None:
    profile = replace(made(Profile, full=True), erased_at=None)
    await records.insert_one({**with_unknown(entity_document(AccountId("a"), profile)), "_id": profile.id})
    key = (Profile, profile.id)
    named = write_of(AccountId("a"), key, profile, replace(profile, name="Ann"))
    erased = write_of(AccountId("a"), key, profile, replace(profile, erased_at=profile.created_at))
    assert named is not None
    assert erased is not None
    await records.bulk_write([named])
    assert (await records.find_one() or {})["newer"] == "newer "
    await records.bulk_write([erased])
    assert "newer" not in (await records.find_one() or {"newer": 1})


def test_what_is_equal_needs_no_write() -> None:
    assert update_of(_Thing(id="1", words=("a",)), _Thing(id="1", words=("a",))) is None


def test_only_what_differs_is_written() -> None:
    before = _Thing(id="1", words=("a",), part=_Part(one=1, two=2), note="n")
    after = replace(before, part=_Part(one=1, two=3), note=None)
    assert update_of(before, after) == {"$set": {"part.two": 3}, "$unset": {"note": ""}}


class _Part(Record):
    one: int
    two: int


class _Thing(Record):
    id: str
    words: tuple[str, ...] = ()
    part: _Part | None = None
    note: str | None = None
