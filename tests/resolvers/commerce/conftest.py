"""A shop that sells."""

from __future__ import annotations

import pytest

from domain.principal import Scope
from tests.harness.program import Program, Shop
from tests.integrations.importers.conftest import dataset
from tests.resolvers.commerce.selling import Till


@pytest.fixture
def till(baton: Program, shop: Shop) -> Till:
    return Till(baton, shop, shop.partners[Scope.ORDERS_WRITE])


__all__ = ["dataset"]
