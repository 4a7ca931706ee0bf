"""The port of the indexes that knowledge is found by. A ranking is replaced by another implementation of `Ranker`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from domain.knowledge.passages import Passage
from domain.values.ids import AccountId
from domain.values.record import Record


class PassageIndex(Protocol):
    """Passages as they were at one instant: it does not change."""

    @property
    def size(self) -> int:
        """The number of passages."""

    @property
    def average_length(self) -> float:
        """The average number of terms of a passage; at least 1."""

    def find(self, terms: Sequence[str], limit: int) -> list[Passage]:
        """Return passages with any of the terms, the best first, at most `limit`."""

    def frequency(self, term: str) -> int:
        """Return the number of passages that have the term."""


class GrowingIndex(Protocol):
    """The passages of an account, of which some change."""

    @property
    def index(self) -> PassageIndex:
        """The passages at present."""

    @property
    def bytes(self) -> int:
        """The memory that it takes, estimated."""

    def change(self, removed: Collection[str], added: Sequence[Passage]) -> None:
        """Remove all passages of the sources with these ids, then add passages. It may take seconds: call it in a
        thread, one call at a time."""


class Ranker(Protocol):
    def empty(self) -> GrowingIndex:
        """Return an index without passages."""


class KnowledgeIndex(Record):
    """The index of an account at a revision of its knowledge."""

    revision: int
    articles: PassageIndex
    products: PassageIndex


class KnowledgeIndexes(Protocol):
    async def of(self, account_id: AccountId) -> KnowledgeIndex:
        """Return the index of an account. It has every change that this process committed, and those of others within a
        second; while a large change is added, it is the former index. Raises `Unavailable` if there is none yet."""
