"""The members of a payload's `errors`: an interface, and a type for each kind of refusal with fields of its own."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

import strawberry
from strawberry.utils.str_converters import to_camel_case

from domain.connected_services.models import ModelNotConnected
from domain.conversation.errors import AgentNotLive, ConversationClosed, ConversationFull
from domain.conversation.errors import NotInControl as NotInControlRefusal
from domain.conversation.errors import NotYourTurn as NotYourTurnRefusal
from domain.conversation.errors import StaleView as StaleViewRefusal
from domain.email_confirmation.errors import EmailNotConnected, TooManyMails
from domain.handoff.errors import NotConnected as NotConnectedRefusal
from domain.values.errors import Conflict as ConflictRefusal
from domain.values.errors import ErrorCode, Forbidden, Refusal
from resolvers.agent.types import AgentTurn
from resolvers.conversation.controller import Controller
from resolvers.conversation.message import Message
from resolvers.enums import register_enum
from resolvers.handoff.enums import Helpdesk

P = ParamSpec("P")
R = TypeVar("R")
PayloadT = TypeVar("PayloadT", bound="Payload")
Resolver = Callable[P, Awaitable[R]]

register_enum(
    ErrorCode,
    "The kind of a refusal.",
    {
        "NOT_FOUND": "The object does not exist in this account.",
        "FORBIDDEN": "The credential does not have the permission.",
        "INVALID": "A value cannot be used. `path` names it.",
        "CONFLICT": "The current state, or an earlier use of the idempotency key, contradicts the input.",
        "STALE_VIEW": "The shopper wrote messages that the caller had not seen. See `StaleView.unseen`.",
        "NOT_CONNECTED": "The helpdesk, the mail server of the channel EMAIL, or the language model must be connected "
        "first.",
        "AGENT_NOT_LIVE": "The agent is switched off, or is not active on this channel.",
        "IDENTITY_REQUIRED": "The shopper must be identified first. Reserved for future use.",
        "CONVERSATION_CLOSED": "The conversation is closed. Start a new one with `startConversation`.",
        "CONVERSATION_FULL": "The shopper has written as much as one conversation takes: 5,000 messages, or 2,000,000 "
        "characters. Start a new one with `startConversation`.",
        "NOT_IN_CONTROL": "The caller does not have control of the conversation. See `NotInControl.controller`.",
        "NOT_YOUR_TURN": "The caller does not hold the turn of the conversation. See `NotYourTurn.turn`.",
        "RATE_LIMITED": "Too many requests. Try again later: see `RateLimited.retryAt`.",
    },
)


@strawberry.interface(description="A reason why a mutation was refused. Nothing was changed.")
class UserError:
    code: ErrorCode = strawberry.field(description="The kind of refusal, for programs. Codes are stable.")
    message: str = strawberry.field(
        description="A description of the problem and its solution in English, for people. Its wording may change."
    )
    path: list[str] | None = strawberry.field(
        description='The path of the wrong argument, beginning with `input`, for example `["input", "text"]`. `null` '
        "if no single argument is wrong."
    )


@strawberry.type(
    description="A value of the input cannot be used, or it names an object that does not exist in this account."
)
class InvalidInput(UserError):
    pass


@strawberry.type(description="The credential may not do this, or the account's settings do not allow it at present.")
class NotAllowed(UserError):
    pass


@strawberry.type(description="The current state, or an earlier use of the idempotency key, contradicts the input.")
class Conflict(UserError):
    pass


@strawberry.type(description="The caller does not have control of the conversation. Nothing was shown to the shopper.")
class NotInControl(UserError):
    controller: Controller = strawberry.field(description="The current controller of the conversation, and its epoch.")


@strawberry.type(
    description="The turn of the conversation is not the caller's: it has a reply already, or another agent has "
    "claimed it. Nothing was shown to the shopper."
)
class NotYourTurn(UserError):
    turn: AgentTurn | None = strawberry.field(
        description="The turn that waits now, with its claim. `null` if the shopper does not wait for the agent."
    )


@strawberry.type(description="The shopper wrote messages that the caller had not seen. Nothing was sent or changed.")
class StaleView(UserError):
    unseen: list[Message] = strawberry.field(
        description="The messages of the shopper that the caller had not seen, in order."
    )


@strawberry.type(description="The helpdesk is not connected. Connect it first with `connectHelpdesk`.")
class HelpdeskNotConnected(UserError):
    helpdesk: Helpdesk = strawberry.field(description="The helpdesk that must be connected first.")


@strawberry.type(description="A limit is reached. Nothing was done.")
class RateLimited(UserError):
    retry_at: datetime = strawberry.field(description="The time from which the same call may be accepted.")


ERROR_TYPES = (
    InvalidInput,
    NotAllowed,
    Conflict,
    NotInControl,
    NotYourTurn,
    StaleView,
    HelpdeskNotConnected,
    RateLimited,
)


_API_NAMES = {"external_id": "profileId"}  # the shop's own ID of a shopper


def argument_path(refusal: Refusal, *, below: tuple[str, ...] = ()) -> list[str] | None:
    """Return the path of the refused value, from the arguments of the GraphQL field down.

    The domain names the fields of a command. In the API they are in camelCase and, for a mutation, below `input`.

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
    if isinstance(refusal, NotYourTurnRefusal):
        turn = AgentTurn.with_lease(refusal.conversation, refusal.lease)
        return NotYourTurn(code=refusal.code, message=refusal.message, path=path, turn=turn)
    if isinstance(refusal, StaleViewRefusal):
        unseen = [Message.of(message) for message in refusal.unseen]
        return StaleView(code=refusal.code, message=refusal.message, path=path, unseen=unseen)
    if isinstance(refusal, NotConnectedRefusal):
        return HelpdeskNotConnected(code=refusal.code, message=refusal.message, path=path, helpdesk=refusal.helpdesk)
    if isinstance(refusal, TooManyMails):
        return RateLimited(code=refusal.code, message=refusal.message, path=path, retry_at=refusal.retry_at)
    cls: type[UserError] = InvalidInput
    if isinstance(refusal, (Forbidden, AgentNotLive, EmailNotConnected, ModelNotConnected)):
        cls = NotAllowed
    elif isinstance(refusal, (ConflictRefusal, ConversationClosed, ConversationFull)):
        cls = Conflict
    return cls(code=refusal.code, message=refusal.message, path=path)


@strawberry.type
class Payload:
    """Base of every mutation's payload."""

    errors: list[UserError] = strawberry.field(
        default_factory=list,
        description="The reasons why the mutation was refused. Empty if and only if it was carried out.",
    )


def refusals_in(payload: type[PayloadT]) -> Callable[[Resolver[P, PayloadT]], Resolver[P, PayloadT]]:
    """Decorate the resolver of a mutation, so that a refusal of the domain becomes an error in the payload."""

    def decorate(resolver: Resolver[P, PayloadT]) -> Resolver[P, PayloadT]:
        @wraps(resolver)
        async def resolve(*args: P.args, **kwargs: P.kwargs) -> PayloadT:
            try:
                return await resolver(*args, **kwargs)
            except Refusal as refusal:
                return payload(errors=[user_error(refusal)])

        return resolve

    return decorate
