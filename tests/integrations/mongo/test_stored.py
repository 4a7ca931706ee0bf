"""The stored format: how each stored record and each projection looks as a document, to the byte.

`stored.jsonl` has two lines a record: one with the required fields alone, and one with all. A projection has a line for
each example. After a deliberate change, write the file anew, and check in its diff what changes for stored data:
python -m tests.integrations.mongo.test_stored
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from bson.json_util import JSONMode, JSONOptions, dumps, loads

from domain.delivery.model import Attempt, Lease
from domain.metrics.model import reporting_facts_of
from domain.model.conversation import Conversation, Message
from domain.model.profile import Profile
from domain.signals import Typing
from domain.values.ids import AccountId
from integrations.mongo.codec import BODY_CLASSES, from_document, to_document
from integrations.mongo.collections import COLLECTIONS
from integrations.mongo.event_log.log import event_documents
from integrations.mongo.search.search_index import row_of
from integrations.mongo.stats.counters import (
    day_cells,
    day_id,
    day_keys,
    hour_cells,
    hour_id,
    hour_keys,
    nested,
)
from integrations.mongo.stats.history import counter_state_document, facts_document, history_row
from integrations.mongo.stats.tag_dictionary import TagSet, skill_entry, tag_entry, tag_set_code, tag_set_entry

OPTIONS = JSONOptions(json_mode=JSONMode.CANONICAL, tz_aware=True)
GOLDEN = Path(__file__).with_name("stored.jsonl")
KEPT: list[type[Any]] = sorted(
    {*COLLECTIONS, *BODY_CLASSES.values(), Lease, Attempt, Typing}, key=lambda cls: cls.__name__
)
PLAIN: Mapping[type, Any] = {
    int: 7,
    float: 0.25,
    bool: True,
    bytes: b"bytes",
    Decimal: Decimal("12.50"),
    date: date(2026, 3, 1),
    datetime: datetime(2026, 3, 1, 9, 30, 15, 250_000, UTC),
    time: time(9, 30),
    timedelta: timedelta(minutes=2, milliseconds=500),
}


def value_of(cls: Any, name: str, *, full: bool) -> Any:
    """A deterministic value of the type. Texts are the names of their fields."""
    cls = getattr(cls, "__supertype__", cls)
    origin, of = get_origin(cls), get_args(cls)
    if origin in (Union, UnionType):
        options = [option for option in of if option is not NoneType]
        return value_of(options[0], name, full=full) if full or NoneType not in of else None
    if origin is dict or origin is Mapping:
        return {name: value_of(of[1], name, full=full)} if full else {}
    if origin in (tuple, frozenset):
        return origin([value_of(of[0], name, full=full)] if full else [])
    if cls is str:
        return name
    if cls in PLAIN:
        return PLAIN[cls]
    return next(iter(cls)) if issubclass(cls, StrEnum) else made(cls, full=full)


def made(cls: type[Any], *, full: bool) -> Any:
    """A record with all fields, or with the required ones."""
    types = get_type_hints(cls)
    given = [p.name for p in inspect.signature(cls).parameters.values() if full or p.default is p.empty]
    return cls(**{name: value_of(types[name], name, full=full) for name in given})


def projections() -> list[tuple[str, dict[str, Any]]]:
    """Return (collection, document) of each projection that a function of the program makes."""
    account, zone = AccountId("account"), "Europe/Rome"
    least, full = made(Conversation, full=False), made(Conversation, full=True)
    documents: list[tuple[str, dict[str, Any]]] = []
    for conversation in (least, full):
        facts = reporting_facts_of(conversation)
        key = facts.tags, facts.skill
        tag_set = TagSet(code=tag_set_code(key), tags=facts.tags, skill=facts.skill, overflow_tags=frozenset())
        hour = facts.started_at.replace(minute=0, second=0, microsecond=0)
        day = facts.started_at.date()
        hour_document = {"_id": hour_id(account, hour), **hour_keys(hour)}
        day_document = {"_id": day_id(account, zone, day), **day_keys(zone, day), "seq": 7}
        documents += [
            ("account_state", {**hour_document, **nested(hour_cells(facts, tag_set, 1))}),
            ("account_state", {**day_document, **nested(day_cells(facts, tag_set, 1))}),
            ("tag_dictionary", tag_set_entry(account, key, ["rare"] if conversation is full else [])),
        ]
        before, after = (None, conversation) if conversation is least else (least, full)
        own = facts_document(facts, tag_set)
        row = history_row(before, after, facts_before=None if before is None else own, facts_after=own)
        changed = made(BODY_CLASSES["conversation_changed"], full=before is not None)
        [concluded] = event_documents(
            account, 7, [(changed, PLAIN[datetime])], {7: {"replaced_at": PLAIN[datetime], "rows": [row]}}
        )
        documents.append(("events", concluded))
    message, profile = made(Message, full=True), made(Profile, full=True)
    [event] = event_documents(account, 7, [(made(BODY_CLASSES["credential_revoked"], full=True), PLAIN[datetime])])
    return [
        *documents,
        ("tag_dictionary", tag_entry(account, "a.b", overflow=True)),
        ("tag_dictionary", skill_entry(account, "sizing")),
        ("counter_state", counter_state_document(zone, complete=True, history_since=PLAIN[datetime])),
        ("conversation_terms", row_of(account, least, (), None)),
        ("conversation_terms", row_of(account, full, [message], profile)),
        ("events", event),
    ]


def lines() -> list[str]:
    documents = [
        (f"{cls.__name__} {'full' if full else 'least'}", to_document(made(cls, full=full)))
        for cls in KEPT
        for full in (False, True)
    ]
    documents += [(f"{name} projection", document) for name, document in sorted(projections(), key=lambda p: p[0])]
    return [f"{name} {dumps(document, json_options=OPTIONS, ensure_ascii=False)}" for name, document in documents]


def test_documents_look_as_they_always_did() -> None:
    assert lines() == GOLDEN.read_text().splitlines()


@pytest.mark.parametrize("cls", KEPT, ids=lambda cls: cls.__name__)
def test_documents_that_were_written_load(cls: type[Any]) -> None:
    stored = dict(
        line.split(" ", 2)[1:] for line in GOLDEN.read_text().splitlines() if line.startswith(f"{cls.__name__} ")
    )
    for full in (False, True):
        document = loads(stored["full" if full else "least"], json_options=OPTIONS)
        assert from_document(cls, document) == made(cls, full=full)


if __name__ == "__main__":
    GOLDEN.write_text("\n".join(lines()) + "\n")
