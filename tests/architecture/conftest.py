"""The syntax trees of all modules, which most of these tests read, are forgotten afterwards: they take 90 MB."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.architecture.test_code import parsed


@pytest.fixture(scope="package", autouse=True)
def _trees() -> Iterator[None]:
    yield
    parsed.cache_clear()
