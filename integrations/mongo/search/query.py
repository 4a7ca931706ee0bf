"""Translates the query of a list into conditions on the rows of the search index.

A row meets a condition if it has at least one of the condition's terms. A word that is still being typed is expanded by
the vocabulary to the words that begin with it. If they are too many, it stays a prefix: a range of the index, whose
rows come in no order.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from typing import Any

from bson import Regex

from domain.search.query import SearchWord
from domain.search.terms import EVERY, UNTAGGED, day_terms
from domain.storage import ConversationQuery, ConversationSort
from domain.values.ids import AccountId
from domain.values.record import Record
from integrations.mongo.client import MongoDatabase
from integrations.mongo.driver import Document
from integrations.mongo.search.search_index import VOCABULARY

MAX_MERGED = 190  # terms whose rows the index gives in order: MongoDB merges up to 200 sorted scans
_FAST_MERGED = 20  # terms; beyond it, sorting some hundred rows is faster than merging so many scans
_END = "\U0010ffff"  # sorts after every term


class Condition(Record, kw_only=False):
    terms: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()  # of terms that are too many to list
    by_prefixes: Condition | None = None  # the same condition by prefixes, where the terms are their expansion

    @property
    def is_ordered(self) -> bool:
        """Whether the index gives the condition's rows in order."""
        return not self.prefixes and len(self.terms) <= MAX_MERGED

    @property
    def forms(self) -> tuple[Condition, ...]:
        """The ways to scan the index by the condition; for few rows, the first is cheaper."""
        return (self,) if self.by_prefixes is None or len(self.terms) <= _FAST_MERGED else (self.by_prefixes, self)

    @property
    def by_index(self) -> Document:
        """The filter, for the condition that the index is scanned by."""
        if not self.prefixes and len(self.terms) == 1:
            return {"terms": self.terms[0]}
        return {"terms": {"$in": [*self.terms, *(Regex("^" + re.escape(each)) for each in self.prefixes)]}}

    @property
    def by_row(self) -> Document:
        """The expression, for the others. No index serves an expression, so MongoDB cannot scan by it by mistake."""
        if not self.prefixes and len(self.terms) == 1:
            return {"$in": [{"$literal": self.terms[0]}, "$terms"]}
        listed = {"$ne": [{"$setIntersection": ["$terms", {"$literal": list(self.terms)}]}, []]}
        prefixed: list[Any] = [
            {"$eq": [{"$indexOfBytes": ["$$this", {"$literal": each}]}, 0]} for each in self.prefixes
        ]
        if not prefixed:
            return listed
        any_prefixed = {"$anyElementTrue": [{"$map": {"input": "$terms", "in": {"$or": prefixed}}}]}
        return {"$or": [listed, any_prefixed]}


async def conditions_of(database: MongoDatabase, account_id: AccountId, query: ConversationQuery) -> list[Condition]:
    """Return the conditions of a query: at least one, and no two that are equal. Raises PyMongoError."""
    found = [
        Condition(tuple(f":{kind}:{value}" for value in dict.fromkeys(values)))
        for kind, values in (
            ("status", query.statuses),
            ("channel", query.channels),
            ("tag", query.tags),
            ("profile", query.profile_ids),
        )
        if values
    ]
    if query.untagged:
        found.append(Condition((UNTAGGED,)))
    if query.sort is not ConversationSort.STARTED_AT and query.started_from and query.started_before:
        found.append(Condition(day_terms(query.started_from, query.started_before)))
    if query.search is not None:
        found += await _of_words(database, account_id, query.search.words)
    return list(dict.fromkeys(found)) or [Condition((EVERY,))]


async def _of_words(database: MongoDatabase, account_id: AccountId, words: Sequence[SearchWord]) -> list[Condition]:
    """Look up all words at once, and one by one only where they have too many expansions together."""
    vocabulary = await _vocabulary(database, account_id, words)
    if vocabulary is not None or len(words) == 1:
        return [_condition(word, vocabulary) for word in words]
    each = await asyncio.gather(*(_vocabulary(database, account_id, [word]) for word in words))
    return [_condition(word, own) for word, own in zip(words, each, strict=True)]


def _condition(word: SearchWord, vocabulary: Iterable[str] | None) -> Condition:
    """`vocabulary` holds at least the expansions of the word; None where these are too many."""
    written = word.written if word.complete else ()
    by_prefixes = Condition(written, _prefixes(word))
    if vocabulary is None:
        return by_prefixes
    expansions = (term for term in vocabulary if term.startswith(_prefixes(word)))
    return Condition(tuple(dict.fromkeys((*written, *expansions))), by_prefixes=by_prefixes)


def _prefixes(word: SearchWord) -> tuple[str, ...]:
    return word.known if word.complete else (*word.known, *word.written)


async def _vocabulary(
    database: MongoDatabase, account_id: AccountId, words: Sequence[SearchWord]
) -> Sequence[str] | None:
    """Return the expansions of these words; None where they are too many to be merged."""
    firsts = [f"{account_id}:{prefix}" for word in words for prefix in _prefixes(word)]
    cursor = database.collection(VOCABULARY).find(
        {"$or": [{"_id": {"$gte": first, "$lt": first + _END}} for first in firsts]},
        projection=["_id"], limit=MAX_MERGED, batch_size=MAX_MERGED,
    )  # fmt: skip
    found = [document["_id"].partition(":")[2] for document in await cursor.to_list(None)]
    return found if len(found) < MAX_MERGED else None
