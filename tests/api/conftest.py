from __future__ import annotations

from tests.resolvers.conftest import baton, rival, shop

__all__ = ["baton", "rival", "shop"]
