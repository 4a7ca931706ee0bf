"""Every refusal a caller can act on, as one tree; `resolvers/errors.py` maps it to GraphQL, `api` to HTTP and sockets.

DomainError
├── Refusal              a command was understood and is refused; nothing was written
│   ├── Invalid          a value is unusable; `path` says which
│   ├── NotFound         no such thing in this account (another account's ids look the same)
│   ├── Forbidden        the credential may not do this
│   ├── Conflict         the state, or an earlier use of the idempotency key, contradicts it
│   ├── NotConnected     `helpdesk` is chosen before its credentials were proved
│   ├── AgentNotLive     the agent is off, or not active on the channel
│   ├── ConversationClosed
│   ├── NotInControl     somebody else has the conversation; `controller` says who
│   └── StaleView        the sender had not seen the messages in `unseen`
├── Unauthenticated      no credential, or one that is unknown, expired or revoked
└── Unavailable          the database cannot be reached, or did not answer in time; try again
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from domain.model.conversation import Controller, Message
    from domain.model.handoff import Helpdesk


class ErrorCode(StrEnum):
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    INVALID = "INVALID"
    CONFLICT = "CONFLICT"
    STALE_VIEW = "STALE_VIEW"
    NOT_CONNECTED = "NOT_CONNECTED"
    AGENT_NOT_LIVE = "AGENT_NOT_LIVE"
    IDENTITY_REQUIRED = "IDENTITY_REQUIRED"
    CONVERSATION_CLOSED = "CONVERSATION_CLOSED"
    NOT_IN_CONTROL = "NOT_IN_CONTROL"
    RATE_LIMITED = "RATE_LIMITED"


class DomainError(Exception):
    """Its text is written for the caller: it says what to do, and carries no secret."""


class Refusal(DomainError):
    code: ClassVar[ErrorCode]

    def __init__(self, message: str, *, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


class Invalid(Refusal):
    code = ErrorCode.INVALID


class NotFound(Refusal):
    code = ErrorCode.NOT_FOUND


class Forbidden(Refusal):
    code = ErrorCode.FORBIDDEN


class Conflict(Refusal):
    code = ErrorCode.CONFLICT


class NotConnected(Refusal):
    code = ErrorCode.NOT_CONNECTED

    def __init__(self, message: str, *, helpdesk: Helpdesk, path: tuple[str, ...] = ()) -> None:
        super().__init__(message, path=path)
        self.helpdesk = helpdesk


class AgentNotLive(Refusal):
    code = ErrorCode.AGENT_NOT_LIVE


class ConversationClosed(Refusal):
    code = ErrorCode.CONVERSATION_CLOSED


class NotInControl(Refusal):
    code = ErrorCode.NOT_IN_CONTROL

    def __init__(self, message: str, *, controller: Controller, path: tuple[str, ...] = ()) -> None:
        super().__init__(message, path=path)
        self.controller = controller


class StaleView(Refusal):
    code = ErrorCode.STALE_VIEW

    def __init__(self, message: str, *, unseen: tuple[Message, ...], path: tuple[str, ...] = ()) -> None:
        super().__init__(message, path=path)
        self.unseen = unseen


class Unauthenticated(DomainError):
    pass


class Unavailable(DomainError):
    pass
