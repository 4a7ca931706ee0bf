"""What commerce asks of the outside: sales of many conversations, as one list."""

from __future__ import annotations

from typing import Protocol

from domain.commerce.commands import Credited
from domain.paging import Page, Slice
from domain.storage import ConversationQuery


class SalesList(Protocol):
    """Of one account, as it stands at one instant."""

    async def page(self, query: ConversationQuery, page: Slice) -> Page[Credited]:
        """Sales of the conversations that fit, the youngest conversation's first; keys are `listing.sale_place`."""

    async def count(self, query: ConversationQuery) -> int:
        """Sales in the whole list."""
