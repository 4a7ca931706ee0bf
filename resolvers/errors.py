"""Refusals as members of a payload's `errors`: an interface for all, concrete types where there is more to say."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

import strawberry
from strawberry.utils.str_converters import to_camel_case

from domain.conversation.errors import AgentNotLive, ConversationClosed
from domain.conversation.errors import NotInControl as NotInControlRefusal
from domain.conversation.errors import StaleView as StaleViewRefusal
from domain.handoff.errors import NotConnected as NotConnectedRefusal
from domain.values.errors import Conflict as ConflictRefusal
from domain.values.errors import ErrorCode, Forbidden, Refusal
from resolvers.conversation.controller import Controller
from resolvers.enums import register_enum
from resolvers.handoff.enums import Helpdesk

if TYPE_CHECKING:
    from resolvers.conversation.message import Message

P = ParamSpec("P")
R = TypeVar("R")
PayloadT = TypeVar("PayloadT", bound="Payload")
Resolver = Callable[P, Awaitable[R]]

register_enum(
    ErrorCode,
    "Why a mutation was refused.",
    {
        "NOT_FOUND": "No such thing in this account.",
        "FORBIDDEN": "The credential may not do this.",
        "INVALID": "A value is unusable; `path` says which.",
        "CONFLICT": "The state, or an earlier use of the idempotency key, contradicts it.",
        "STALE_VIEW": "There are messages that the sender had not seen.",
        "NOT_CONNECTED": "The helpdesk must be connected first.",
        "AGENT_NOT_LIVE": "The agent is off, or not active on this channel.",
        "IDENTITY_REQUIRED": "The shopper must say who it is first.",
        "CONVERSATION_CLOSED": "The conversation is closed: start a new one.",
        "NOT_IN_CONTROL": "Somebody else has the conversation.",
        "RATE_LIMITED": "Too many at once: try again later.",
    },
)


@strawberry.interface(description="Why a mutation was refused. Nothing was changed.")
class UserError:
    code: ErrorCode = strawberry.field(description="What kind of refusal it is; for programs.")
    message: str = strawberry.field(description="What is wrong and what to do; for people, in English.")
    path: list[str] | None = strawberry.field(
        description="Which value of the arguments is wrong, from `input` down; null where it is none in particular."
    )


@strawberry.type(description="A value of the input cannot be used, or names something that is not there.")
class InvalidInput(UserError):
    pass


@strawberry.type(description="The caller may not do this, or not now.")
class NotAllowed(UserError):
    pass


@strawberry.type(description="The state, or an earlier use of the idempotency key, contradicts the input.")
class Conflict(UserError):
    pass


@strawberry.type(description="Somebody else has the conversation; nothing was shown to the shopper.")
class NotInControl(UserError):
    controller: Controller = strawberry.field(description="Who has it, and under which epoch.")


@strawberry.type(description="The sender had not seen these messages when it wrote; nothing was sent.")
class StaleView(UserError):
    unseen: list[Annotated["Message", strawberry.lazy("resolvers.conversation.message")]] = strawberry.field(
        description="What the shopper wrote meanwhile."
    )


@strawberry.type(description="The helpdesk must be connected first, with `connectHelpdesk`.")
class HelpdeskNotConnected(UserError):
    helpdesk: Helpdesk = strawberry.field(description="Which.")


ERROR_TYPES = (InvalidInput, NotAllowed, Conflict, NotInControl, StaleView, HelpdeskNotConnected)


_API_NAMES = {"external_id": "profileId"}  # of a shopper, in the shop's own numbering


def argument_path(refusal: Refusal, *, below: tuple[str, ...] = ()) -> list[str] | None:
    """The path to the value that is refused, from the arguments of the GraphQL field down. The domain knows the names
    of a command's fields; the API writes them in camelCase, and for a mutation below `input`.
    """
    if refusal.field is None:
        return None
    return [*below, *(_API_NAMES.get(name) or to_camel_case(name) for name in refusal.field)] or None


def user_error(refusal: Refusal) -> UserError:
    path = argument_path(refusal, below=("input",))
    if isinstance(refusal, NotInControlRefusal):
        return NotInControl(
            code=refusal.code, message=refusal.message, path=path, controller=Controller.of(refusal.controller)
        )
    if isinstance(refusal, StaleViewRefusal):
        from resolvers.conversation.message import Message

        unseen = [Message.of(message) for message in refusal.unseen]
        return StaleView(code=refusal.code, message=refusal.message, path=path, unseen=unseen)
    if isinstance(refusal, NotConnectedRefusal):
        return HelpdeskNotConnected(code=refusal.code, message=refusal.message, path=path, helpdesk=refusal.helpdesk)
    cls: type[UserError] = InvalidInput
    if isinstance(refusal, (Forbidden, AgentNotLive)):
        cls = NotAllowed
    elif isinstance(refusal, (ConflictRefusal, ConversationClosed)):
        cls = Conflict
    return cls(code=refusal.code, message=refusal.message, path=path)


@strawberry.type
class Payload:
    """The base of every mutation's payload."""

    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was refused; [] exactly when it was done."
    )


def refusals_in(payload: type[PayloadT]) -> Callable[[Resolver[P, PayloadT]], Resolver[P, PayloadT]]:
    """For a mutation's resolver: what the domain refuses is answered in the payload, not as a failed request."""

    def decorate(resolver: Resolver[P, PayloadT]) -> Resolver[P, PayloadT]:
        @wraps(resolver)
        async def resolve(*args: P.args, **kwargs: P.kwargs) -> PayloadT:
            try:
                return await resolver(*args, **kwargs)
            except Refusal as refusal:
                return payload(errors=[user_error(refusal)])

        return resolve

    return decorate
