"""The rules of handoffs are tested with the whole program, which is fast enough."""

from __future__ import annotations

from tests.harness.clean_database import clean_client, clean_name  # noqa: F401
from tests.resolvers.conftest import baton, second, shop

__all__ = ["baton", "second", "shop"]
