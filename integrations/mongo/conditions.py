"""From what a list is asked for to conditions on its rows: of each, a row has one term at least.

A word that may go on is looked up in the vocabulary, and becomes the words that it begins. Where it begins too many, it
stays a beginning, which costs more to look for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from domain.ids import AccountId
from domain.record import Record
from domain.search.query import SearchWord
from domain.search.terms import EVERY, days
from domain.storage import ConversationQuery, ConversationSort
from integrations.mongo.client import Document, MongoDatabase
from integrations.mongo.terms import VOCABULARY

MOST_MERGED = 190  # terms of which the index gives the rows in order: MongoDB merges up to 200 sorted scans
MOST_NAMED = 2_000  # terms that a beginning stands for
_END = "\U0010ffff"


class Condition(Record, kw_only=False):
    terms: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()  # of terms: those that begin too many to name them

    @property
    def is_ordered(self) -> bool:
        """Whether the index gives its rows in order."""
        return not self.beginnings and len(self.terms) <= MOST_MERGED

    @property
    def by_index(self) -> Document:
        """For the one condition that the index is read by; it has no beginnings."""
        return {"terms": self.terms[0] if len(self.terms) == 1 else {"$in": list(self.terms)}}

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
    words = query.search.words if query.search else ()
    found += await asyncio.gather(*(_word(database, account_id, word) for word in words))
    return list(dict.fromkeys(found)) or [Condition((EVERY,))]


async def _word(database: MongoDatabase, account_id: AccountId, word: SearchWord) -> Condition:
    wanted = [*word.known, *(() if word.complete else word.written)]
    looked_up = await asyncio.gather(*(_beginning_with(database, account_id, beginning) for beginning in wanted))
    terms = [*word.written] if word.complete else []
    beginnings: list[str] = []
    for beginning, known in zip(wanted, looked_up, strict=True):
        if len(terms) + len(known) > MOST_NAMED:
            beginnings.append(beginning)
        else:
            terms += known
    return Condition(tuple(dict.fromkeys(terms)), tuple(beginnings))


async def _beginning_with(database: MongoDatabase, account_id: AccountId, beginning: str) -> Sequence[str]:
    """Words of the vocabulary; one more than is worth naming at most."""
    first = f"{account_id}:{beginning}"
    cursor = database.collection(VOCABULARY).find(
        {"_id": {"$gte": first, "$lt": first + _END}}, projection=["_id"], limit=MOST_NAMED + 1
    )
    return [document["_id"].partition(":")[2] for document in await cursor.to_list(None)]
