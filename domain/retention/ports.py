"""The port of where words are besides the records that commands change: no cache and no projection holds these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.retention.model import WordScope
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record


class Removed(Record):
    """The outcome of one step."""

    counts: Mapping[str, int]  # of records that lost words, by collection
    position: str | None  # where the next step continues; None: it is finished


class WordStore(Protocol):
    async def scrub_events(self, account_id: AccountId, scopes: Sequence[WordScope], position: str) -> Removed:
        """Take the words of the scopes from the next business events, and events of the log with the history of
        conversations. `position` is empty at first. A step that is repeated changes nothing more. Raises
        `Unavailable`."""

    async def forget_words(self, account_id: AccountId, ids: Sequence[ConversationId]) -> None:
        """Make the rows of the search index of what is left of these conversations, and remove the words that no other
        row has from the vocabulary. Raises `Unavailable`."""

    async def mend_words(self, account_id: AccountId, after: int) -> int | None:
        """Give the next rows of the search index that were written after this `seq` all of their words. Returns the
        `seq` after which to continue; `None` if no row is left. Raises `Unavailable`."""

    async def log_end(self, account_id: AccountId) -> int:
        """Return the `seq` of the last event in the account's log. Raises `Unavailable`."""
