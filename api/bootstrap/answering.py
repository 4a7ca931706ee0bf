"""Composition of the agents that Baton runs itself: their previews, and the worker that replies to turns."""

from __future__ import annotations

from api.bootstrap.ports import Ports
from api.workers.agent_runner import AgentRunner
from domain.answering.preview import AgentPreviewService
from domain.answering.questions import QuestionReader
from domain.answering.service import AnsweringService
from domain.connected_services.service import ConnectionService
from resolvers.context import Services


def agent_preview(ports: Ports, connections: ConnectionService) -> AgentPreviewService:
    return AgentPreviewService(
        storage=ports.storage,
        agents=ports.agent.agents(connections),
        questions=_questions(ports),
        clock=ports.clock,
    )


def agent_runner(ports: Ports, services: Services) -> AgentRunner:
    """Return the worker, which learns of turns from the event log and from the commits of this process."""
    answering = AnsweringService(
        storage=ports.storage,
        agent=services.agent,
        handoffs=services.handoffs,
        partial_replies=services.typing.replies,
        agents=ports.agent.agents(services.connections),
        questions=_questions(ports),
        clock=ports.clock,
    )
    runner = AgentRunner(answering=answering, turns=ports.agent.turns, around=ports.tracing.work)
    ports.observe(runner)
    ports.agent.observe_commits(runner.on_committed)
    return runner


def _questions(ports: Ports) -> QuestionReader:
    return QuestionReader(storage=ports.storage, knowledge=ports.knowledge, orders=ports.agent.orders)
