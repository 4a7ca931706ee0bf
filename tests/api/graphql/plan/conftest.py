"""Collects the coroutines that graphql-core leaves within the test that made them: their warnings would fail a later
one."""

from __future__ import annotations

import gc

import pytest


@pytest.hookimpl(trylast=True)  # after the fixtures, the event loop among them, and before pytest reports warnings
def pytest_runtest_teardown(item: pytest.Item) -> None:
    if item.get_closest_marker("filterwarnings") is not None:
        gc.collect()
