"""The agents that Baton runs itself, by the choice of the account."""

from __future__ import annotations

import httpx

from domain.agent.ports import AnsweringAgent
from domain.connected_services.service import ConnectionService
from domain.model.agent.settings import AgentKind, AgentSettings
from integrations.agents.built_in import BuiltInAgent
from integrations.agents.model.answering import ModelAnsweringAgent


class RunAgents:
    """Implements `Agents`. `model_http` is the client for the endpoints of language models."""

    def __init__(self, *, connections: ConnectionService, model_http: httpx.AsyncClient) -> None:
        self._built_in = BuiltInAgent()
        self._connections = connections
        self._model_http = model_http

    def of(self, settings: AgentSettings) -> AnsweringAgent | None:
        if settings.answered_by is AgentKind.BUILT_IN:
            return self._built_in
        if settings.answered_by is AgentKind.MODEL:
            return ModelAnsweringAgent(account_id=settings.id, connections=self._connections, http=self._model_http)
        return None
