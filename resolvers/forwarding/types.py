"""GraphQL types of a forwarding and its dead letters."""

from datetime import datetime
from typing import Self

import strawberry

from domain.events import BusinessEvent as Happened
from domain.forwarding import model
from domain.principal import Permission
from domain.values.errors import Field, Invalid, NotFound
from resolvers.arguments import After, First
from resolvers.context import Context, Info
from resolvers.events.types import BusinessEvent, business_event, is_known
from resolvers.forwarding.enums import DeadLetterReason
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, to_global_id
from resolvers.scalars import Cursor


@strawberry.type(description="An attempt to deliver one event to a receiver.")
class ForwardingAttempt:
    at: datetime = strawberry.field(description="The time at which the attempt ended.")
    outcome: str = strawberry.field(
        description="The result: `delivered`; `retrying` if it will be tried again; `failed` if the event became a "
        "dead letter; `declined` if the receiver wants no more events."
    )
    http_status: int | None = strawberry.field(
        description="The HTTP status of the response. `null` if there was no response."
    )
    error: str | None = strawberry.field(description="The reason of the failure. `null` if the event was delivered.")


@strawberry.type(
    description="A business event that could not be delivered to a receiver: it was refused permanently, every attempt "
    "failed for three days, or it cannot be sent as `reason` says. Later events are delivered without it."
)
class DeadLetter(Node):
    row: strawberry.Private[model.DeadLetter]
    at: datetime = strawberry.field(description="The time at which delivery was given up.")
    http_status: int | None = strawberry.field(
        description="The HTTP status of the last response. `null` if there was no response."
    )
    error: str = strawberry.field(description="The reason of the last failure.")
    reason: DeadLetterReason | None = strawberry.field(
        description="Why it was given up. `null` if an earlier version of Baton wrote it."
    )

    @strawberry.field(
        description="The business event that was not delivered. `null` if it no longer exists, or is damaged."
    )
    async def event(self, info: Info) -> BusinessEvent | None:
        context = info.context
        row = await context.reader.get(Happened, self.row.event_id)
        return None if row is None or not is_known(row) else business_event(row, await cursor_at(context, row.seq))

    @classmethod
    def of(cls, row: model.DeadLetter) -> Self:
        return cls(
            id=to_global_id("DeadLetter", row.id),
            row=row,
            at=row.at,
            http_status=row.http_status,
            error=row.error,
            reason=row.reason,
        )


@strawberry.type(description="A page of dead letters, the latest event first.")
class DeadLetterConnection(Connection[DeadLetter]):
    forwarding_id: strawberry.Private[str]

    @strawberry.field(description="The number of dead letters in the whole list, counted on request.")
    async def total_count(self, info: Info) -> int:
        context = info.context
        return await context.services.dead_letters.count_dead_letters(context.principal.account_id, self.forwarding_id)


@strawberry.type(
    description="The progress of a receiver of the account's business events. Events are delivered in order. An "
    "event that fails is retried with exponential back-off for up to three days, while later events "
    "wait."
)
class Forwarding(Node):
    row: strawberry.Private[model.Forwarding]
    next_attempt_at: datetime | None = strawberry.field(
        description="The earliest time of the next attempt. In the past if nothing is wrong; `null` while the "
        "receiver is switched off."
    )
    failing_since: datetime | None = strawberry.field(
        description="The time since which no event was delivered. `null` if the last attempt succeeded."
    )
    attempts: list[ForwardingAttempt] = strawberry.field(
        description="The latest attempts, at most 20, the oldest first."
    )

    @strawberry.field(description="The position up to which all events are delivered or given up.")
    async def cursor(self, info: Info) -> Cursor:
        return Cursor(await cursor_at(info.context, self.row.position))

    @strawberry.field(description="The events that could not be delivered.")
    async def dead_letters(self, info: Info, first: First = None, after: After = None) -> DeadLetterConnection:
        context = info.context
        listing = Listing(
            context,
            f"deadLetters:{self.row.id}",
            (int, str),
            key=lambda row: (row.seq, row.id),
            node=DeadLetter.of,
        )
        rows = await context.services.dead_letters.dead_letters(
            context.principal.account_id, self.row.id, listing.slice(first, after)
        )
        return DeadLetterConnection(forwarding_id=self.row.id, **listing.parts(rows))

    @classmethod
    def of(cls, row: model.Forwarding) -> Self:
        attempts = [
            ForwardingAttempt(at=a.at, outcome=a.outcome, http_status=a.http_status, error=a.error)
            for a in row.attempts
        ]
        return cls(
            id=to_global_id("Forwarding", row.id),
            row=row,
            next_attempt_at=row.due_at,
            failing_since=row.failing_since,
            attempts=attempts,
        )


async def load_forwarding(context: Context, key: str) -> Forwarding:
    row = await context.forwardings.load(key)
    if row is None:
        raise NotFound("This receiver no longer exists.")
    return Forwarding.of(row)


async def find_forwarding(context: Context, key: str) -> Forwarding | None:
    context.principal.require(Permission.CHANGE_SETTINGS)
    row = await context.forwardings.load(key)
    return None if row is None else Forwarding.of(row)


async def find_dead_letter(context: Context, key: str) -> DeadLetter | None:
    context.principal.require(Permission.CHANGE_SETTINGS)
    row = await context.reader.get(model.DeadLetter, key)
    return None if row is None else DeadLetter.of(row)


async def cursor_at(context: Context, seq: int) -> str:
    head = await context.services.log.head(context.principal.account_id)
    return context.services.stream_cursors.encode(context.principal.account_id, head.epoch, seq)


async def position_of(context: Context, cursor: str, *, field: Field) -> int:
    """Return the number of the event at the cursor. Raises `Invalid` if it is not of the account's present log."""
    account_id = context.principal.account_id
    epoch, seq = context.services.stream_cursors.decode(account_id, cursor, field=field)
    head = await context.services.log.head(account_id)
    if epoch != head.epoch or seq > head.seq:
        raise Invalid(
            "This cursor does not belong to the account's present event log. Take one from an event.", field=field
        )
    return seq
