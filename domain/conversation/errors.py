"""Refusals that concern who may write in a conversation, and when."""

from __future__ import annotations

from domain.model.conversation import Controller, Conversation, Message, TurnLease
from domain.values.errors import ErrorCode, Field, Refusal


class AgentNotLive(Refusal):
    """The agent is off, or does not work on the channel."""

    code = ErrorCode.AGENT_NOT_LIVE


class ConversationClosed(Refusal):
    """The conversation is closed, which is final."""

    code = ErrorCode.CONVERSATION_CLOSED


class ConversationFull(Refusal):
    """The shopper has written as much as one conversation takes. It stays open for everybody else."""

    code = ErrorCode.CONVERSATION_FULL


class NotInControl(Refusal):
    """Somebody else has the conversation: `controller`."""

    code = ErrorCode.NOT_IN_CONTROL

    def __init__(self, message: str, *, controller: Controller, field: Field | None = None) -> None:
        super().__init__(message, field=field)
        self.controller = controller


class NotYourTurn(Refusal):
    """The caller does not have the agent's turn, or cannot get it. `lease` is the present one, if the turn has one."""

    code = ErrorCode.NOT_YOUR_TURN

    def __init__(
        self, message: str, *, conversation: Conversation, lease: TurnLease | None, field: Field | None = None
    ) -> None:
        super().__init__(message, field=field)
        self.conversation = conversation
        self.lease = lease


class StaleView(Refusal):
    """The sender had not seen the shopper's messages in `unseen` when it wrote."""

    code = ErrorCode.STALE_VIEW

    def __init__(self, message: str, *, unseen: tuple[Message, ...], field: Field | None = None) -> None:
        super().__init__(message, field=field)
        self.unseen = unseen
