"""The port that an export reads transcripts through."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from domain.model.conversation import Conversation, Message
from domain.values.ids import AccountId


class Transcripts(Protocol):
    """Reads the messages of many conversations."""

    def of(
        self, account_id: AccountId, conversations: Sequence[Conversation], *, notes: bool
    ) -> AsyncIterator[tuple[Conversation, list[Message], bool]]:
        """Yield (conversation, messages, whether this is its last part) in the order of conversations and messages.

        A long conversation comes in parts, so that at most some hundred messages are in memory. Messages that were
        added after `conversations` was read are left out. Raises `Unavailable`.
        """
