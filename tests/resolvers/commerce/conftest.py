"""A shop with a backend."""

from __future__ import annotations

import pytest

from domain.principal import Scope
from tests.harness.program import Program, Shop
from tests.integrations.importers.conftest import dataset
from tests.resolvers.commerce.shop_backend import ShopBackend


@pytest.fixture
def backend(baton: Program, shop: Shop) -> ShopBackend:
    return ShopBackend(baton, shop, shop.partners[Scope.ORDERS_WRITE])


__all__ = ["dataset"]
