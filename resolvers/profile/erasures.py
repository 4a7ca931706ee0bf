"""GraphQL type of an erasure: the record of what was removed of a shopper."""

from datetime import datetime
from typing import Self

import strawberry

from domain.erasure import model
from resolvers.audit.types import AuditActor
from resolvers.context import Context
from resolvers.outbox.enums import Destination, OutgoingState
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
    description="A call that tells a connected helpdesk or Klaviyo to delete what it has of the shopper. It is an item "
    "of the outbox, with retries."
)
class ErasureVendorCall:
    outgoing_id: strawberry.ID = strawberry.field(description="The ID of the item of the outbox, for `retryOutgoing`.")
    destination: Destination = strawberry.field(description="The helpdesk that is told, or Klaviyo.")
    state: OutgoingState = strawberry.field(description="The state of the call.")
    at: datetime = strawberry.field(description="The time of the last attempt, or of the request.")
    problem: str | None = strawberry.field(
        description="The advice for a call that has failed, without the vendor's own words, which may name the shopper."
    )


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
        description="The records in which the search found an address, number or ID of the shopper after the removal, "
        "at most 100: what somebody else wrote or said. They are left as they are. If it is to go, `redactMessage` of "
        "the message that quotes it clears the message, its events, its conversation's first question and the search "
        "index. Empty if the search found none."
    )

    held_conversations: list[strawberry.ID] = strawberry.field(
        description="The IDs of conversations that were left, because they are under a legal hold. When a hold ends, "
        "an erasure of the conversation begins."
    )
    vendors: list[ErasureVendorCall] = strawberry.field(
        description="The calls that tell connected helpdesks and Klaviyo to delete what they have. They may end after "
        "the erasure. If the shopper only claims an address, tickets are deleted, and no user of that address. At most "
        "500 are listed; `vendorCallCount` counts all."
    )
    vendor_call_count: int = strawberry.field(
        description="The number of all calls to vendors. Those beyond 500 are items of the outbox as well. If a call "
        "beyond 500 fails, `vendors` lists it instead of a call that was accepted or still waits."
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
            held_conversations=[strawberry.ID(to_global_id("Conversation", each)) for each in row.held],
            vendors=[
                ErasureVendorCall(
                    outgoing_id=to_global_id("Outgoing", each.id),
                    destination=each.destination,
                    state=each.state,
                    at=each.at,
                    problem=each.error,
                )
                for each in row.vendors
            ],
            vendor_call_count=row.vendor_calls,
            mentions=[ErasureMention(place=each.place, record_id=each.id) for each in row.mentions],
        )


async def find_erasure(context: Context, key: str) -> Erasure | None:
    """Return the erasure; `None` if there is none. Raises `Forbidden`."""
    row = await context.services.erasures.find(context.principal, key)
    return None if row is None else Erasure.of(row)
