"""What an export reads besides the table."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from domain.model.conversation import Conversation, Message
from domain.values.ids import AccountId


class Transcripts(Protocol):
    def of(
        self, account_id: AccountId, conversations: Sequence[Conversation], *, notes: bool
    ) -> AsyncIterator[tuple[Conversation, list[Message], bool]]:
        """Each conversation's messages, as far as the conversation counts them, in order of both; a long one's in
        parts. The third says whether it was the conversation's last part. Never more than some hundred messages are
        held. Raises Unavailable."""
