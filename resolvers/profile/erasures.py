"""GraphQL type of an erasure: the record of what was removed of a shopper."""

from datetime import datetime
from typing import Self

import strawberry

from domain.erasure import model
from resolvers.audit.types import AuditActor
from resolvers.context import Context
from resolvers.relay.global_ids import Node, to_global_id


@strawberry.type(description="A collection of the database, and how many records an erasure took from it.")
class ErasedRecords:
    place: str = strawberry.field(description="The name of the collection, as `docs/storage.md` describes it.")
    count: int = strawberry.field(
        description="The number of records that were deleted, or that lost everything of the shopper."
    )


@strawberry.type(
    description="A record of somebody else that still has an identifier of the shopper, such as a message that quotes "
    "the address."
)
class ErasureMention:
    place: str = strawberry.field(description="The name of the collection.")
    record_id: str = strawberry.field(description="The ID of the record within the collection, as it is stored.")


@strawberry.type(
    description="The erasure of a shopper: what was removed where, when, and by whom. It runs in the background, in "
    "small steps. Numbers stay as they are: conversations keep their status, times, tags and sales, without the "
    "person and without words. Once it is done, the record names the shopper by keyed hashes alone."
)
class Erasure(Node):
    requested_at: datetime = strawberry.field(description="The time of the request.")
    requested_by: AuditActor = strawberry.field(description="The author of the request.")
    finished_at: datetime | None = strawberry.field(
        description="The time at which the last search for the shopper ended. `null` while the erasure runs."
    )
    removed: list[ErasedRecords] = strawberry.field(
        description="The numbers of records that were removed so far, by collection."
    )
    searched_records: int = strawberry.field(
        description="The number of records in which the shopper's identifiers were searched after the removal: every "
        "record of the account, in every collection. 0 until the search begins."
    )
    mentions: list[ErasureMention] = strawberry.field(
        description="The records in which the search found an identifier of the shopper, at most 100. Empty if it "
        "found none."
    )

    @classmethod
    def of(cls, row: model.Erasure) -> Self:
        return cls(
            id=to_global_id("Erasure", row.id),
            requested_at=row.requested_at,
            requested_by=AuditActor.of(row.by),
            finished_at=row.finished_at,
            removed=[ErasedRecords(place=each.place, count=each.count) for each in row.removed],
            searched_records=row.searched,
            mentions=[ErasureMention(place=each.place, record_id=each.id) for each in row.mentions],
        )


async def find_erasure(context: Context, key: str) -> Erasure | None:
    """Return the erasure; `None` if there is none. Raises `Forbidden`."""
    row = await context.services.erasures.find(context.principal, key)
    return None if row is None else Erasure.of(row)
