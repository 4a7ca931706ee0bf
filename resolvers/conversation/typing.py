"""That somebody types, in a stream."""

from collections.abc import Callable
from datetime import datetime
from typing import Self

import strawberry

from domain.signals import Typing
from resolvers.context import Info
from resolvers.conversation.message import Author
from resolvers.relay.global_ids import to_global_id
from resolvers.scalars import Cursor
from resolvers.selection import names_type
from resolvers.subscriptions import StreamItem


@strawberry.type(
    description="Somebody types, or does no longer. Sent only to operations with a fragment on this type, never to who "
    "types, and only as it happens: it is no event, has no place in the log, and is not repeated after a reconnect. "
    "Its `cursor` is where the stream stands, so that the last cursor seen is always a good one. Of one author in one "
    "conversation the latest counts; a message of the author ends it too, without another item."
)
class TypingChanged(StreamItem):
    conversation_id: strawberry.ID = strawberry.field(description="In which conversation.")
    author: Author = strawberry.field(description="Who.")
    typing: bool = strawberry.field(description="Whether it goes on.")
    until: datetime = strawberry.field(
        description="When it ends by itself, unless it is said again; of what is over, when it ended."
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
        )


Signal = Callable[[Typing, str], TypingChanged | None]


def typing_in(info: Info, shows: Callable[[Typing], bool]) -> Signal | None:
    """A Feed's `signal`: what is shown to the caller; None where the operation does not ask for it."""
    if not names_type(info, "TypingChanged"):
        return None
    principal = info.context.principal

    def typing(signal: Typing, cursor: str) -> TypingChanged | None:
        visible = shows(signal) and (principal.inside or signal.for_shopper)
        return TypingChanged.of(signal, cursor) if visible else None

    return typing
