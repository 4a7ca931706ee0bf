"""Port of commerce: orders by the people who placed them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.model.commerce import OrderSource
from domain.values.ids import AccountId


class Orders(Protocol):
    """Keys of orders, as they are committed."""

    async def bought_by(self, account_id: AccountId, source: OrderSource, keys: Sequence[str]) -> list[str]:
        """Of a buyer with any of these keys, at most 1,000."""

    async def with_buyers(self, account_id: AccountId, source: OrderSource, *, limit: int) -> list[str]:
        """Whose buyer is known still."""
