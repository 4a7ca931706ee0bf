"""Refusals as members of a payload's `errors`: an interface for all, concrete types where there is more to say."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

import strawberry

from domain.values.errors import AgentNotLive, ConversationClosed, Forbidden, Refusal
from domain.values.errors import Conflict as ConflictRefusal
from domain.values.errors import NotConnected as NotConnectedRefusal
from domain.values.errors import NotInControl as NotInControlRefusal
from domain.values.errors import StaleView as StaleViewRefusal
from resolvers.conversation.controller import Controller
from resolvers.enums import ErrorCode, Helpdesk

if TYPE_CHECKING:
    from resolvers.conversation.message import Message

P = ParamSpec("P")
R = TypeVar("R")


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


def user_error(refusal: Refusal) -> UserError:
    path = list(refusal.path) or None
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


def refusals_in(
    payload: Callable[[list[UserError]], R],
) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
    """For a mutation's resolver: what the domain refuses is answered in the payload, not as a failed request."""

    def decorate(resolver: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
        @wraps(resolver)
        async def resolve(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return await resolver(*args, **kwargs)
            except Refusal as refusal:
                return payload([user_error(refusal)])

        return resolve

    return decorate
