"""The base tree of every error that a caller can act on. The transports map it: `resolvers/errors.py` to GraphQL, `api`
to HTTP and to close codes of sockets.

DomainError
├── Refusal              a command was understood and is refused; nothing was written
│   ├── Invalid          a value cannot be used; `field` names it
│   ├── NotFound         no such thing in this account (ids of other accounts look the same)
│   ├── Forbidden        the credential lacks the permission
│   └── Conflict         the state, or an earlier use of the idempotency key, contradicts the command
│       └── NewerValue   a newer build has stored a value that this one does not know, and would have to overwrite
├── Unauthenticated      no credential, or one that is unknown
│   └── CredentialEnded  a credential that was valid and has expired or was revoked
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
    CONVERSATION_FULL = "CONVERSATION_FULL"
    NOT_IN_CONTROL = "NOT_IN_CONTROL"
    NOT_YOUR_TURN = "NOT_YOUR_TURN"
    RATE_LIMITED = "RATE_LIMITED"


Field = str | tuple[str, ...]
"""The value of a command that an error is about: its name, or the names that lead to it: `("products", "0", "url")`."""


def within(field: Field, *names: str) -> tuple[str, ...]:
    """The field that `names` lead to below `field`."""
    return (*((field,) if isinstance(field, str) else field), *names)


class DomainError(Exception):
    """Its text is written for the caller: it says what to do, and carries no secret."""


class Refusal(DomainError):
    """`field` is the value of the command that is wrong; `()` is the command as a whole, `None` no value in particular.
    The transports know the command by another name: `resolvers/errors.py` makes the path of a GraphQL argument of it.
    """

    code: ClassVar[ErrorCode]

    def __init__(self, message: str, *, field: Field | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = None if field is None else within(field)


class Invalid(Refusal):
    code = ErrorCode.INVALID


class NotFound(Refusal):
    code = ErrorCode.NOT_FOUND


class Forbidden(Refusal):
    code = ErrorCode.FORBIDDEN


class Conflict(Refusal):
    code = ErrorCode.CONFLICT


class NewerValue(Conflict):
    """During an upgrade: a process of the newer build can carry out what this one refuses. `kind` names what the value
    is, such as `ConversationStatus`."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"A newer version of Baton has stored a {kind} that this server does not know. Nothing was changed. Try "
            "again, so that a server of the newer version responds; if it goes on, finish the upgrade."
        )
        self.kind = kind


class Unauthenticated(DomainError):
    pass


class CredentialEnded(Unauthenticated):
    """Clients may try again with a new credential; for any other `Unauthenticated` that is pointless."""


class Unavailable(DomainError):
    pass
