"""The rules of handoffs are tested with the whole program, which is fast enough."""

from __future__ import annotations

from tests.resolvers.conftest import baton, second, shop

__all__ = ["baton", "second", "shop"]
