"""Typing indicators in streams."""

from collections.abc import Callable
from datetime import datetime
from typing import Self

import strawberry

from domain.signals import Typing
from resolvers.context import Info
from resolvers.conversation.message import Author
from resolvers.relay.global_ids import to_global_id
from resolvers.scalars import Cursor
from resolvers.selection import selects_type
from resolvers.subscriptions import StreamItem


@strawberry.type(
    description="A participant started or stopped typing. Sent only to operations with a fragment on this type, "
    "and never to the participant who types. It is a signal and no event: it is not stored, has no "
    "position in the log, and is not repeated when a stream is resumed; `cursor` is the present "
    "position of the stream. The latest item of an author in a conversation replaces the earlier "
    "ones. A message of the author also ends it, without another item."
)
class TypingChanged(StreamItem):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    author: Author = strawberry.field(description="The participant who is typing.")
    typing: bool = strawberry.field(description="Whether the participant is typing.")
    until: datetime = strawberry.field(
        description="The time at which the indicator expires unless it is renewed. If `typing` is `false`, the time "
        "at which it ended."
    )
    text: str | None = strawberry.field(
        description="The message so far, from its beginning, if the agent streams it (`streamAgentMessage`): replace "
        "the text that is shown. `null` for everybody else, and when it ended."
    )

    @classmethod
    def of(cls, signal: Typing, cursor: str) -> Self:
        author = signal.author
        return cls(
            cursor=Cursor(cursor),
            conversation_id=to_global_id("Conversation", signal.conversation_id),
            author=Author(kind=author.kind, name=author.name, staff_id=author.staff_id),
            typing=signal.typing,
            until=signal.until,
            text=signal.text,
        )


Signal = Callable[[Typing, str], TypingChanged | None]


def typing_signal(info: Info, shows: Callable[[Typing], bool]) -> Signal | None:
    """Return the `signal` of an EventSubscription, or `None` if the operation does not select `TypingChanged`."""
    if not selects_type(info, "TypingChanged"):
        return None
    principal = info.context.principal

    def typing(signal: Typing, cursor: str) -> TypingChanged | None:
        visible = shows(signal) and (principal.inside or signal.for_shopper)
        return TypingChanged.of(signal, cursor) if visible else None

    return typing
