"""The port of where words are besides the records that commands change: no cache and no projection holds these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.retention.model import WordScope
from domain.values.ids import AccountId, AttachmentId, ConversationId, MessageId
from domain.values.record import Record


class Removed(Record):
    """The outcome of one step."""

    counts: Mapping[str, int]  # of records that lost words, by collection
    position: str | None  # where the next step continues; None: it is finished
    unreadable: tuple[str, ...] = ()  # records that were left, because they cannot be read


class WordStore(Protocol):
    async def scrub_events(self, account_id: AccountId, scopes: Sequence[WordScope], position: str) -> Removed:
        """Take the words of the scopes from the next business events, and events of the log with the history of
        conversations. `position` is empty at first. A step that is repeated changes nothing more. Raises
        `Unavailable`."""

    async def forget_passed_over(self, account_id: AccountId, conversation_id: ConversationId) -> None:
        """Delete the mails and texts that had been passed over and were taken into the conversation since, where they
        are messages. Raises `Unavailable`."""

    async def forget_words(self, account_id: AccountId, ids: Sequence[ConversationId]) -> None:
        """Make the rows of the search index of what is left of these conversations, and remove the words that no other
        row has from the vocabulary. Raises `Unavailable`."""

    async def mend_words(self, account_id: AccountId, after: int) -> int | None:
        """Give the next rows of the search index that were written after this `seq` all of their words. Returns the
        `seq` after which to continue; `None` if no row is left. Raises `Unavailable`."""

    async def log_end(self, account_id: AccountId) -> int:
        """Return the `seq` of the last event in the account's log. Raises `Unavailable`."""


class OldConversation(Record):
    """A conversation that is to lose its words."""

    id: ConversationId
    position: str  # in the order of all: where to continue behind it


class OldFile(Record):
    """A file that is older than its account keeps files."""

    id: AttachmentId
    message_id: MessageId
    conversation_id: ConversationId


class RetentionStore(WordStore, Protocol):
    async def old_conversations(
        self, account_id: AccountId, before: datetime, position: str, *, limit: int
    ) -> list[OldConversation]:
        """Return closed conversations whose last message is older than an instant, and that have their words and no
        legal hold, at most `limit`, in the order of their start. `position` is empty at first. Raises `Unavailable`."""

    async def clear_transcripts(self, account_id: AccountId, ids: Sequence[ConversationId], begun: datetime) -> Removed:
        """Take the words and files from the next messages of conversations which have lost their own, with drafts,
        mails, unanswered questions and payloads of the outbox. A conversation to which messages were added meanwhile
        keeps those since `begun`. The position is `None` if none is left. Raises `Unavailable`."""

    async def scrub_business(self, account_id: AccountId, scopes: Sequence[WordScope]) -> Removed:
        """Take the words of the scopes from the business events of their conversations, in one step. Raises
        `Unavailable`."""

    async def scrub_log(self, account_id: AccountId, position: str) -> Removed:
        """Take the words from the next events of the log whose conversation has lost its transcript, up to the end
        that the log had at the first step. `position` is empty at first. Raises `Unavailable`."""

    async def old_files(
        self, account_id: AccountId, before: datetime, position: str, *, limit: int
    ) -> tuple[list[OldFile], str | None]:
        """Return files that were attached before an instant, at most `limit`, and where to continue; `None` if no file
        is left. Those of open conversations and of such under a legal hold are among them. Raises `Unavailable`."""

    async def clear_business(
        self, account_id: AccountId, since: datetime | None, before: datetime, position: str
    ) -> Removed:
        """Take the shopper and the words from the next business events from `since` to `before`, but for those of
        conversations under a legal hold. Raises `Unavailable`."""
