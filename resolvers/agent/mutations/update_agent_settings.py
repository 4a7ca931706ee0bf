"""The mutation `updateAgentSettings`."""

from typing import Annotated

import strawberry

from domain.agent.settings import AgentSettingsChange
from resolvers.agent.enums import AgentKind
from resolvers.agent.settings import AgentSettings
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in


@strawberry.input(description="The agent settings to change. A field that is omitted or `null` stays as it is.")
class UpdateAgentSettingsInput:
    answered_by: AgentKind | None = strawberry.field(
        default=None,
        description="The agent that replies to shoppers from now on. It also replies to those who wait already.",
    )
    expected_version: int | None = strawberry.field(
        default=None,
        description="The version that the caller read. Refused with CONFLICT if the settings have changed since.",
    )


@strawberry.type(description="The result of `updateAgentSettings`.")
class AgentSettingsPayload(Payload):
    agent_settings: AgentSettings | None = strawberry.field(
        default=None, description="The settings after the change. `null` if refused."
    )


@refusals_in(AgentSettingsPayload)
async def update_agent_settings(
    info: Info, input: Annotated[UpdateAgentSettingsInput, strawberry.argument(description="The settings to change.")]
) -> AgentSettingsPayload:
    change = AgentSettingsChange(answered_by=input.answered_by, expected_version=input.expected_version)
    settings = await info.context.services.agent_settings.update(info.context.principal, change)
    return AgentSettingsPayload(agent_settings=AgentSettings.of(settings))
