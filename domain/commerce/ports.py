"""What commerce asks of the outside: sales of many conversations as one list, and orders by who placed them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.commerce.commands import Credited
from domain.model.commerce import OrderSource
from domain.storage import ConversationQuery
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice


class SalesList(Protocol):
    """Of one account, as it stands at one instant."""

    async def page(self, query: ConversationQuery, page: Slice) -> Page[Credited]:
        """Sales of the conversations that fit, the youngest conversation's first; keys are `listing.sale_place`."""

    async def count(self, query: ConversationQuery) -> int:
        """Sales in the whole list."""


class Orders(Protocol):
    """Keys of orders, as they are committed."""

    async def bought_by(self, account_id: AccountId, source: OrderSource, keys: Sequence[str]) -> list[str]:
        """Of a buyer with any of these keys, at most 1,000."""

    async def with_buyers(self, account_id: AccountId, source: OrderSource, *, limit: int) -> list[str]:
        """Whose buyer is known still."""
