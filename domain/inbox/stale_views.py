"""The guard against a member of staff who acts on an old view: what the shopper wrote meanwhile is read first."""

from __future__ import annotations

from domain.conversation.errors import StaleView
from domain.model.conversation import AuthorKind, Conversation
from domain.storage import UnitOfWork
from domain.values.errors import Invalid


async def check_view(uow: UnitOfWork, conversation: Conversation, last_seen: int | None, *, before: str) -> None:
    """Check that the shopper has written nothing after the message with the number `last_seen`, if it is given.
    `before`: what the caller is about to do.

    Raises `StaleView` with the messages, `Invalid` if there is no message with this number.
    """
    if last_seen is None:
        return
    field = "last_seen_sequence"
    if not 0 <= last_seen <= conversation.sequence:
        raise Invalid("There is no message with this number.", field=field)
    unseen = [m for m in await uow.messages_after(conversation.id, last_seen) if m.author.kind is AuthorKind.SHOPPER]
    if unseen:
        raise StaleView(
            f"The shopper has written since. Read the new messages before you {before}.",
            unseen=tuple(unseen),
            field=field,
        )
