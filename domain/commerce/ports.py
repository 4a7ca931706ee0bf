"""Port of commerce: orders by the people who placed them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.model.commerce import OrderSource
from domain.values.ids import AccountId


class Orders(Protocol):
    """Keys of committed orders, by buyer."""

    async def bought_by(
        self, account_id: AccountId, source: OrderSource, keys: Sequence[str], *, shop: str | None
    ) -> list[str]:
        """Return the keys of orders whose buyer has any of these keys, at most 1,000; those of one shop, or of all.
        Raises `Unavailable`."""

    async def with_buyers(
        self, account_id: AccountId, source: OrderSource, *, shop: str | None, limit: int
    ) -> list[str]:
        """Return the keys of orders whose buyer has not been erased, at most `limit`; those of one shop, or of all.
        Raises `Unavailable`."""
