"""Looks for a shopper in the whole database: the bytes of every record of the account, in every collection.

It knows nothing of what the collections mean, so it also finds the shopper where nobody has thought of. A step reads
some records in the order of their ids, encodes them as BSON, and looks for the identifiers in the bytes.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import bson
from bson import ObjectId

from domain.erasure.model import MOST_MENTIONS, Erasure, ErasureScope, Mention
from domain.erasure.ports import RecordTexts, Searched
from domain.model.conversation import Visitor
from domain.model.profile import Profile, identity_keys
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import ACCOUNT_STATE, APART, COLLECTIONS, scoped
from integrations.mongo.driver import Document
from integrations.mongo.event_log.log import EVENTS
from integrations.mongo.event_log.signals import SIGNALS
from integrations.mongo.indexes import INDEXES

STEP = 1_000  # records
_SHORTEST = 5  # characters of an identifier: a shorter one is in the bytes by chance
_LONGEST = 320  # characters of an identifier: the longest e-mail address
_SEPARATORS = re.compile(r"[\s,;:|<>()]+")
_OWN = (COLLECTIONS[Erasure], "blobs.chunks", "blobs.files")  # the erasures themselves, and bytes of files
_BY_OBJECT_ID = (EVENTS, SIGNALS)

PLACES: Sequence[str] = sorted({*INDEXES, *COLLECTIONS.values(), *APART.values(), ACCOUNT_STATE} - {*_OWN})
"""Every collection that is searched, in order."""


class ShopperFinder:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def search(self, account_id: AccountId, erasure: Erasure, scope: ErasureScope) -> Searched:
        """Look at the next records. Raises PyMongoError."""
        wanted = await self._own(account_id, scope)
        place, _, after = (erasure.position or f"{PLACES[0]}|").partition("|")
        found = await self._page(account_id, place, after)
        pattern = re.compile(b"|".join(re.escape(each.encode()) for each in wanted)) if wanted else None
        named = [each for each in found if pattern is not None and pattern.search(bson.encode(each))]
        mentions = tuple(Mention(place=place, id=_shown(each["_id"], wanted)) for each in named[:MOST_MENTIONS])
        if len(found) == STEP:
            position: str | None = f"{place}|{found[-1]['_id']}"
        else:
            following = PLACES[PLACES.index(place) + 1 :]
            position = f"{following[0]}|" if following else None
        return Searched(records=len(found), mentions=mentions, position=position)

    async def texts(self, account_id: AccountId) -> AsyncIterator[RecordTexts]:
        """Yield every record. Raises `Unavailable`."""
        for place in PLACES:
            after = ""
            while True:
                with driver_errors():
                    found = await self._page(account_id, place, after)
                for each in found:
                    texts = frozenset(part for text in _strings(each) for part in _parts(text))
                    yield RecordTexts(place=place, id=str(each["_id"]), texts=texts)
                if len(found) < STEP:
                    break
                after = str(found[-1]["_id"])

    async def _page(self, account_id: AccountId, place: str, after: str) -> list[Document]:
        beyond: Document = {}
        if after:
            beyond = {"_id": {"$gt": ObjectId(after) if place in _BY_OBJECT_ID else after}}
        query = scoped(account_id, beyond)
        if place == ACCOUNT_STATE:  # only some of its documents name the account in a field
            own = {"_id": {"$gte": account_id, "$lt": f"{account_id}~"}}
            query = {"$and": [beyond, {"$or": [{"account": account_id}, own]}]}
        cursor = self._database.collection(place).find(query, sort=[("_id", 1)], limit=STEP)
        return await cursor.to_list(None)

    async def _own(self, account_id: AccountId, scope: ErasureScope) -> list[str]:
        """Return the identifiers that are the shopper's alone: others may have given the same, or a later shopper."""
        texts = [each for each in scope.identifiers if len(each) >= _SHORTEST]
        keys = {text: _keys_of(text) for text in texts}
        every = sorted({key for own in keys.values() for key in own})
        query = {
            "$or": [{"keys": {"$in": every}}, {"claims": {"$in": every}}],
            "_id": {"$nin": list(scope.profile_ids)},
        }
        rows = self._database.collection(COLLECTIONS[Profile]).find(scoped(account_id, query), ["keys", "claims"])
        taken = {key for row in await rows.to_list(None) for key in (*row.get("keys", ()), *row.get("claims", ()))}
        return [text for text in texts if taken.isdisjoint(keys[text])]


def _keys_of(text: str) -> tuple[str, ...]:
    """Return the identity keys that a profile with this text may have."""
    return (*identity_keys(Visitor(external_id=text, email=text, phone=text)), f"b:{text}")


def _strings(value: Any) -> Iterator[str]:
    """Yield every text in a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, bytes):
        yield value.decode(errors="replace")


def _parts(text: str) -> Iterator[str]:
    """Yield what may be an identifier in a text: all of it, and its words without the signs around them."""
    if _SHORTEST <= len(text) <= _LONGEST:
        yield text
    for word in _SEPARATORS.split(text):
        word = word.strip(".!?'\"[]{}&")
        if _SHORTEST <= len(word) <= _LONGEST:
            yield word


def _shown(record_id: Any, wanted: Sequence[str]) -> str:
    """The id of a record for people; without the identifier, which some ids are made of."""
    text = str(record_id)
    for each in wanted:
        text = text.replace(each, "…")
    return text
