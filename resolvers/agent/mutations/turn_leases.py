"""The mutations `claimAgentTurn`, `heartbeatAgentTurn` and `releaseAgentTurn`."""

from typing import Annotated

import strawberry

from domain.agent.turns import LEASE, ExtendTurn, LeasedTurn, ReleaseTurn, TakeTurn
from resolvers.agent.types import AgentTurn
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.errors import Payload, refusals_in

_SECONDS = "The length of the lease from now on, in seconds, from 5 to 300."
_TURN = "The `lease.number` that `claimAgentTurn` returned."


@strawberry.input(description="The turn to claim.")
class AgentTurnInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    seconds: int = strawberry.field(default=LEASE, description=_SECONDS)


@strawberry.input(description="A sign of life of the agent that works on a turn.")
class HeartbeatAgentTurnInput:
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    turn: int = strawberry.field(description=_TURN)
    seconds: int = strawberry.field(default=LEASE, description=_SECONDS)
    last_seen_sequence: int | None = strawberry.field(
        default=None,
        description="The `sequence` of the last message of the shopper that the reply will cover, if the shopper "
        "wrote more since the claim and the agent takes it into account. Omit it to leave it unchanged.",
    )


@strawberry.input(description="The turn to release.")
class ReleaseAgentTurnInput:
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    turn: int = strawberry.field(description=_TURN)


@strawberry.type(description="The result of a mutation that claims, extends or releases a turn.")
class AgentTurnPayload(Payload):
    turn: AgentTurn | None = strawberry.field(
        default=None, description="The turn after the change, with its claim. `null` if refused."
    )


@refusals_in(AgentTurnPayload)
async def claim_agent_turn(
    info: Info,
    input: Annotated[AgentTurnInput, strawberry.argument(description="The conversation, and the length of the lease.")],
) -> AgentTurnPayload:
    command = TakeTurn(conversation_id=conversation_id_of(input.conversation_id), seconds=input.seconds)
    turns = info.context.services.agent.turns
    return _payload(await turns.claim(info.context.principal, command, key=input.idempotency_key))


@refusals_in(AgentTurnPayload)
async def heartbeat_agent_turn(
    info: Info,
    input: Annotated[
        HeartbeatAgentTurnInput, strawberry.argument(description="The conversation, and the number of the claim.")
    ],
) -> AgentTurnPayload:
    command = ExtendTurn(
        conversation_id=conversation_id_of(input.conversation_id),
        turn=input.turn,
        seconds=input.seconds,
        last_sequence=input.last_seen_sequence,
    )
    return _payload(await info.context.services.agent.turns.extend(info.context.principal, command))


@refusals_in(AgentTurnPayload)
async def release_agent_turn(
    info: Info,
    input: Annotated[
        ReleaseAgentTurnInput, strawberry.argument(description="The conversation, and the number of the claim.")
    ],
) -> AgentTurnPayload:
    command = ReleaseTurn(conversation_id=conversation_id_of(input.conversation_id), turn=input.turn)
    return _payload(await info.context.services.agent.turns.release(info.context.principal, command))


def _payload(claimed: LeasedTurn) -> AgentTurnPayload:
    return AgentTurnPayload(turn=AgentTurn.with_lease(claimed.conversation, claimed.lease))
