"""The outbox is held over the whole program; vendors are servers or couriers of the tests' own."""

from __future__ import annotations

from tests.resolvers.conftest import baton, rival, second, shop

__all__ = ["baton", "rival", "second", "shop"]
