"""The agents that Baton runs itself, by the choice of the account."""

from __future__ import annotations

from domain.agent.ports import AnsweringAgent
from domain.model.agent.settings import AgentKind, AgentSettings
from integrations.agents.built_in import BuiltInAgent


class RunAgents:
    """Implements `Agents`."""

    def __init__(self) -> None:
        self._built_in = BuiltInAgent()

    def of(self, settings: AgentSettings) -> AnsweringAgent | None:
        return self._built_in if settings.answered_by is AgentKind.BUILT_IN else None
