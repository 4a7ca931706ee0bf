"""Connections of sales."""

from datetime import datetime

import strawberry

from domain.commerce.commands import Credited
from domain.commerce.listing import sale_place
from resolvers.commerce.types import AttributedSale
from resolvers.context import Context
from resolvers.relay.connections import Connection, Listing


@strawberry.type(description="A page of sales, those of the latest conversation first.")
class AttributedSaleConnection(Connection[AttributedSale]):
    total_count: int = strawberry.field(description="The number of sales in the whole list.")


def sale_listing(context: Context) -> Listing[Credited, AttributedSale]:
    return Listing(
        context,
        "sales:metrics",
        (datetime, str),
        key=sale_place,
        node=lambda row: AttributedSale.of(row.sale, row.conversation),
    )
