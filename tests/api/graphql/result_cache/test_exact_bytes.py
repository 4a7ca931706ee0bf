"""What is kept of the JSON that orjson writes takes the memory that it is long."""

import tracemalloc

import orjson
import pytest

from api.graphql.result_cache.exact_bytes import exact

_TEXTS = 100


@pytest.mark.parametrize("length", [600, 9_000, 33_000])
def test_a_copy_has_no_rest_of_the_buffer(length: int) -> None:
    value = {"a": "x" * length}
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        texts = [exact(orjson.dumps(value)) for _ in range(_TEXTS)]
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert texts[0] == orjson.dumps(value)
    assert grown < _TEXTS * (len(texts[0]) + 200)
