"""The base tree of every error that a caller can act on. The transports map it: `resolvers/errors.py` to GraphQL, `api`
to HTTP and to close codes of sockets.

DomainError
├── Refusal              a command was understood and is refused; nothing was written
│   ├── Invalid          a value cannot be used; `path` names it
│   ├── NotFound         no such thing in this account (ids of other accounts look the same)
│   ├── Forbidden        the credential lacks the permission
│   └── Conflict         the state, or an earlier use of the idempotency key, contradicts the command
├── Unauthenticated      no credential, or one that is unknown, expired or revoked
└── Unavailable          the database cannot be reached, or did not respond in time; try again

Errors that carry a record of a feature are defined beside it: `domain/conversation/errors.py` and
`domain/handoff/errors.py`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


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


class Unauthenticated(DomainError):
    pass


class Unavailable(DomainError):
    pass
