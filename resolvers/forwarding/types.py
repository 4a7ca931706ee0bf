"""How far a receiver has got in the business events, and what it did not take."""

from datetime import datetime
from typing import Self

import strawberry

from domain.events import BusinessEvent as Happened
from domain.forwarding import model
from domain.principal import Permission
from domain.values.errors import Field, Invalid, NotFound
from resolvers.arguments import After, First
from resolvers.context import Context, Info
from resolvers.events.types import BusinessEvent, business_event
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, to_global_id
from resolvers.scalars import Cursor


@strawberry.type(description="One try to hand one event over.")
class ForwardingAttempt:
    at: datetime = strawberry.field(description="When.")
    outcome: str = strawberry.field(
        description="What came of it: `delivered`; `retrying`, it is tried again; `failed`, it was given up; "
        "`declined`, the receiver wants no more events."
    )
    http_status: int | None = strawberry.field(description="The receiver's HTTP status; null where it did not answer.")
    error: str | None = strawberry.field(description="What was wrong.")


@strawberry.type(
    description="An event that a receiver did not take: it refused this one for good, or failed for three days. Later "
    "events went on without it."
)
class DeadLetter(Node):
    row: strawberry.Private[model.DeadLetter]
    at: datetime = strawberry.field(description="When it was given up.")
    http_status: int | None = strawberry.field(description="The receiver's last HTTP status; null: it did not answer.")
    error: str = strawberry.field(description="What was wrong.")

    @strawberry.field(description="The event.")
    async def event(self, info: Info) -> BusinessEvent | None:
        context = info.context
        row = await context.reader.get(Happened, self.row.event_id)
        return None if row is None else business_event(row, await cursor_at(context, row.seq))

    @classmethod
    def of(cls, row: model.DeadLetter) -> Self:
        return cls(
            id=to_global_id("DeadLetter", row.id), row=row, at=row.at, http_status=row.http_status, error=row.error
        )


@strawberry.type(description="A page of dead letters, the latest event first.")
class DeadLetterConnection(Connection[DeadLetter]):
    forwarding_id: strawberry.Private[str]

    @strawberry.field(description="Dead letters in the whole list. Counted when asked for.")
    async def total_count(self, info: Info) -> int:
        context = info.context
        return await context.services.dead_letters.count_dead_letters(context.principal.account_id, self.forwarding_id)


@strawberry.type(
    description="How far a receiver has got in the account's business events. It gets them in their order, each until "
    "it takes it, waiting longer and longer for up to three days; meanwhile later ones wait behind it."
)
class Forwarding(Node):
    row: strawberry.Private[model.Forwarding]
    next_attempt_at: datetime | None = strawberry.field(
        description="Nothing is tried before; in the past where nothing is wrong. Null: it rests until the receiver is "
        "switched on."
    )
    failing_since: datetime | None = strawberry.field(description="Since when nothing was taken; null: nothing failed.")
    attempts: list[ForwardingAttempt] = strawberry.field(description="The latest tries, at most 20, the oldest first.")

    @strawberry.field(
        description="All up to here is dealt with: of what stands behind it, the receiver knows nothing yet."
    )
    async def cursor(self, info: Info) -> Cursor:
        return Cursor(await cursor_at(info.context, self.row.position))

    @strawberry.field(description="What it did not take, and was given up.")
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
        raise NotFound("Nothing is forwarded there any more.")
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
    """Raises Invalid for a cursor that is not of the account's log as it is."""
    account_id = context.principal.account_id
    epoch, seq = context.services.stream_cursors.decode(account_id, cursor, field=field)
    head = await context.services.log.head(account_id)
    if epoch != head.epoch or seq > head.seq:
        raise Invalid("This cursor is not of the account's log as it is now: take one from an event.", field=field)
    return seq
