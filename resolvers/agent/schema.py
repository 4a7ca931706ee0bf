"""The queries, mutations and subscriptions of AI agents."""

from collections.abc import AsyncIterable

import strawberry

from resolvers.agent.mutations.stream_agent_message import stream_agent_message
from resolvers.agent.mutations.turn_leases import (
    AgentTurnPayload,
    claim_agent_turn,
    heartbeat_agent_turn,
    release_agent_turn,
)
from resolvers.agent.mutations.update_agent_settings import AgentSettingsPayload, update_agent_settings
from resolvers.agent.preview import AgentPreview, agent_preview
from resolvers.agent.queries import agent_turns
from resolvers.agent.settings import AgentSettings, agent_settings
from resolvers.agent.subscription import AgentTurnStreamItem, follow_agent_turns
from resolvers.agent.types import AgentTurnConnection
from resolvers.arguments import StreamAfter
from resolvers.context import Info
from resolvers.conversation.payloads import SetTypingPayload

_WHO = "Takes a key with scope `agent`, or a key of OWNER, ADMIN or MANAGER."
_REFUSED = (
    "Refused with NOT_YOUR_TURN if the turn has a reply, or another agent has claimed it; with NOT_IN_CONTROL if a "
    "human has the conversation, and with CONVERSATION_CLOSED after the close."
)


@strawberry.type
class AgentQueries:
    agent_turns: AgentTurnConnection | None = strawberry.field(
        resolver=agent_turns,
        description="The conversations in which the shopper waits for the agent, the longest-waiting first, claimed or "
        f"not. {_WHO}",
    )
    agent_settings: AgentSettings | None = strawberry.field(
        resolver=agent_settings,
        description="The settings of the agent that replies to the account's shoppers. For staff, agents, and partners "
        "with scope `handoff:write`.",
    )
    agent_preview: AgentPreview | None = strawberry.field(
        resolver=agent_preview,
        description="A preview of the agent: its decision about a message of a new shopper, whose identity is not "
        "proved. If Baton runs no agent for the account, the built-in agent decides. Escalation rules are checked "
        "first, as they are for messages. Nothing is stored. For staff, and for keys with the scope `agent`.",
    )


@strawberry.type
class AgentMutations:
    update_agent_settings: AgentSettingsPayload = strawberry.mutation(
        resolver=update_agent_settings,
        description="Changes which agent replies to the account's shoppers. Agents with keys of their own can work "
        "beside the agent that Baton runs: the claim of a turn decides. For OWNER, ADMIN and MANAGER.",
    )
    claim_agent_turn: AgentTurnPayload = strawberry.mutation(
        resolver=claim_agent_turn,
        description="Claims the turn of a conversation, so that no other agent replies to it. The claim is a lease of "
        "`seconds`: extend it with `heartbeatAgentTurn` for as long as the reply takes, and end it with the reply "
        "(`postAgentMessage` or `requestHandoff` with `turn`). If several agents compete, one succeeds; the others are "
        "refused with NOT_YOUR_TURN, as is a claim where the shopper does not wait. With NOT_IN_CONTROL if a human has "
        f"the conversation, and with CONVERSATION_CLOSED after the close. {_WHO}",
    )
    heartbeat_agent_turn: AgentTurnPayload = strawberry.mutation(
        resolver=heartbeat_agent_turn,
        description="Extends the lease of a claim. Send it about three times in a lease. An expired lease holds again, "
        f"unless another agent has claimed the turn since. {_REFUSED} {_WHO}",
    )
    release_agent_turn: AgentTurnPayload = strawberry.mutation(
        resolver=release_agent_turn,
        description="Releases a claim without a reply, so that another agent can claim the turn at once. Releasing "
        f"it again has no effect. {_REFUSED} {_WHO}",
    )
    stream_agent_message: SetTypingPayload = strawberry.mutation(
        resolver=stream_agent_message,
        description="Shows the agent's message while it is being written (`TypingChanged.text`) to present "
        "subscribers, for at most 6 seconds. Each call has the whole text so far; calls within 0.25 seconds after "
        "another are dropped. The message itself, posted with `postAgentMessage`, ends it, and so does a "
        f"human who takes over. Nothing is stored. {_REFUSED} {_WHO}",
    )


@strawberry.type
class AgentSubscriptions:
    @strawberry.subscription(
        description="The changes of the agent's turns: a shopper waits, a turn was claimed, released or is over. "
        "Applied to the list of `Query.agentTurns`, they produce the next list if subscribed with `after:` its "
        f"`streamCursor`. {_WHO}"
    )
    async def agent_turns(self, info: Info, after: StreamAfter = None) -> AsyncIterable[AgentTurnStreamItem]:
        return await follow_agent_turns(info, after)
