"""The rules of handoffs are held over the whole program: its parts are quick, and none of them is played by another."""

from __future__ import annotations

from tests.resolvers.conftest import baton, second, shop

__all__ = ["baton", "second", "shop"]
