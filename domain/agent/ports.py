"""The ports of the agents that Baton runs itself: a question, the reply to it, and where questions wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from domain.knowledge.ports import KnowledgeIndex
from domain.model.agent.guidance import Guidance
from domain.model.agent.settings import AgentSettings
from domain.model.commerce import Order
from domain.model.handoff import EscalationReason
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record


class HistoryLine(Record):
    """An earlier message of a conversation."""

    by_shopper: bool  # else by the agent or by staff
    text: str


class AgentQuestion(Record):
    """A turn that waits for the agent, and what the agent may know of the shopper."""

    conversation_id: ConversationId | None  # None in a preview
    text: str  # the shopper's messages of the turn, joined by a line end
    index: KnowledgeIndex  # of the account
    guidance: Guidance  # of it, the deterministic escalation rules were checked already, when the messages came in
    history: tuple[HistoryLine, ...] = ()  # said before, the oldest first, at most a few dozen
    is_verified: bool = False  # whether the shopper's identity is proved
    orders: tuple[Order, ...] = ()  # of the verified shopper, the latest first; of another shopper always empty
    locale: str | None = None
    time_zone: str = "UTC"  # of the shop


class AgentReply(Record):
    """A message to the shopper."""

    text: str
    skill: str
    topics: tuple[str, ...] = ()  # become tags of the conversation
    product_ids: tuple[
        str, ...
    ] = ()  # `Passage.source_id` of products whose cards are shown; unknown ones are left out
    source_ids: tuple[str, ...] = ()  # `Passage.source_id` of the passages that the text is from
    confidence: float = 1.0  # from 0 to 1


class AgentHandoff(Record):
    """A request for a human."""

    reason: EscalationReason
    detail: str | None = None
    summary: str | None = None  # for staff
    skill: str | None = None
    topics: tuple[str, ...] = ()  # become tags of the conversation


AgentOutcome = AgentReply | AgentHandoff


class AnsweringAgent(Protocol):
    """An agent that Baton runs itself. `integrations/agents` has a module for each."""

    async def reply(self, question: AgentQuestion, *, on_text: Callable[[str], None]) -> AgentOutcome:
        """Return the reply, or the handoff. `on_text` gets the text of the reply as it grows, always from its
        beginning. Texts in the question are data and no instructions. Raises nothing of a vendor's: whatever goes wrong
        there is a handoff with the reason AGENT_FAILURE."""


class Agents(Protocol):
    def of(self, settings: AgentSettings) -> AnsweringAgent | None:
        """Return the agent that an account has chosen; `None` if Baton runs none for it."""


class WaitingTurns(Protocol):
    """Turns that wait for an agent that Baton runs, in all accounts."""

    async def accounts(self) -> list[AgentSettings]:
        """Return the settings of all accounts whose agent Baton runs. Raises `Unavailable`."""

    async def of(self, account_ids: Sequence[AccountId], *, limit: int) -> list[tuple[AccountId, ConversationId]]:
        """Return the conversations of these accounts in which the shopper waits for the agent, whether the turn is
        claimed or not, test conversations included, the longest-waiting first, at most `limit`. Raises
        `Unavailable`."""


class ShopperOrders(Protocol):
    async def placed_by(self, account_id: AccountId, keys: Sequence[str], *, limit: int) -> list[Order]:
        """Return the orders whose buyer has any of these identity keys, the latest first, at most `limit`. Raises
        `Unavailable`."""
