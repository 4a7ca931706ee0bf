from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from domain.conversation.errors import NotInControl, NotYourTurn, StaleView
from domain.conversation.lifecycle import open_conversation
from domain.email_confirmation.errors import TooManyMails
from domain.handoff.errors import NotConnected
from domain.model.conversation import Controller, ControllerKind, Visitor
from domain.model.handoff import Helpdesk
from domain.values.channel import Channel
from domain.values.errors import ErrorCode, NewerValue, Refusal
from domain.values.ids import ProfileId
from resolvers.errors import ERROR_TYPES, user_error

TYPES = {
    ErrorCode.NOT_FOUND: "InvalidInput",
    ErrorCode.INVALID: "InvalidInput",
    ErrorCode.FORBIDDEN: "NotAllowed",
    ErrorCode.AGENT_NOT_LIVE: "NotAllowed",
    ErrorCode.CONFLICT: "Conflict",
    ErrorCode.CONVERSATION_CLOSED: "Conflict",
    ErrorCode.CONVERSATION_FULL: "Conflict",
    ErrorCode.NOT_IN_CONTROL: "NotInControl",
    ErrorCode.NOT_YOUR_TURN: "NotYourTurn",
    ErrorCode.NOT_CONNECTED: "HelpdeskNotConnected NotAllowed",
    ErrorCode.STALE_VIEW: "StaleView",
    ErrorCode.RATE_LIMITED: "RateLimited",
}

TALK = open_conversation(
    channel=Channel.WEB_CHAT,
    visitor=Visitor(),
    profile_id=ProfileId("p"),
    first_question="Hi",
    now=datetime(2026, 6, 7, tzinfo=UTC),
)


def refusals(cls: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for child in cls.__subclasses__():
        yield child
        yield from refusals(child)


def made(cls: type[Refusal]) -> Refusal:
    if issubclass(cls, NewerValue):
        return cls("No.")
    if issubclass(cls, NotInControl):
        since = datetime(2026, 6, 7, tzinfo=UTC)
        return cls("No.", controller=Controller(kind=ControllerKind.NOBODY, epoch=2, since=since), field=())
    if issubclass(cls, NotYourTurn):
        return cls("No.", conversation=TALK, lease=None, field=())
    if issubclass(cls, NotConnected):
        return cls("No.", helpdesk=Helpdesk.ZENDESK, field=())
    if issubclass(cls, StaleView):
        return cls("No.", unseen=(), field=())
    if issubclass(cls, TooManyMails):
        return cls("No.", retry_at=datetime(2026, 6, 7, tzinfo=UTC), field=())
    return cls("No.", field=())


def test_every_refusal_has_its_type_in_the_graph() -> None:
    shown = {(cls.code, type(user_error(made(cls))).__name__) for cls in refusals()}
    assert shown == {(code, name) for code, names in TYPES.items() for name in names.split()}
    assert {name for _, name in shown} == {cls.__name__ for cls in ERROR_TYPES}
    for cls in refusals():
        error = user_error(made(cls))
        path = None if cls is NewerValue else ["input"]  # what it meets is in the database
        assert (error.code, error.path) == (cls.code, path)
        assert "No." in error.message
