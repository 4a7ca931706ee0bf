"""GraphQL type of the agent settings, and the resolver of `agentSettings`."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model.agent import settings as model
from domain.principal import Permission
from resolvers.agent.enums import AgentKind
from resolvers.context import Info


@strawberry.type(description="The settings of the agent that replies to the account's shoppers.")
class AgentSettings:
    answered_by: AgentKind = strawberry.field(description="The agent that replies. Default: OFF.")
    version: int = strawberry.field(description="A number that grows with each change, for `expectedVersion`.")
    updated_at: datetime = strawberry.field(description="The time of the last change.")

    @classmethod
    def of(cls, row: model.AgentSettings) -> Self:
        return cls(answered_by=row.answered_by, version=row.version, updated_at=row.updated_at)


async def agent_settings(info: Info) -> AgentSettings | None:
    principal = info.context.principal
    principal.require(Permission.READ_SETTINGS)
    return AgentSettings.of(await info.context.services.agent_settings.of(principal.account_id))
