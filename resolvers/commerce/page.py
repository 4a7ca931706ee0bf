"""Pages of sales."""

from datetime import datetime
from typing import Self

import strawberry

from domain.commerce.commands import Credited
from domain.commerce.listing import sale_place
from domain.values.paging import Page
from resolvers.commerce.types import AttributedSale
from resolvers.context import Context
from resolvers.relay import Listing, PageInfo, page_info


@strawberry.type(description="A sale in a page.")
class AttributedSaleEdge:
    cursor: str = strawberry.field(description="Where it stands in the list.")
    node: AttributedSale = strawberry.field(description="The sale.")


@strawberry.type(description="A page of sales, those of the youngest conversation first.")
class AttributedSaleConnection:
    edges: list[AttributedSaleEdge] = strawberry.field(description="The sales with their cursors.")
    nodes: list[AttributedSale] = strawberry.field(description="The sales.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    total_count: int = strawberry.field(description="Sales in the whole list.")

    @classmethod
    def of(cls, page: Page[Credited], listing: Listing, total_count: int) -> Self:
        cursors = [listing.cursor(sale_place(row)) for row in page.items]
        nodes = [AttributedSale.of(row.sale, row.conversation) for row in page.items]
        edges = [AttributedSaleEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)]
        return cls(edges=edges, nodes=nodes, page_info=page_info(page, cursors), total_count=total_count)


def sale_listing(context: Context, name: str) -> Listing:
    """`name` tells this list from others: of another range or filter, cursors are others."""
    return Listing(context, f"sales:{name}", (datetime, str))
