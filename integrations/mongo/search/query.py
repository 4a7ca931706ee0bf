"""From what a list is asked for to conditions on its rows: of each, a row has one term at least.

A word that may go on is looked up in the vocabulary, and becomes the words that it begins. Where it begins too many, it
stays a beginning: a range of the index, whose rows come in no order.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from typing import Any

from bson import Regex

from domain.search.query import SearchWord
from domain.search.terms import EVERY, days
from domain.storage import ConversationQuery, ConversationSort
from domain.values.ids import AccountId
from domain.values.record import Record
from integrations.mongo.client import MongoDatabase
from integrations.mongo.driver import Document
from integrations.mongo.search.search_index import VOCABULARY

MOST_MERGED = 190  # terms of which the index gives the rows in order: MongoDB merges up to 200 sorted scans
_FAST_MERGED = 20  # terms: beyond, a few hundred rows are sorted sooner than so many scans are merged
_END = "\U0010ffff"


class Condition(Record, kw_only=False):
    terms: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()  # of terms: those that begin too many to name them
    begun: Condition | None = None  # the same by beginnings, where the terms are what these begin

    @property
    def is_ordered(self) -> bool:
        """Whether the index gives its rows in order."""
        return not self.beginnings and len(self.terms) <= MOST_MERGED

    @property
    def forms(self) -> tuple[Condition, ...]:
        """The ways to read the index by it, the one for few rows first."""
        return (self,) if self.begun is None or len(self.terms) <= _FAST_MERGED else (self.begun, self)

    @property
    def by_index(self) -> Document:
        """For the one condition that the index is read by."""
        if not self.beginnings and len(self.terms) == 1:
            return {"terms": self.terms[0]}
        return {"terms": {"$in": [*self.terms, *(Regex("^" + re.escape(each)) for each in self.beginnings)]}}

    @property
    def by_row(self) -> Document:
        """An expression for the others. An index can serve no expression, so it is not chosen by mistake."""
        if not self.beginnings and len(self.terms) == 1:
            return {"$in": [{"$literal": self.terms[0]}, "$terms"]}
        named = {"$ne": [{"$setIntersection": ["$terms", {"$literal": list(self.terms)}]}, []]}
        begun: list[Any] = [{"$eq": [{"$indexOfBytes": ["$$this", {"$literal": each}]}, 0]} for each in self.beginnings]
        if not begun:
            return named
        any_begun = {"$anyElementTrue": [{"$map": {"input": "$terms", "in": {"$or": begun}}}]}
        return {"$or": [named, any_begun]}


async def conditions_of(database: MongoDatabase, account_id: AccountId, query: ConversationQuery) -> list[Condition]:
    """At least one. None is there twice."""
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
    if query.sort is not ConversationSort.STARTED_AT and query.started_from and query.started_before:
        found.append(Condition(days(query.started_from, query.started_before)))
    if query.search is not None:
        found += await _of_words(database, account_id, query.search.words)
    return list(dict.fromkeys(found)) or [Condition((EVERY,))]


async def _of_words(database: MongoDatabase, account_id: AccountId, words: Sequence[SearchWord]) -> list[Condition]:
    """All words are looked up at once, and one by one only where they begin too many together."""
    known = await _vocabulary(database, account_id, words)
    if known is not None or len(words) == 1:
        return [_condition(word, known) for word in words]
    each = await asyncio.gather(*(_vocabulary(database, account_id, [word]) for word in words))
    return [_condition(word, its) for word, its in zip(words, each, strict=True)]


def _condition(word: SearchWord, known: Iterable[str] | None) -> Condition:
    """`known`: words of the vocabulary, those that the word begins among them; None where these are too many."""
    written = word.written if word.complete else ()
    by_beginnings = Condition(written, _beginnings(word))
    if known is None:
        return by_beginnings
    begun = (term for term in known if term.startswith(_beginnings(word)))
    return Condition(tuple(dict.fromkeys((*written, *begun))), begun=by_beginnings)


def _beginnings(word: SearchWord) -> tuple[str, ...]:
    return word.known if word.complete else (*word.known, *word.written)


async def _vocabulary(
    database: MongoDatabase, account_id: AccountId, words: Sequence[SearchWord]
) -> Sequence[str] | None:
    """What these words begin; None where it is more than can be read in order."""
    firsts = [f"{account_id}:{beginning}" for word in words for beginning in _beginnings(word)]
    cursor = database.collection(VOCABULARY).find(
        {"$or": [{"_id": {"$gte": first, "$lt": first + _END}} for first in firsts]},
        projection=["_id"], limit=MOST_MERGED, batch_size=MOST_MERGED,
    )  # fmt: skip
    found = [document["_id"].partition(":")[2] for document in await cursor.to_list(None)]
    return found if len(found) < MOST_MERGED else None
