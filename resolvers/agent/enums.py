"""Enums of the agents that Baton runs itself."""

from enum import StrEnum

from domain.model.agent.settings import AgentKind
from resolvers.enums import register_enum

register_enum(
    AgentKind,
    "The agent that replies to the shoppers of an account.",
    {
        "OFF": "No agent that Baton runs. Agents with keys of scope `agent` reply, if there are any.",
        "BUILT_IN": "The built-in agent: it quotes the knowledge, recommends products of the catalogue, tells verified "
        "shoppers of their orders, and hands over what it does not know.",
        "MODEL": "The language model of `connectedModel`, which replies from the knowledge. Refused with "
        "NOT_CONNECTED while none is connected.",
    },
)


class AgentDecision(StrEnum):
    REPLY = "REPLY"
    HANDOFF = "HANDOFF"


register_enum(
    AgentDecision,
    "The decision of the agent about a message of a shopper.",
    {"REPLY": "The agent replies.", "HANDOFF": "The agent asks for a human."},
)

__all__ = ["AgentDecision", "AgentKind"]
