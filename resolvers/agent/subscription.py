"""The stream of the agent's turns."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import strawberry

from domain import events
from domain.events import AGENT_TURNS_TOPIC, LoggedEvent
from domain.model import conversation as model
from domain.principal import Permission
from resolvers.agent.types import AgentTurn
from resolvers.context import Info
from resolvers.enums import register_enum
from resolvers.scalars import Cursor
from resolvers.subscriptions import EventSubscription, StreamCaughtUp, StreamItem, StreamReady, StreamReset


class AgentTurnState(StrEnum):
    WAITING = "WAITING"
    CLAIMED = "CLAIMED"
    RELEASED = "RELEASED"
    OVER = "OVER"


register_enum(
    AgentTurnState,
    "The change of a turn of the agent.",
    {
        "WAITING": "The shopper wrote: the turn is new, or has one more message. Or the conversation came back to the "
        "agent without a reply.",
        "CLAIMED": "An agent claimed the turn.",
        "RELEASED": "The lease was released, or it expired. The turn can be claimed again.",
        "OVER": "The turn has a reply, a human took over, or the conversation was closed. Stop working on it.",
    },
)


@strawberry.type(description="A turn of the agent changed.")
class AgentTurnChanged(StreamItem):
    at: datetime = strawberry.field(description="The time at which the change was committed.")
    state: AgentTurnState = strawberry.field(description="The change that the item tells of, seen from an agent.")
    turn: AgentTurn = strawberry.field(description="The turn after the change.")


AgentTurnStreamItem = Annotated[
    StreamReady | StreamCaughtUp | StreamReset | AgentTurnChanged,
    strawberry.union(name="AgentTurnStreamItem", description="An item of the stream of the agent's turns."),
]


async def follow_agent_turns(info: Info, after: str | None) -> EventSubscription:
    """Raises `Forbidden`."""
    info.context.principal.require(Permission.SPEAK_AS_AGENT)
    return EventSubscription(topics=frozenset({AGENT_TURNS_TOPIC}), after=after, item=_item)


def _item(event: LoggedEvent, cursor: str) -> object | None:
    match event.body:
        case events.TurnLeaseChanged(lease=lease, is_held=is_held, conversation=conversation):
            turn = AgentTurn.with_lease(conversation, lease if is_held else None)
            state = AgentTurnState.CLAIMED if is_held else AgentTurnState.RELEASED
        case (
            events.MessageAdded(conversation=conversation)
            | events.MessageRedacted(conversation=conversation)
            | events.ConversationChanged(conversation=conversation)
            | events.HandoffChanged(conversation=conversation)
            | events.MessageDeliveryChanged(conversation=conversation)
            | events.TicketChanged(conversation=conversation)
        ) if _tells_of_turn(conversation, event.seq):
            turn = AgentTurn.of(conversation)
            waits = conversation.turn is not None and conversation.turn.waits
            state = AgentTurnState.WAITING if waits else AgentTurnState.OVER
        case _:
            return None
    return None if turn is None else AgentTurnChanged(cursor=Cursor(cursor), at=event.at, state=state, turn=turn)


def _tells_of_turn(conversation: model.Conversation, seq: int) -> bool:
    """Whether the event is the last of the commit that changed the turn: one item tells of one change."""
    turn = conversation.turn
    return turn is not None and turn.version == conversation.version and conversation.seq == seq
