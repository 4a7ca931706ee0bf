"""The port of what an erasure changes outside of commands: records that no cache and no projection holds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from domain.erasure.model import Erasure, Mention
from domain.model.conversation import Visitor
from domain.model.profile import Profile
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record


class Cleared(Record):
    """The outcome of one step of a stage."""

    removed: Mapping[str, int]  # by collection
    position: str | None  # where the stage continues; None: it is finished
    visitors: tuple[Visitor, ...] = ()  # who the shopper was in what was removed: perhaps under an earlier address


class Traces(Record):
    """What a step of the search found of one shopper."""

    mentions: tuple[Mention, ...]
    held: tuple[ConversationId, ...] = ()  # conversations of the shopper that are under a legal hold


class Searched(Record):
    """The outcome of one step of the search."""

    records: int  # that were looked at
    traces: Mapping[str, Traces]  # by the id of the erasure
    position: str | None  # where the search continues; None: it is finished


class ErasureStore(Protocol):
    async def orders_of(self, account_id: AccountId, keys: Sequence[str], *, limit: int) -> list[str]:
        """Return the ids of orders whose buyer has any of these keys, at most `limit`. Raises `Unavailable`."""

    async def clear(self, account_id: AccountId, erasure: Erasure) -> Cleared:
        """Take the next step of the stage that the erasure is in: of RECORDS, LOOSE, BUSINESS, EVENTS, SEARCH and
        VOCABULARY. A step that is repeated changes nothing more. Raises `Unavailable`."""

    async def log_end(self, account_id: AccountId) -> int:
        """Return the `seq` of the last event in the account's log. Raises `Unavailable`."""

    async def searching(self, account_id: AccountId) -> list[Erasure]:
        """Return erasures of the account that are in the stage CHECK, in the order of their ids, and not all if there
        are more than some hundreds. Raises `Unavailable`."""

    async def search(self, account_id: AccountId, erasures: Sequence[Erasure]) -> Searched:
        """Look for the identifiers of the shoppers of these erasures, which are at one position, in the next records of
        all collections. Identifiers that another shopper has as well are left out, and records of conversations under a
        legal hold. Raises `Unavailable`."""


class RecordTexts(Record):
    """A stored record of an account, and the texts in it that may be identifiers: whole values, and their words."""

    place: str  # name of the collection
    id: str
    texts: frozenset[str]


class ErasureList(Protocol):
    """The erasures of all accounts, and what they are compared with."""

    async def listed(self, *, after: str, limit: int) -> list[tuple[AccountId, Erasure]]:
        """Return erasures, running ones included, in the order of their ids. Raises `Unavailable`."""

    async def profiles(self, account_id: AccountId, *, after: str, limit: int) -> list[Profile]:
        """Return profiles of the account in the order of their ids. Raises `Unavailable`."""

    def texts(self, account_id: AccountId) -> AsyncIterator[RecordTexts]:
        """Yield every record of the account, in every collection. Raises `Unavailable`."""
