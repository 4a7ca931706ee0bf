"""The indexes allow the shard keys that `docs/operations.md` names: on a sharded collection, an index may be unique
only if it begins with the whole shard key."""

from __future__ import annotations

from pymongo import IndexModel

from integrations.mongo.indexes import INDEXES

NOT_SHARDED = {"credentials", "staff_sessions", "connected_services", "timers", "blobs.chunks", "blobs.files"}
BY_ID = {"account_state", "outgoing_queues"}


def first(index: IndexModel) -> str:
    return str(next(iter(index.document["key"])))


def test_unique_indexes_begin_with_the_account() -> None:
    by_account = {name for name, indexes in INDEXES.items() if any(first(index) == "account" for index in indexes)}
    sharded = by_account - NOT_SHARDED - BY_ID
    assert len(sharded) > 20
    unique = {(name, first(index)) for name in sharded for index in INDEXES[name] if index.document.get("unique")}
    assert unique
    assert {place for _, place in unique} == {"account"}


def test_a_plain_index_begins_with_the_shard_key() -> None:
    """Without one, MongoDB shards no collection that has data."""
    for name in INDEXES.keys() - NOT_SHARDED - BY_ID:
        found = [index.document for index in INDEXES[name] if first(index) == "account"]
        if found and name != "idempotency":
            assert any("partialFilterExpression" not in document for document in found), name
