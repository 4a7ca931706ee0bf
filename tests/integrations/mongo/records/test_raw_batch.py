"""The documents of a cursor's first batch, as they were encoded."""

from __future__ import annotations

import bson
import pytest

from integrations.mongo.records.raw_batch import documents_of, is_whole


@pytest.mark.parametrize("count", [0, 1, 2, 11, 101, 1_003])
def test_the_documents_are_those_of_the_batch(count: int) -> None:
    documents = [{"_id": n, "text": "é" * n, "list": [{"n": n}]} for n in range(count)]
    cursor = bson.encode({"firstBatch": documents, "id": 0, "ns": "baton.conversations"})
    assert documents_of(cursor) == [bson.encode(each) for each in documents]


def test_what_is_in_a_document_is_not_taken_for_the_batch() -> None:
    documents: list[dict[str, object]] = [
        {"firstBatch": [{"n": 1}, {"n": 2}]},
        {"bytes": b"\x04firstBatch\x00\x00"},
        {},
    ]
    cursor = bson.encode({"id": 5, "firstBatch": documents, "atClusterTime": bson.Timestamp(1, 2)})
    assert documents_of(cursor) == [bson.encode(each) for each in documents]


@pytest.mark.parametrize("count", [0, 1, 101])
@pytest.mark.parametrize("first", [{}, {"atClusterTime": bson.Timestamp(1, 2)}])
def test_a_cursor_with_an_id_has_more_documents(count: int, first: dict[str, object]) -> None:
    batch = {**first, "firstBatch": [{"_id": n, "id": n} for n in range(count)], "postBatchResumeToken": {"id": 7}}
    assert is_whole(bson.encode({**batch, "id": bson.Int64(0), "ns": "baton.conversations"}))
    assert not is_whole(bson.encode({**batch, "id": bson.Int64(2**40), "ns": "baton.conversations"}))
    assert not is_whole(bson.encode({"id": bson.Int64(3), **batch}))
