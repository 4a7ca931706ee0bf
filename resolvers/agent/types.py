"""GraphQL types of the agent's turns and their claims."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model import conversation as model
from domain.principal import Permission
from domain.values.paging import Slice
from resolvers.context import Context, Info
from resolvers.conversation.message import Message
from resolvers.conversation.types import Conversation
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, to_global_id
from resolvers.scalars import Cursor

MOST_MESSAGES = 25  # of a turn: more are read from the conversation


@strawberry.type(
    description="The lease by which an agent has claimed a turn. Nobody else can claim the turn until the lease "
    "expires or is released."
)
class AgentTurnLease:
    number: int = strawberry.field(
        description="A number that grows by one with each lease of the conversation. `postAgentMessage`, "
        "`requestHandoff`, `heartbeatAgentTurn` and `releaseAgentTurn` take it as `turn`."
    )
    claimed_at: datetime = strawberry.field(description="The time of the lease.")
    until: datetime = strawberry.field(
        description="The time at which the lease expires, unless it is extended. Then another agent can lease the turn."
    )
    last_sequence: int = strawberry.field(
        description="The `sequence` of the last message of the shopper that the reply covers. Later ones begin the "
        "next turn."
    )

    @classmethod
    def of(cls, row: model.TurnLease) -> Self:
        return cls(number=row.number, claimed_at=row.claimed_at, until=row.until, last_sequence=row.last_sequence)


@strawberry.type(
    description="A turn of the agent: the shopper's messages that wait for its reply. All that the shopper writes "
    "before the reply is one turn."
)
class AgentTurn(Node):
    row: strawberry.Private[model.Conversation]
    turn: strawberry.Private[model.AgentTurn]
    known_lease: strawberry.Private[model.TurnLease | None] = None
    is_lease_known: strawberry.Private[bool] = False
    epoch: int = strawberry.field(description="The `controller.epoch` of the conversation, under which to reply.")
    waiting_since: datetime = strawberry.field(
        description="The time of the first message of the turn, or the time at which the conversation came back to the "
        "agent."
    )
    first_sequence: int = strawberry.field(description="The `sequence` of the first message of the turn.")
    last_sequence: int = strawberry.field(description="The `sequence` of the last message of the turn.")

    @strawberry.field(
        description="The conversation. Its `messages`, `contact`, `profile`, `tags` and `handoffs` are the context of "
        "the reply."
    )
    def conversation(self) -> Conversation:
        return Conversation.of(self.row)

    @strawberry.field(
        description=f"The shopper's messages to reply to, the oldest first: the last {MOST_MESSAGES} if there are more."
    )
    async def messages(self, info: Info) -> list[Message]:
        context = info.context
        context.principal.require_conversation(self.row.id)
        page = await context.reader.messages(
            self.row.id,
            upto=self.turn.last_sequence,
            notes=False,
            page=Slice(limit=MOST_MESSAGES, after=(self.turn.first_sequence - 1,), from_end=True),
        )
        return [Message.of(row) for row in page.items if row.author.kind is model.AuthorKind.SHOPPER]

    @strawberry.field(
        description="The lease of the turn, which may have expired. `null` if the turn was not claimed, was "
        "released, or is over. In an item of a stream it may be newer than the item."
    )
    async def lease(self, info: Info) -> AgentTurnLease | None:
        lease = self.known_lease if self.is_lease_known else await info.context.turn_leases.load(self.row.id)
        if lease is None or not lease.is_of(self.turn):
            return None
        is_released = lease.until <= lease.claimed_at
        return None if is_released else AgentTurnLease.of(lease)

    @classmethod
    def of(cls, row: model.Conversation) -> Self | None:
        """Return the turn of a conversation; `None` if it never had one."""
        turn = row.turn
        if turn is None:
            return None
        return cls(
            id=to_global_id("AgentTurn", row.id),
            row=row,
            turn=turn,
            epoch=row.controller.epoch,
            waiting_since=turn.since,
            first_sequence=turn.first_sequence,
            last_sequence=turn.last_sequence,
        )

    @classmethod
    def with_lease(cls, row: model.Conversation, lease: model.TurnLease | None) -> Self | None:
        """Return the turn with the lease that it has in the same state; `None` if no turn waits."""
        made = cls.of(row)
        if made is None or not made.turn.waits:
            return None
        made.known_lease, made.is_lease_known = lease, True
        return made


@strawberry.type(description="A page of turns that wait for the agent, the longest-waiting first.")
class AgentTurnConnection(Connection[AgentTurn]):
    stream_cursor: Cursor = strawberry.field(
        description="The position of this list in the event log. Subscribe to `agentTurns` with `after:` this cursor "
        "to get all later changes."
    )


def turn_listing(context: Context) -> Listing[tuple[model.Conversation, AgentTurn], AgentTurn]:
    return Listing(
        context,
        "agent turns",
        (datetime, str),
        key=lambda row: (row[1].waiting_since, row[0].id),
        node=lambda row: row[1],
    )


async def find_turn(context: Context, key: str) -> AgentTurn | None:
    """Return the latest turn of a conversation. Raises `Forbidden`."""
    context.principal.require(Permission.SPEAK_AS_AGENT)
    row = await context.conversations.load(key)
    return None if row is None else AgentTurn.of(row)
